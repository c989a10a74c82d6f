"""YAML as it was written: the schema decides what a value is, and not how it looks.

A sales journal `70` is a text although YAML takes it for a number, `070` keeps its zero, and a name
such as `no` is no boolean. So nodes are composed, never constructed: no tag can make an object.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

import yaml

type Path = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_PLAIN = frozenset(
    f"{_TAG}{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
)
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
}
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Issue:
    """One mistake in a file: its line, the entry, and what is allowed there."""

    line: int
    field: str
    message: str


class ConfigurationError(ValueError):
    """A file with mistakes; it names all of them at once."""

    def __init__(self, file: str, issues: Iterable[Issue]) -> None:
        self.file = file
        self.issues = tuple(sorted(issues, key=lambda issue: issue.line))
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """Return a line for each issue, as compilers write them: `file:line: field: message`."""
        return [
            ": ".join(filter(None, (f"{self.file}:{issue.line}", issue.field, issue.message)))
            for issue in self.issues
        ]


@dataclass(slots=True)
class YamlDocument:
    """What a file holds: the line of each entry, and the issues found so far."""

    lines: dict[Path, int] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def value(self, node: yaml.Node, part: Mapping[str, Any], path: Path = ()) -> object:
        """Return the value of a node, read as the type that the schema gives it."""
        # The line of an entry is that of its name, which was noted before its value is read
        self.lines.setdefault(path, node.start_mark.line + 1)
        if node.tag not in _PLAIN:
            self._wrong(path, f"{node.tag} is a tag, and tags are not allowed")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, part, path)
        if isinstance(node, yaml.SequenceNode):
            below = resolved(part.get("items", {}))
            if not below:
                return []
            return [
                self.value(item, below, (*path, place)) for place, item in enumerate(node.value)
            ]
        return _scalar(str(node.value), part, is_null=node.tag == f"{_TAG}null")

    def _mapping(self, node: yaml.MappingNode, part: Mapping[str, Any], path: Path) -> object:
        known = part.get("properties", {})
        found: dict[str, Any] = {}
        for key, below in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            place = (*path, name)
            if name in found:
                self._wrong(place, f"stands here and on line {self.lines[place]}", key)
                continue
            self.lines[place] = key.start_mark.line + 1
            # An entry that the schema does not know is reported by its name, and not read deeper
            found[name] = self.value(below, resolved(known[name]), place) if name in known else None
        return found

    def _wrong(self, path: Path, message: str, node: yaml.Node | None = None) -> None:
        line = self.lines[path] if node is None else node.start_mark.line + 1
        self.issues.append(Issue(line, dotted(path), message))


class TooManyNodesError(Exception):
    """Aliases that multiply, or an alias inside its own anchor; `line` is where that was seen."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def count_expanded(root: yaml.Node, most: int) -> int:
    """Return how many nodes a document has with every alias written out; each is visited once.

    Raises:
        TooManyNodesError: there are more than `most`, or without end.
    """
    counted: dict[int, int] = {}
    open_nodes: set[int] = set()

    def of(node: yaml.Node) -> int:
        if id(node) in open_nodes:
            raise TooManyNodesError(node.start_mark.line + 1)
        if id(node) not in counted:
            open_nodes.add(id(node))
            counted[id(node)] = 1 + sum(of(child) for child in _children(node))
            open_nodes.remove(id(node))
        if counted[id(node)] > most:
            raise TooManyNodesError(node.start_mark.line + 1)
        return counted[id(node)]

    return of(root)


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield from chain.from_iterable(node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def dotted(path: Path) -> str:
    """Return a path as people write it: `entities.accounts`, `warning_mails[2]`, counted from 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def _scalar(text: str, part: Mapping[str, Any], *, is_null: bool) -> object:
    wanted = part.get("type", "string")
    if is_null:
        return None
    if wanted == "boolean":
        return _BOOLEANS.get(text.lower(), text)
    if wanted == "integer" and _WHOLE.fullmatch(text):
        return int(text)
    return text


FILE = "connection.schema.json"


@cache
def schema() -> Mapping[str, Any]:
    """Return the published schema."""
    text = (files("koppeling.cli.configuration") / FILE).read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


def resolved(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part of the schema with what its `$ref` names; its own keys win."""
    reference = part.get("$ref")
    if reference is None:
        return part
    return {**schema()["$defs"][str(reference).rpartition("/")[2]], **part}


def part_at(path: tuple[str | int, ...]) -> Mapping[str, Any]:
    """Return the part of the schema for a path in a document."""
    part = schema()
    for step in path:
        part = part["items"] if isinstance(step, int) else part["properties"][step]
        part = resolved(part)
    return part

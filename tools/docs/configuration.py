"""The page docs/connection.md, made from the schema of the configuration file."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from koppeling.cli.configuration.fields import ENTITIES_PATH
from koppeling.cli.configuration.yaml_file import resolved, schema

_INTRODUCTION = """\
# The configuration of a connection

One YAML file per connection holds what the customer chose. [An example](veldhuis-advies-01.yaml) of
an invented customer shows a whole one.

```sh
koppeling connections apply veldhuis-advies-01.yaml   # shows what changes, and asks
koppeling connections show veldhuis-advies-01         # the file as it is now
```

* A mistake is told with its line, the entry, and what is allowed there; nothing is written then.
* Codes may stand without quotes: `070` stays `070`. `yes`, `no`, `true` and `false` are all right.
* An entry that is left out has its default. Applying the same file again changes nothing.
* The number of the administration and the company cannot change once records were carried over:
  cursors and links belong to them. Another administration is another connection.
* An address for warnings gets a mail of AWS first, and hears of nothing until that is confirmed.
* Whether a connection is at work stands in no file: a new one waits for `koppeling start`, and
  `koppeling pause` and `koppeling resume` say the rest.

The schema (JSON Schema 2020-12) stands in
[connection.schema.json](../layers/koppeling/koppeling/cli/configuration/connection.schema.json);
an editor that knows it completes and checks while you type.
"""
_HEADING = """\
| entry | | default |
|---|---|---|
"""


def configuration() -> str:
    """Return the page."""
    return "\n".join([_INTRODUCTION, *_chapters(), _entities()])


def _chapters() -> Iterator[str]:
    loose: list[str] = []
    chapters: list[str] = []
    for name, part in schema()["properties"].items():
        if part["type"] != "object":
            loose.append(_row(name, part, needed=name in schema()["required"]))
        elif name != ENTITIES_PATH:
            chapters.append(_chapter(name, part))
    yield f"## At the top\n\n{_HEADING}{''.join(loose)}"
    yield from chapters


def _chapter(name: str, part: Mapping[str, Any]) -> str:
    rows = [_row(path, leaf, needed=needed) for path, leaf, needed in leaves(part, name)]
    return f"## {part['title']}\n\n{part['description']}\n\n{_HEADING}{''.join(rows)}"


def leaves(
    part: Mapping[str, Any] | None = None, path: str = ""
) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Yield every entry that holds a value: its path, its schema, and whether it is needed."""
    part = schema() if part is None else part
    for name, below in part["properties"].items():
        found, place = resolved(below), f"{path}.{name}".lstrip(".")
        if found["type"] == "object":
            yield from leaves(found, place)
        else:
            yield place, found, name in part.get("required", ())


def _entities() -> str:
    part = schema()["properties"][ENTITIES_PATH]
    rows = [
        f"| `{ENTITIES_PATH}.{name}` | {below['title']} | "
        f"{_interval(below['$ref'])} minutes, or a multiple of that up to 1440 |\n"
        for name, below in part["properties"].items()
    ]
    return (
        f"## {part['title']}\n\n{part['description']}\n\n"
        "Each has `enabled` (yes or no) and `interval_minutes`, which only lengthens:\n\n"
        f"| entry | | interval |\n|---|---|---|\n{''.join(rows)}"
    )


def _interval(reference: str) -> int:
    kind = schema()["$defs"][reference.rpartition("/")[2]]
    interval: int = kind["properties"]["interval_minutes"]["default"]
    return interval


def _row(path: str, part: Mapping[str, Any], *, needed: bool) -> str:
    text = f"**{part['title']}.** {part['description']}"
    if "enum" in part:
        text += f" Allowed: {', '.join(f'`{each}`' for each in part['enum'])}."
    if part.get("examples"):
        text += f" Such as `{_yaml(part['examples'][0])}`."
    default = "*needed*" if needed else _default(part)
    return f"| `{path}` | {text} | {default} |\n"


def _default(part: Mapping[str, Any]) -> str:
    default = part.get("default")
    return "none" if default in (None, []) else f"`{_yaml(default)}`"


def _yaml(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value)

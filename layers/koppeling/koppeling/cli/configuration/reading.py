"""A configuration file becomes a connection, or a list of everything that is wrong in it."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import yaml

from koppeling.cli.configuration.fields import ENTITIES_PATH, FIELD_PATHS, value_at
from koppeling.cli.configuration.yaml_file import (
    ConfigurationError,
    Issue,
    Path,
    TooManyNodesError,
    YamlDocument,
    count_expanded,
    dotted,
    part_at,
    schema,
)
from koppeling.core.connection import Connection, EntitySetting
from koppeling.core.people import Person, same_mail

_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "yes or no",
    "array": "a list",
    "object": "a group of entries below it",
    "null": "empty",
}
_MOST_BYTES = 100_000
# A text of this size can have no more of them; only aliases can
_MOST_NODES = _MOST_BYTES


def read(file: str, text: str) -> Connection:
    """Return the connection that a file describes; `file` is its name for messages.

    Raises:
        ConfigurationError: it names every issue, with its line and with what is allowed.
    """
    document = YamlDocument()
    content = document.value(_node(file, text), schema())
    # A value may break two rules of the schema that read the same to a person
    found = [*document.issues, *_issues(document, content), *_twice(document, content)]
    issues = list(dict.fromkeys(found))
    if issues or not isinstance(content, dict):
        raise ConfigurationError(file, issues)
    return _connection(content)


def _node(file: str, text: str) -> yaml.Node:
    if len(text.encode()) > _MOST_BYTES:
        raise ConfigurationError(file, [Issue(1, "", "the file is too large for one connection")])
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        message = f"no YAML: {error.problem or error.context}"
        raise ConfigurationError(file, [Issue(line, "", message)]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigurationError(file, [Issue(1, "", f"no YAML: {error}")]) from error
    if not isinstance(node, yaml.MappingNode):
        raise ConfigurationError(
            file, [Issue(1, "", "a connection has entries such as `id: acme`")]
        )
    try:
        count_expanded(node, _MOST_NODES)
    except TooManyNodesError as error:
        message = "an alias such as *name stands for too much here; write its value out"
        raise ConfigurationError(file, [Issue(error.line, "", message)]) from error
    return node


def _issues(document: YamlDocument, content: object) -> Iterator[Issue]:
    """Check a document against the schema."""
    findings: Iterator[Any] = _validator().iter_errors(content)
    for error in findings:
        path: Path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = part_at(path)["properties"]
            for name in error.instance:
                if name not in known:
                    message = f"is not known here; allowed: {', '.join(known)}"
                    yield _issue(document, (*path, name), message)
        elif error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            # jsonschema reports each missing name in a finding of its own
            name = next(name for name in missing if repr(name) in error.message)
            message = f"is missing: {part_at((*path, name))['description']}"
            yield _issue(document, (*path, name), message, at=path)
        else:
            yield _issue(document, path, _message(error.validator, path, error.instance))


def _twice(
    document: YamlDocument,
    content: Any,  # noqa: ANN401 - what a file holds
) -> Iterator[Issue]:
    """Find people with an address that another one has, in whatever spelling."""
    try:
        mails = [str(person["mail"]) for person in content["people"]]
    except (KeyError, TypeError):
        return  # there are none, or the schema reports what is wrong with them
    seen: dict[str, int] = {}
    for place, mail in enumerate(mails):
        first = seen.setdefault(same_mail(mail), place)
        if first != place:
            other = dotted(("people", first))
            message = f"{mail!r} is also the address of {other}; each person has one of its own"
            yield _issue(document, ("people", place, "mail"), message)


def _issue(document: YamlDocument, path: Path, message: str, *, at: Path | None = None) -> Issue:
    return Issue(document.lines[path if at is None else at], dotted(path), message)


def _message(rule: str, path: Path, value: object) -> str:
    """Return what is wrong in words, with what is allowed."""
    part = part_at(path)
    shown = "nothing" if value is None else f"{str(value)[:60]!r}"
    if rule == "enum":
        return f"{shown} is not allowed; allowed: {', '.join(map(str, part['enum']))}"
    if rule == "type":
        kinds = [part["type"]] if isinstance(part["type"], str) else part["type"]
        wanted = " or ".join(_KINDS[kind] for kind in kinds)
        shown = "a group or list" if isinstance(value, dict | list) else shown
        return f"{shown} is not {wanted}. {_description(path)}".rstrip()
    if rule == "uniqueItems":
        return f"something is in it twice. {_description(path)}"
    return f"{shown} is not allowed. {_description(path)}".rstrip()


def _description(path: Path) -> str:
    """Return what the schema allows; a member of a list is described by its list."""
    above = path[:-1] if path and isinstance(path[-1], int) else path
    return str(part_at(above).get("description", ""))


@cache
def _validator() -> Any:  # noqa: ANN401 - its class is imported late
    from jsonschema import (  # type: ignore[import-untyped] # it has no types  # noqa: PLC0415 - slow
        Draft202012Validator,
        FormatChecker,
    )

    formats = FormatChecker(formats=())
    formats.checks("date", raises=ValueError)(_is_date)
    return Draft202012Validator(dict(schema()), format_checker=formats)


def _is_date(value: object) -> bool:
    if not isinstance(value, str):
        return True  # the schema reports what is no text
    return date.fromisoformat(value).isoformat() == value


def _connection(content: Mapping[str, Any]) -> Connection:
    values = {
        name: value
        for path, name in FIELD_PATHS.items()
        if (value := value_at(content, path)) is not None
    }
    values.setdefault("exact_host", part_at(("exact", "host"))["default"])
    settings = content.get(ENTITIES_PATH) or {}
    values |= {
        "exact_user": as_login(values["exact_user"]),
        "milestones_user": as_login(values["milestones_user"]),
        "start_date": date.fromisoformat(values["start_date"]),
        "people": tuple(Person(**given) for given in values.get("people", ())),
        "entities": {name: EntitySetting(**given) for name, given in settings.items()},
    }
    return Connection(**values)


def as_login(user: str) -> str:
    """Return an OAuth user as token chains name it: trimmed, in small letters."""
    return user.strip().lower()

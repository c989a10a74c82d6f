"""Which changes of the API would break a program that was written for an earlier description.

Strict rather than clever: what is not known to do no harm counts as breaking. A request may be
allowed more than before, an answer may hold more than before. Texts for people may change.
"""

from collections.abc import Iterator, Mapping
from typing import Any

type Json = Any

_TEXTS = frozenset(
    {"description", "summary", "title", "examples", "example", "$comment", "x-if-wrong"}
)
_REQUEST, _ANSWER = "request", "answer"
_LEAST = frozenset({"minimum", "minLength", "minItems"})
_MOST = frozenset({"maximum", "maxLength", "maxItems"})


def breaking(before: Json, after: Json) -> list[str]:
    """Return every change that breaks a program, as the place of it and what happened there."""
    return [*_Comparison(before, after).paths()]


class _Comparison:
    """Two descriptions, of which either may refer to shapes of its own."""

    def __init__(self, before: Json, after: Json) -> None:
        self._before, self._after = before, after

    def paths(self) -> Iterator[str]:
        for path, methods in self._before["paths"].items():
            for method, one in methods.items():
                place = f"{method.upper()} {path}"
                other = self._after["paths"].get(path, {}).get(method)
                if other is None:
                    yield f"{place}: gone"
                else:
                    yield from self._operation(place, one, other)

    def _operation(self, place: str, one: Json, other: Json) -> Iterator[str]:
        for name in ("operationId", "security"):
            if one.get(name) != other.get(name):
                yield f"{place} {name}: another one"
        yield from self._parameters(place, one, other)
        bodies = (one.get("requestBody", {}), other.get("requestBody", {}))
        yield from self._contents(f"{place} body", *bodies, _REQUEST)
        if bodies[1].get("required") and not bodies[0].get("required"):
            yield f"{place} body: wanted now"
        for status, answer in one["responses"].items():
            there = other["responses"].get(status)
            if there is None:
                yield f"{place} {status}: gone"
                continue
            held = (_resolved(self._before, answer), _resolved(self._after, there))
            yield from self._contents(f"{place} {status}", *held, _ANSWER)
            for header in held[0].get("headers", {}).keys() - held[1].get("headers", {}).keys():
                yield f"{place} {status} {header}: gone"
        for status in other["responses"].keys() - one["responses"].keys():
            if status.startswith("2"):
                yield f"{place} {status}: new"

    def _parameters(self, place: str, one: Json, other: Json) -> Iterator[str]:
        had, has = (
            {(each["in"], each["name"]): each for each in found}
            for found in (
                [_resolved(self._before, each) for each in one.get("parameters", [])],
                [_resolved(self._after, each) for each in other.get("parameters", [])],
            )
        )
        for key, parameter in had.items():
            if key not in has:
                yield f"{place} {key[1]}: gone"
                continue
            shapes = (parameter["schema"], has[key]["schema"])
            yield from self._shape(f"{place} {key[1]}", *shapes, _REQUEST)
        for key, parameter in has.items():
            if parameter.get("required") and not had.get(key, {}).get("required"):
                yield f"{place} {key[1]}: wanted now"

    def _contents(self, place: str, one: Json, other: Json, kind: str) -> Iterator[str]:
        for media_type, content in one.get("content", {}).items():
            there = other.get("content", {}).get(media_type)
            if there is None:
                yield f"{place} {media_type}: gone"
            else:
                yield from self._shape(place, content["schema"], there["schema"], kind)

    def _shape(self, place: str, one: Json, other: Json, kind: str) -> Iterator[str]:
        one, other = _resolved(self._before, one), _resolved(self._after, other)
        had, has = (set(each.get("required", ())) for each in (one, other))
        for name in sorted(has - had if kind == _REQUEST else had - has):
            yield f"{place}.{name}: {'wanted now' if kind == _REQUEST else 'not always there'}"
        for name, part in one.get("properties", {}).items():
            if name not in other.get("properties", {}):
                yield f"{place}.{name}: gone"
            else:
                yield from self._shape(f"{place}.{name}", part, other["properties"][name], kind)
        if "items" in one and "items" in other:
            yield from self._shape(f"{place}[]", one["items"], other["items"], kind)
        inside = {"properties", "items", "required"}
        for rule in sorted((one.keys() | other.keys()) - _TEXTS - inside):
            if not self._is_harmless(rule, one.get(rule), other.get(rule), kind):
                yield f"{place} {rule}: another one"

    def _is_harmless(self, rule: str, before: Json, after: Json, kind: str) -> bool:
        if _plain(self._before, before) == _plain(self._after, after):
            return True
        if kind == _ANSWER:
            return False
        if after is None:
            return True
        if before is None:
            return False
        return (
            (rule in _LEAST and after <= before)
            or (rule in _MOST and after >= before)
            or (rule == "enum" and set(before) <= set(after))
        )


def _resolved(description: Json, part: Mapping[str, Json]) -> Json:
    """Return a part with what it refers to, beside what it says itself."""
    reference = part.get("$ref")
    if reference is None:
        return part
    found = description
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    own = {name: value for name, value in part.items() if name != "$ref"}
    return {**_resolved(description, found), **own}


def _plain(description: Json, part: Json) -> Json:
    """Return a part without texts for people, and with all that it refers to."""
    if isinstance(part, list):
        return [_plain(description, each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _plain(description, value)
        for name, value in _resolved(description, part).items()
        if name not in _TEXTS
    }

"""The REST API: four patterns for nine entities (M4, M53), driven by the table of entities."""

import json
import re
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, request

from tests.sandbox.qics_milestones.errors import RefusedError, invalid
from tests.sandbox.qics_milestones.filters import Condition, parse_filter
from tests.sandbox.qics_milestones.gate import read_object, struck
from tests.sandbox.qics_milestones.metadata import metadata_document
from tests.sandbox.qics_milestones.schema import Entity
from tests.sandbox.qics_milestones.state import API_PATH, State
from tests.sandbox.qics_milestones.table import Record

FOREIGN_BASE = "http://127.0.0.2:9" + API_PATH
"""Another host, yet never outside this machine: where a foreign next link points by default."""

NUMBERING = ("InvoiceNumberPrefix", "InvoiceNumberLength", "InvoiceNumberCounter")
"""What a company numbers its invoices by (5.8)."""

_RESOURCE = re.compile(r"(?P<entity>\w+)(?:\((?P<key>\d{1,19})\))?")
_OPTIONS = {"$filter", "$top", "$skip"}


def blueprint(state: State) -> Blueprint:
    """Return the routes of the API."""
    routes = Blueprint("odata", __name__)

    @routes.get(f"{API_PATH}$metadata")
    def metadata() -> Response:
        document = metadata_document(
            state.world.entities.values(), frozenset(state.switches.metadata_without)
        )
        return Response(document, mimetype="application/xml")

    @routes.route(f"{API_PATH}<resource>", methods=["GET", "POST", "PUT"])
    def answer(resource: str) -> Response:
        found = _RESOURCE.fullmatch(resource)
        if found is None or found["entity"] not in state.world.entities:
            raise RefusedError(404, f"No resource answers to {resource}.")
        return _answer(state, state.world.entities[found["entity"]], found["key"])

    return routes


def _answer(state: State, entity: Entity, key: str | None) -> Response:
    _check_accept()
    match request.method, key:
        case "GET", None:
            return _list(state, entity)
        case "GET", str():
            return _read(state, entity, key)
        case "POST", None:
            return _create(state, entity)
        case "PUT", str():
            return _replace(state, entity, key)
        case _:
            raise RefusedError(405, f"The resource does not support {request.method}.")


def _check_accept() -> None:
    # M5: other types exist; a client that does not say which one it wants may get any of them.
    if "application/json" not in request.headers.get("Accept", ""):
        raise RefusedError(406, "Ask for application/json.")


def _list(state: State, entity: Entity) -> Response:
    unknown = sorted(set(request.args) - _OPTIONS)
    if unknown:
        raise invalid(f"The query option {unknown[0]} is not supported.", unknown[0])
    conditions = _conditions(state, entity)
    # M13: missing rights show as an empty list, not as an error.
    hidden = _is_hidden(state, entity) or struck(state, "empty-page") is not None
    skip, top = _count("$skip") or 0, _count("$top")
    size = state.switches.page_size if top is None else min(top, state.switches.page_size)
    rows = [] if hidden else state.world.select(entity.name, conditions, skip, size + 1)
    page = [_visible(state, entity, row) for row in rows[:size]]
    more = len(rows) > size and size != top
    link = _next_link(state, entity, skip, top, size) if more else None
    return _json(_list_body(state, entity, page, link))


def _is_hidden(state: State, entity: Entity) -> bool:
    return g.rights == "none" or entity.name in state.switches.hides


def _visible(state: State, entity: Entity, record: Record) -> Record:
    """Return what the role sees of a record; which fields a role may hide is assumed (M13)."""
    if entity.name != "Company" or not state.switches.hides_counter:
        return record
    return {**record, **dict.fromkeys(NUMBERING)}


def _conditions(state: State, entity: Entity) -> list[Condition]:
    expression = request.args.get("$filter")
    if expression is None:
        return []
    if not state.switches.filters:
        # M17: assumed; a client must manage without.
        raise invalid("The query option $filter is not allowed.", "$filter")
    return parse_filter(entity, expression)


def _count(option: str) -> int | None:
    value = request.args.get(option)
    if value is None:
        return None
    if not value.isdecimal():
        raise invalid(f"{option} is not a number of rows.", option)
    return int(value)


def _list_body(state: State, entity: Entity, page: list[Record], link: str | None) -> object:
    # M16: the samples show a bare array, the convention an object; clients accept both.
    if state.switches.bare_array:
        return page
    body: dict[str, Any] = {
        "odata.metadata": f"{request.host_url.rstrip('/')}{API_PATH}$metadata#{entity.name}",
        "value": page,
    }
    return body if link is None else body | {state.switches.next_link: link}


def _next_link(state: State, entity: Entity, skip: int, top: int | None, size: int) -> str | None:
    # M18: on the own base address; the fault sends a client elsewhere, where it must not go.
    options = struck(state, "foreign-next")
    if options is None and state.switches.next_link == "none":
        return None
    base = f"{request.host_url.rstrip('/')}{API_PATH}"
    if options is not None:
        base = str(options.get("base", FOREIGN_BASE))
    query = {"$filter": request.args["$filter"]} if "$filter" in request.args else {}
    query |= {} if top is None else {"$top": str(top - size)}
    query |= {"$skip": str(skip + size)}
    return f"{base}{entity.name}?{urlencode(query, safe='$', quote_via=quote)}"


def _read(state: State, entity: Entity, key: str) -> Response:
    if _is_hidden(state, entity):
        raise RefusedError(404, f"No {entity.name} has the key {key}.")
    with state.world.lock:
        response = _json(_visible(state, entity, state.world.record(entity.name, key)))
        _tag(state, entity, key, response)
    options = struck(state, "changed-between")
    if options is not None:
        # M57: somebody types between the GET and the PUT.
        fields = options.get("fields", {})
        state.world.change(entity.name, key, fields if isinstance(fields, dict) else {})
    return response


def _create(state: State, entity: Entity) -> Response:
    _check_rights()
    record = state.world.add(entity.name, read_object())
    g.done = True
    response = _json(record, 201)
    response.headers["Location"] = (
        f"{request.host_url.rstrip('/')}{API_PATH}{entity.name}({record[entity.key]})"
    )
    return response


def _replace(state: State, entity: Entity, key: str) -> Response:
    _check_rights()
    values = read_object()
    with state.world.lock:
        state.world.record(entity.name, key)
        # M24: where there is an ETag, a PUT without it or with an old one is refused.
        if state.switches.etag and request.headers.get("If-Match") != _etag(state, entity, key):
            raise RefusedError(412, "The record has changed.")
        record = state.world.replace(entity.name, key, values)
        g.done = True
        response = _json(record) if state.switches.put_answers_body else Response(status=204)
        _tag(state, entity, key, response)
    return response


def _check_rights() -> None:
    if g.rights != "all":
        raise RefusedError(403, "The role of this user has no rights for this.")


def _etag(state: State, entity: Entity, key: str) -> str:
    return f'W/"{key}-{state.world.version(entity.name, key)}"'


def _tag(state: State, entity: Entity, key: str, response: Response) -> None:
    if state.switches.etag:
        response.headers["ETag"] = _etag(state, entity, key)


def _json(body: object, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, content_type="application/json; charset=utf-8")

"""Reads the query string of a GET and refuses what the service would refuse (X185)."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from tests.sandbox.exact_online.errors import RequestError
from tests.sandbox.exact_online.filter_tokens import UNSUPPORTED
from tests.sandbox.exact_online.filters import EVERYTHING, Filter, read_filter
from tests.sandbox.exact_online.registry import COLLECTIONS, Resource

SELECT_MISSING = "Please add a $select or a $top=1 statement to the query string."  # X60
SELECT_MANDATORY = "It is mandatory to provide the $select query option"  # X61
FILTER_MANDATORY = (  # X62
    "This endpoint has mandatory filtering applied. A GET request for this endpoint must have a"
    " $filter parameter with one of the following fields in the url:"
)
FILTER_FIELDS = "Filtering on these fields is not supported: "  # X64
OPTIONS = {"$select", "$filter", "$top", "$orderby", "$skiptoken", "$inlinecount", "$expand"}


@dataclass(frozen=True, slots=True)
class Query:
    """A list request that has been understood; `options` is its raw form, for the next link."""

    options: dict[str, str]
    select: tuple[str, ...]
    expand: tuple[str, ...]
    filter: Filter
    top: int | None
    order: tuple[str, bool] | None
    token: str
    counted: bool


def split(query: str) -> dict[str, str]:
    """Cut a query string; a `+` is a plus, since a space is %20 (X52).

    Raises:
        RequestError: an option twice, or one that this service does not know (X54).
    """
    options: dict[str, str] = {}
    for part in query.split("&") if query else []:
        name, _, value = part.partition("=")
        name = unquote(name)
        if name.startswith("$") and (name not in OPTIONS or name in options):
            raise RequestError(f"The query option '{name}' is not supported for this resource")
        options[name] = unquote(value)
    return {name: value for name, value in options.items() if name.startswith("$")}


def join(options: dict[str, str]) -> str:
    """Write a query string."""
    return "&".join(f"{name}={quote(value, safe="'(),*$")}" for name, value in options.items())


def read_query(query: str, resource: Resource) -> Query:
    """Understand a list request.

    Raises:
        RequestError: one of X60 to X65.
    """
    options = split(query)
    top = _number(options.get("$top"))
    return Query(
        options=options,
        select=_select(options.get("$select", ""), resource, top),
        expand=_names(options.get("$expand", ""), resource),
        filter=_filter(options.get("$filter", ""), resource),
        top=top,
        order=_order(options.get("$orderby", ""), resource),
        token=options.get("$skiptoken", ""),
        counted=options.get("$inlinecount") == "allpages",
    )


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal():
        raise RequestError("Invalid value for $top")
    return int(text)


def read_select(text: str, resource: Resource) -> tuple[str, ...]:
    """Return the selected properties; an unknown one is an error (X59)."""
    if text in ("", "*"):
        return tuple(resource.fields.properties)
    return _names(text, resource)


def _select(text: str, resource: Resource, top: int | None) -> tuple[str, ...]:
    if resource.fields.kind == "bulk" and not text:
        raise RequestError(SELECT_MANDATORY)
    if not text and top != 1 and resource.path != "current/Me":
        raise RequestError(SELECT_MISSING)  # X55
    if resource.endpoint.names_fields and "*" in text:
        raise RequestError(SELECT_MANDATORY)  # X55: the items of sync name their properties
    return read_select(text, resource)


def _names(text: str, resource: Resource) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name)
    for name in names:
        if name not in resource.fields.properties:
            raise RequestError(
                f"Could not find a property named '{name}' on type '{resource.path}'"
            )
    return names


def _filter(text: str, resource: Resource) -> Filter:
    permitted = sorted(resource.filters)
    if not text:
        if resource.endpoint.needs_filter:
            raise RequestError(FILTER_MANDATORY + ",".join(permitted))
        return EVERYTHING
    found = read_filter(text, resource.fields.properties)
    if resource.is_sync and found.properties != {"Timestamp"}:
        raise RequestError(UNSUPPORTED)  # X90
    strangers = sorted(found.properties - resource.filters)
    if strangers:
        raise RequestError(FILTER_FIELDS + ", ".join(strangers))
    return found


def _order(text: str, resource: Resource) -> tuple[str, bool] | None:
    if not text:
        return None
    name, _, direction = text.partition(" ")
    if direction not in ("", "asc", "desc") or resource.is_sync:
        raise RequestError("This $orderby parameter is not supported for this resource")
    if (resource.path, name) in COLLECTIONS:
        raise RequestError("This $orderby parameter is not supported for this resource")
    return _names(name, resource)[0], direction == "desc"

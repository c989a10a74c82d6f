"""Answers to GET: pages, the three shapes of `d`, next links and deferred collections (X184)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from tests.sandbox.exact_online.errors import RequestError
from tests.sandbox.exact_online.filters import EVERYTHING
from tests.sandbox.exact_online.literals import Literal, read_literal, write_literal
from tests.sandbox.exact_online.query import Query, join, read_select, split
from tests.sandbox.exact_online.registry import COLLECTIONS, Resource
from tests.sandbox.exact_online.rows import RowWriter
from tests.sandbox.exact_online.switches import Switches
from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.world import LEFT_OUT, World


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one administration; `root` is this server's own .../api/v1/{division} (X179)."""

    world: World
    registry: dict[str, Resource]
    switches: Switches
    root: str

    def page(self, resource: Resource, query: Query) -> dict[str, object]:
        """Return one page in the shape that belongs to the request (X45, X46)."""
        size = resource.fields.page_size
        wanted = size if query.top is None else min(query.top, size)
        found = self._from_token(resource, query)
        rows = list(islice(found, wanted))
        left = None if query.top is None else query.top - len(rows)
        more = next(iter(found), None) is not None and left != 0
        bare = query.top is not None and query.top <= size and not query.counted
        written = self._write(resource, query, rows)
        if bare or (self.switches.empty_as_bare_list and not rows and not query.counted):
            return {"d": written}
        body: dict[str, object] = {"results": written}
        if query.counted:
            everything = replace(query, token="")
            body["__count"] = str(sum(1 for _ in self._from_token(resource, everything)))
        if more:  # X48: the last page is the one without a next link
            body["__next"] = self._next_link(resource, query, rows[-1])
        return {"d": body}

    def single(self, resource: Resource, row: Row, query: str) -> dict[str, object]:
        """Return one object, as key access and a POST do (X45)."""
        options = split(query)
        select = read_select(options.get("$select", ""), resource)
        about = Query(options, select, (), EVERYTHING, None, None, "", counted=False)
        return {"d": self._write(resource, about, [row])[0]}

    def only_key(self, resource: Resource, row: Row) -> dict[str, object]:
        """Return an object in which everything but the key is null (X121, X189)."""
        key = resource.fields.key
        return self.single(resource, {key: row[key]}, "")

    def _write(self, resource: Resource, query: Query, rows: Iterable[Row]) -> list[Row]:
        writer = RowWriter.create(resource, query.select, self.switches, self.root)
        written = []
        for row in rows:
            item = self._spoiled(resource, row, writer.write(row))
            for name in query.expand:
                item[name] = {"results": self._children(resource, row, name)}
            written.append(item)
        return written

    def _spoiled(self, resource: Resource, row: Row, item: Row) -> Row:
        """Return an object with the values that a test put in the place of its own."""
        table = self.world.tables[resource.endpoint.table]
        fields = self.world.spoiled.get((resource.endpoint.table, row.get(table.key)))
        if not fields:
            return item
        shown = item | {name: value for name, value in fields.items() if name in item}
        return {name: value for name, value in shown.items() if value is not LEFT_OUT}

    def _children(self, resource: Resource, row: Row, name: str) -> list[Row]:
        collection = COLLECTIONS.get((resource.path, name))
        if collection is None or not self.switches.expands:
            raise RequestError(f"Property '{name}' cannot be expanded")
        child = self.registry[collection.resource]
        writer = RowWriter.create(child, tuple(child.fields.properties), self.switches, self.root)
        owner = row[resource.fields.key]
        rows = self.world.tables[child.endpoint.table]
        return [writer.write(item) for item in rows if item[collection.parent] == owner]

    def _from_token(self, resource: Resource, query: Query) -> Iterator[Row]:
        table = self.world.tables[resource.endpoint.table]
        if resource.is_sync:
            token = self._token(resource, query, ["Timestamp"])
            above = max(query.filter.above, int(str(token[0])) if token else 0)
            return (row for row in table.after(above) if query.filter.matches(row))
        names = _sort_names(resource, query)
        descending = query.order is not None and query.order[1]
        rows = [row for row in self._listed(resource) if query.filter.matches(row)]
        rows.sort(key=lambda row: _rank(row, names), reverse=descending)
        token = self._token(resource, query, names)
        if not token:
            return iter(rows)
        place = _rank(dict(zip(names, token, strict=True)), names)
        if descending:
            return (row for row in rows if _rank(row, names) < place)
        return (row for row in rows if _rank(row, names) > place)

    def _listed(self, resource: Resource) -> Iterable[Row]:
        """Return the rows of a table, without those that a switch hides from this list."""
        table = self.world.tables[resource.endpoint.table]
        hidden = self.switches.hide_rows.get(resource.path, 0)
        if not hidden:
            return table
        rows = sorted(table, key=lambda row: _rank(row, [resource.fields.key]))
        return rows[: max(0, len(rows) - hidden)]

    def _token(self, resource: Resource, query: Query, names: list[str]) -> list[Literal]:
        if not query.token:
            return []
        parts = query.token.rsplit(",", len(names) - 1)
        if len(parts) != len(names):
            raise RequestError("The $skiptoken does not belong to this $orderby")
        types = [resource.fields.properties[name].type for name in names]
        return [read_literal(part, kind) for part, kind in zip(parts, types, strict=True)]

    def _next_link(self, resource: Resource, query: Query, last: Row) -> str:
        """Keep the options, lower $top by the rows delivered, and say where to go on (X49)."""
        names = ["Timestamp"] if resource.is_sync else _sort_names(resource, query)
        types = [resource.fields.properties[name].type for name in names]
        token = [write_literal(last.get(n), kind) for n, kind in zip(names, types, strict=True)]
        options = dict(query.options) | {"$skiptoken": ",".join(token)}
        if query.top is not None:
            options["$top"] = str(query.top - resource.fields.page_size)
        return f"{self.root}/{resource.path}?{join(options)}"


def _sort_names(resource: Resource, query: Query) -> list[str]:
    key = resource.fields.key
    if query.order is None or query.order[0] == key:
        return [key]
    return [query.order[0], key]


def _rank(row: Row, names: list[str]) -> list[tuple[bool, Literal]]:
    return [(row.get(name) is not None, row.get(name)) for name in names]

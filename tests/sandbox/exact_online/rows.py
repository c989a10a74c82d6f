"""Writes rows as the objects of an answer, quickly: a sync page holds a thousand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.sandbox.exact_online.literals import write_literal
from tests.sandbox.exact_online.registry import COLLECTIONS, Resource
from tests.sandbox.exact_online.switches import Switches
from tests.sandbox.exact_online.values import Row, encoder


@dataclass(frozen=True, slots=True)
class RowWriter:
    """What is the same for all rows of a page, worked out once."""

    resource: Resource
    plain: tuple[str, ...]
    encoded: tuple[tuple[str, Callable[[Any], object]], ...]
    collections: tuple[str, ...]
    base: str
    link: str

    @classmethod
    def create(
        cls, resource: Resource, select: tuple[str, ...], switches: Switches, root: str
    ) -> "RowWriter":
        """Prepare for the selected properties."""
        plain, encoded, collections = [], [], []
        for name in select:
            edm_type = resource.fields.properties[name].type
            if (resource.path, name) in COLLECTIONS:
                collections.append(name)
                continue
            encode = encoder(edm_type, int64_as_string=switches.int64_as_string)
            if encode is None:
                plain.append(name)
            else:
                encoded.append((name, encode))
        link = ""
        if resource.endpoint.table == "DocumentAttachments" and "Url" in plain:
            origin, division = root.split("/api/v1/")
            link = f"{origin}/docs/SysAttachment.aspx?_Division_={division}&ID="  # X127, X179
        base = f"{root}/{resource.path}"
        return cls(resource, tuple(plain), tuple(encoded), tuple(collections), base, link)

    def write(self, row: Row) -> Row:
        """Return the object for one row, with its metadata and deferred collections (X47)."""
        fields = self.resource.fields
        key = write_literal(row.get(fields.key), fields.properties[fields.key].type)
        uri = f"{self.base}({key})"
        model = f"Exact.Web.Api.Models.{self.resource.endpoint.model}"
        item: Row = {"__metadata": {"uri": uri, "type": model}}
        get = row.get
        for name in self.plain:
            item[name] = get(name)
        for name, encode in self.encoded:
            value = get(name)
            item[name] = None if value is None else encode(value)
        if self.link and row.get("FileName"):
            item["Url"] = f"{self.link}{row['ID']}"
        for name in self.collections:
            item[name] = {"__deferred": {"uri": f"{uri}/{name}"}}
        return item

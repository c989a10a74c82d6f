"""The records of the tenant: kept by key, found by code, checked against each other on writing."""

from collections.abc import Mapping, Sequence
from itertools import count, islice
from threading import RLock
from typing import Any

from tests.sandbox.qics_milestones.entities import ENTITIES
from tests.sandbox.qics_milestones.errors import RefusedError, invalid
from tests.sandbox.qics_milestones.filters import Condition
from tests.sandbox.qics_milestones.schema import Entity, Field
from tests.sandbox.qics_milestones.switches import Switches
from tests.sandbox.qics_milestones.table import Record, Table
from tests.sandbox.qics_milestones.values import kept

_MADE_FROM = 5001


class World:
    """All records. Each write is one step that others see whole or not at all."""

    def __init__(self, switches: Switches, entities: Mapping[str, Entity] = ENTITIES) -> None:
        self.lock = RLock()
        self.entities = entities
        self._switches = switches
        self._tables = {name: Table(entity) for name, entity in entities.items()}
        self._made = count(_MADE_FROM)

    def records(self, entity: str) -> list[Record]:
        """Return all records of an entity, oldest first."""
        with self.lock:
            return list(self._tables[entity].rows.values())

    def record(self, entity: str, key: str) -> Record:
        """Return one record.

        Raises:
            RefusedError: 404, there is none with this key (M20).
        """
        with self.lock:
            found = self._tables[entity].rows.get(key)
            if found is None:
                raise RefusedError(404, f"No {entity} has the key {key}.")
            return found

    def find(self, entity: str, **values: object) -> list[Record]:
        """Return the records that hold these values, in the form in which they are sent."""
        conditions = [Condition(name, value) for name, value in values.items()]
        return self.select(entity, conditions)

    def select(
        self, entity: str, conditions: Sequence[Condition], skip: int = 0, top: int | None = None
    ) -> list[Record]:
        """Return a stretch of the records that meet all conditions, by key."""
        with self.lock:
            matches = self._tables[entity].matches(conditions)
            return list(islice(matches, skip, None if top is None else skip + top))

    def version(self, entity: str, key: str) -> int:
        """Return how often a record was written: what an ETag is made of (M24)."""
        with self.lock:
            return self._tables[entity].versions[key]

    def add(self, entity: str, values: Mapping[str, Any]) -> Record:
        """Create a record as a POST does: fields left out are null, the key is made here (M21).

        Raises:
            RefusedError: the record is not one that QM takes.
        """
        kind = self.entities[entity]
        with self.lock:
            if str(values.get(kind.key) or "0") != "0":
                raise invalid(f"{kind.key} is made by the server; send 0.", kind.key)
            key = self._tables[entity].next_key()
            made = {
                field.name: str(next(self._made))
                for field in kind.fields.values()
                if field.made and values.get(field.name) is None
            }
            return self._write(kind, key, {**values, **made, kind.key: key})

    def replace(self, entity: str, key: str, values: Mapping[str, Any]) -> Record:
        """Replace a whole record as a PUT does: fields left out become null (M22, M55).

        Raises:
            RefusedError: there is no such record, or it is not one that QM takes.
        """
        kind = self.entities[entity]
        with self.lock:
            self.record(entity, key)
            if str(values.get(kind.key)) != key:
                raise invalid(f"{kind.key} is not the key of the address.", kind.key)
            return self._write(kind, key, values)

    def change(self, entity: str, key: str, values: Mapping[str, Any]) -> Record:
        """Change some fields, as a user who types does."""
        with self.lock:
            return self.replace(entity, key, {**self.record(entity, key), **values})

    def _write(self, entity: Entity, key: str, values: Mapping[str, Any]) -> Record:
        record = self._checked(entity, values)
        if self._switches.unique_codes:
            self._refuse_double(entity, key, record)
        self._tables[entity.name].put(key, record)
        return record

    def _checked(self, entity: Entity, values: Mapping[str, Any]) -> Record:
        unknown = [name for name in values if name not in entity.fields and "odata." not in name]
        if unknown:
            raise invalid(f"{entity.name} has no property named {unknown[0]}.", unknown[0])
        return {name: self._value(field, values.get(name)) for name, field in entity.fields.items()}

    def _value(self, field: Field, value: object) -> object:
        taken = kept(field, value, long_text=self._switches.long_name)
        if field.required and taken in (None, ""):
            raise invalid(f"The field {field.name} is required.", field.name)
        # M56: a reference to nothing is refused; QM has no records that hang in the air.
        if (
            field.refers_to
            and taken is not None
            and taken not in self._tables[field.refers_to].rows
        ):
            raise invalid(f"{field.name}: no {field.refers_to} has the key {taken}.", field.name)
        return taken

    def _refuse_double(self, entity: Entity, key: str, record: Record) -> None:
        conditions = [Condition(name, record[name]) for name in entity.indexed]
        others = [row for row in self.select(entity.name, conditions) if row[entity.key] != key]
        if others:
            raise RefusedError(409, f"{entity.code} is in use.", entity.code)

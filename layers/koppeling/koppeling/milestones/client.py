"""The client of QicsMilestones: find by code, read, replace, create. It cannot delete (R16)."""

from collections import defaultdict
from collections.abc import Mapping
from threading import Lock
from typing import Any

from koppeling.core.errors import Reject, Retry, Uncertain
from koppeling.core.ids import MilestonesId
from koppeling.core.text import code_of
from koppeling.milestones.answers import Stale
from koppeling.milestones.api import COMPANY
from koppeling.milestones.lists import Lists
from koppeling.milestones.transport import Answer, Transport
from koppeling.milestones.wire import differences, overlay, to_wire
from koppeling.pull.entities.entity import Target, WireKind


class MilestonesClient:
    """Calls one company of a tenant; safe to use from several threads.

    `targets` says where each entity is written.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        company_id: str,
        targets: Mapping[str, Target],
    ) -> None:
        self._transport = transport
        self._company_id = company_id
        self._targets = targets
        self._lists = Lists(transport)
        self._lock = Lock()
        self._catalogue: dict[str, dict[str, list[MilestonesId]]] = {}

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        target = self._targets[entity]
        if target.path in self._catalogue:
            return self._catalogue[target.path][code]
        where = f"{target.code} eq {_literal(target, code)}"
        if target.per_company:
            where = f"CompanyId eq {self._company_id} and {where}"
        try:
            rows = list(self._lists.found(target.path, where))
        except Reject:
            # M17: this server knows no $filter, so the list is read once and searched here
            return self._whole_list(target)[code]
        return [_key(row, target) for row in rows if _code(row, target) == code]

    def shows_records(self, entity: str) -> bool:
        target = self._targets[entity]
        if self._catalogue.get(target.path):
            return True
        return next(self._lists.all(target.path), None) is not None

    def shows_company(self) -> bool:
        rows = self._lists.all(COMPANY.path)
        return any(str(row.get(COMPANY.key)) == self._company_id for row in rows)

    def replace(
        self, entity: str, key: MilestonesId, values: Mapping[str, Any]
    ) -> dict[str, tuple[Any, Any]]:
        """Read the record directly before, the only way to keep what is not ours (M22, M24)."""
        try:
            return self._overlay(self._targets[entity], key, values)
        except Stale:
            # The server noticed that somebody wrote in between: once more, on what is there now
            return self._overlay(self._targets[entity], key, values)

    def compare(
        self, entity: str, key: MilestonesId, values: Mapping[str, Any]
    ) -> dict[str, tuple[Any, Any]]:
        target = self._targets[entity]
        return differences(target, self._current(target, key).body, values)

    def create(self, entity: str, values: Mapping[str, Any]) -> MilestonesId:
        target = self._targets[entity]
        # M21: the help pages ask for the key in a POST as well
        record = {target.key: "0"} | {
            name: to_wire(target, name, value) for name, value in values.items()
        }
        address = f"{self._transport.root}{target.path}"
        created = self._transport.call("POST", address, target.path, record).body
        if not isinstance(created, dict) or not created.get(target.key):
            raise Uncertain("milestones-unavailable", f"a new {target.path} without its key")
        if target.path in self._catalogue:
            self._catalogue[target.path][_code(record, target)].append(_key(created, target))
        return _key(created, target)

    def _overlay(
        self, target: Target, key: MilestonesId, values: Mapping[str, Any]
    ) -> dict[str, tuple[Any, Any]]:
        current = self._current(target, key)
        differing = differences(target, current.body, values)
        if differing:
            changed = overlay(current.body, differing)
            self._transport.call("PUT", self._url(target, key), target.path, changed, current.etag)
        return differing

    def _current(self, target: Target, key: MilestonesId) -> Answer:
        current = self._transport.call("GET", self._url(target, key), target.path)
        if not isinstance(current.body, dict) or _key(current.body, target) != key:
            # M22: writing back anything but the record itself would empty what is not ours
            raise Retry("milestones-unavailable", f"another answer than {target.path}({key})")
        return current

    def _url(self, target: Target, key: MilestonesId) -> str:
        return f"{self._transport.root}{target.path}({key})"

    def _whole_list(self, target: Target) -> dict[str, list[MilestonesId]]:
        with self._lock:
            if target.path not in self._catalogue:
                keys: dict[str, list[MilestonesId]] = defaultdict(list)
                for row in self._lists.all(target.path):
                    if not target.per_company or str(row.get("CompanyId")) == self._company_id:
                        keys[_code(row, target)].append(_key(row, target))
                self._catalogue[target.path] = keys
            return self._catalogue[target.path]


def _key(row: Mapping[str, Any], target: Target) -> MilestonesId:
    key = row.get(target.key)
    if not key:
        raise Retry("milestones-unavailable", f"a {target.path} without its key")
    return MilestonesId(str(key))


def _code(row: Mapping[str, Any], target: Target) -> str:
    return code_of(row.get(target.code)) or ""


def _literal(target: Target, code: str) -> str:
    """Return a code as a filter wants it: integers without quotes (M17)."""
    return code if target.kind(target.code) is WireKind.INTEGER else _text(code)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

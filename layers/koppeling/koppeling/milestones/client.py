"""The client of QicsMilestones: find by code, read, replace, create. It cannot delete (R16)."""

from collections.abc import Mapping
from threading import Lock
from typing import Any

from koppeling.core.errors import Reject, Retry, Uncertain
from koppeling.core.ids import MilestonesId
from koppeling.milestones.answers import Stale
from koppeling.milestones.api import COMPANY
from koppeling.milestones.lists import Lists
from koppeling.milestones.rows import code_in, key_of
from koppeling.milestones.snapshot import ListSnapshot
from koppeling.milestones.transport import Answer, Transport
from koppeling.milestones.wire import differences, overlay, to_wire
from koppeling.pull.entities.entity import Target, WireKind
from koppeling.pull.journal import Keep
from koppeling.pull.snapshot import KeptSnapshot


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
        self._whole: dict[str, ListSnapshot] = {}

    def find(self, entity: str, code: str) -> list[MilestonesId]:
        target = self._targets[entity]
        if target.path in self._whole:
            return self._whole[target.path].find(code)
        where = f"{target.code} eq {_literal(target, code)}"
        if target.per_company:
            where = f"CompanyId eq {self._company_id} and {where}"
        try:
            rows = list(self._lists.found(target.path, where))
        except Reject:
            # M17: this server knows no $filter, so the list is read once and searched here
            return self._whole_list(entity).find(code)
        return [key_of(row, target) for row in rows if code_in(row, target) == code]

    def snapshot(self, entity: str) -> ListSnapshot:
        whole = self.growing_snapshot(entity, None)
        whole.read()
        return whole

    def growing_snapshot(self, entity: str, kept: KeptSnapshot | None) -> ListSnapshot:
        return ListSnapshot(self._lists, self._targets[entity], self._company_id, kept)

    def shows_records(self, entity: str) -> bool:
        target = self._targets[entity]
        if self._whole.get(target.path):
            return True
        return next(self._lists.all(target.path), None) is not None

    def shows_company(self) -> bool:
        rows = self._lists.all(COMPANY.path)
        return any(str(row.get(COMPANY.key)) == self._company_id for row in rows)

    def replace(
        self,
        entity: str,
        key: MilestonesId,
        values: Mapping[str, Any],
        *,
        keep: Keep | None = None,
    ) -> dict[str, tuple[Any, Any]]:
        """Read the record directly before, the only way to keep what is not ours (M22, M24)."""
        try:
            return self._overlay(self._targets[entity], key, values, keep)
        except Stale:
            # The server noticed that somebody wrote in between: once more, on what is there now
            return self._overlay(self._targets[entity], key, values, keep)

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
        if target.path in self._whole:
            self._whole[target.path].note(key_of(created, target), code_in(record, target))
        return key_of(created, target)

    def _overlay(
        self, target: Target, key: MilestonesId, values: Mapping[str, Any], keep: Keep | None
    ) -> dict[str, tuple[Any, Any]]:
        current = self._current(target, key)
        differing = differences(target, current.body, values)
        if differing and keep is not None:
            keep(differing)
        if differing:
            changed = overlay(current.body, differing)
            self._transport.call("PUT", self._url(target, key), target.path, changed, current.etag)
        return differing

    def _current(self, target: Target, key: MilestonesId) -> Answer:
        current = self._transport.call("GET", self._url(target, key), target.path)
        if not isinstance(current.body, dict) or key_of(current.body, target) != key:
            # M22: writing back anything but the record itself would empty what is not ours
            raise Retry("milestones-unavailable", f"another answer than {target.path}({key})")
        return current

    def _url(self, target: Target, key: MilestonesId) -> str:
        return f"{self._transport.root}{target.path}({key})"

    def _whole_list(self, entity: str) -> ListSnapshot:
        path = self._targets[entity].path
        with self._lock:
            if path not in self._whole:
                self._whole[path] = self.snapshot(entity)
            return self._whole[path]


def _literal(target: Target, code: str) -> str:
    """Return a code as a filter wants it: integers without quotes (M17)."""
    return code if target.kind(target.code) is WireKind.INTEGER else _text(code)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

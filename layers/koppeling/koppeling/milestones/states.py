"""States of records as QicsMilestones shows them: one row per record and source."""

from typing import Any

from koppeling.core.errors import Reject, Retry
from koppeling.milestones.api import ENTITY_STATE, INVOICE_STATE_TYPE
from koppeling.milestones.lists import Lists
from koppeling.milestones.transport import Transport
from koppeling.milestones.wire import to_wire
from koppeling.push.entity_state import SOURCE, EntityState


class EntityStates:
    """Writes the state of invoices of one company."""

    def __init__(self, transport: Transport, company_id: str) -> None:
        self._transport = transport
        self._company_id = company_id
        self._lists = Lists(transport)

    def write(self, state: EntityState) -> None:
        target = ENTITY_STATE
        held = self._held(state.entity_id)
        key = "0" if held is None else str(held[target.key])  # M21
        record = {
            **(held or {}),
            target.key: key,
            "CompanyId": self._company_id,
            "EntityId": state.entity_id,
            "EntityType": INVOICE_STATE_TYPE,
            "DataSource": SOURCE,
            "DataSourceKey": state.key or None,
            "DataSourceDate": f"{state.at:%Y-%m-%dT%H:%M:%S}+00:00",  # M15
            "IsError": state.is_error,
            "Message": state.message,
        }
        wire = {name: to_wire(target, name, value) for name, value in record.items()}
        url = f"{self._transport.root}{target.path}"
        if held is None:
            self._transport.call("POST", url, target.path, wire)
        else:
            self._transport.call("PUT", f"{url}({key})", target.path, wire)

    def _held(self, entity_id: str) -> dict[str, Any] | None:
        where = f"EntityId eq {entity_id} and DataSource eq '{SOURCE}'"
        try:
            rows = list(self._lists.found(ENTITY_STATE.path, where))
        except Reject:
            # M17: this server does not support $filter
            rows = list(self._lists.all(ENTITY_STATE.path))
        mine = [row for row in rows if _is_of(row, entity_id)]
        if mine and not mine[0].get(ENTITY_STATE.key):
            raise Retry("milestones-unavailable", "an EntityState without its key")
        return dict(mine[0]) if mine else None


def _is_of(row: Any, entity_id: str) -> bool:  # noqa: ANN401 - the JSON edge
    return (str(row.get("EntityId")), row.get("EntityType"), row.get("DataSource")) == (
        entity_id,
        INVOICE_STATE_TYPE,
        SOURCE,
    )

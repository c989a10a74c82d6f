"""Wires the look at the numbers of invoices, which rides along with the runs of a pull."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from koppeling.auth.token_keys import MILESTONES, key_of
from koppeling.bootstrap.observability import report
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.summary import Summary
from koppeling.milestones.numbering import CompanyNumbers
from koppeling.pull.prepared_run import RunRequest
from koppeling.pull.with_run import OnRun, carrier, is_hourly
from koppeling.push.numbers import Numbering

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring
    from koppeling.push.completeness import Completeness
    from koppeling.push.missing_numbers import MissingNumbers


def completeness(wiring: "Wiring") -> "Completeness":
    """Return what looks after the numbers of connections."""
    from koppeling.push.completeness import Completeness  # noqa: PLC0415 - one run an hour (P9)

    def counter(connection: Connection) -> Numbering | None:
        transport = wiring.clients.transport(connection)
        return CompanyNumbers(transport, connection.company_id).read()

    stores, missing = wiring.stores, missing_numbers(wiring)

    def others(connection: Connection) -> Iterator[ConnectionId]:
        for each in stores.connections.using(key_of(MILESTONES, connection)):
            if each.id != connection.id and each.company_id == connection.company_id:
                yield each.id

    return Completeness(stores.numbers, stores.invoice_list, missing, counter, others, wiring.now)


def missing_numbers(wiring: "Wiring") -> "MissingNumbers":
    """Return what tells which numbers are missing, and takes decisions about them."""
    from koppeling.push.missing_numbers import MissingNumbers  # noqa: PLC0415 - likewise

    stores = wiring.stores
    return MissingNumbers(stores.numbers, stores.problems, stores.log, wiring.now)


def once_a_day(wiring: "Wiring", connection: Connection) -> Iterator[Summary]:
    """Look at a connection that has no runs to ride along with: all of its entities are off."""
    if connection.paused or not connection.started or carrier(connection, wiring.entities):
        return
    found = completeness(wiring).look(connection)
    yield Summary("numbers", "looked", connection.id, counts={"missing_numbers": found})


def once_an_hour(wiring: "Wiring") -> OnRun:
    """Return what looks beside the runs of one entity, in the first slot of each hour."""

    def look(request: RunRequest, slot: datetime) -> Mapping[str, int]:
        connection = request.connection
        is_meant = is_hourly(slot) and carrier(connection, wiring.entities) == request.entity.name
        if not is_meant or not request.deadline.allows_call():
            return {}
        try:
            missing = completeness(wiring).look(connection)
        except Exception as failure:  # noqa: BLE001 - a pull never fails by what rides along
            report(Summary("numbers", "failed", connection.id, detail=type(failure).__name__))
            return {}
        return {"missing_numbers": missing} if missing else {}

    return look

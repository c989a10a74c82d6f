"""The readiness check: everything a connection stands on is looked at before anything is written.

login, administration ─► login, company ─► rights ─► journals ─► period
                                                                   │
cost centres ◄── payment conditions ◄── VAT codes ◄── customers ◄──┘

Both systems are only read, and no problem is opened: what was seen is a report. Its calls to Exact
are counted as those of a pull are, so they leave the reserve for invoices alone.
"""

from koppeling.check.collector import FindingCollector
from koppeling.check.findings import Finding, Level, Report
from koppeling.check.lists import ListCheck
from koppeling.check.ports import OpenSystems, Systems
from koppeling.check.set_up import SetUpCheck
from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Connections


class Checks:
    """The readiness checks of all connections."""

    def __init__(self, connections: Connections, approach: OpenSystems, now: Now) -> None:
        self._connections = connections
        self._approach = approach
        self._now = now

    def run(self, connection_id: ConnectionId) -> Report:
        """Check one connection, also one that is paused: that is how each of them begins."""
        connection = self._connections.get(connection_id)
        if connection is None:
            values = {"connection": str(connection_id)}
            unknown = Finding(Level.BLOCKING, "connection", "check-connection-unknown", values)
            return Report(connection_id, self._now().isoformat(), 0, (unknown,))
        sides = self._approach(connection)
        try:
            findings = self._look(connection, sides)
        finally:
            sides.close()
        return Report(connection.id, self._now().isoformat(), sides.calls(), findings)

    def _look(self, connection: Connection, sides: Systems) -> tuple[Finding, ...]:
        desk, now = FindingCollector(connection, sides.rights), self._now()
        set_up = SetUpCheck(connection, sides, desk, now)
        set_up.run()
        ListCheck(sides, desk, today(now), set_up.receivable).run()
        return desk.findings()

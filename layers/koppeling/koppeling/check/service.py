"""The readiness check: looks at everything a connection needs before anything is written.

login, administration ─► login, company ─► rights ─► journals ─► period
                                                                   │
cost centres ◄── payment conditions ◄── VAT codes ◄── customers ◄──┘

Both systems are only read, and no problem is opened: the result is a report. Its calls to Exact
count as those of a pull, so they leave the reserve for invoices alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from koppeling.check.collector import FindingCollector
from koppeling.check.findings import Finding, Level, Report
from koppeling.check.lists import ListCheck
from koppeling.check.ports import Systems
from koppeling.check.set_up import SetUpCheck
from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Connections


@dataclass(frozen=True, slots=True)
class Checks:
    """The readiness checks of all connections."""

    connections: Connections
    open_systems: Callable[[Connection], Systems]
    now: Now

    def run(self, connection_id: ConnectionId) -> Report:
        """Check one connection. It may be paused or not started, as every new one is."""
        connection = self.connections.get(connection_id)
        if connection is None:
            values = {"connection": str(connection_id)}
            unknown = Finding(Level.BLOCKING, "connection", "check-connection-unknown", values)
            return Report(connection_id, self.now().isoformat(), 0, (unknown,))
        systems, now = self.open_systems(connection), self.now()
        collector = FindingCollector(connection, systems.rights)
        try:
            set_up = SetUpCheck(connection, systems, collector, now)
            set_up.run()
            ListCheck(systems, collector, today(now), set_up.receivable).run()
        finally:
            systems.close()
        findings = collector.findings()
        return Report(connection.id, self.now().isoformat(), systems.calls(), findings)

"""A backup of the table with the invoices."""

from dataclasses import dataclass

from koppeling.core.ids import ConnectionId
from koppeling.core.problems import Problem
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.outbox import OutboxItem


@dataclass(frozen=True, slots=True)
class Backup:
    """The table with the invoices as it was at some moment."""

    items: dict[tuple[str, str], OutboxItem]
    waits: dict[tuple[ConnectionId, str, str], BlockedInvoice]
    problems: dict[ConnectionId, dict[tuple[str, str], Problem]]

"""Where pushes take turns, and where blocked invoices wait, in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from koppeling.core.ids import ConnectionId, Division
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.ports import Permit
from tests.unit.push.fakes import Effects


@dataclass(slots=True)
class FakeSemaphore:
    """Two permits for each administration."""

    taken: list[Permit] = field(default_factory=list)

    def acquire(self, host: str, division: Division) -> Permit | None:
        """Take one of the two places of an administration."""
        used = {each.place for each in self.taken if (each.host, each.division) == (host, division)}
        if used == {0, 1}:
            return None
        permit = Permit(host, division, min({0, 1} - used), "test")
        self.taken.append(permit)
        return permit

    def release(self, permit: Permit) -> None:
        """Give a place back."""
        self.taken.remove(permit)


@dataclass(slots=True)
class FakeBlockedInvoices:
    """Blocked invoices, by connection, cause and number."""

    effects: Effects
    held: dict[tuple[ConnectionId, str, str], BlockedInvoice] = field(default_factory=dict)
    added: int = 0

    def add(self, connection: ConnectionId, invoice: BlockedInvoice) -> None:
        """Note that an invoice is blocked."""
        self.added += 1
        marked = replace(invoice, mark=str(self.added))
        self.held[connection, invoice.cause, invoice.number] = marked
        self.effects.happened()

    def drop(self, connection: ConnectionId, invoice: BlockedInvoice) -> None:
        """Forget it, unless it was noted again."""
        key = connection, invoice.cause, invoice.number
        if key in self.held and self.held[key].mark == invoice.mark:
            del self.held[key]
        self.effects.happened()

    def of(self, connection: ConnectionId, cause: str = "") -> Iterator[BlockedInvoice]:
        """Return those of a cause; without one, all of them."""
        for (owner, held, _), invoice in list(self.held.items()):
            if owner == connection and cause in ("", held):
                yield invoice

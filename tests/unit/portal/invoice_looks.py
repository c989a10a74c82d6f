"""One invoice with everything around it, for tests of its page and of its buttons."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from koppeling.core.ids import ConnectionId
from koppeling.core.problems import invoice_subject
from koppeling.portal.actions.linking import LinkEntry
from koppeling.portal.entry_comparison import ComparedField, EntryBeside
from koppeling.portal.page import Answer, PortalPage
from koppeling.portal.screens.invoice import InvoiceScreen
from koppeling.push.deciding import DecisionSender
from koppeling.push.evidence import Ending, Evidence, Step
from koppeling.push.invoice import key_of
from koppeling.push.offering import InvoiceOffers
from koppeling.push.outbox import OutboxItem, State
from tests.unit.portal.reading import Seen, seen
from tests.unit.portal.showing import MARIT, NOW, asked, html
from tests.unit.portal.waiting_fakes import OWN, Desk
from tests.unit.push.items import outbox_item

NUMBER = "2026/0412 A%"
MORNING = datetime.fromisoformat("2026-11-20T08:00:00+00:00")


@dataclass(slots=True)
class FakeEntryComparisons:
    """The comparison that there is, and what was asked for."""

    held: EntryBeside | None = None
    asked_for: list[tuple[str, str]] = field(default_factory=list)

    def ask(self, connection: ConnectionId, number: str, entry_number: str) -> None:
        """Note it."""
        del connection
        self.asked_for.append((number, entry_number))

    def last(self, connection: ConnectionId, number: str) -> EntryBeside | None:
        """Return it."""
        del connection, number
        return self.held


@dataclass(slots=True)
class FakeEvidenceReader:
    """Pieces of evidence."""

    pieces: list[Evidence] = field(default_factory=list)

    def of(self, connection: ConnectionId, number: str) -> Iterator[Evidence]:
        """Return those of an invoice."""
        return iter(
            [each for each in self.pieces if (each.connection, each.number) == (connection, number)]
        )


class InvoiceDesk(Desk):
    """One connection with one invoice to look at."""

    def __init__(self) -> None:
        super().__init__()
        self.comparisons, self.evidence = FakeEntryComparisons(), FakeEvidenceReader()
        ports = (self.outbox, self.problems, self.folder, self.queue, lambda: NOW)
        self.linking = LinkEntry(self.outbox, DecisionSender(*ports), self.comparisons)
        self.screen = InvoiceScreen(
            self.outbox,
            self.problems,
            InvoiceOffers(*ports),
            self.evidence,
            self.comparisons,
        )

    def put(self, *states: State, **changes: Any) -> OutboxItem:  # noqa: ANN401 - fields vary
        """Keep an invoice that went through some states, an hour after each other."""
        history = tuple((state, MORNING + timedelta(hours=n)) for n, state in enumerate(states))
        item = replace(
            outbox_item(states[-1]),
            connection=OWN,
            number=NUMBER,
            history=history,
            dated=date(2026, 11, 19),
            debtor="1068",
            debtor_name="Bakkerij De Vries",
            **changes,
        )
        self.outbox.begin(item)
        self.folder.put(key_of(OWN, NUMBER))
        return item

    def waiting(self, code: str = "debtor-not-found", **values: str) -> None:
        """Keep a refused invoice with its problem."""
        self.put(State.INTENT, State.REJECTED, code=code)
        told = {"invoice": NUMBER, "debtor": "2001", "code": "2001"} | values
        self._open(invoice_subject(NUMBER), code, told, 1)

    def booked(self, **changes: Any) -> OutboxItem:  # noqa: ANN401 - fields vary
        """Keep a booked invoice."""
        usual: dict[str, Any] = {"entry_number": "26700012", "journal": "70", "evidence_count": 3}
        states = (State.INTENT, State.POSTING, State.ENTRY, State.DOCUMENT, State.ATTACHED)
        return self.put(*states, State.DONE, **usual | changes)

    def page(self, **query: str) -> Answer:
        """Return the page of the invoice."""
        return self.screen.show(asked(MARIT, number=NUMBER, **query))

    def seen(self, **query: str) -> Seen:
        """Return what the page shows."""
        answer = self.page(**query)
        if not isinstance(answer, PortalPage):
            raise TypeError(answer)
        return seen(html(answer))


def beside(**changes: Any) -> EntryBeside:  # noqa: ANN401 - fields vary
    """Return a comparison with one field that differs."""
    fields = (
        ComparedField("customer", "1068 Bakkerij De Vries", "1068 Bakkerij De Vries"),
        ComparedField("amount", "€\u00a01.210,00", "€\u00a01.209,99"),
    )
    of = outbox_item(State.REJECTED).document_hash
    usual: dict[str, Any] = {"entry_id": "e-1", "fields": fields, "of": of}
    return EntryBeside("26700012", NOW, **usual | changes)


def piece(count: int, sent: str = '{"YourRef": "1"}') -> Evidence:
    """Return a piece of evidence."""
    return Evidence(
        OWN, NUMBER, count, Step.ENTRY, Ending.ANSWERED, "2026-11-20T09:00:00+00:00", sent, "{}"
    )


def pages() -> dict[str, PortalPage]:
    """Return pages to look at."""
    found: dict[str, Answer] = {}
    desk = InvoiceDesk()
    desk.waiting("exact-rejected", message="Niet toegestaan: Dagboek (70)")
    found["invoice-waiting"] = desk.page()
    desk.comparisons.held = beside()
    found["invoice-link"] = desk.page(entry="26700012")
    desk = InvoiceDesk()
    desk.booked(attachment_id="a-1")
    found["invoice-booked"] = desk.page()
    return {name: page for name, page in found.items() if isinstance(page, PortalPage)}

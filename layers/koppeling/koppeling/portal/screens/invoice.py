"""Factuur: one invoice, what happened to it, what is the matter, and what a person can do."""

from dataclasses import dataclass, replace
from typing import Any

from koppeling.core import rendering
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Problems
from koppeling.core.problems import Problem, number_in
from koppeling.portal.entry_comparison import EntryBeside, EntryComparisons
from koppeling.portal.evidence_file import EvidenceReader, evidence_file
from koppeling.portal.invoice_events import events_of
from koppeling.portal.invoice_matters import Possible, differing_of, possible_for, told
from koppeling.portal.menu import INVOICE
from koppeling.portal.page import Answer, GoTo, NoSuchPage, PageRequest
from koppeling.portal.patience import asked_moment, patience_of, waiting_page
from koppeling.push.invoice import key_of
from koppeling.push.invoice_row import row_of
from koppeling.push.offering import InvoiceOffers
from koppeling.push.outbox import OutboxItem
from koppeling.push.ports import Outbox
from koppeling.push.seen import seen_mark


@dataclass(frozen=True, slots=True)
class InvoiceScreen:
    """Shows one invoice. What may be offered again is asked of those who offer it.

    Without comparisons of entries there is no button Koppelen.
    """

    outbox: Outbox
    problems: Problems
    offers: InvoiceOffers
    evidence: EvidenceReader
    comparisons: EntryComparisons | None = None

    def show(self, request: PageRequest) -> Answer:
        """Return the page, or the evidence as a file.

        Raises:
            NoSuchPage: nothing is known of an invoice with this number.
        """
        of, number = request.connection.id, request.query.get("number", "")
        item = self.outbox.get(of, number) if number else None
        if request.query.get("file") == "evidence" and item is not None:
            return self._evidence(request, number)
        problems = [
            each for each in self.problems.opened(of) if _is_about(each, number, key_of(of, number))
        ]
        if item is None and not problems:
            raise NoSuchPage(number)
        possible = possible_for(self.offers, request, number, item, problems)
        possible = replace(possible, link=possible.link and self.comparisons is not None)
        asks = possible.link and bool(request.query.get("entry"))
        compared = self._compared(of, number) if asks else None
        if _is_there(request, compared):
            return GoTo(INVOICE, {"number": number, "entry": request.query["entry"]})
        values = self._values(request, item, problems, possible)
        return waiting_page(INVOICE, values | _beside(request, compared), {"number": number})

    def _values(
        self,
        request: PageRequest,
        item: OutboxItem | None,
        problems: list[Problem],
        possible: Possible,
    ) -> dict[str, Any]:
        number = request.query["number"]
        row = None if item is None else row_of(item)
        usual = request.connection.sales_journal
        return {
            "number": number,
            "item": item,
            "seen": "" if item is None else seen_mark(item),
            "row": row,
            "standing": "waiting" if row is None else str(row.standing),
            "matters": told(problems, request.language, request.now),
            "possible": possible,
            "differing": differing_of(item, request.language),
            "events": [] if item is None else events_of(item),
            "journal": (item and item.journal) or usual,
            "may_decide": request.may_decide,
        }

    def _compared(self, connection: ConnectionId, number: str) -> EntryBeside | None:
        return None if self.comparisons is None else self.comparisons.last(connection, number)

    def _evidence(self, request: PageRequest, number: str) -> Answer:
        texts = rendering.load("portal/invoice", request.language)
        name = f"{texts['evidence_name']}-{number}.zip"
        file = evidence_file(name, self.evidence.of(request.connection.id, number))
        if file is None:
            return GoTo(INVOICE, {"number": number}, "evidence-too-large", {"number": number})
        return file


def _is_about(problem: Problem, number: str, key: str) -> bool:
    """Say whether a problem is about an invoice: its number, its entry, its document."""
    return number_in(problem.subject) == number or problem.subject in {
        f"inbox/{key}",
        f"push/{key}",
    }


def _is_there(request: PageRequest, compared: EntryBeside | None) -> bool:
    """Say whether the comparison is there for which the page waits."""
    since = asked_moment(request)
    if compared is None or since is None:
        return False
    return compared.entry_number == request.query.get("entry") and compared.at >= since


def _beside(request: PageRequest, compared: EntryBeside | None) -> dict[str, Any]:
    """Return what the page shows of an entry that somebody typed."""
    typed = request.query.get("entry", "")
    is_meant = compared is not None and compared.entry_number == typed
    return {
        "typed": typed,
        "compared": compared if is_meant else None,
        **patience_of(asked_moment(request) if typed else None, request.now),
    }

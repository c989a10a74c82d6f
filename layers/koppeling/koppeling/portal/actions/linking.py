"""Koppelen: an entry made by hand is compared, and a person says that it is that of an invoice."""

import re
from dataclasses import dataclass

from koppeling.portal.actions.deciding import decider
from koppeling.portal.at_rest import notice_for
from koppeling.portal.entry_comparison import EntryBeside, EntryComparisons
from koppeling.portal.menu import INVOICE
from koppeling.portal.page import GoTo, NoSuchPage, PageRequest
from koppeling.portal.patience import asked_at
from koppeling.push.deciding import CannotDecide, DecisionSender, Objection
from koppeling.push.ports import Outbox

# A number of an entry in Exact is a whole number
_ENTRY_NUMBER = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class LinkEntry:
    """Compares an entry with an invoice, and links what was compared."""

    outbox: Outbox
    decisions: DecisionSender
    comparisons: EntryComparisons

    def compare(self, request: PageRequest) -> GoTo:
        """Ask for the comparison; the page of the invoice waits for it."""
        number, entry = request.form.get("number", ""), _typed(request)
        item = self.outbox.get(request.connection.id, number)
        if item is None:
            raise NoSuchPage(number)
        if item.is_booked:
            return _has_entry(number, item.entry_number or "")
        if not _ENTRY_NUMBER.fullmatch(entry):
            return GoTo(INVOICE, {"number": number}, "entry-number-needed")
        self.comparisons.ask(request.connection.id, number, entry)
        asked = {"number": number, "entry": entry, "asked": asked_at(request.now)}
        return GoTo(INVOICE, asked)

    def link(self, request: PageRequest) -> GoTo:
        """Link the entry that was compared, as long as both are as the person saw them."""
        number, entry = request.form.get("number", ""), _typed(request)
        compared = self._compared(request, number, entry)
        if compared is None:
            return GoTo(INVOICE, {"number": number}, "entry-compare-again")
        try:
            self.decisions.adopt(
                request.connection.id, number, entry, decider(request), compared.seen
            )
        except CannotDecide as refusal:
            if refusal.objection is Objection.HAS_AN_ENTRY:
                return _has_entry(number, refusal.entry_number)
            values = {"number": number}
            notice = f"cannot-decide-{Objection(refusal.objection)}"
            return GoTo(INVOICE, {"number": number}, notice, values)
        values = {"number": number, "entry": entry}
        return GoTo(INVOICE, {"number": number}, notice_for(request.connection, "linked"), values)

    def _compared(self, request: PageRequest, number: str, entry: str) -> EntryBeside | None:
        """Return the comparison that a form shows; None when anything is another by now.

        What became of an invoice that is booked says the decision itself.
        """
        compared = self.comparisons.last(request.connection.id, number)
        form = (entry, request.form.get("entry_id", ""), request.form.get("seen", ""))
        if compared is None or not compared.may_be_linked or compared.shown != form:
            return None
        item = self.outbox.get(request.connection.id, number)
        is_same = item is None or item.is_booked or item.document_hash == compared.of
        return compared if is_same else None


def _typed(request: PageRequest) -> str:
    """Return the number of an entry as people type it, with or without dots and spaces."""
    return re.sub(r"[\s.]", "", request.form.get("entry", ""))


def _has_entry(number: str, entry: str) -> GoTo:
    return GoTo(INVOICE, {"number": number}, "has-an-entry", {"number": number, "entry": entry})

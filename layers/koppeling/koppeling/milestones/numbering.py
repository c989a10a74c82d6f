"""How a company of QicsMilestones numbers its invoices, and which number it gives out next."""

from collections.abc import Mapping
from typing import Any

from koppeling.core.errors import Fatal, Gone
from koppeling.milestones.api import COMPANY
from koppeling.milestones.transport import Transport
from koppeling.push.numbers import NUMBER_LENGTH, Numbering, Series

# Names of `Company` (5.8). That the counter is the next number, and that the length is that of the
# counter without its prefix, is the official text; that a role may read them is assumed
PREFIX, LENGTH, COUNTER = "InvoiceNumberPrefix", "InvoiceNumberLength", "InvoiceNumberCounter"


class CompanyNumbers:
    """Reads the counter of one company, by one call."""

    def __init__(self, transport: Transport, company_id: str) -> None:
        self._transport = transport
        self._company_id = company_id

    def read(self) -> Numbering | None:
        """Return how invoices are numbered; None when the role of the user may not see it.

        Raises:
            Consequence: QicsMilestones could not be asked.
        """
        url = f"{self._transport.root}{COMPANY.path}({self._company_id})"
        try:
            body = self._transport.call("GET", url, COMPANY.path).body
        except (Fatal, Gone):
            # M13: a role without the right sees less, or gets a 403; and 404 is one key unseen
            return None
        return _numbering(body) if isinstance(body, dict) else None


def _numbering(company: Mapping[str, Any]) -> Numbering | None:
    upcoming, digits = _whole(company.get(COUNTER)), _whole(company.get(LENGTH)) or 1
    if not upcoming or digits > NUMBER_LENGTH:
        return None
    return Numbering(Series(str(company.get(PREFIX) or ""), digits), upcoming)


def _whole(value: object) -> int | None:
    """Return a whole number, which travels as text or bare (M14); None for anything else.

    One with more digits than an invoice number has is none either.
    """
    text = str(value)
    is_whole = text.isascii() and text.isdecimal() and len(text) <= NUMBER_LENGTH
    return int(text) if is_whole else None

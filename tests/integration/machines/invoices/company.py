"""One customer of the link, with the administration and everything else that is its own."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.push.sales_entry import CustomerCard, GlAccountCard, VatCodeCard
from tests.integration.machines.invoices import papers as them
from tests.integration.machines.invoices.around import WatchedBooks
from tests.sandbox.common.clock import Clock
from tests.unit.fakes import FakeProblems
from tests.unit.push.fakes import Effects
from tests.unit.push.telling_fakes import FakeEntityStates, FakeEvidence

DEBTOR, GL_ACCOUNT = "1068", "8000"
FIRST_DEBTOR = CustomerCard(ExactId("customer-1068"), DEBTOR, "C")


@dataclass(slots=True)
class Company:
    """What belongs to one customer."""

    connection: ConnectionId
    books: WatchedBooks
    problems: FakeProblems = field(default_factory=FakeProblems)
    proofs: FakeEvidence = field(default_factory=lambda: FakeEvidence(Effects()))
    debtor: CustomerCard = FIRST_DEBTOR
    states: FakeEntityStates = field(default_factory=lambda: FakeEntityStates(Effects()))

    @property
    def papers(self) -> list[them.Paper]:
        """Return its invoices."""
        return [paper for paper in them.PAPERS if paper.connection == self.connection]

    def make_debtor_again(self) -> None:
        """Let a person delete the debtor and make it again with its number; no pull saw it yet.

        Exact deletes no relation that has entries.
        """
        books, old = self.books, self.debtor
        if any(row["Customer"] == old.id for row in books.entries):
            return
        self.debtor = replace(old, id=ExactId(f"{old.id}-again"))
        if DEBTOR in books.customers:
            books.remembered.setdefault(DEBTOR, books.customers[DEBTOR])
            books.customers[DEBTOR] = self.debtor

    def make_gl_account_again(self) -> None:
        """Let a person delete the G/L account and make it again, while nothing is booked on it."""
        books, old = self.books, self.books.gl_accounts[GL_ACCOUNT]
        if not books.entries:
            books.remembered.setdefault(GL_ACCOUNT, old)
            books.gl_accounts[GL_ACCOUNT] = replace(old, id=ExactId(f"{old.id}-again"))


def books_of(clock: Clock) -> WatchedBooks:
    """Return an administration that knows every code of the invoices."""
    return WatchedBooks(
        Effects(),
        clock,
        customers={DEBTOR: FIRST_DEBTOR},
        gl_accounts={GL_ACCOUNT: GlAccountCard(ExactId("gl-8000"), 110, use_cost_center=1)},
        vat_codes={"2": VatCodeCard("2  ", percentage=Decimal(21))},
        projects={"P26014": ExactId("project-P26014")},
    )

"""Invoices that wait are found by their subjects alone, and offered ten a second."""

from dataclasses import replace
from datetime import UTC, datetime

from koppeling.core.ids import ExactId
from koppeling.core.problems import (
    ENTRY_GONE,
    Problem,
    entry_subject,
    inbox_subject,
    invoice_subject,
    number_in,
)
from koppeling.push.invoice import key_of
from koppeling.push.offering import InvoiceOffers
from koppeling.push.outbox import OutboxItem, State
from tests.unit.fakes import FakeProblems, FakeQueue
from tests.unit.push.fakes import Effects, FakeOutbox
from tests.unit.push.items import outbox_item
from tests.unit.push.telling_fakes import FakeFolder
from tests.unit.push.world import CONNECTION

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


class Waiting:
    """Invoices that wait, with everything around them."""

    def __init__(self) -> None:
        self.outbox, self.problems = FakeOutbox(Effects()), FakeProblems()
        self.folder, self.queue = FakeFolder(), FakeQueue()
        self.offers = InvoiceOffers(
            self.outbox, self.problems, self.folder, self.queue, lambda: NOW
        )

    def invoice(self, number: str, code: str = "debtor-unknown", **fields: object) -> OutboxItem:
        """Let an invoice wait because of a problem."""
        item = replace(outbox_item(State.REJECTED), number=number, code=code)
        item = replace(item, **fields)  # type: ignore[arg-type] # fields vary
        self.outbox.begin(item)
        self.problem(invoice_subject(number), code)
        self.folder.put(key_of(CONNECTION, number))
        return item

    def problem(self, subject: str, code: str) -> None:
        """Open a problem."""
        self.problems.open(Problem(CONNECTION, subject, code))

    def named(self, *subjects: str) -> list[str]:
        """Return the subjects of what is found."""
        return [each.subject for each in self.offers.named(CONNECTION, subjects)]


def test_only_what_is_named_is_found() -> None:
    waiting = Waiting()
    waiting.invoice("1")
    waiting.invoice("a/2")

    assert waiting.named(invoice_subject("a/2")) == ["invoice/a%2F2"]
    assert waiting.named("invoice/3") == []


def test_a_document_that_could_not_be_read_is_found_by_its_key() -> None:
    waiting = Waiting()
    key = key_of(CONNECTION, "1")
    waiting.folder.put(key)
    waiting.problem(inbox_subject(key), "invoice-not-valid")

    assert waiting.named(inbox_subject(key)) == [inbox_subject(key)]


def test_what_no_longer_lies_in_the_inbox_cannot_be_offered() -> None:
    waiting = Waiting()
    waiting.invoice("1")
    waiting.folder.keys.clear()

    assert waiting.named(invoice_subject("1")) == []


def test_an_entry_that_is_gone_is_booked_again_only_by_its_own_name() -> None:
    waiting = Waiting()
    waiting.invoice("1", state=State.DONE, entry_id=ExactId("entry-1"))
    waiting.problem(entry_subject("1"), ENTRY_GONE)

    (offer,) = waiting.offers.named(CONNECTION, [entry_subject("1")])

    assert (offer.gone, offer.by_name_only) == ("entry-1", True)


def test_a_skipped_invoice_is_found_although_no_problem_is_open() -> None:
    waiting = Waiting()
    waiting.invoice("1", skipped_copy="v1")
    waiting.problems.open_ones.clear()

    (offer,) = waiting.offers.named(CONNECTION, [invoice_subject("1")])

    assert offer.is_skipped


def test_a_group_is_offered_in_one_go_and_handed_out_ten_a_second() -> None:
    waiting = Waiting()
    numbers = [str(number) for number in range(25)]
    for number in numbers:
        waiting.invoice(number)

    offers = waiting.offers.named(CONNECTION, map(invoice_subject, numbers))

    assert waiting.offers.offer_all(offers) == 25
    delays = [delay for _, delay in waiting.queue.sent]
    assert delays == [0] * 10 + [1] * 10 + [2] * 5


def test_the_number_in_a_subject_is_the_one_that_people_write() -> None:
    assert number_in(entry_subject("a/2")) == "a/2"
    assert number_in(invoice_subject("50%")) == "50%"
    assert number_in("accounts/1") is None

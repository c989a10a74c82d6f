from collections.abc import Iterable
from dataclasses import replace

import pytest

from koppeling.core.connection import Connection
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.push.blocked import DAY, BlockedInvoice, blocker_of
from koppeling.push.invoice import Invoice
from koppeling.push.requeue import Requeuer
from tests.unit.fakes import FakeQueue
from tests.unit.push.fakes import Effects
from tests.unit.push.waiting_fakes import FakeBlockedInvoices
from tests.unit.push.world import KEY, connection, example

ACME = ConnectionId("acme")


class RefusingQueue:
    """A queue that takes nothing."""

    def send(self, messages: Iterable[tuple[dict[str, str], int]]) -> int:
        """Refuse."""
        raise Retry("queue-refused", f"{len(list(messages))} messages")


class RequeueFixture:
    """Blocked invoices, and the queue to which they go back."""

    def __init__(self, *blocked: BlockedInvoice) -> None:
        self.blocked = FakeBlockedInvoices(Effects())
        self.queue = FakeQueue()
        for each in blocked:
            self.blocked.add(ACME, each)
        self.requeuer = Requeuer(self.blocked, self.queue)

    @property
    def requeued(self) -> list[str]:
        return [body["key"] for body, _ in self.queue.sent]


def test_only_what_a_changed_record_blocked_is_requeued_and_only_once() -> None:
    fixture = RequeueFixture(
        BlockedInvoice("1", "acme/1.json", "accounts", "1068"),
        BlockedInvoice("2", "acme/2.json", "accounts", "1069"),
        BlockedInvoice("3", "acme/3.json", "vat_codes", "1068"),
    )

    assert fixture.requeuer.requeue(ACME, "accounts", {"1068", "7"}) == 1
    assert fixture.requeuer.requeue(ACME, "accounts", {"1068"}) == 0

    assert fixture.queue.sent == [({"key": "acme/1.json", "attempt": "0", "again": "yes"}, 0)]


def test_what_names_no_record_is_requeued_after_any_change_of_its_entity() -> None:
    fixture = RequeueFixture(BlockedInvoice("1", "acme/1.json", "cost_centers"))

    assert fixture.requeuer.requeue(ACME, "cost_centers", {"ADV"}) == 1


def test_without_a_changed_record_nothing_is_even_read() -> None:
    fixture = RequeueFixture(BlockedInvoice("1", "acme/1.json", "accounts"))

    assert fixture.requeuer.requeue(ACME, "accounts", ()) == 0
    assert fixture.requeued == []


def test_once_a_day_everything_that_is_blocked_is_requeued() -> None:
    fixture = RequeueFixture(
        BlockedInvoice("1", "acme/1.json", "day"),
        BlockedInvoice("2", "acme/2.json", "accounts", "1"),
    )

    assert fixture.requeuer.requeue_connection(ACME) == 2
    assert sorted(fixture.requeued) == ["acme/1.json", "acme/2.json"]


@pytest.mark.parametrize("whose", [replace(connection(), id=ACME, paused=True), None])
def test_the_invoices_of_a_paused_connection_stay_blocked(whose: Connection | None) -> None:
    fixture = RequeueFixture(BlockedInvoice("1", "acme/1.json", "day"))

    assert fixture.requeuer.requeue_daily(whose).outcome == "paused"
    assert fixture.requeued == []


def test_the_watch_requeues_what_is_blocked_of_one_connection() -> None:
    fixture = RequeueFixture(BlockedInvoice("1", "acme/1.json", "day"))

    summary = fixture.requeuer.requeue_daily(replace(connection(), id=ACME))

    assert (summary.outcome, summary.counts) == ("offered", {"woken": 1})
    assert fixture.requeued == ["acme/1.json"]


def test_an_invoice_whose_message_cannot_be_sent_stays_blocked() -> None:
    fixture = RequeueFixture(BlockedInvoice("1", "acme/1.json", "accounts", "1068"))
    sending = Requeuer(fixture.blocked, RefusingQueue())

    with pytest.raises(Retry):
        sending.requeue(ACME, "accounts", {"1068"})

    assert [each.number for each in fixture.blocked.of(ACME)] == ["1"]


@pytest.mark.parametrize(("kind", "cause"), [("cost_center", "cost_centers"), ("cost_unit", DAY)])
def test_a_cost_unit_is_not_pulled_so_its_invoice_is_offered_once_a_day(
    kind: str, cause: str
) -> None:
    values = {"kind": kind, "code": "OPL1"}
    invoice = Invoice.from_document(example())

    blocked = blocker_of("cost-center-unknown", values, KEY, invoice, connection())

    assert blocked is not None
    assert blocked.cause == cause

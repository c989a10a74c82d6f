from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from koppeling.core.connection import Connection
from koppeling.core.ids import ExactId
from koppeling.push.journal import JournalRow, Period
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.reconciliation import Reconciler, Reconciliation, Sum
from tests.unit.fakes import FakeConnections, FakeProblems
from tests.unit.push.fakes import Effects, FakeOutbox
from tests.unit.push.world import CONNECTION, connection

NOVEMBER = Period(2026, 11)
NOW = datetime(2026, 12, 1, 6, tzinfo=UTC)
BOOKED = OutboxItem(
    connection=CONNECTION,
    number="1",
    state=State.DONE,
    document_hash="h",
    kind="invoice",
    currency="EUR",
    amount_excl=Decimal("100.00"),
    vat_amount=Decimal("21.00"),
    amount_incl=Decimal("121.00"),
    entry_date=date(2026, 11, 30),
    entry_id=ExactId("E-1"),
    entry_number="26700001",
    history=((State.INTENT, datetime(2026, 11, 30, tzinfo=UTC)),),
)
ROW = JournalRow(ExactId("e-1"), "26700001", "1", "EUR", Decimal("121.0"))


@dataclass(frozen=True, slots=True)
class Books:
    """Entries of a journal."""

    rows: dict[str, tuple[JournalRow, ...]]

    def has_entry(self, entry: ExactId) -> bool:
        """Find an entry that was moved to another month."""
        return entry == "moved"

    def entries(self, journal: str, _: Period, *, lines: bool) -> Iterator[JournalRow]:
        """Return the entries of a journal."""
        assert not lines
        return iter(self.rows.get(journal, ()))


def outbox(*items: OutboxItem) -> FakeOutbox:
    return FakeOutbox(Effects(), {(CONNECTION, item.number): item for item in items})


def compared(
    *items: OutboxItem, own: Connection | None = None, **journals: tuple[JournalRow, ...]
) -> tuple[Reconciliation, FakeProblems]:
    books = Books({name.removeprefix("j"): rows for name, rows in journals.items()})
    problems = FakeProblems()
    connections = FakeConnections(own or connection())
    reconciler = Reconciler(connections, outbox(*items), lambda _: books, problems, lambda: NOW)
    return reconciler.run(CONNECTION, NOVEMBER), problems


def test_a_month_whose_entries_all_stand_there_agrees_to_the_cent() -> None:
    found, problems = compared(BOOKED, j70=(ROW,))

    assert found.agrees
    assert found.sums == (Sum("EUR", 1, Decimal("121.00"), 1, Decimal("121.0")),)
    assert found.sums[0].difference == 0
    assert problems.codes() == []


def test_an_entry_that_is_gone_is_listed_and_a_problem() -> None:
    found, problems = compared(BOOKED)

    assert not found.agrees
    assert [mismatch.invoice for mismatch in found.gone] == ["1"]
    assert found.sums[0].difference == Decimal("-121.00")
    assert problems.codes() == ["entry-gone"]


def test_an_entry_that_is_gone_and_was_skipped_by_a_person_is_no_problem_any_more() -> None:
    left = {"skipped_copy": "v1", "skipped_entry": "E-1"}
    refused = replace(BOOKED, number="2", state=State.REJECTED, code="period-closed", entry_id=None)

    found, problems = compared(
        replace(BOOKED, **left),  # type: ignore[arg-type] # fields vary
        replace(refused, skipped_copy="v1"),
    )

    assert found.agrees
    assert [mismatch.invoice for mismatch in found.skipped] == ["1", "2"]
    assert (found.gone, found.waiting, problems.codes()) == ((), (), [])


def test_an_entry_that_was_moved_is_listed_and_is_no_problem() -> None:
    found, problems = compared(replace(BOOKED, entry_id=ExactId("moved")))

    assert [mismatch.invoice for mismatch in found.moved] == ["1"]
    assert (found.gone, found.agrees) == ((), False)
    assert problems.codes() == []


def test_an_invoice_that_waits_keeps_its_own_month_from_being_right() -> None:
    came_later = ((State.INTENT, datetime(2026, 12, 3, tzinfo=UTC)),)
    refused = replace(
        BOOKED,
        state=State.REJECTED,
        code="debtor-not-found",
        entry_id=None,
        entry_date=None,
        dated=date(2026, 11, 30),
        history=came_later,
    )

    found, _ = compared(refused)

    assert [mismatch.invoice for mismatch in found.waiting] == ["1"]
    assert not found.agrees


def test_an_empty_month_is_empty_and_not_only_right() -> None:
    empty, _ = compared()
    by_hand, _ = compared(j70=(ROW,))

    assert empty.is_empty
    assert not by_hand.is_empty


def test_an_invoice_whose_entry_is_gone_says_so_until_the_entry_is_there_again() -> None:
    kept, problems = outbox(BOOKED), FakeProblems()
    rows: dict[str, tuple[JournalRow, ...]] = {}
    reconciler = Reconciler(
        FakeConnections(connection()), kept, lambda _: Books(rows), problems, lambda: NOW
    )

    reconciler.run(CONNECTION, NOVEMBER)
    assert kept.items[CONNECTION, "1"].is_gone
    assert problems.codes() == ["entry-gone"]

    rows["70"] = (ROW,)
    reconciler.run(CONNECTION, NOVEMBER)
    assert not kept.items[CONNECTION, "1"].is_gone
    assert problems.codes() == []


def test_of_two_connections_on_one_journal_each_sees_the_entries_of_the_other_as_not_its_own() -> (
    None
):
    """The same number for the same debtor counts as one too many: each needs its own journal."""
    theirs = replace(ROW, id=ExactId("e-9"), number="26700009", customer="C-9")
    same_debtor = replace(theirs, customer="C-1")
    ours = replace(BOOKED, customer=ExactId("C-1"))

    apart, _ = compared(ours, j70=(ROW, theirs))
    together, _ = compared(ours, j70=(ROW, same_debtor))

    assert apart.agrees
    assert [each.entry_number for each in apart.others] == ["26700009"]
    assert [each.entry_number for each in together.doubled] == ["26700009"]


def test_an_entry_that_a_person_agreed_with_does_not_differ_for_ever() -> None:
    other = replace(ROW, amount=Decimal("121.01"), lines=2)

    booked = replace(BOOKED, agreed=True, lines=3, booked_amount=other.amount)
    found, _ = compared(booked, j70=(other,))

    assert found.agrees
    assert found.sums[0].difference == Decimal("0.01")
    changed, _ = compared(booked, j70=(replace(other, amount=Decimal("9121.01")),))
    assert not changed.agrees


def test_an_entry_with_another_amount_is_listed_to_the_cent() -> None:
    found, _ = compared(BOOKED, j70=(replace(ROW, amount=Decimal("121.01")),))

    (mismatch,) = found.differing
    assert (mismatch.amount_invoice, mismatch.amount_entry) == (
        Decimal("121.00"),
        Decimal("121.01"),
    )
    assert found.sums[0].difference == Decimal("0.01")


def test_an_entry_with_another_number_of_lines_is_listed_although_its_amount_agrees() -> None:
    found, _ = compared(replace(BOOKED, lines=3), j70=(replace(ROW, lines=2),))

    (mismatch,) = found.differing
    assert (mismatch.lines_invoice, mismatch.lines_entry) == (3, 2)
    assert not found.agrees
    assert found.sums[0].difference == 0


@pytest.mark.parametrize(("sent", "stand"), [(0, 2), (3, None)])
def test_lines_that_one_system_does_not_show_are_not_compared(sent: int, stand: int | None) -> None:
    found, _ = compared(replace(BOOKED, lines=sent), j70=(replace(ROW, lines=stand),))

    assert found.agrees


def test_what_was_booked_by_hand_and_what_still_waits_are_listed_separately() -> None:
    by_hand = replace(ROW, id=ExactId("e-9"), number="26700009", your_ref="hand")
    refused = replace(BOOKED, number="2", state=State.REJECTED, code="period-closed", entry_id=None)
    passed_over = replace(refused, number="3", code="invoice-written-off")

    found, _ = compared(BOOKED, refused, passed_over, j70=(ROW, by_hand))

    assert [mismatch.entry_number for mismatch in found.others] == ["26700009"]
    assert [mismatch.invoice for mismatch in found.waiting] == ["2"]


def test_currencies_are_summed_apart_and_the_credit_journal_is_read_as_well() -> None:
    dollars = replace(BOOKED, number="2", currency="USD", entry_id=ExactId("e-2"))
    credit = replace(BOOKED, number="3", amount_incl=Decimal(-10), entry_id=ExactId("e-3"))

    found, _ = compared(
        BOOKED,
        dollars,
        credit,
        own=connection(credit_journal="71"),
        j70=(ROW, replace(ROW, id=ExactId("e-2"), currency="USD")),
        j71=(replace(ROW, id=ExactId("e-3"), amount=Decimal(-10)),),
    )

    assert found.agrees
    assert [(s.currency, s.invoices, s.amount_entries) for s in found.sums] == [
        ("EUR", 2, Decimal("111.0")),
        ("USD", 1, Decimal("121.0")),
    ]


def test_an_invoice_of_another_month_stays_out() -> None:
    found, _ = compared(replace(BOOKED, entry_date=date(2026, 12, 1)))

    assert found.sums == ()


def test_an_unknown_connection_is_reported() -> None:
    reconciler = Reconciler(
        FakeConnections(), outbox(), lambda _: Books({}), FakeProblems(), lambda: NOW
    )

    found = reconciler.run(CONNECTION, NOVEMBER)

    assert (found.outcome, found.agrees) == ("unknown-connection", False)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 12, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_a_month_ends_where_the_next_begins(text: str, first: date, after: date) -> None:
    period = Period.parse(text)

    assert (period.first, period.after, str(period)) == (first, after, text)


@pytest.mark.parametrize("text", ["november", "2026-13", "2026", "2026-11-01"])
def test_what_is_no_month_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 2026-11"):
        Period.parse(text)


@pytest.mark.parametrize("agreed", [True, False])
def test_an_entry_in_another_currency_differs_whatever_its_amount(*, agreed: bool) -> None:
    found, _ = compared(replace(BOOKED, agreed=agreed), j70=(replace(ROW, currency="USD"),))

    assert [mismatch.invoice for mismatch in found.differing] == ["1"]
    assert not found.agrees


def test_an_invoice_that_was_never_posted_waits_in_the_month_in_which_it_came() -> None:
    came = ((State.INTENT, datetime(2026, 11, 30, tzinfo=UTC)),)
    never = replace(BOOKED, state=State.REJECTED, entry_date=None, entry_id=None, history=came)
    earlier = ((State.INTENT, datetime(2026, 10, 31, tzinfo=UTC)),)

    found, _ = compared(never, replace(never, number="2", history=earlier), j70=())

    assert [each.invoice for each in found.waiting] == ["1"]

"""C16: what a look-up remembers outlives no mend: an invoice that was refused is booked at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from koppeling.push.messages import TAKE_UP, InvoiceMessage
from koppeling.push.outbox import State
from tests.environment import Environment, environment
from tests.integration.test_push import state
from tests.sandbox.invoices import build_invoice

FIRST, NEXT = "20260501", "20260502"

type Change = Callable[[Environment], object]


@pytest.fixture
def home() -> Iterator[Environment]:
    """An environment whose customers have been pulled."""
    with environment(accounts=4) as built:
        built.pull()
        yield built


def offer_again(home: Environment, key: str) -> None:
    """Press the button: Opnieuw aanbieden."""
    decided = home.clock.now().isoformat()
    home.wiring.invoice_worker.push(
        InvoiceMessage(key, retry=True, decision=TAKE_UP, decided_at=decided)
    )


def set_up(name: str, code: str, **changes: Any) -> Change:  # noqa: ANN401 - any field
    return lambda home: home.exact.set_up.change(name, code, changes)


def every(table: str, **changes: Any) -> Change:  # noqa: ANN401 - any field
    def change(home: Environment) -> None:
        world = home.exact.world
        for row in list(world.tables[table]):
            world.change(table, row["ID"], changes)

    return change


@dataclass(frozen=True, slots=True)
class Mend:
    """Something that is wrong in Exact for a while."""

    breaks: Change
    mends: Change


MENDS = {
    "a journal that is blocked": Mend(
        set_up("journals", "70", IsBlocked=True), set_up("journals", "70", IsBlocked=False)
    ),
    "a journal of another type": Mend(
        set_up("journals", "70", Type=10), set_up("journals", "70", Type=20)
    ),
    "a G/L account that is blocked": Mend(
        every("GLAccounts", IsBlocked=True), every("GLAccounts", IsBlocked=False)
    ),
    "a percentage that ended": Mend(
        every("VatPercentages", EndDate=datetime(2026, 1, 1, tzinfo=UTC)),
        every("VatPercentages", EndDate=None),
    ),
    "a VAT code that is blocked": Mend(
        every("VATCodes", IsBlocked=True), every("VATCodes", IsBlocked=False)
    ),
    "a cost centre that ended": Mend(
        every("Costcenters", EndDate=datetime(2026, 1, 1, tzinfo=UTC)),
        every("Costcenters", EndDate=None),
    ),
    "a customer that is blocked": Mend(
        lambda home: home.exact.change_account("1068", Blocked=True),
        lambda home: home.exact.change_account("1068", Blocked=False),
    ),
}


def is_put_right(home: Environment, mend: Mend) -> None:
    mend.breaks(home)
    files = build_invoice(NEXT)
    home.offer(files)
    assert state(home, NEXT) is State.REJECTED
    mend.mends(home)

    offer_again(home, files.json_key)

    assert state(home, NEXT) is State.DONE
    assert [each.code for each in home.problems() if each.subject.startswith("invoice/")] == []


@pytest.mark.parametrize("mend", MENDS.values(), ids=MENDS)
def test_what_breaks_after_it_was_remembered_and_is_mended_refuses_no_invoice_any_more(
    home: Environment, mend: Mend
) -> None:
    home.exact.switches.validation_status = 400
    home.offer(build_invoice(FIRST))
    assert state(home, FIRST) is State.DONE

    is_put_right(home, mend)


@pytest.mark.parametrize("mend", MENDS.values(), ids=MENDS)
def test_what_is_remembered_as_broken_refuses_no_invoice_once_it_is_mended(
    home: Environment, mend: Mend
) -> None:
    is_put_right(home, mend)


def test_a_percentage_that_was_remembered_wrong_is_asked_anew(home: Environment) -> None:
    mend = Mend(
        set_up("vat_percentages", "2", Percentage="0.19"),
        set_up("vat_percentages", "2", Percentage="0.21"),
    )
    is_put_right(home, mend)


def test_cost_centres_that_are_not_used_any_more_are_left_out_at_once(home: Environment) -> None:
    home.exact.switches.validation_status = 400
    home.offer(build_invoice(FIRST))
    every("GLAccounts", UseCostcenter=2, UseCostunit=2)(home)

    home.offer(build_invoice(NEXT))

    assert state(home, NEXT) is State.DONE


def centres_of(home: Environment, number: str) -> set[str | None]:
    (entry,) = [e for e in home.exact.world.tables["SalesEntries"] if e["YourRef"] == number]
    lines = home.exact.world.tables["SalesEntryLines"]
    return {line["CostCenter"] for line in lines if line["EntryID"] == entry["EntryID"]}


@pytest.mark.parametrize(("minutes", "are_booked"), [(14, False), (15, True)])
def test_cost_centres_that_are_used_again_are_booked_within_a_quarter(
    home: Environment, minutes: int, *, are_booked: bool
) -> None:
    every("GLAccounts", UseCostcenter=2, UseCostunit=2)(home)
    home.offer(build_invoice(FIRST))
    every("GLAccounts", UseCostcenter=0, UseCostunit=0)(home)
    home.clock.advance(minutes * 60)

    home.offer(build_invoice(NEXT))

    assert centres_of(home, FIRST) == {None}
    assert (centres_of(home, NEXT) != {None}) is are_booked

"""Where an invoice stands in a list: always at one place, for a reason that people can read."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from koppeling.core.ids import ExactId
from koppeling.core.problems import ENTRY_GONE
from koppeling.push.invoice_checks import Skip
from koppeling.push.invoice_row import Standing, period_of, row_of, standing_of
from koppeling.push.journal import Period
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.sales_entry import DIFFERS
from tests.unit.push.items import outbox_item

ENTRY = ExactId("entry-1")


def an_item(state: State, **fields: Any) -> OutboxItem:  # noqa: ANN401 - fields vary
    return replace(outbox_item(state), **fields)


@pytest.mark.parametrize(
    ("item", "standing", "code"),
    [
        (an_item(State.INTENT), Standing.OFFERED, ""),
        (an_item(State.POSTING), Standing.OFFERED, ""),
        (an_item(State.UNKNOWN), Standing.UNCERTAIN, ""),
        (an_item(State.ENTRY), Standing.BOOKED_WITHOUT_PDF, ""),
        (an_item(State.DOCUMENT), Standing.BOOKED_WITHOUT_PDF, ""),
        (an_item(State.DONE), Standing.BOOKED, ""),
        (an_item(State.DONE, attachment_id=ExactId("a")), Standing.BOOKED, ""),
        (an_item(State.REJECTED, code="debtor-not-found"), Standing.WAITING, "debtor-not-found"),
        (an_item(State.DONE, differences=("AmountFC",)), Standing.WAITING, DIFFERS),
        (
            an_item(State.ENTRY, code="pdf-missing", message="De pdf ontbreekt."),
            Standing.WAITING,
            "pdf-missing",
        ),
        (
            an_item(State.REJECTED, code="debtor-blocked", skipped_copy="v1"),
            Standing.SKIPPED,
            "debtor-blocked",
        ),
        (
            an_item(State.REJECTED, code=Skip.WRITTEN_OFF.value),
            Standing.SKIPPED,
            "invoice-written-off",
        ),
        (
            an_item(State.DONE, entry_id=ENTRY, gone_entry=ENTRY),
            Standing.WAITING,
            ENTRY_GONE,
        ),
        (
            an_item(State.DONE, entry_id=ENTRY, gone_entry=ENTRY, skipped_entry=ENTRY),
            Standing.SKIPPED,
            ENTRY_GONE,
        ),
        (
            an_item(State.DONE, entry_id=ExactId("entry-2"), gone_entry=ENTRY),
            Standing.BOOKED,
            "",
        ),
    ],
)
def test_an_invoice_stands_where_a_bookkeeper_looks_for_it(
    item: OutboxItem, standing: Standing, code: str
) -> None:
    assert (standing_of(item), row_of(item).code) == (standing, code)


def test_a_row_names_the_debtor_by_what_is_known() -> None:
    known = an_item(State.DONE, debtor="1068", debtor_name="Café De Ster")

    assert row_of(known).debtor == "1068 Café De Ster"
    assert row_of(replace(known, debtor_name="")).debtor == "1068"
    assert row_of(replace(known, debtor_name="", debtor="")).debtor == ""


def test_an_invoice_is_listed_in_the_month_of_its_date_however_late_it_came() -> None:
    came = ((State.INTENT, datetime(2026, 11, 3, 12, tzinfo=UTC)),)
    late = an_item(State.REJECTED, dated=date(2026, 10, 31), history=came)

    assert period_of(late) == Period(2026, 10)


def test_an_invoice_of_an_earlier_release_is_listed_by_what_is_known_of_it() -> None:
    came = ((State.INTENT, datetime(2026, 11, 3, 12, tzinfo=UTC)),)
    posted = an_item(State.DONE, entry_date=date(2026, 10, 31), history=came)

    assert period_of(posted) == Period(2026, 10)
    assert row_of(posted).invoice_date == date(2026, 10, 31)
    assert period_of(replace(posted, entry_date=None)) == Period(2026, 11)
    assert row_of(replace(posted, entry_date=None)).invoice_date is None
    assert period_of(an_item(State.INTENT)) is None

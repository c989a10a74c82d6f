from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from koppeling.aws.dynamodb.invoice_rows import INVOICE, packed, unpacked
from koppeling.core.ids import ExactId
from koppeling.push.invoice_checks import Skip
from koppeling.push.invoice_row import Standing, period_of, row_of, standing_of
from koppeling.push.outbox import OutboxItem, State
from koppeling.push.sales_entry import DIFFERS
from tests.unit.push.items import outbox_item

ENTRIES = st.sampled_from(["", "entry-1", "entry-2"])
CODES = st.sampled_from([None, "debtor-not-found", "pdf-missing", *map(str, Skip)])
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))


@st.composite
def items(draw: st.DrawFn) -> OutboxItem:
    """Draw an item with anything that may decide where it stands, also what never goes together."""
    entry = draw(ENTRIES)
    return replace(
        outbox_item(draw(st.sampled_from(State))),
        number=draw(st.text(min_size=1, max_size=30)),
        amount_incl=draw(st.decimals(allow_nan=False, allow_infinity=False, places=2)),
        entry_id=ExactId(entry) if entry else None,
        entry_number=draw(st.none() | st.just("26700001")),
        gone_entry=draw(ENTRIES),
        skipped_entry=draw(ENTRIES),
        skipped_copy=draw(st.sampled_from(["", "v1"])),
        differences=draw(st.sampled_from([(), ("AmountFC",)])),
        message=draw(st.sampled_from(["", "De pdf ontbreekt."])),
        code=draw(CODES),
        debtor=draw(st.sampled_from(["", "1068"])),
        debtor_name=draw(st.text(max_size=50)),
        dated=draw(DAYS),
        entry_date=draw(DAYS),
        history=draw(st.sampled_from([(), ((State.INTENT, datetime(2026, 11, 3, tzinfo=UTC)),)])),
    )


@given(items())
def test_an_invoice_waits_if_and_only_if_a_person_has_something_to_do(item: OutboxItem) -> None:
    standing = standing_of(item)
    left = item.is_skipped_without_entry or item.is_passed_over
    refused = item.state is State.REJECTED and not item.is_skipped
    wrong_in_the_books = item.is_booked and bool(item.differences or item.message or item.is_gone)

    assert (standing is Standing.WAITING) == (not left and (refused or wrong_in_the_books))


@given(items())
def test_only_what_waits_or_was_skipped_has_a_reason(item: OutboxItem) -> None:
    row = row_of(item)

    if row.standing not in {Standing.WAITING, Standing.SKIPPED}:
        assert row.code == ""
    if item.differences and row.standing is Standing.WAITING and item.code is None:
        assert row.code in {DIFFERS, "entry-gone", ""}


@given(items())
def test_an_invoice_with_a_date_is_listed_in_the_month_of_that_date(item: OutboxItem) -> None:
    period = period_of(item)

    if item.dated is not None:
        assert period is not None
        assert period.holds(item.dated)


@given(items())
def test_a_row_is_read_back_as_it_was_kept(item: OutboxItem) -> None:
    row = row_of(item)

    assert unpacked(f"{INVOICE}{row.number}", packed(item)) == row

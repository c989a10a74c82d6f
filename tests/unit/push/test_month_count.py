"""The first line about a month."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from koppeling.core.problems import ENTRY_GONE
from koppeling.push.invoice_row import InvoiceRow, Standing
from koppeling.push.journal import Period
from koppeling.push.month_count import MonthCount, month_count
from koppeling.push.numbers import Gap, Series

NOVEMBER = Period(2026, 11)
ROW = InvoiceRow("1", Standing.BOOKED, Decimal(1), "EUR")
GAP = Gap(Series("2026", 4), 7, 9, datetime(2026, 11, 24, tzinfo=UTC), NOVEMBER)


def test_each_standing_counts_where_a_bookkeeper_looks_for_it() -> None:
    rows = [
        ROW,
        replace(ROW, standing=Standing.BOOKED_WITHOUT_PDF),
        replace(ROW, standing=Standing.WAITING, entry_number="26700001"),
        replace(ROW, standing=Standing.WAITING, entry_number="26700002", code=ENTRY_GONE),
        replace(ROW, standing=Standing.WAITING),
        replace(ROW, standing=Standing.UNCERTAIN),
        replace(ROW, standing=Standing.OFFERED),
        replace(ROW, standing=Standing.SKIPPED),
    ]

    found = month_count(rows, [GAP], NOVEMBER)

    assert found == MonthCount(offered=8, booked=3, with_pdf=1, waiting=5, missing=3)
    assert found.processed == 11


def test_what_is_missing_in_another_month_does_not_count() -> None:
    assert month_count([], [GAP], Period(2026, 10)) == MonthCount()

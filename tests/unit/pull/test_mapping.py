"""L7, L11: what most rows of a table of link fields do."""

from datetime import date, timedelta

import pytest

from koppeling.pull.entities.days import is_active_on, next_change
from koppeling.pull.entities.fields import FieldKind
from koppeling.pull.entities.mapping import LinkField, map_fields, source_fields

DAY = date(2026, 11, 24)
TABLE = (LinkField("Name", "Description"), LinkField("Active", "IsOpen", bool))


def test_a_row_of_exact_is_carried_by_its_table() -> None:
    assert map_fields(TABLE, {"Description": " Advies ", "IsOpen": 1, "Private": "x"}) == {
        "Name": "Advies",
        "Active": True,
    }


def test_a_field_that_exact_left_out_is_empty() -> None:
    assert map_fields(TABLE, {}) == {"Name": None, "Active": False}


def test_the_fields_to_ask_for_are_those_of_the_tables() -> None:
    days = (LinkField("X", "EndDate", kind=FieldKind.DAY),)
    assert source_fields(TABLE) == dict.fromkeys(("Description", "IsOpen"), FieldKind.TEXT)
    assert source_fields(days) == {"EndDate": FieldKind.DAY}


@pytest.mark.parametrize(
    ("start", "end", "active"),
    [
        (None, None, True),
        ("", "", True),
        ("2026-11-24", None, True),
        ("2026-11-25", None, False),
        (None, "2026-11-24", True),
        (None, "2026-11-23", False),
        ("2026-11-01", "2026-11-30", True),
    ],
)
def test_a_record_is_active_from_its_first_day_up_to_and_including_its_last(
    start: str | None, end: str | None, *, active: bool
) -> None:
    assert is_active_on(DAY, start, end) is active


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, None),
        ("2026-11-24", None, None),
        ("2026-11-25", None, date(2026, 11, 25)),
        (None, "2026-11-23", None),
        (None, "2026-11-24", date(2026, 11, 25)),
        ("2026-12-01", "2026-12-31", date(2026, 12, 1)),
        ("2020-01-01", "2026-12-31", date(2027, 1, 1)),
        (None, "9999-12-31", None),
    ],
)
def test_the_next_change_is_the_first_day_on_which_a_record_starts_or_has_ended(
    start: str | None, end: str | None, expected: date | None
) -> None:
    assert next_change(DAY, start, end) == expected


@pytest.mark.parametrize(
    ("start", "end"), [("2026-11-28", "2026-12-03"), (None, "2026-12-03"), ("2026-12-03", None)]
)
def test_between_two_looks_at_a_record_nothing_changes_unseen(
    start: str | None, end: str | None
) -> None:
    day, looked_at = DAY, next_change(DAY, start, end)
    while looked_at is not None:
        before = is_active_on(day, start, end)
        while day < looked_at:
            assert is_active_on(day, start, end) is before
            day += timedelta(days=1)
        assert is_active_on(day, start, end) is not before
        looked_at = next_change(day, start, end)

"""R15, X95: when a whole list is the same as before, and when it is not believed."""

from decimal import Decimal

import pytest

from koppeling.pull.record import digest_of, has_shrunk
from koppeling.pull.rows import storable

ADVICE, TRAINING = {"ID": "a", "Code": "ADV"}, {"ID": "b", "Code": "TRN"}


@pytest.mark.parametrize(
    ("before", "after", "shrank"),
    [
        (None, 0, False),
        (0, 0, False),
        (5, 5, False),
        (5, 6, False),
        (5, 4, True),
        (6, 5, False),
        (100, 81, False),
        (100, 80, True),
        (100, 0, True),
        (1, 0, True),
    ],
)
def test_a_list_that_lost_a_fifth_of_its_rows_is_not_believed(
    before: int | None, after: int, *, shrank: bool
) -> None:
    assert has_shrunk(before, after) is shrank


def test_a_list_is_the_same_whatever_the_order_of_its_rows_and_their_fields() -> None:
    turned = [dict(reversed(TRAINING.items())), ADVICE]
    assert digest_of([ADVICE, TRAINING]) == digest_of(turned)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [ADVICE],
        [ADVICE, ADVICE],
        [ADVICE, TRAINING, TRAINING],
        [ADVICE, {**TRAINING, "Code": "TRN "}],
        [ADVICE, {**TRAINING, "EndDate": None}],
    ],
)
def test_any_other_list_has_another_digest(rows: list[dict[str, object]]) -> None:
    assert digest_of(rows) != digest_of([ADVICE, TRAINING])


def test_half_a_character_that_no_text_can_hold_still_gives_a_digest() -> None:
    assert digest_of([{"Code": "\ud83d"}]) != digest_of([{"Code": "?"}])


def test_a_number_with_a_fraction_is_kept_with_its_digits() -> None:
    row = {"Percentage": Decimal("0.210"), "PaymentDays": 30, "Code": "2  ", "EndDate": None}
    assert storable(row) == {**row, "Percentage": "0.210"}

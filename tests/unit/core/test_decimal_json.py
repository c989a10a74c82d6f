"""X70, R24: numbers keep their digits on the way in and on the way out."""

from decimal import Decimal

import pytest

from koppeling.core import decimal_json as decimals


def test_a_fraction_is_read_with_all_its_digits() -> None:
    assert decimals.loads('{"a": 0.10}') == {"a": Decimal("0.10")}
    assert str(decimals.loads("0.10")) == "0.10"


def test_a_whole_number_stays_an_integer() -> None:
    assert decimals.loads(b"12345678901234567890") == 12345678901234567890


def test_a_decimal_is_written_as_a_number_with_its_digits() -> None:
    assert decimals.dumps({"AmountFC": Decimal("41.90"), "n": [Decimal(-5)]}) == (
        b'{"AmountFC": 41.90, "n": [-5]}'
    )


def test_a_decimal_is_never_written_with_an_exponent() -> None:
    assert decimals.dumps(Decimal("1E+3")) == b"1000"
    assert decimals.dumps(Decimal("1E-7")) == b"0.0000001"


@pytest.mark.parametrize("text", ["41.90", "\x0041.90\x00", '"41.90"', "é", ""])
def test_a_text_that_looks_like_a_number_stays_a_text(text: str) -> None:
    assert decimals.loads(decimals.dumps({"a": text, "b": Decimal("41.90")})) == {
        "a": text,
        "b": Decimal("41.90"),
    }


@pytest.mark.parametrize("broken", ["", "{", '{"a": 1', "NaN", "Infinity", "-Infinity", b"\xff"])
def test_what_is_no_json_is_refused(broken: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decimals.loads(broken)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_nan_and_infinity_are_not_written(number: str) -> None:
    with pytest.raises(ValueError, match="JSON has no"):
        decimals.dumps(Decimal(number))


def test_a_value_that_json_cannot_represent_is_not_written() -> None:
    with pytest.raises(TypeError, match="set"):
        decimals.dumps({1, 2})


def test_amounts_become_text_for_readers_that_use_floats() -> None:
    held = {"sums": ({"amount": Decimal("121.00"), "invoices": 1},), "note": None}

    assert decimals.as_text(held) == {"sums": [{"amount": "121.00", "invoices": 1}], "note": None}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e99999999999999999999"])
def test_a_number_that_is_none_leaves_the_rest_of_an_answer_readable(number: str) -> None:
    found = decimals.loads_as_sent(f'{{"a": {number}, "b": 0.10, "c": 7, "d": "x\ny"}}')

    assert isinstance(found.pop("a"), decimals.Unreadable)
    assert found == {"b": Decimal("0.10"), "c": 7, "d": "x\ny"}
    assert type(found["c"]) is int


def test_a_whole_number_of_thousands_of_digits_leaves_the_rest_of_an_answer_readable() -> None:
    found = decimals.loads_as_sent(f'{{"a": {"9" * 5000}, "b": -7}}')

    assert (type(found["a"]), found["b"]) == (decimals.Unreadable, -7)


@pytest.mark.parametrize("broken", ["", "{", '{"a": 1', "<html>", b"\xff", "[" * 100_000])
def test_what_is_cut_off_or_no_json_is_refused_in_both_ways(broken: str | bytes) -> None:
    for read in (decimals.loads, decimals.loads_as_sent):
        with pytest.raises(ValueError, match=r".+"):
            read(broken)


def test_a_number_that_nobody_can_hold_is_no_json() -> None:
    with pytest.raises(ValueError, match="no JSON"):
        decimals.loads("1e99999999999999999999")

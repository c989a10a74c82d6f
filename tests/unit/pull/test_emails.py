"""L20, L21: the addresses that a field holds."""

import pytest

from koppeling.pull.entities.emails import addresses


@pytest.mark.parametrize(
    "source",
    ["a@x.nl;b@y.nl", "a@x.nl, b@y.nl", "a@x.nl b@y.nl", "a@x.nl\r\n\tb@y.nl", ";a@x.nl;;b@y.nl,"],
)
def test_several_addresses_are_split_at_semicolons_commas_and_white_space(source: str) -> None:
    assert addresses(source).valid == ("a@x.nl", "b@y.nl")


def test_doubles_are_dropped_whatever_their_case_and_the_first_spelling_stays() -> None:
    assert addresses("Jan@X.nl;jan@x.NL;b@y.nl").valid == ("Jan@X.nl", "b@y.nl")


def test_the_order_stays() -> None:
    assert addresses("z@x.nl;a@x.nl").valid == ("z@x.nl", "a@x.nl")


@pytest.mark.parametrize(
    "wrong", ["jan", "jan@", "@x.nl", "jan@x", "jan@@x.nl", "j@n@x.nl", "jan@x..nl", "jan@.nl"]
)
def test_what_is_no_address_is_told_apart_and_the_rest_is_used(wrong: str) -> None:
    found = addresses(f"{wrong};b@y.nl")
    assert (found.valid, found.invalid) == (("b@y.nl",), (wrong,))


def test_an_address_of_254_characters_is_valid_and_one_of_255_is_not() -> None:
    longest = "a" * 249 + "@x.nl"
    assert addresses(longest).valid == (longest,)
    assert addresses(f"a{longest}").invalid == (f"a{longest}",)


def test_an_address_holds_no_control_characters() -> None:
    assert addresses("ja\x00n@x.nl").valid == ("jan@x.nl",)


@pytest.mark.parametrize("source", [None, "", "  ;, "])
def test_an_empty_field_holds_no_address(source: str | None) -> None:
    found = addresses(source)
    assert (found.valid, found.invalid, found.first, found.others) == ((), (), None, None)


def test_the_first_goes_to_the_receiver_and_the_others_are_joined_for_the_copy() -> None:
    found = addresses("a@x.nl;b@x.nl;c@x.nl")
    assert (found.first, found.others) == ("a@x.nl", "b@x.nl;c@x.nl")


def test_one_address_leaves_no_copy() -> None:
    assert addresses("a@x.nl").others is None

"""A call to Exact that goes wrong: what it means, and who is told."""

from collections.abc import Sequence

import pytest
import requests

from koppeling.core.errors import Consequence, Fatal, Reject, Retry, Uncertain
from tests.unit.exact.calls import ACCOUNTS, ENTRIES, failed
from tests.unit.exact.wire import answer, refused, results

RIGHTS = {"entity": "sales_entries", "right": "Boeken"}


@pytest.mark.parametrize(
    ("error", "writes", "meaning"),
    [
        (requests.ReadTimeout("slow"), False, Retry),
        (requests.ReadTimeout("slow"), True, Uncertain),
        (requests.ConnectTimeout("away"), False, Retry),
        (requests.ConnectTimeout("away"), True, Retry),
        (requests.ConnectionError("cut off"), True, Uncertain),
    ],
    ids=["slow read", "slow post", "no way to read", "no way to post", "post cut off"],
)
def test_a_call_without_an_answer_is_an_outage_and_a_post_that_was_sent_may_have_arrived(
    error: requests.RequestException, meaning: type[Consequence], *, writes: bool
) -> None:
    meant, limiter = failed(error, writes=writes)

    assert type(meant) is meaning
    assert meant.code == "exact-unavailable"
    assert type(error).__name__ in meant.detail
    assert limiter.told[-1] == ("unavailable",)
    assert limiter.limits == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (answer("", 503), "unavailable"),
        (refused("Please add a $select"), "available"),
        (answer({}, 403), "available"),
        (answer("<html></html>", kind="text/html"), "unavailable"),
    ],
    ids=["503", "our fault", "no right", "no JSON"],
)
def test_only_an_answer_that_is_none_of_exacts_own_is_an_outage(
    given: requests.Response, told: str
) -> None:
    _, limiter = failed(given)

    assert limiter.told[-1] == (told,)


def test_what_a_user_may_not_do_is_told_in_the_words_for_its_records() -> None:
    meant, limiter = failed(answer({}, 403))

    assert isinstance(meant, Fatal)
    assert meant.values == {"entity": "accounts", "right": "Relaties bekijken"}
    assert not [each for each in limiter.told if each[0] == "note_no_right"]


@pytest.mark.parametrize(
    ("given", "meaning"),
    [(refused("(403) Forbidden", 403), Fatal), (refused("(403) Forbidden", 500), Uncertain)],
)
def test_a_post_without_a_right_is_noted_so_that_the_next_one_waits(
    given: requests.Response, meaning: type[Consequence]
) -> None:
    meant, limiter = failed(given, writes=True)

    assert type(meant) is meaning
    assert meant.values == RIGHTS
    assert ("note_no_right", ENTRIES) in limiter.told


def test_a_refusal_of_a_post_for_another_reason_is_no_missing_right() -> None:
    meant, limiter = failed(refused("Ongeldige referentie: Btw-code"), writes=True)
    assert isinstance(meant, Reject)
    assert ("note_no_right", ENTRIES) not in limiter.told

    meant, limiter = failed(answer("", 500), writes=True)
    assert isinstance(meant, Uncertain)
    assert ("note_no_right", ENTRIES) not in limiter.told


@pytest.mark.parametrize(
    "body",
    [{"d": []}, {"d": {"results": []}}, {"d": {"Other": 1}}, {"d": 5}, {}, [], {"d": [None]}],
    ids=str,
)
def test_a_post_whose_answer_shows_no_record_may_have_been_carried_out(body: object) -> None:
    meant, _ = failed(answer(body, 201), writes=True)

    assert isinstance(meant, Uncertain)
    assert meant.code == "exact-unavailable"
    assert ENTRIES in meant.detail


@pytest.mark.parametrize("body", [{}, [], {"d": 5}, {"d": None}], ids=str)
def test_a_read_whose_answer_is_no_odata_is_asked_again(body: object) -> None:
    meant, _ = failed(answer(body))

    assert isinstance(meant, Retry)
    assert (meant.code, ACCOUNTS in meant.detail) == ("exact-unavailable", True)


@pytest.mark.parametrize(
    "rows", [[None, {"ID": "a"}], [{"ID": "a"}, None], [{"ID": "a"}, {}]], ids=str
)
def test_a_look_up_with_a_row_that_is_none_is_asked_again(rows: Sequence[object]) -> None:
    meant, _ = failed(results(*rows))

    assert isinstance(meant, Retry)


def test_a_look_up_with_a_number_that_cannot_be_read_is_asked_again() -> None:
    meant, _ = failed(answer('{"d":{"results":[{"ID":"a","AmountFC":' + "9" * 5000 + "}]}}"))

    assert isinstance(meant, Retry)
    assert (meant.code, ACCOUNTS in meant.detail) == ("exact-unavailable", True)

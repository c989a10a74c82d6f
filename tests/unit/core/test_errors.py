"""ST5: each error says what has to happen next."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from koppeling.core.errors import (
    Consequence,
    Defer,
    Fatal,
    Gone,
    Park,
    Reauthorise,
    Reject,
    Retry,
    Uncertain,
    most_severe,
)


@pytest.mark.parametrize("kind", [Retry, Park, Reject, Gone, Uncertain, Reauthorise, Fatal])
def test_each_consequence_carries_its_code_its_detail_and_its_values_apart(
    kind: type[Consequence],
) -> None:
    error = kind("vat-code-unknown", "500 on salesentry", code="2", line="3")
    assert (error.code, error.detail) == ("vat-code-unknown", "500 on salesentry")
    assert error.values == {"code": "2", "line": "3"}
    assert str(error) == "vat-code-unknown: 500 on salesentry"


def test_an_error_without_a_detail_is_its_code() -> None:
    assert str(Retry("exact-unavailable")) == "exact-unavailable"


def test_deferred_work_knows_until_when() -> None:
    until = datetime(2026, 11, 25, tzinfo=UTC)
    error = Defer("exact-day-limit", until, "sync/CRM/Accounts", entity="accounts")
    assert (error.until, error.values) == (until, {"entity": "accounts"})


def test_a_record_that_is_gone_is_rejected_unless_the_caller_handles_it() -> None:
    assert issubclass(Gone, Reject)


def test_of_several_failures_the_cause_is_reported_and_not_the_wait_that_followed() -> None:
    wait = Defer("token-busy", datetime(2026, 11, 25, tzinfo=UTC))
    outage, login, ours = Retry("exact-unavailable"), Reauthorise("reconnect"), Fatal("ours")

    for failures in permutations([wait, outage]):
        assert most_severe(failures) is outage
    for failures in permutations([wait, outage, login]):
        assert most_severe(failures) is login
    for failures in permutations([login, ours, outage]):
        assert most_severe(failures) is ours


def test_where_nothing_failed_there_is_no_cause() -> None:
    assert most_severe([]) is None

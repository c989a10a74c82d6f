"""X34 to X40, R7, R34, DF13: how many calls are left, and which endpoints are blocked."""

from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.rate_limit import Blocked, CallBudget, Limits

NOW = datetime(2026, 11, 24, 10, 0, 30, tzinfo=UTC)
ENDPOINT = "sync/CRM/Accounts"
SECOND = timedelta(seconds=1)


def told(**limits: int | timedelta) -> CallBudget:
    """Return a budget that learned these limits just now."""
    return CallBudget().updated(Limits(**limits), NOW)  # type: ignore[arg-type] # each of its own type


def closed(budget: CallBudget, at: datetime = NOW, *, for_invoices: bool = False) -> Blocked | None:
    """Return why a pull may not call."""
    return budget.blocked_by(ENDPOINT, at, for_invoices=for_invoices)


def test_without_any_known_limit_every_call_is_allowed() -> None:
    assert closed(CallBudget()) is None


def test_an_absent_header_does_not_mean_that_no_call_is_left() -> None:
    known = told(day_limit=5000, day_remaining=4766, minute_remaining=58)
    assert known.updated(Limits(), NOW + SECOND) == known


def test_a_header_without_a_limit_leaves_the_known_limit() -> None:
    known = told(day_limit=5000, day_remaining=4766).updated(Limits(day_remaining=4765), NOW)
    assert (known.day_limit, known.day_remaining) == (5000, 4765)


def test_a_minute_without_calls_left_is_blocked_until_its_reset() -> None:
    budget = told(minute_remaining=0, minute_resets_in=timedelta(seconds=30))
    assert closed(budget) == Blocked("exact-minute-limit", NOW + timedelta(seconds=30))
    assert closed(budget, NOW + timedelta(seconds=30)) is None


def test_a_minute_without_calls_left_and_without_a_reset_is_blocked_for_a_whole_minute() -> None:
    assert closed(told(minute_remaining=0)) == Blocked(
        "exact-minute-limit", NOW + timedelta(seconds=60)
    )


@pytest.mark.parametrize(
    ("remaining", "pulls", "invoices"),
    [(13, True, True), (12, False, True), (11, False, True), (10, False, False)],
)
def test_the_last_calls_of_a_minute_are_a_margin_for_others_and_for_invoices(
    remaining: int,
    pulls: bool,  # noqa: FBT001 - a column of the table
    invoices: bool,  # noqa: FBT001 - likewise
) -> None:
    budget = told(minute_remaining=remaining)

    assert (closed(budget) is None) is pulls
    assert (closed(budget, for_invoices=True) is None) is invoices


def test_forty_percent_of_the_day_is_kept_for_invoices() -> None:
    budget = told(day_limit=5000, day_remaining=2000, day_resets_in=timedelta(hours=5))
    assert closed(budget) == Blocked("exact-day-limit", NOW + timedelta(hours=5))
    assert closed(budget, for_invoices=True) is None
    assert closed(told(day_limit=5000, day_remaining=2001)) is None


def test_a_day_without_calls_left_is_blocked_for_invoices_too() -> None:
    budget = told(day_limit=5000, day_remaining=0, day_resets_in=timedelta(hours=5))
    assert closed(budget, for_invoices=True) == Blocked("exact-day-limit", NOW + timedelta(hours=5))
    assert closed(budget, NOW + timedelta(hours=5), for_invoices=True) is None


def test_the_last_call_of_a_day_is_for_an_invoice() -> None:
    assert closed(told(day_limit=5000, day_remaining=1), for_invoices=True) is None


def test_the_day_without_a_reset_ends_at_midnight_utc() -> None:
    until = closed(told(day_limit=5000, day_remaining=0))
    assert until == Blocked("exact-day-limit", datetime(2026, 11, 25, tzinfo=UTC))


def test_midnight_is_the_beginning_of_the_next_day_to_the_microsecond() -> None:
    late = datetime(2026, 11, 24, 23, 59, 59, 123_456, tzinfo=UTC)
    midnight = datetime(2026, 11, 25, tzinfo=UTC)

    spent = CallBudget().updated(Limits(day_remaining=0), late)
    refused = CallBudget().exhausted(Limits(day_remaining=0), late)

    assert spent.day_resets_at == midnight
    assert refused.day_resets_at == midnight


def test_a_spent_day_is_reported_before_a_spent_minute() -> None:
    both = told(day_limit=5000, day_remaining=0, minute_remaining=0)
    assert closed(both) == Blocked("exact-day-limit", datetime(2026, 11, 25, tzinfo=UTC))


@pytest.mark.parametrize(
    ("limits", "code", "wait"),
    [
        (Limits(), "exact-minute-limit", timedelta(seconds=60)),
        (Limits(minute_remaining=7), "exact-minute-limit", timedelta(seconds=60)),
        (Limits(minute_resets_in=timedelta(seconds=9)), "exact-minute-limit", timedelta(seconds=9)),
        (Limits(day_remaining=40), "exact-day-limit", timedelta(hours=13, minutes=59, seconds=30)),
        (Limits(day_resets_in=timedelta(hours=2)), "exact-day-limit", timedelta(hours=2)),
        (Limits(day_remaining=40, minute_remaining=0), "exact-minute-limit", timedelta(seconds=60)),
        (
            Limits(day_remaining=40, minute_remaining=0, minute_resets_in=timedelta(seconds=5)),
            "exact-minute-limit",
            timedelta(seconds=5),
        ),
        (
            Limits(day_remaining=0, day_resets_in=timedelta(hours=2), minute_remaining=3),
            "exact-day-limit",
            timedelta(hours=2),
        ),
    ],
)
def test_after_a_429_no_call_is_allowed_before_the_reset_whatever_other_headers_say(
    limits: Limits, code: str, wait: timedelta
) -> None:
    budget = CallBudget().exhausted(limits, NOW)
    assert closed(budget, for_invoices=True) == Blocked(code, NOW + wait)
    assert closed(budget, NOW + wait, for_invoices=True) is None


def test_five_counted_errors_within_an_hour_block_the_endpoint_until_one_is_an_hour_old() -> None:
    budget = CallBudget()
    for minute in range(4):
        budget = budget.count_error(ENDPOINT, NOW + timedelta(minutes=minute))
    assert closed(budget, NOW + timedelta(minutes=4)) is None
    budget = budget.count_error(ENDPOINT, NOW + timedelta(minutes=4))
    assert closed(budget, NOW + timedelta(minutes=4), for_invoices=True) == Blocked(
        "exact-error-budget", NOW + timedelta(hours=1)
    )
    assert closed(budget, NOW + timedelta(hours=1)) is None


def test_another_endpoint_goes_on_while_one_is_blocked() -> None:
    budget = CallBudget()
    for _ in range(5):
        budget = budget.count_error("vat/VATCodes", NOW)
    assert closed(budget) is None


def test_errors_older_than_an_hour_are_dropped_when_another_is_counted() -> None:
    budget = CallBudget().count_error(ENDPOINT, NOW).count_error(ENDPOINT, NOW + timedelta(hours=1))
    assert budget.errors[ENDPOINT] == (NOW + timedelta(hours=1),)


def test_errors_that_others_counted_are_merged_once_each_and_in_order() -> None:
    mine = CallBudget().count_error(ENDPOINT, NOW).count_error("other", NOW)
    theirs = {ENDPOINT: (NOW - SECOND, NOW), "third": (NOW,)}
    assert mine.merged(theirs).errors == {
        ENDPOINT: (NOW - SECOND, NOW),
        "other": (NOW,),
        "third": (NOW,),
    }

"""R7, R34, X36 to X40: the limiter checks before each call, and saves the limits for others."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.errors import Defer
from koppeling.core.exact_rights import ExactCall, ExactRights
from koppeling.core.ids import Division
from koppeling.core.rate_limit import CallBudget, Limits
from koppeling.core.rate_limiter import RateLimiter
from tests.sandbox.common.clock import Clock

NOW = datetime(2026, 11, 24, 10, 0, 30, tzinfo=UTC)
HOST, DIVISION = "start.exactonline.nl", Division(987654)
ENDPOINT = "sync/CRM/Accounts"
PLENTY = Limits(day_limit=5000, day_remaining=4000, minute_remaining=50)


@dataclass(slots=True)
class FakeBudgets:
    """Budgets by administration, and how often each was read and written."""

    known: dict[tuple[str, Division], CallBudget] = field(default_factory=dict)
    reads: int = 0
    writes: int = 0
    meanwhile: list[Callable[[], None]] = field(default_factory=list)

    def get(self, host: str, division: Division, *, newest: bool = False) -> CallBudget:
        """Return the budget; another function may act right after that."""
        self.reads += 1
        found = self.known.get((host, division), CallBudget())
        if newest and self.meanwhile:
            self.meanwhile.pop()()
        return found

    def save_limits(self, host: str, division: Division, budget: CallBudget) -> None:
        """Write the limits."""
        self.writes += 1
        held = self.known.get((host, division), CallBudget())
        self.known[host, division] = replace(budget, errors=held.errors, mark=held.mark)

    def save_errors(self, host: str, division: Division, budget: CallBudget) -> bool:
        """Write the errors, if nobody else did since they were read."""
        held = self.known.get((host, division), CallBudget())
        if held.mark != budget.mark:
            return False
        self.writes += 1
        self.known[host, division] = replace(held, errors=budget.errors, mark=str(self.writes))
        return True


@dataclass(slots=True)
class Office:
    """Several functions that call one administration."""

    clock: Clock = field(default_factory=lambda: Clock(frozen_at=NOW))
    budgets: FakeBudgets = field(default_factory=FakeBudgets)

    def limiter(self, *, for_invoices: bool = False, division: Division = DIVISION) -> RateLimiter:
        """Return the limiter of another function."""
        return RateLimiter(
            HOST,
            division,
            budgets=self.budgets,
            rights=ExactRights([ExactCall("accounts", "crm/Accounts", "Relaties bekijken")]),
            now=self.clock.now,
            for_invoices=for_invoices,
        )

    def shared(self) -> CallBudget:
        """Return the budget they share."""
        return self.budgets.known[HOST, DIVISION]


def call(limiter: RateLimiter, status: int = 200, limits: Limits = PLENTY) -> None:
    """Make one call with this answer."""
    limiter.check(ENDPOINT)
    limiter.record(ENDPOINT, status, limits)


def refusal(limiter: RateLimiter, endpoint: str = ENDPOINT) -> Defer:
    """Return why no call is allowed."""
    with pytest.raises(Defer) as put_off:
        limiter.check(endpoint)
    return put_off.value


def test_a_piece_of_work_reads_the_budget_once_and_saves_it_at_its_end() -> None:
    office = Office()
    limiter = office.limiter()
    for _ in range(20):
        call(limiter)
    assert (office.budgets.reads, office.budgets.writes) == (1, 0)
    limiter.save()
    assert (limiter.calls(), office.budgets.writes) == (20, 1)
    assert office.shared().day_remaining == 4000


def test_without_a_call_nothing_is_written() -> None:
    office = Office()
    limiter = office.limiter()
    limiter.check(ENDPOINT)
    limiter.save()
    assert (limiter.calls(), office.budgets.writes) == (0, 0)


@pytest.mark.parametrize(
    ("before", "after", "writes"),
    [
        pytest.param(4000, 3997, 0, id="a tick without changes"),
        pytest.param(4000, 3950, 1, id="a hundredth of the day"),
        pytest.param(2001, 2000, 1, id="pulls have to stop"),
        pytest.param(1, 0, 1, id="everybody has to stop"),
    ],
)
def test_limits_are_saved_only_when_they_are_news(before: int, after: int, writes: int) -> None:
    office = Office()
    call(first := office.limiter(for_invoices=True), limits=replace(PLENTY, day_remaining=before))
    first.save()
    known = office.budgets.writes

    call(second := office.limiter(for_invoices=True), limits=replace(PLENTY, day_remaining=after))
    second.save()
    second.save()

    assert office.budgets.writes - known == writes


def test_a_minute_with_few_calls_left_is_news() -> None:
    office = Office()
    call(first := office.limiter())
    first.save()
    soon = replace(PLENTY, minute_remaining=20, minute_resets_in=timedelta(seconds=30))

    call(second := office.limiter(), limits=soon)
    second.save()

    assert office.shared().minute_remaining == 20


def test_the_first_call_of_a_new_day_is_news() -> None:
    office = Office()
    call(first := office.limiter(), limits=replace(PLENTY, day_resets_in=timedelta(hours=1)))
    first.save()
    office.clock.advance(3700)

    call(second := office.limiter())
    second.save()

    resets_at = office.shared().day_resets_at
    assert resets_at is not None
    assert resets_at > office.clock.now()


def test_an_answer_without_headers_changes_no_limit() -> None:
    office = Office()
    limiter = office.limiter()
    call(limiter)
    call(limiter, limits=Limits())
    limiter.save()
    assert office.shared().day_remaining == 4000


def test_a_minute_without_calls_left_blocks_calls_until_its_reset() -> None:
    office = Office()
    limiter = office.limiter()
    call(limiter, limits=Limits(minute_remaining=0, minute_resets_in=timedelta(seconds=30)))
    put_off = refusal(limiter)
    assert (put_off.code, put_off.until) == ("exact-minute-limit", NOW + timedelta(seconds=30))
    assert put_off.values == {"entity": "accounts"}
    office.clock.advance(30)
    call(limiter)


def test_a_429_without_headers_blocks_every_function_from_then_on() -> None:
    office = Office()
    call(office.limiter(), 429, Limits())
    assert refusal(office.limiter(for_invoices=True)).until == NOW + timedelta(seconds=60)


def test_a_429_blocks_calls_even_if_the_budget_had_some_left() -> None:
    office = Office()
    limiter = office.limiter()
    call(limiter, 429, Limits(minute_remaining=7, minute_resets_in=timedelta(seconds=20)))
    assert refusal(limiter).until == NOW + timedelta(seconds=20)


def test_pulls_leave_forty_percent_of_the_day_for_invoices() -> None:
    office = Office()
    call(office.limiter(), limits=Limits(day_limit=5000, day_remaining=2001))
    limiter = office.limiter()
    call(limiter, limits=Limits(day_limit=5000, day_remaining=2000))
    limiter.save()
    assert refusal(office.limiter()).code == "exact-day-limit"
    call(office.limiter(for_invoices=True))


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_the_fifth_counted_error_blocks_the_endpoint_for_all_functions(status: int) -> None:
    office = Office()
    for _ in range(4):
        call(office.limiter(), status)
        office.clock.advance(60)
    call(office.limiter(), status)
    put_off = refusal(office.limiter(for_invoices=True))
    assert (put_off.code, put_off.until) == ("exact-error-budget", NOW + timedelta(hours=1))
    office.limiter().check("vat/VATCodes")
    office.limiter(division=Division(5)).check(ENDPOINT)


@pytest.mark.parametrize("status", [200, 201, 302, 408, 500, 503])
def test_an_error_that_exact_does_not_count_is_not_counted(status: int) -> None:
    office = Office()
    limiter = office.limiter()
    for _ in range(20):
        call(limiter, status)
    limiter.check(ENDPOINT)


def test_a_function_that_ends_late_does_not_erase_errors_that_others_counted() -> None:
    office = Office()
    slow = office.limiter()
    call(slow)
    for _ in range(5):
        office.clock.advance(1)
        call(office.limiter(for_invoices=True), 404)
    slow.save()
    assert refusal(office.limiter()).code == "exact-error-budget"


def test_errors_of_two_functions_at_once_are_counted_together() -> None:
    office = Office()
    first, second = office.limiter(), office.limiter()
    for limiter in (first, second, first, second, first):
        office.clock.advance(1)
        limiter.record(ENDPOINT, 400, Limits())
    assert len(office.shared().errors[ENDPOINT]) == 5
    assert refusal(office.limiter()).code == "exact-error-budget"


def test_an_error_that_another_function_counts_in_between_is_not_lost() -> None:
    office = Office()
    first, second = office.limiter(), office.limiter()

    def meanwhile() -> None:
        office.clock.advance(1)
        second.record(ENDPOINT, 400, Limits())

    office.budgets.meanwhile = [meanwhile]
    first.record(ENDPOINT, 403, Limits())

    assert len(office.shared().errors[ENDPOINT]) == 2


def test_without_the_right_to_post_all_make_one_attempt_an_hour_and_reading_goes_on() -> None:
    office = Office()
    office.limiter().note_no_right(ENDPOINT)

    with pytest.raises(Defer, match="exact-no-rights") as waits:
        office.limiter().check_post(ENDPOINT)
    assert waits.value.until == NOW + timedelta(hours=1)
    office.limiter().check(ENDPOINT)
    office.limiter().check_post("documents/Documents")

    office.clock.advance(3600)
    office.limiter().check_post(ENDPOINT)

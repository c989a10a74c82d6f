"""R7, R34, X36 to X40: the ledger asks before each call, and shares what each answer told."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.errors import Defer
from koppeling.core.exact_rights import ExactCall, ExactRights
from koppeling.core.ids import Division
from koppeling.core.rate_limit import CallBudget, Limits, RateLimiter
from tests.sandbox.common.clock import Clock

NOW = datetime(2026, 11, 24, 10, 0, 30, tzinfo=UTC)
HOST, DIVISION = "start.exactonline.nl", Division(987654)
ENDPOINT = "sync/CRM/Accounts"
PLENTY = Limits(day_limit=5000, day_remaining=4000, minute_remaining=50)


@dataclass(slots=True)
class FakeBudgets:
    """Budgets by administration, and how often one was read and written."""

    known: dict[tuple[str, Division], CallBudget] = field(default_factory=dict)
    reads: int = 0
    writes: int = 0

    def get(self, host: str, division: Division) -> CallBudget:
        """Return what is known."""
        self.reads += 1
        return self.known.get((host, division), CallBudget())

    def save_limits(self, host: str, division: Division, budget: CallBudget) -> None:
        """Write what is known of the limits."""
        self.writes += 1
        held = self.known.get((host, division), CallBudget())
        self.known[host, division] = replace(budget, errors=held.errors)

    def save_errors(self, host: str, division: Division, budget: CallBudget) -> None:
        """Write which errors were counted."""
        self.writes += 1
        held = self.known.get((host, division), CallBudget())
        self.known[host, division] = replace(held, errors=budget.errors)


@dataclass(slots=True)
class Office:
    """Several functions that call one administration."""

    clock: Clock = field(default_factory=lambda: Clock(frozen_at=NOW))
    budgets: FakeBudgets = field(default_factory=FakeBudgets)

    def ledger(self, *, for_invoices: bool = False, division: Division = DIVISION) -> RateLimiter:
        """Return the ledger of one more function."""
        return RateLimiter(
            HOST,
            division,
            budgets=self.budgets,
            rights=ExactRights([ExactCall("accounts", "crm/Accounts", "Relaties bekijken")]),
            now=self.clock.now,
            for_invoices=for_invoices,
        )

    def shared(self) -> CallBudget:
        """Return what all of them know."""
        return self.budgets.known[HOST, DIVISION]


def call(ledger: RateLimiter, status: int = 200, limits: Limits = PLENTY) -> None:
    """Make one call that is answered so."""
    ledger.check(ENDPOINT)
    ledger.record(ENDPOINT, status, limits)


def refusal(ledger: RateLimiter, endpoint: str = ENDPOINT) -> Defer:
    """Return why no call is let go."""
    with pytest.raises(Defer) as put_off:
        ledger.check(endpoint)
    return put_off.value


def test_a_piece_of_work_reads_the_budget_once_before_its_calls_and_shares_it_at_its_end() -> None:
    office = Office()
    ledger = office.ledger()
    for _ in range(20):
        call(ledger)
    assert (office.budgets.reads, office.budgets.writes) == (1, 0)
    ledger.save()
    assert (ledger.calls(), office.budgets.writes) == (20, 1)
    assert office.shared().day_remaining == 4000


def test_without_a_call_nothing_is_written() -> None:
    office = Office()
    ledger = office.ledger()
    ledger.check(ENDPOINT)
    ledger.save()
    assert (ledger.calls(), office.budgets.writes) == (0, 0)


def test_an_answer_without_headers_leaves_what_was_known() -> None:
    office = Office()
    ledger = office.ledger()
    call(ledger)
    call(ledger, limits=Limits())
    ledger.save()
    assert office.shared().day_remaining == 4000


def test_a_spent_minute_stops_the_calls_until_its_reset() -> None:
    office = Office()
    ledger = office.ledger()
    call(ledger, limits=Limits(minute_remaining=0, minute_resets_in=timedelta(seconds=30)))
    put_off = refusal(ledger)
    assert (put_off.code, put_off.until) == ("exact-minute-limit", NOW + timedelta(seconds=30))
    assert put_off.values == {"entity": "accounts"}
    office.clock.advance(30)
    call(ledger)


def test_a_429_without_headers_stops_every_function_that_asks_from_then_on() -> None:
    office = Office()
    call(office.ledger(), 429, Limits())
    assert refusal(office.ledger(for_invoices=True)).until == NOW + timedelta(seconds=60)


def test_a_429_stops_the_calls_although_something_seemed_to_be_left() -> None:
    office = Office()
    ledger = office.ledger()
    call(ledger, 429, Limits(minute_remaining=7, minute_resets_in=timedelta(seconds=20)))
    assert refusal(ledger).until == NOW + timedelta(seconds=20)


def test_pulls_leave_forty_percent_of_the_day_to_the_invoices() -> None:
    office = Office()
    call(office.ledger(), limits=Limits(day_limit=5000, day_remaining=2001))
    ledger = office.ledger()
    call(ledger, limits=Limits(day_limit=5000, day_remaining=2000))
    ledger.save()
    assert refusal(office.ledger()).code == "exact-day-limit"
    call(office.ledger(for_invoices=True))


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_the_fifth_counted_error_gives_the_endpoint_a_rest_for_all_functions(status: int) -> None:
    office = Office()
    for _ in range(4):
        call(office.ledger(), status)
        office.clock.advance(60)
    call(office.ledger(), status)
    put_off = refusal(office.ledger(for_invoices=True))
    assert (put_off.code, put_off.until) == ("exact-error-budget", NOW + timedelta(hours=1))
    office.ledger().check("vat/VATCodes")
    office.ledger(division=Division(5)).check(ENDPOINT)


@pytest.mark.parametrize("status", [200, 201, 302, 408, 500, 503])
def test_an_error_that_exact_does_not_count_is_not_counted(status: int) -> None:
    office = Office()
    ledger = office.ledger()
    for _ in range(20):
        call(ledger, status)
    ledger.check(ENDPOINT)


def test_a_function_that_ends_late_does_not_wipe_out_the_errors_others_counted_meanwhile() -> None:
    office = Office()
    slow = office.ledger()
    call(slow)
    for _ in range(5):
        office.clock.advance(1)
        call(office.ledger(for_invoices=True), 404)
    slow.save()
    assert refusal(office.ledger()).code == "exact-error-budget"


def test_errors_of_two_functions_at_once_are_counted_together() -> None:
    office = Office()
    first, second = office.ledger(), office.ledger()
    for ledger in (first, second, first, second, first):
        office.clock.advance(1)
        ledger.record(ENDPOINT, 400, Limits())
    assert len(office.shared().errors[ENDPOINT]) == 5
    assert refusal(office.ledger()).code == "exact-error-budget"

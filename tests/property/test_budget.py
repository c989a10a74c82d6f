"""R7, R34: whatever Exact answers, no call is allowed that should be blocked."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from koppeling.core.rate_limit import ERRORS_BEFORE_REST, HOUR, RESERVE, CallBudget, Limits
from koppeling.exact.answers import limits_of

START = datetime(2026, 11, 24, 8, 0, 10, tzinfo=UTC)
ENDPOINTS = st.sampled_from(["sync/CRM/Accounts", "vat/VATCodes"])
DAY, MINUTE = 300, 60
BLOCKED_AT = 10


@given(st.dictionaries(st.sampled_from(["Date", "X-RateLimit-Remaining"]), st.text()))
def test_no_header_however_odd_breaks_anything(headers: dict[str, str]) -> None:
    limits_of(headers, START)


class OneAdministration(RuleBasedStateMachine):
    """Exact's own count of the calls and errors of one app in one division, and ours beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.budget = CallBudget()
        self.day: Counter[str] = Counter()
        self.minute: Counter[str] = Counter()
        self.errors: dict[str, list[datetime]] = {}

    @rule(seconds=st.sampled_from([1, 5, 20, 61, 600, 3601]))
    def time_passes(self, seconds: int) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    @rule(
        endpoint=ENDPOINTS,
        times=st.sampled_from([1, 7, 40, 120]),
        for_invoices=st.booleans(),
        fails=st.booleans(),
        with_headers=st.sampled_from([True, True, True, False]),
    )
    def call(
        self,
        endpoint: str,
        times: int,
        *,
        for_invoices: bool,
        fails: bool,
        with_headers: bool,
    ) -> None:
        """Call as often as the budget lets us."""
        for _ in range(times):
            if self.budget.blocked_by(endpoint, self.now, for_invoices=for_invoices) is not None:
                return
            if self.is_spent():
                self.budget = self.budget.exhausted(self.headers(), self.now)
                assert self.budget.blocked_by(endpoint, self.now, for_invoices=True) is not None
                return
            if not for_invoices and self.budget.day_remaining is not None:
                left = DAY - self.day[self.today]
                assert left > DAY * RESERVE or self.budget.day_remaining > DAY * RESERVE
            self.answer(endpoint, fails=fails, with_headers=with_headers)

    def answer(self, endpoint: str, *, fails: bool, with_headers: bool) -> None:
        """Count the call as Exact does, and learn from its answer."""
        self.day[self.today] += 1
        self.minute[self.this_minute] += 1
        limits = self.headers() if with_headers else Limits()
        self.budget = self.budget.updated(limits, self.now)
        if fails:
            counted = self.errors.setdefault(endpoint, [])
            counted.append(self.now)
            self.budget = self.budget.count_error(endpoint, self.now)
            in_the_hour = [at for at in counted if self.now - at < HOUR]
            assert len(in_the_hour) <= ERRORS_BEFORE_REST < BLOCKED_AT

    def headers(self) -> Limits:
        """Return what Exact tells."""
        midnight = datetime(2026, 11, self.now.day, tzinfo=UTC) + timedelta(days=1)
        return Limits(
            day_limit=DAY,
            day_remaining=DAY - self.day[self.today],
            day_resets_in=midnight - self.now,
            minute_remaining=MINUTE - self.minute[self.this_minute],
            minute_resets_in=timedelta(seconds=60 - self.now.second),
        )

    def is_spent(self) -> bool:
        """Say whether Exact would answer 429."""
        return self.day[self.today] >= DAY or self.minute[self.this_minute] >= MINUTE

    @property
    def today(self) -> str:
        """The day whose calls are counted (X34)."""
        return f"{self.now:%Y-%m-%d}"

    @property
    def this_minute(self) -> str:
        """The whole minute whose calls are counted (X34)."""
        return f"{self.now:%Y-%m-%d %H:%M}"


TestOneAdministration = OneAdministration.TestCase
TestOneAdministration.settings = settings(max_examples=60, stateful_step_count=30)

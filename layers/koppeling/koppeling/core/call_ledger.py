"""The ledger of calls to one administration: asks before each call, learns from each answer."""

from typing import Protocol

from koppeling.core.clock import Now
from koppeling.core.errors import Defer
from koppeling.core.exact_rights import entity_of
from koppeling.core.ids import Division
from koppeling.core.rate_limit import COUNTED, Budget, Limits

TOO_MANY = 429


class Budgets(Protocol):
    """Keeps what all functions know of an administration's calls."""

    def get(self, host: str, division: Division) -> Budget:
        """Return what is known."""
        ...

    def save_limits(self, host: str, division: Division, budget: Budget) -> None:
        """Write what is known of the limits, and leave the errors alone."""
        ...

    def save_errors(self, host: str, division: Division, budget: Budget) -> None:
        """Write which errors were counted, and leave the limits alone."""
        ...


class CallLedger:
    """Counts the calls of one piece of work. Pulls leave the reserve of the day alone."""

    def __init__(
        self, host: str, division: Division, *, budgets: Budgets, now: Now, for_invoices: bool
    ) -> None:
        self._host = host
        self._division = division
        self._budgets = budgets
        self._now = now
        self._for_invoices = for_invoices
        self._budget: Budget | None = None
        self._calls = 0

    def before(self, endpoint: str) -> None:
        """Let a call go, or not.

        Raises:
            Defer: a limit is spent, or the endpoint rests after counted errors (R7).
        """
        if self._budget is None:
            self._budget = self._budgets.get(self._host, self._division)
        closed = self._budget.closed(endpoint, self._now(), for_invoices=self._for_invoices)
        if closed is not None:
            raise Defer(closed.code, closed.until, endpoint, entity=entity_of(endpoint))

    def after(self, endpoint: str, status: int, limits: Limits) -> None:
        """Learn from an answer; a 429, or an error that Exact counts, is shared at once (R7)."""
        self._calls += 1
        now = self._now()
        before = self._budget or Budget()
        if status == TOO_MANY:
            self._budget = before.hit(limits, now)
            self.save()
            return
        self._budget = before.learn(limits, now)
        if status in COUNTED:
            shared = self._budgets.get(self._host, self._division)
            counted = self._budget.joined(shared.errors).count_error(endpoint, now)
            self._budgets.save_errors(self._host, self._division, counted)
            self._budget = counted

    def calls(self) -> int:
        """Return how many calls were answered."""
        return self._calls

    def save(self) -> None:
        """Share what was learned of the limits; nothing without a call."""
        if self._calls and self._budget is not None:
            self._budgets.save_limits(self._host, self._division, self._budget)

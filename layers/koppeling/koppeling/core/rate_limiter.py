"""The limiter of the calls of one piece of work, and what it shares with the others."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from koppeling.core.clock import Now
from koppeling.core.errors import Defer
from koppeling.core.exact_rights import ExactRights
from koppeling.core.ids import Division
from koppeling.core.rate_limit import (
    COUNTED,
    COUNTING_ROUNDS,
    ERRORS_BEFORE_REST,
    CallBudget,
    Limits,
    posts_to,
)

TOO_MANY = 429
NO_RIGHTS = "exact-no-rights"


class CallBudgets(Protocol):
    """Stores the call budgets that all functions share."""

    def get(self, host: str, division: Division, *, newest: bool = False) -> CallBudget:  # pyright: ignore[reportReturnType]
        """Return the budget; an empty one for an administration that was never called.

        `newest` asks for a consistent read, before a write that builds on it.
        """

    def save_limits(self, host: str, division: Division, budget: CallBudget) -> None:
        """Write the limits, and leave the errors unchanged."""

    def save_errors(self, host: str, division: Division, budget: CallBudget) -> bool:  # pyright: ignore[reportReturnType]
        """Write the counted errors, and leave the limits unchanged.

        False when another function counted an error after this budget was read.
        """


class OutageOfOne(Protocol):
    """The outage of Exact as the work of one connection sees it."""

    def closed_until(self) -> datetime | None:
        """Return until when no call is allowed; None when one is."""

    def claim(self) -> datetime | None:
        """Take the look that is due, if any; returns until when no call is allowed."""

    def failed(self) -> None:
        """Note a call that Exact did not answer."""

    def worked(self) -> None:
        """Note a call that Exact answered."""


class RateLimiter:
    """Limits the calls of one piece of work. Only invoices may use the reserve of the day.

    Work that was refused before has fewer `errors_allowed`: it leaves the others to what is new.
    """

    def __init__(  # noqa: PLR0913 - wired once, by name, in bootstrap
        self,
        host: str,
        division: Division,
        *,
        budgets: CallBudgets,
        rights: ExactRights,
        now: Now,
        for_invoices: bool,
        errors_allowed: int = ERRORS_BEFORE_REST,
        outage: OutageOfOne | None = None,
    ) -> None:
        self._host = host
        self._division = division
        self._budgets = budgets
        self._rights = rights
        self._now = now
        self._for_invoices = for_invoices
        self._errors_allowed = errors_allowed
        self._outage = outage
        self._budget: CallBudget | None = None
        self._shared = CallBudget()
        self._calls = 0
        self._proven: set[str] = set()

    def check(self, endpoint: str) -> None:
        """Allow a call.

        Raises:
            Defer: a limit is reached, the endpoint is blocked after counted errors (R7), or Exact
                has an outage (R6).
        """
        self._stop_in_outage(None if self._outage is None else self._outage.closed_until())
        blocked = self.budget().blocked_by(
            endpoint,
            self._now(),
            for_invoices=self._for_invoices,
            errors_allowed=self._errors_allowed,
        )
        if blocked is not None:
            entity = self._rights.entity_of(endpoint)
            raise Defer(blocked.code, blocked.until, endpoint, entity=entity)

    def start(self) -> None:
        """Begin a call that was allowed and lacks nothing any more, such as a token.

        Raises:
            Defer: Exact has an outage, and another function looks just now (R6).
        """
        self._stop_in_outage(None if self._outage is None else self._outage.claim())

    def check_post(self, endpoint: str) -> None:
        """Allow a post.

        Raises:
            Defer: an hour ago or less the user lacked the right, and each attempt counts (X40).
        """
        self.check(endpoint)
        budget = self._budget or CallBudget()
        until = budget.rights_asked_again_at(endpoint, self._now())
        if until is not None:
            raise Defer(NO_RIGHTS, until, endpoint, entity=self._rights.entity_of(endpoint))

    def note_no_right(self, endpoint: str) -> None:
        """Note that the user lacks the right to post; one attempt an hour asks for it."""
        counted = self._budget or CallBudget()
        self._budget = self._count_error(counted, posts_to(endpoint), self._now())

    def budget(self) -> CallBudget:
        """Return the budget as this work knows it; it is read once."""
        if self._budget is None:
            self._budget = self._shared = self._budgets.get(self._host, self._division)
        return self._budget

    def record(self, endpoint: str, status: int, limits: Limits) -> None:
        """Update the budget from an answer; a 429 or a counted error is saved at once."""
        self._calls += 1
        now = self._now()
        before = self._budget or CallBudget()
        if status == TOO_MANY:
            self._budget = before.exhausted(limits, now)
            self.save()
            return
        self._budget = before.updated(limits, now)
        if status in COUNTED:
            self._budget = self._count_error(self._budget, endpoint, now)

    @staticmethod
    def _stop_in_outage(until: datetime | None) -> None:
        if until is not None:
            raise Defer("exact-unavailable", until, "an outage", until=until.isoformat())

    def _count_error(self, budget: CallBudget, endpoint: str, now: datetime) -> CallBudget:
        """Count an error together with those that other functions count at the same time."""
        counted = budget
        for _ in range(COUNTING_ROUNDS):
            shared = self._budgets.get(self._host, self._division, newest=True)
            counted = replace(budget.merged(shared.errors), mark=shared.mark)
            counted = counted.count_error(endpoint, now)
            if self._budgets.save_errors(self._host, self._division, counted):
                break
        return counted

    def answered(self, endpoint: str, *, writes: bool) -> None:
        """Note that Exact did what was asked, so that this user has the right to it.

        To read what others may write proves no right to write it.
        """
        self.available()
        if writes or not self._rights.is_written(endpoint):
            self._proven.add(self._rights.entity_of(endpoint))

    def available(self) -> None:
        """Note that Exact answered, whatever it said."""
        if self._outage is not None:
            self._outage.worked()

    def unavailable(self) -> None:
        """Note that Exact gave no answer, or none of its own."""
        if self._outage is not None:
            self._outage.failed()

    def proven(self) -> frozenset[str]:
        """Return the words for the records to which this work proved a right."""
        return frozenset(self._proven)

    def calls(self) -> int:
        """Return the number of calls that were answered."""
        return self._calls

    def save(self) -> None:
        """Save the limits for other functions, if any call was made that brought them news."""
        budget = self._budget
        if self._calls and budget is not None and budget.is_news_to(self._shared, self._now()):
            self._budgets.save_limits(self._host, self._division, budget)
            self._shared = budget

"""Overzicht: how the link does in one sentence, and what lies behind it."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from koppeling.core import rendering
from koppeling.core.clock import today
from koppeling.core.connection import Connection
from koppeling.core.log import Log, LogKind
from koppeling.core.ports import Problems
from koppeling.core.rate_limit import CallBudget
from koppeling.portal.charts import BarChart, DayCount, bar_chart
from koppeling.portal.logins import login_states
from koppeling.portal.moments import spoken
from koppeling.portal.months import month_name, present_month
from koppeling.portal.page import PageRequest, PortalPage
from koppeling.portal.round_counts import last_logged
from koppeling.portal.state import invoices_for_people, state_of
from koppeling.portal.totals import by_standing, tally
from koppeling.portal.waiting import waiting_for_people
from koppeling.pull.forecast import stretched_minutes
from koppeling.pull.rounds import RoundTimes
from koppeling.push.invoice_row import InvoiceList, InvoiceRow, Standing
from koppeling.push.journal import Period

# Of the calls a month is shown; more days say nothing more
DAYS_OF_CALLS = 30
# Lines of the log that are read for the last rounds: a few of every entity
LINES_OF_ROUNDS = 25
_HELD = {Standing.WAITING, Standing.UNCERTAIN}


class RoundsOfConnection(Protocol):
    """When the entities of a connection have their rounds."""

    def of(
        self,
        connection: Connection,
        *,
        stretched_minutes: int = 0,
        logged: Mapping[str, datetime] | None = None,
    ) -> Mapping[str, RoundTimes]:
        """Return the last and the next round of each entity, in the order of a first load.

        Calls that run out stretch the interval to so many minutes (R34). A round that is `logged`
        may have been asked for by a person, at night too.
        """


@dataclass(frozen=True, slots=True)
class CallUse:
    """The calls to Exact of an administration: by day, and how many a day has at most.

    `stretched_minutes` is how far apart ticks are for these calls to last; 0 as scheduled.
    """

    by_day: Mapping[date, int]
    limit: int | None = None
    stretched_minutes: int = 0


def calls_of(budget: CallBudget, now: datetime) -> CallUse:
    """Return what a budget knows of the last days; one read of it holds them all."""
    return CallUse(budget.used_by_day(now), budget.day_limit, stretched_minutes(budget, now))


class CallsOfConnection(Protocol):
    """How many calls the administration of a connection took."""

    def __call__(self, connection: Connection, /) -> CallUse:
        """Return the calls of the last days."""


@dataclass(frozen=True, slots=True)
class RoundLine:
    """The rounds of one entity as a page says them."""

    entity: str
    state: str
    last: str
    next: str


@dataclass(frozen=True, slots=True)
class OverviewScreen:
    """Shows one connection. Nothing is asked of Exact or QicsMilestones."""

    problems: Problems
    rounds: RoundsOfConnection
    invoices: InvoiceList
    calls: CallsOfConnection
    log: Log

    def show(self, request: PageRequest) -> PortalPage:
        """Return the page."""
        connection, now = request.connection, request.now
        problems = list(self.problems.opened(connection.id))
        use = self.calls(connection)
        lines = self.log.page(connection.id, kind=LogKind.ROUND, limit=LINES_OF_ROUNDS).entries
        rounds = self.rounds.of(
            connection, stretched_minutes=use.stretched_minutes, logged=last_logged(lines)
        )
        state = state_of(connection, problems, rounds, now)
        period = present_month(now)
        rows = self.invoices.of_month(connection.id, period)
        values = {
            "state": state,
            "last": spoken(state.last, now, request.language),
            "next": spoken(state.next, now, request.language),
            "logins": login_states(connection, problems),
            "rounds": round_lines(rounds, now, request.language),
            "month": month_name(period, request.language),
            "period": str(period),
            "all": tally(rows),
            "standings": by_standing(rows),
            "elsewhere": len(invoices_for_people(problems, now) - {row.number for row in rows}),
            "per_day": invoices_per_day(rows, period, today(now)),
            "calls": calls_per_day(use, today(now)),
            "calls_today": use.by_day.get(today(now)),
        }
        count = waiting_for_people(problems, now)
        return PortalPage("overview", values, waiting_count=count)


def round_lines(rounds: Mapping[str, RoundTimes], now: datetime, language: str) -> list[RoundLine]:
    """Return the rounds of every entity, in words."""
    return [
        RoundLine(
            entity, each.state, _last_said(each, now, language), spoken(each.next, now, language)
        )
        for entity, each in rounds.items()
    ]


def _last_said(rounds: RoundTimes, now: datetime, language: str) -> str:
    """Return the moment of the last round, or its day when no more is known."""
    if rounds.last is None and rounds.last_on is not None:
        return rendering.moment(rounds.last_on.isoformat(), language)
    return spoken(rounds.last, now, language)


def invoices_per_day(rows: Iterable[InvoiceRow], period: Period, until: date) -> BarChart:
    """Return the invoices of a month by their date, up to today."""
    counts: dict[date, list[InvoiceRow]] = {}
    for row in rows:
        if row.invoice_date is not None:
            counts.setdefault(row.invoice_date, []).append(row)
    last = max([until, *(day for day in counts if period.holds(day))])
    days = (period.first + timedelta(days=each) for each in range((last - period.first).days + 1))
    return bar_chart(
        DayCount(
            day,
            len(counts.get(day, [])),
            sum(row.standing in _HELD for row in counts.get(day, [])),
        )
        for day in days
    )


def calls_per_day(use: CallUse, until: date) -> BarChart:
    """Return the calls of the last days against their limit."""
    first = until - timedelta(days=DAYS_OF_CALLS - 1)
    days = (first + timedelta(days=each) for each in range(DAYS_OF_CALLS))
    return bar_chart((DayCount(day, use.by_day.get(day, 0)) for day in days), use.limit or 0)

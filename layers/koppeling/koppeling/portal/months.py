"""Months on the pages: the one that is asked for, those around it, and their names."""

from datetime import datetime, timedelta

from koppeling.core import rendering
from koppeling.core.clock import today
from koppeling.portal.page import PageRequest
from koppeling.push.journal import Period

MONTHS_BACK = 24
"""How many months one can choose from; earlier ones are found by the link to the month before."""


def asked_month(request: PageRequest) -> Period:
    """Return the month or period in the address; what is no month is the present one."""
    try:
        return Period.parse(request.query.get("month") or request.query.get("period", ""))
    except ValueError:
        return present_month(request.now)


def present_month(now: datetime) -> Period:
    """Return the month in which it is now in the Netherlands."""
    day = today(now)
    return Period(day.year, day.month)


def month_before(period: Period) -> Period:
    """Return the month before."""
    last = period.first - timedelta(days=1)
    return Period(last.year, last.month)


def month_after(period: Period, now: datetime) -> Period | None:
    """Return the month after; None beyond the next one, in which no invoice can be dated yet."""
    after = Period(period.after.year, period.after.month)
    present = present_month(now)
    return after if after.first <= present.after else None


def months_to_choose(asked: Period, now: datetime) -> list[Period]:
    """Return the months that one can choose from, latest first."""
    present = present_month(now)
    found = [Period(present.after.year, present.after.month), present]
    while len(found) < MONTHS_BACK:
        found.append(month_before(found[-1]))
    return sorted({*found, asked}, key=lambda each: each.first, reverse=True)


def month_name(period: Period, language: str) -> str:
    """Return a month as people write it: november 2026."""
    names = rendering.load("portal/layout", language)["months"]
    return f"{names[str(period.month)]} {period.year}"

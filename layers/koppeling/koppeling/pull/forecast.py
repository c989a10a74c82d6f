"""How many calls a day will take at the present pace, so that pulls slow down before they run out.

Pulls may take the part of a day that is not kept for invoices. A company with many changes would
take that by noon, and then nothing came in until midnight. So once the forecast passes that part
the ticks of a quarter become ticks of half an hour, and of an hour where that is not enough (R34).
"""

from datetime import datetime

from koppeling.core.clock import AMSTERDAM
from koppeling.core.rate_limit import RESERVE, CallBudget
from koppeling.pull.schedule import CLOSES_AT, OPENS_AT

# A forecast from less than this would take a first load for the pace of the day
LEAST_HOURS = 2.0
HALF_HOUR, HOUR = 30, 60


def stretched_minutes(budget: CallBudget, now: datetime) -> int:
    """Return the least number of minutes between two ticks; 0 when nothing is to be stretched."""
    limit, remaining, ends_at = budget.day_limit, budget.day_remaining, budget.day_resets_at
    if limit is None or remaining is None or ends_at is None or now >= ends_at:
        return 0
    local = now.astimezone(AMSTERDAM)
    passed = max(LEAST_HOURS, local.hour + local.minute / 60 - OPENS_AT)
    left = max(0.0, CLOSES_AT - OPENS_AT - passed)
    used, share = limit - remaining, limit * (1 - RESERVE)
    coming = used / passed * left
    if used + coming <= share:
        return 0
    return HALF_HOUR if used + coming / 2 <= share else HOUR

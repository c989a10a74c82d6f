"""Moments as people say them: today only the time, around it a word, else the day as well."""

from datetime import datetime, timedelta

from koppeling.core import rendering
from koppeling.core.clock import AMSTERDAM, today


def spoken(at: datetime | None, now: datetime, language: str) -> str:
    """Return a moment on the Dutch clock; empty for none."""
    if at is None:
        return ""
    day, present = today(at), today(now)
    clock = at.astimezone(AMSTERDAM).strftime("%H:%M")
    texts = rendering.load("portal/layout", language)["moments"]
    around = {
        present: "today",
        present - timedelta(days=1): "yesterday",
        present + timedelta(days=1): "tomorrow",
    }
    said = {"clock": clock, "day": rendering.moment(day.isoformat(), language)}
    text: str = texts[around.get(day, "other")]
    return text.format(**said)

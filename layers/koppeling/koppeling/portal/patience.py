"""A page that waits for what was asked for: it looks again by itself, at most a minute."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from koppeling.portal.page import PageRequest, PortalPage

REFRESH_SECONDS = 3
PATIENCE = timedelta(seconds=60)
# Two presses within it ask for one comparison, of which each takes calls of the customer
ONE_PRESS = timedelta(seconds=5)


def asked_at(now: datetime) -> str:
    """Return the moment of a press for the address; an answer to the press before counts too."""
    return str(int((now - ONE_PRESS).timestamp()))


def asked_moment(request: PageRequest) -> datetime | None:
    """Return when something was asked for of which the page waits; None when it does not wait."""
    text = request.query.get("asked", "")
    if not (text.isascii() and text.isdigit() and len(text) <= len("9999999999")):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def patience_of(since: datetime | None, now: datetime) -> Mapping[str, Any]:
    """Return whether a page waits for what was asked for, and whether that takes too long."""
    if since is None:
        return {"waits": False, "waits_long": False}
    # The moment stands in the address: one that is still to come would be waited for without end
    is_long = abs(now - since) > PATIENCE
    return {"waits": not is_long, "waits_long": is_long}


def waiting_page(
    screen: str, values: Mapping[str, Any], heading: Mapping[str, str] | None = None
) -> PortalPage:
    """Return a page that is asked for again as long as its values say that it waits."""
    refresh = REFRESH_SECONDS if values["waits"] else 0
    return PortalPage(screen, values, heading=heading or {}, refresh_seconds=refresh)

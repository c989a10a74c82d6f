"""R6: during an outage the limiter puts every call off, and says until when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from koppeling.core.errors import Defer
from koppeling.core.exact_rights import ExactRights
from koppeling.core.rate_limiter import RateLimiter
from tests.unit.core.test_rate_limiter import DIVISION, ENDPOINT, HOST, NOW, FakeBudgets


@dataclass(frozen=True, slots=True)
class Closed:
    """An outage that lasts until a moment."""

    until: datetime

    def closed_until(self) -> datetime | None:
        """Allow no call."""
        return self.until

    def claim(self) -> datetime | None:
        """Allow no look."""
        return self.until

    def failed(self) -> None:
        """Note nothing."""

    def worked(self) -> None:
        """Note nothing."""


@pytest.mark.parametrize("call", [lambda each: each.check(ENDPOINT), lambda each: each.start()])
def test_in_an_outage_a_call_is_put_off_and_says_until_when(
    call: Callable[[RateLimiter], None],
) -> None:
    until = NOW + timedelta(seconds=30)
    limiter = RateLimiter(
        HOST,
        DIVISION,
        budgets=FakeBudgets(),
        rights=ExactRights(()),
        now=lambda: NOW,
        for_invoices=True,
        outage=Closed(until),
    )

    with pytest.raises(Defer) as put_off:
        call(limiter)

    assert (put_off.value.code, put_off.value.until) == ("exact-unavailable", until)
    assert put_off.value.values == {"until": until.isoformat()}

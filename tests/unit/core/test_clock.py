"""Time as the link asks for it."""

import time
from datetime import UTC

from koppeling.core.clock import now, pause


def test_a_pause_lasts_at_least_as_long_as_asked() -> None:
    began = time.monotonic()

    pause(0.01)

    assert time.monotonic() - began >= 0.01


def test_now_is_a_moment_in_utc() -> None:
    assert now().tzinfo is UTC

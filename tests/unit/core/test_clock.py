"""Time as the link asks for it."""

import time

from koppeling.core.clock import pause


def test_a_pause_lasts_at_least_as_long_as_asked() -> None:
    began = time.monotonic()

    pause(0.01)

    assert time.monotonic() - began >= 0.01

"""What every test stands on: the same examples each time, and one call to AWS at a time."""

from threading import RLock
from typing import Any

from hypothesis import HealthCheck, settings
from moto.core.botocore_stubber import BotocoreStubber

# No test is timed: on a loaded machine examples are drawn slowly, and that is no failure
settings.register_profile(
    "koppeling",
    deadline=None,
    derandomize=True,
    max_examples=100,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("koppeling")

_answer = BotocoreStubber.process_request
_one_call = RLock()


def _one_at_a_time(stubber: BotocoreStubber, request: Any) -> Any:  # noqa: ANN401 - moto's own
    """Answer a call; moto keeps its tables in dictionaries that no second thread may change."""
    with _one_call:
        return _answer(stubber, request)


setattr(BotocoreStubber, "process_request", _one_at_a_time)  # noqa: B010 - there is no hook for it

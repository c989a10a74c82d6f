"""What every test stands on: the same examples each time, and one call to AWS at a time."""

from collections.abc import Iterator
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any

import botocore.session
import moto.kms.models
import pytest
from hypothesis import HealthCheck, settings
from moto.core.botocore_stubber import BotocoreStubber
from moto.kms.utils import generate_private_key

if TYPE_CHECKING:
    from tools.stack.deployed import Stack

# They repeat the same lines thousands of times, or never run the package: measuring what they cover
# would double their time, and show nothing
UNMEASURED = (
    "tests/contract/",
    "tests/integration/machines/",
    "tests/integration/test_pull_crashes.py",
    "tests/integration/test_entity_crashes.py",
)

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave tests out of what is measured, and none out of what is run."""
    for item in items:
        if item.nodeid.startswith(UNMEASURED):
            item.add_marker("no_cover")


_answer = BotocoreStubber.process_request
_one_call = RLock()


def _one_at_a_time(stubber: BotocoreStubber, request: Any) -> Any:  # noqa: ANN401 - moto's own
    """Answer a call; moto keeps its tables in dictionaries that no second thread may change."""
    with _one_call:
        return _answer(stubber, request)


setattr(BotocoreStubber, "process_request", _one_at_a_time)  # noqa: B010 - there is no hook for it

# Each model of a table makes a session of its own, and each of those would read botocore's
# descriptions of services anew: a tenth of a second for every client
setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))  # noqa: B010 - likewise

# moto makes an RSA key beside every key of KMS, also beside those that never use one
setattr(moto.kms.models, "generate_private_key", cache(generate_private_key))  # noqa: B010 - likewise


@pytest.fixture(scope="session")
def stack() -> Iterator["Stack"]:
    """Deploy the template once for a run of tests, apart from the stack of `make up`."""
    from tools.paths import STATE  # noqa: PLC0415 - most tests need no stack
    from tools.stack.stack import local_stack  # noqa: PLC0415 - likewise

    with local_stack(STATE / "test", accounts=1000) as deployed:
        yield deployed

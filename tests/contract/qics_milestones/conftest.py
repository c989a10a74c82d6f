"""A sandbox whose clock stands still, and a caller for it."""

from datetime import UTC, datetime

import pytest

from tests.contract.qics_milestones.caller import Caller
from tests.sandbox.common.clock import Clock
from tests.sandbox.qics_milestones import MilestonesSandbox


@pytest.fixture
def sandbox() -> MilestonesSandbox:
    """Return a fresh tenant on a Monday morning."""
    return MilestonesSandbox(clock=Clock(datetime(2026, 11, 2, 8, 0, tzinfo=UTC)), seed=1)


@pytest.fixture
def caller(sandbox: MilestonesSandbox) -> Caller:
    """Return a caller that the customer has authorised."""
    return Caller(sandbox)

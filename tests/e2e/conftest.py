"""The company that works on the stack which all tests of a run share."""

from collections.abc import Iterator

import pytest

from tests.e2e.job import Job, connected
from tools.stack.deployed import Stack


@pytest.fixture(scope="module")
def job(stack: Stack) -> Iterator[Job]:
    """Have the invented company connected and its customers in, anew for each module."""
    with connected(stack) as job:
        yield job

"""The stack that all end-to-end tests of a run share, and the company that works on it."""

from collections.abc import Iterator

import pytest

from tests.e2e.job import Job, connected
from tools.paths import STATE
from tools.stack.deployed import Stack
from tools.stack.stack import local_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Deploy the template on a stack of its own, apart from the one of `make up`."""
    with local_stack(STATE / "test", accounts=1000) as deployed:
        yield deployed


@pytest.fixture(scope="module")
def job(stack: Stack) -> Iterator[Job]:
    """Have the invented company connected and its customers in, anew for each module."""
    with connected(stack) as job:
        yield job

"""P10: what a page costs, in calls of functions, since those are the same on a busy machine."""

import sys
from types import FrameType

from tools.bench.mapping import page_of_accounts, take_over

ACCOUNTS = 100


def calls_of(page: bytes) -> int:
    """Return how many functions of Python are called to parse, map and hash a page."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        take_over(page)
    finally:
        sys.setprofile(before)
    return calls


def test_an_account_is_parsed_mapped_and_hashed_in_few_calls() -> None:
    page = page_of_accounts(ACCOUNTS)
    take_over(page)

    assert calls_of(page) / ACCOUNTS <= 120

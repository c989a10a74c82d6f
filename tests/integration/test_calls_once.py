"""R3: one call for each delivery. What fails is repeated by the queue or the next tick alone."""

import pytest

from tests.environment import environment
from tests.sandbox.common.faults import Fault
from tests.sandbox.invoices import build_invoice

ACCOUNTS, ENTRIES = "sync/CRM/Accounts", "salesentry/SalesEntries"
MANY = 1000


@pytest.mark.parametrize("kind", ["503", "500", "408", "no-answer"])
def test_an_outage_of_exact_sees_one_call_for_each_tick(kind: str) -> None:  # R3
    with environment(accounts=4) as h:
        h.exact.faults.arm(Fault(kind, endpoint=ACCOUNTS, times=MANY))

        for _ in range(3):
            assert h.next_tick().outcome != "done"

        assert h.calls(ACCOUNTS) == 3


@pytest.mark.parametrize("kind", ["503", "500", "no-answer"])
def test_a_post_without_a_good_answer_is_made_once_for_a_delivery(kind: str) -> None:  # R3
    with environment(accounts=10) as h:
        h.pull_all()
        h.exact.faults.arm(Fault(kind, endpoint=ENTRIES, method="POST", times=MANY))
        h.exact.journal.clear()

        h.offer(build_invoice("20260001"))

        posts = h.exact.journal.calls(lambda call: call.method == "POST")
        assert [call.endpoint for call in posts] == [ENTRIES]

"""A missing right to post is trouble of the connection: its invoices wait, at little cost."""

import pytest

from koppeling.push.outbox import State
from tests.environment import environment
from tests.sandbox.common.faults import Fault
from tests.sandbox.invoices import build_invoice

ENTRIES = "salesentry/SalesEntries"
NUMBERS = [str(number) for number in range(20260701, 20260705)]


@pytest.mark.parametrize("words", [{"text": "Forbidden"}, {}], ids=["in words", "bare"])
def test_four_invoices_without_the_right_try_once_an_hour_and_are_booked_once_it_is_given(
    words: dict[str, object],
) -> None:
    with environment(accounts=10) as home:
        home.pull()
        home.exact.journal.clear()
        forbidden = Fault(
            "other-answer", ENTRIES, "POST", times=10**6, options={"status": 403, **words}
        )
        home.exact.faults.arm(forbidden)
        files = [build_invoice(number, debtor_code="1071", with_pdf=False) for number in NUMBERS]
        for each in files:
            home.offer(each)
        for _ in range(16):
            home.clock.advance(900)
            for each in files:
                home.deliver(each.json_key)

        posts = home.exact.journal.calls(lambda call: call.method == "POST")
        posts = [call for call in posts if call.endpoint == ENTRIES]
        assert 4 <= len(posts) <= 6
        found = {problem.code for problem in home.problems()}
        assert "exact-no-rights" in found
        assert "exact-error-budget" not in found

        home.exact.faults.disarm()
        for _ in range(12):
            home.clock.advance(900)
            for each in files:
                home.deliver(each.json_key)

        outbox = home.wiring.stores.outbox
        states = {number: outbox.get(home.connection.id, number) for number in NUMBERS}
        assert {item.state for item in states.values() if item} == {State.DONE}
        assert len(home.exact.world.tables["SalesEntries"]) == len(NUMBERS)
        assert {problem.code for problem in home.problems()} & {"exact-no-rights"} == set()

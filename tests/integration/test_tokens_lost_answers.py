"""Token calls that go wrong: one more try at the most, then a person has to log in (X21, R28)."""

import pytest
import requests

from koppeling.auth.oauth import EXACT
from koppeling.auth.token_pair import TokenKey, TokenState
from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration.levers import assert_all_is_well, catch_up, change_some
from tests.sandbox.common.faults import Fault

TOKEN = "oauth2/token"


def token_calls(built: Environment) -> int:
    """Return how many token calls Exact saw."""
    return len(built.exact.journal.calls(lambda call: call.endpoint == TOKEN))


def token_state(built: Environment) -> TokenState:
    """Return what is known of the chain of Exact."""
    own = built.connection
    pair = built.wiring.stores.tokens.get(TokenKey(EXACT.name, own.exact_user, own.exact_host))
    assert pair is not None
    return pair.state


@pytest.mark.parametrize("kind", ["token-answer-lost", "token-empty"])
def test_an_answer_that_is_lost_is_asked_for_once_more_and_then_a_login(kind: str) -> None:
    with environment(accounts=4) as h:
        h.pull()
        h.exact.faults.arm(Fault(kind))

        assert h.next_tick().outcome == "exact-unavailable"
        assert token_state(h) is TokenState.UNCERTAIN
        assert h.next_tick().outcome == "exact-reconnect-needed"
        assert token_state(h) is TokenState.RECONNECT
        assert token_calls(h) == 2

        for _ in range(5):
            assert h.next_tick().outcome == "exact-reconnect-needed"
        assert token_calls(h) == 2
        assert truth.troubles(h) == {"exact-reconnect-needed"}


def test_two_lost_answers_in_a_row_end_the_chain_and_not_a_third_call() -> None:
    with environment(accounts=4) as h:
        h.exact.faults.arm(Fault("no-answer", endpoint=TOKEN, times=9))

        outcomes = [h.next_tick().outcome for _ in range(4)]

        assert outcomes == ["exact-unavailable"] + ["exact-reconnect-needed"] * 3
        assert token_calls(h) == 2


def test_a_token_call_that_never_arrived_works_the_second_time() -> None:
    with environment(accounts=4) as h:
        h.exact.faults.arm(Fault("no-answer", endpoint=TOKEN))

        assert h.next_tick().outcome == "exact-unavailable"
        catch_up(h)

        assert token_state(h) is TokenState.ACTIVE
        assert_all_is_well(h)


def test_a_gateway_that_fails_for_hours_ends_no_chain() -> None:  # X28
    with environment(accounts=4) as h:
        h.exact.faults.arm(Fault("token-gateway", times=12))

        assert {h.next_tick().outcome for _ in range(12)} == {"exact-unavailable"}
        assert token_state(h) is TokenState.ACTIVE

        catch_up(h)
        assert_all_is_well(h)


def test_a_day_of_too_many_token_calls_ends_no_chain() -> None:  # X19
    with environment(accounts=4) as h:
        h.pull()
        day = (h.connection.exact_user, h.clock.now().date().isoformat())
        h.exact.authority._calls[day] = 200  # noqa: SLF001 - what two hundred calls would leave

        assert {h.next_tick().outcome for _ in range(4)} == {"exact-unavailable"}
        assert token_state(h) is TokenState.ACTIVE

        h.next_tick(hours=24)
        catch_up(h)
        assert_all_is_well(h)


def test_after_a_new_login_work_goes_on_and_the_problem_closes_by_itself() -> None:
    with environment(accounts=4) as h:
        h.pull()
        h.exact.authority.revoke(h.connection.exact_user)
        h.next_tick()
        change_some(h)
        h.next_tick()
        assert truth.troubles(h) == {"exact-reconnect-needed"}

        h.log_in(EXACT)
        catch_up(h)

        assert_all_is_well(h)


def test_a_process_that_still_holds_the_old_chain_goes_over_to_the_new_one() -> None:  # X18
    with environment(accounts=4) as h:
        h.pull()
        h.log_in(EXACT)
        h.exact.journal.clear()

        assert h.pull().outcome == "done"

        statuses = [call.status for call in h.exact.journal.calls()]
        assert statuses == [401, 200, 200, 200]


def test_a_token_that_is_refused_half_way_is_refreshed_once_and_the_call_repeated() -> None:  # X22
    with environment(accounts=4) as h:
        h.clock.advance(575)
        h.exact.faults.arm(Fault("object-moved", endpoint="sync/CRM/Addresses"))

        assert h.pull().outcome == "done"

        asked = [call.endpoint for call in h.exact.journal.calls()]
        assert asked == [
            "system/Divisions",
            "sync/CRM/Contacts",
            "sync/CRM/Addresses",
            TOKEN,
            "sync/CRM/Addresses",
            "sync/CRM/Accounts",
        ]
        assert_all_is_well(h)


def test_a_second_refusal_stops_the_run_and_is_not_asked_a_third_time() -> None:  # X22
    with environment(accounts=4) as h:
        h.clock.advance(575)
        h.exact.faults.arm(Fault("object-moved", endpoint="sync/CRM/Addresses", times=2))

        assert h.pull().outcome == "exact-reconnect-needed"

        assert h.calls("sync/CRM/Addresses") == 2
        catch_up(h)
        assert_all_is_well(h)


def test_a_token_refused_before_it_may_be_refreshed_waits_and_costs_no_error() -> None:  # X14
    with environment(accounts=4) as h:
        h.exact.faults.arm(Fault("object-moved", endpoint="sync/CRM/Contacts"))

        assert h.pull().outcome == "token-busy"

        assert token_calls(h) == 0
        assert truth.troubles(h) == set()
        assert len(h.waiting(h.settings.pull_queue_url)) == 1
        catch_up(h)
        assert_all_is_well(h)


def test_an_app_that_is_set_up_wrongly_is_our_own_alarm_and_no_login() -> None:  # X25
    with environment(accounts=4) as h:
        h.exact.authority.app = type(h.exact.authority.app)(client_secret="een ander geheim")

        assert h.next_tick().outcome == "exact-app-misconfigured"

        assert token_state(h) is TokenState.ACTIVE
        assert truth.troubles(h) == {"exact-app-misconfigured"}
        assert requests.codes["unauthorized"] not in {c.status for c in h.exact.journal.calls()}

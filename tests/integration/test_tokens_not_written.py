"""R29: a new token pair that the table refuses is written later, by whoever can, and never lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from koppeling.auth.oauth import EXACT
from koppeling.auth.token_pair import TokenKey, TokenPair, TokenState
from koppeling.core.clock import Deadline
from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration.browser import Browser
from tests.integration.levers import assert_all_is_well, catch_up
from tests.integration.test_connect import link
from tests.sandbox.dynamodb import standing
from tests.sandbox.dynamodb.service import nothing_is_refused

TOKEN = "oauth2/token"


@contextmanager
def due() -> Iterator[Environment]:
    """Build an environment whose token is due for a refresh."""
    with environment(accounts=4) as h:
        h.pull()
        h.clock.advance(900)
        h.exact.journal.clear()
        yield h


def stored(h: Environment) -> TokenPair:
    """Return the stored pair of Exact."""
    own = h.connection
    pair = h.wiring.stores.tokens.get(TokenKey(EXACT.name, own.exact_user, own.exact_host))
    assert pair is not None
    return pair


def give_time(h: Environment, seconds: float) -> None:
    """Let an invocation begin that has so much time."""
    ends_at = h.clock.now() + timedelta(seconds=seconds)
    left: Callable[[], int] = lambda: int((ends_at - h.clock.now()).total_seconds() * 1000)  # noqa: E731
    h.wiring.clients.deadline = Deadline(left)


def refuse_saving(h: Environment, until: datetime | None = None, times: int = 10**6) -> list[str]:
    """Refuse writes to the table of tokens once Exact has answered; returns which were refused."""
    refused: list[str] = []

    def is_refused(call: str, table: str) -> bool:
        answered = h.exact.journal.calls(lambda one: one.endpoint == TOKEN)
        over = len(refused) >= times or (until is not None and h.clock.now() >= until)
        if (call, table) != ("UpdateItem", "tokens") or not answered or over:
            return False
        refused.append(call)
        return True

    standing().is_refused = is_refused
    return refused


def handed_on_by_a_pull(h: Environment) -> str:
    """Return the message of a pull whose new pair the table refuses until its time is up."""
    give_time(h, 60)
    refuse_saving(h)
    h.pull()
    (message,) = h.taken_pairs()
    return message


def token_calls(h: Environment) -> list[int]:
    """Return the statuses of the token calls."""
    return [call.status for call in h.exact.journal.calls(lambda one: one.endpoint == TOKEN)]


def test_one_refused_write_after_a_refresh_ends_no_login() -> None:
    with due() as h:
        refused = refuse_saving(h, times=3)  # one write with the repetitions of its client

        assert h.pull().outcome == "done"

        assert refused
        assert token_calls(h) == [200]
        h.next_tick()
        assert_all_is_well(h)


def test_a_table_that_refuses_for_a_minute_costs_a_minute_and_no_login() -> None:
    with due() as h:
        give_time(h, 120)
        refuse_saving(h, until=h.clock.now() + timedelta(minutes=1))

        assert h.pull().outcome == "done"

        assert h.taken_pairs() == []
        assert token_calls(h) == [200]
        assert_all_is_well(h)


def test_what_cannot_be_written_in_time_is_handed_on_and_written_by_the_watch() -> None:
    with due() as h:
        before = stored(h)
        give_time(h, 60)
        refuse_saving(h)

        assert h.pull().outcome == "token-busy"
        (message,) = h.taken_pairs()
        assert stored(h) == replace(before, fencing=before.fencing + 1)

        standing().is_refused = nothing_is_refused
        other = h.another()
        assert other.clients.tokens.receive(message).outcome == "written"

        assert stored(h).generation == before.generation + 1
        catch_up(h)
        assert {*token_calls(h)} == {200}
        assert_all_is_well(h)


def test_the_message_shows_no_token() -> None:
    with due() as h:
        message = handed_on_by_a_pull(h)
        standing().is_refused = nothing_is_refused
        h.another().clients.tokens.receive(message)

        pair = stored(h)
        assert pair.access_token not in message
        assert pair.refresh_token not in message


def test_the_watch_hands_on_again_what_it_cannot_write_either() -> None:
    with due() as h:
        first = handed_on_by_a_pull(h)
        give_time(h, 900)

        assert h.wiring.clients.tokens.receive(first).outcome == "handed-on"

        (second,) = h.taken_pairs()
        standing().is_refused = nothing_is_refused
        assert h.wiring.clients.tokens.receive(second).outcome == "written"
        catch_up(h)
        assert_all_is_well(h)


def test_a_pair_that_comes_twice_is_written_once_and_a_later_one_stays() -> None:
    with due() as h:
        message = handed_on_by_a_pull(h)
        standing().is_refused = nothing_is_refused
        receive = h.another().clients.tokens.receive
        receive(message)
        catch_up(h)
        newest = stored(h)

        assert receive(message).outcome == "overtaken"

        assert stored(h) == newest


def test_a_process_that_met_the_spent_token_meanwhile_does_not_end_the_chain() -> None:
    with due() as h:
        message = handed_on_by_a_pull(h)
        standing().is_refused = nothing_is_refused
        h.clock.advance(60)
        assert h.pull().outcome == "exact-reconnect-needed"

        assert h.another().clients.tokens.receive(message).outcome == "written"

        assert stored(h).state is TokenState.ACTIVE
        catch_up(h)
        assert truth.troubles(h) == set()


def test_a_pair_whose_refresh_token_cannot_live_any_more_is_dropped() -> None:
    with due() as h:
        message = handed_on_by_a_pull(h)
        standing().is_refused = nothing_is_refused
        h.clock.advance(timedelta(days=30).total_seconds())

        assert h.another().clients.tokens.receive(message).outcome == "too-old"


@pytest.mark.parametrize("patient", [True, False])
def test_a_login_in_the_browser_is_not_lost_either(*, patient: bool) -> None:
    with due() as h:
        h.exact.authority.revoke(h.connection.exact_user)
        give_time(h, 90)
        refuse_saving(h, until=h.clock.now() + timedelta(seconds=20) if patient else None)
        browser = Browser(h)
        browser.open(link(h, "exact"))
        browser.press()
        browser.log_in()

        assert browser.title == "Exact Online is verbonden"

        standing().is_refused = nothing_is_refused
        for message in h.taken_pairs():
            assert h.another().clients.tokens.receive(message).outcome == "written"
        catch_up(h)
        assert_all_is_well(h)

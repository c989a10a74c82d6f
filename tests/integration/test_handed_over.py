"""Pairs of tokens and news for people come by one queue: each is taken for what it is, and once."""

import json
from collections.abc import Callable

import pytest
from pynamodb.exceptions import UpdateError

from tests.environment import MARIT, Environment, environment
from tests.integration.levers import catch_up
from tests.integration.test_tokens_not_written import due, handed_on_by_a_pull, token_calls
from tests.integration.test_tokens_watched import GONE
from tests.sandbox.dynamodb import standing
from tests.sandbox.dynamodb.service import nothing_is_refused


def read_for_the_first_time(h: Environment) -> None:
    """Read every entity to its end."""
    h.pull_all()


def lose_a_login(h: Environment) -> None:
    """Let Exact refuse the login at the next tick."""
    h.exact.authority.revoke(h.connection.exact_user)
    assert h.next_tick().outcome == GONE


type Happening = Callable[[Environment], None]
each_news = pytest.mark.parametrize("happen", [read_for_the_first_time, lose_a_login])


def news(h: Environment) -> str:
    """Return the newest message of the queue: what has happened last is to be told."""
    return json.dumps(h.waiting(h.settings.token_queue_url)[-1])


def deliver(h: Environment, body: str) -> list[str]:
    """Let a process of the watch handle a message; returns the outcomes."""
    return [summary.outcome for summary in h.wiring.watch_message(body)]


def test_a_pair_among_news_is_written_and_the_news_is_mailed() -> None:
    with due() as h:
        h.pull_all()
        h.clock.advance(900)
        h.exact.journal.clear()
        pair = handed_on_by_a_pull(h)
        standing().is_refused = nothing_is_refused

        assert [each.outcome for each in h.another().watch_message(pair)] == ["written"]

        assert [(mail.kind, mail.to) for mail in h.mails()] == [("first-load", MARIT.mail)]
        catch_up(h)
        assert {*token_calls(h)} == {200}


@each_news
def test_news_that_comes_twice_is_mailed_once(happen: Happening) -> None:
    with environment(accounts=3) as h:
        happen(h)
        body = news(h)

        assert deliver(h, body) + deliver(h, body) == ["looked", "looked"]

        assert len(h.mails()) == 1


@each_news
def test_news_that_cannot_be_noted_stays_in_the_queue_and_is_mailed_when_it_can(
    happen: Happening,
) -> None:
    with environment(accounts=3) as h:
        happen(h)
        body = news(h)
        standing().is_refused = lambda call, table: (call, table) == ("UpdateItem", "sync")
        for _ in range(2):  # after the last time it is a dead letter, which rings an alarm
            with pytest.raises(UpdateError):
                deliver(h, body)
        assert h.mailbox.mails == []

        standing().is_refused = nothing_is_refused
        assert deliver(h, body) == ["looked"]
        assert len(h.mails()) == 1

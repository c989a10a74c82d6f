"""R29: a pair that cannot be asked for again is written with patience, or handed on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling.auth.patient_tokens import HAND_ON_SECONDS, LAST_SECONDS, MOST_TRIES, HandedOn
from koppeling.auth.ports import HandOver, Overtaken
from koppeling.auth.token_pair import ChainFacts, TokenState
from koppeling.core.summary import Summary
from tests.unit.auth.fakes import KEY, NOON
from tests.unit.auth.patient_world import PAIR, RefusedError, Relay, World

DAYS = timedelta(days=1)


def test_a_write_that_works_waits_for_nothing_and_says_nothing() -> None:
    world = World()
    world.tokens().save(PAIR)
    assert world.table.written == [("save", PAIR)]
    assert (world.pauses, world.told, world.relay.sent) == ([], [], [])


def test_the_pauses_grow_to_two_seconds_and_no_further() -> None:  # R4
    world = World()
    world.refuses_for(10)
    world.tokens().save(PAIR)
    assert [round(seconds, 1) for seconds in world.pauses[:6]] == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0]
    assert max(world.pauses) == 2.0
    assert world.table.written == [("save", PAIR)]
    assert world.outcomes == ["not-written"]


def test_it_is_handed_on_only_when_the_time_is_nearly_up() -> None:
    world = World()
    world.refuses_for(1000)
    with pytest.raises(HandedOn) as handed_on:
        world.tokens().save(PAIR)
    assert world.relay.sent == [{"sealed": "refresh-1", "hand_over": "refresh"}]
    left = world.seconds - (world.clock.now() - NOON).total_seconds()
    assert HAND_ON_SECONDS - 2.0 <= left < HAND_ON_SECONDS
    assert handed_on.value.code == "token-busy"
    assert handed_on.value.until == world.clock.now() + timedelta(minutes=1)
    assert handed_on.value.detail == "the pair was handed on"
    assert world.told == [
        Summary("tokens", "not-written", detail="exact RefusedError"),
        Summary("tokens", "handed-on", detail="exact RefusedError"),
    ]


def test_a_login_that_is_handed_on_is_a_login_that_worked() -> None:
    world = World()
    world.refuses_for(1000)
    world.tokens().connect(PAIR)
    assert world.relay.sent == [{"sealed": "refresh-1", "hand_over": "login"}]


def test_a_lease_that_is_only_given_back_is_not_waited_for() -> None:
    world = World()
    tokens = world.tokens()
    assert tokens.lease(KEY, NOON, timedelta(seconds=45)) == PAIR
    world.refuses_for(1000)
    with pytest.raises(RefusedError):
        tokens.save(PAIR)
    assert (world.table.tries, world.relay.sent) == (1, [])
    world.refuses_for(0)
    tokens.lease(KEY, NOON, timedelta(seconds=45))
    tokens.save(PAIR)
    assert world.table.written == [("save", PAIR)]


def test_what_a_lease_brought_is_news_when_it_is_another_pair() -> None:
    world = World()
    tokens = world.tokens()
    tokens.lease(KEY, NOON, timedelta(seconds=45))
    world.refuses_for(5)
    renewed = replace(PAIR, refresh_token="refresh-2")
    tokens.save(renewed)
    assert world.table.written == [("save", renewed)]


def test_an_overtaken_pair_is_not_tried_again() -> None:
    world = World()
    world.table.error = Overtaken
    world.refuses_for(1000)
    with pytest.raises(Overtaken):
        world.tokens().save(PAIR)
    assert (world.table.tries, world.relay.sent) == (1, [])


def test_an_error_that_cannot_pass_is_not_waited_out() -> None:
    world = World()
    world.table.error = ZeroDivisionError
    world.refuses_for(1000)
    with pytest.raises(ZeroDivisionError):
        world.tokens().save(PAIR)
    assert world.table.tries == 1


def test_a_key_that_cannot_be_had_at_once_is_asked_for_again() -> None:
    world = World(relay=Relay(fails_to_seal=3))
    world.refuses_for(1000)
    with pytest.raises(HandedOn):
        world.tokens().save(PAIR)
    assert len(world.relay.sent) == 1


def test_a_queue_that_refuses_does_not_end_the_patience() -> None:
    world = World(relay=Relay(fails_to_send=10))
    world.refuses_for(world.seconds - HAND_ON_SECONDS + 3)
    world.tokens().save(PAIR)
    assert world.table.written == [("save", PAIR)]
    assert set(world.outcomes) == {"not-written", "not-sent"}
    assert world.relay.sent == []
    assert world.told[-1] == Summary("tokens", "not-sent", detail="OSError")


def test_when_nothing_can_be_written_or_sent_that_is_said_and_the_error_goes_on() -> None:
    world = World(relay=Relay(fails_to_send=10_000))
    world.refuses_for(1000)
    with pytest.raises(RefusedError):
        world.tokens().save(PAIR)
    left = world.seconds - (world.clock.now() - NOON).total_seconds()
    assert 0 <= left < LAST_SECONDS
    assert world.outcomes[-1] == "lost"
    assert world.told[-1].detail == "exact RefusedError"


def test_an_invocation_without_time_hands_on_at_once() -> None:
    world = World(seconds=HAND_ON_SECONDS - 1)
    world.refuses_for(1000)
    with pytest.raises(HandedOn):
        world.tokens().save(PAIR)
    assert (world.table.tries, world.pauses) == (1, [])


def test_work_whose_time_does_not_count_down_ends_by_the_clock() -> None:
    world = World()
    world.refuses_for(1000)
    with pytest.raises(HandedOn):
        world.tokens(left=lambda: 60_000).save(PAIR)
    assert world.clock.now() - NOON < timedelta(seconds=60)


def test_a_clock_that_stands_still_does_not_keep_us_for_ever() -> None:
    world = World()
    world.refuses_for(1000)
    with pytest.raises(RefusedError):
        world.tokens(pause=lambda _: None, left=lambda: 60_000).save(PAIR)
    assert world.table.tries == MOST_TRIES + 1


@pytest.mark.parametrize(
    ("hand_over", "how"), [(HandOver.REFRESH, "save"), (HandOver.LOGIN, "connect")]
)
def test_what_was_handed_on_is_written_as_what_it_is(hand_over: HandOver, how: str) -> None:
    world = World(relay=Relay(received=(PAIR, hand_over)))
    summary = world.tokens().receive("a message")
    assert world.table.written == [(how, PAIR)]
    assert (summary.story, summary.outcome) == ("tokens", "written")
    assert summary.detail == f"exact {hand_over.value}"
    assert world.relay.opened_bodies == ["a message"]


@pytest.mark.parametrize(
    ("age", "outcome"), [(30 * DAYS - timedelta(seconds=1), "written"), (30 * DAYS, "too-old")]
)
def test_a_refresh_token_that_is_dead_by_now_is_not_written(
    age: timedelta, outcome: str
) -> None:  # X17
    world = World()
    world.clock.freeze(NOON + age)
    assert world.tokens(left=lambda: 60_000).receive("{}").outcome == outcome
    assert len(world.table.written) == (outcome == "written")


def test_what_was_handed_on_and_cannot_be_written_here_either_is_handed_on_again() -> None:
    world = World()
    world.refuses_for(1000)
    assert world.tokens().receive("{}").outcome == "handed-on"
    assert len(world.relay.sent) == 1


def test_what_was_handed_on_and_overtaken_is_dropped() -> None:
    world = World()
    world.table.error = Overtaken
    world.refuses_for(1000)
    assert world.tokens().receive("{}").outcome == "overtaken"


def test_everything_else_goes_to_the_table() -> None:
    tokens = World().tokens()
    assert tokens.get(KEY) == PAIR
    assert tokens.get(replace(KEY, user="someone")) is None
    assert tokens.facts(KEY) == ChainFacts(KEY, TokenState.ACTIVE, NOON, NOON)
    assert tokens.lease(replace(KEY, user="someone"), NOON, DAYS) is None


def test_a_pair_whose_last_connection_was_erased_is_not_written() -> None:
    world = World(is_used=False)
    assert world.tokens().receive("a body").outcome == "unused"
    assert world.table.written == []

"""X21 to X28, R28: a refresh without an answer, a chain that ended, a token that was refused."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from koppeling.auth.token_chain import BUSY, LOST_PAUSE
from koppeling.auth.token_pair import MILESTONES_CHAIN, TokenPair, TokenState, TooEarly
from koppeling.core.errors import Consequence, Defer, Fatal, Reauthorise, Retry, Uncertain
from tests.unit.auth.fakes import KEY, NOON, RECONNECT, World, a_world, refused

LOST = Uncertain("exact-unavailable", "ReadTimeout on a token call")


def lose_answers(world: World, times: int) -> None:
    """Let the answers to the next refreshes not arrive."""
    world.endpoint.answers = [LOST] * times


def test_too_early_after_a_lost_answer_does_not_ask_again_at_every_call() -> None:
    world = a_world()
    world.until(580)
    world.endpoint.answers = [LOST, TooEarly()]
    refused(world)
    world.clock.advance(LOST_PAUSE.total_seconds())
    chains = [world.chain() for _ in range(5)]
    assert [chain.token() for chain in chains] == ["access-0"] * 5
    assert len(world.endpoint.sent) == 2


def test_a_refresh_that_never_arrived_is_tried_once_more_with_the_same_token() -> None:
    world = a_world()
    world.until(580)
    lose_answers(world, 1)
    first = refused(world)
    assert (type(first), first.code) == (Retry, "exact-unavailable")
    assert world.stored().state is TokenState.UNCERTAIN
    world.clock.advance(LOST_PAUSE.total_seconds())
    assert world.chain().token() == "access-2"
    assert world.endpoint.sent == ["refresh-0", "refresh-0"]
    assert world.stored().state is TokenState.ACTIVE


def test_every_process_leaves_a_chain_alone_for_a_while_after_a_lost_answer() -> None:
    world = a_world()
    world.until(580)
    lose_answers(world, 1)
    lost_at = world.clock.now()
    refused(world)
    for _ in range(5):
        later = refused(world)
        assert isinstance(later, Defer)
        assert (later.code, later.until) == (BUSY, lost_at + LOST_PAUSE)
    assert (len(world.endpoint.sent), world.store.lease_until) == (1, None)
    world.clock.advance(LOST_PAUSE.total_seconds())
    assert world.chain().token() == "access-2"


def test_a_second_lost_answer_ends_the_chain_and_no_call_follows() -> None:
    world = a_world()
    world.until(580)
    lose_answers(world, 2)
    refused(world)
    world.clock.advance(LOST_PAUSE.total_seconds())
    second = refused(world)
    assert (type(second), second.code) == (Reauthorise, RECONNECT)
    assert second.values == {"exact_user": KEY.user}
    for _ in range(5):
        assert isinstance(refused(world), Reauthorise)
    assert len(world.endpoint.sent) == 2


def test_a_refresh_whose_answer_was_lost_after_it_was_carried_out_ends_in_reconnect() -> None:
    world = a_world()
    world.until(580)
    world.endpoint.loses_answers = True
    lose_answers(world, 1)
    refused(world)
    world.until(1200)
    last = refused(world)
    assert (type(last), last.code) == (Reauthorise, RECONNECT)
    assert world.stored().state is TokenState.RECONNECT
    assert len(world.endpoint.sent) == 2


def test_a_chain_that_has_ended_says_whose_it_is_and_costs_no_further_call() -> None:
    world = a_world()
    world.until(580)
    world.endpoint.answers = [Reauthorise(RECONNECT, "invalid_grant")]
    for _ in range(3):
        ended = refused(world)
        assert (type(ended), ended.code) == (Reauthorise, RECONNECT)
        assert ended.values == {"exact_user": KEY.user}
    assert len(world.endpoint.sent) == 1
    assert world.store.lease_until is None


def test_a_chain_that_ended_while_the_store_lagged_behind_is_not_asked_again() -> None:
    world = a_world()
    world.until(580)
    world.store.lags_behind = world.stored()
    world.store.pair = replace(world.stored(), state=TokenState.RECONNECT)
    assert isinstance(refused(world), Reauthorise)
    assert (world.endpoint.sent, world.store.lease_until) == ([], None)


def test_a_user_that_never_connected_has_to_connect() -> None:
    world = a_world()
    world.store.pair = None
    assert isinstance(refused(world), Reauthorise)


@pytest.mark.parametrize(
    "error", [Retry("exact-unavailable"), Fatal("exact-app-misconfigured")], ids=type
)
def test_what_took_no_token_gives_the_lease_back_and_changes_nothing(error: Consequence) -> None:
    world = a_world()
    world.until(580)
    before = world.stored()
    world.endpoint.answers = [error]
    assert refused(world) is error
    assert replace(world.stored(), fencing=0) == before
    assert world.chain().token() == "access-2"


def test_a_refused_token_is_refreshed_once_it_may_be() -> None:
    world = a_world()
    world.until(575)
    chain = world.chain()
    assert chain.renewed(chain.token()) == "access-1"
    assert chain.token() == "access-1"
    assert len(world.endpoint.sent) == 1


def test_a_refused_token_that_may_not_be_refreshed_yet_puts_the_work_off_without_a_call() -> None:
    world = a_world()
    world.until(569)
    chain = world.chain()
    with pytest.raises(Defer) as put_off:
        chain.renewed(chain.token())
    assert (put_off.value.code, put_off.value.until) == (BUSY, NOON + timedelta(seconds=580))
    assert (world.endpoint.sent, world.store.leases) == ([], 0)


def test_a_refused_token_that_another_process_replaced_needs_no_call() -> None:
    world = a_world()
    chain = world.chain()
    old = chain.token()
    world.until(580)
    world.chain().token()
    assert chain.renewed(old) == "access-1"
    assert len(world.endpoint.sent) == 1


def test_a_refused_token_is_not_taken_for_a_fresh_one_under_the_lease() -> None:
    world = a_world()
    world.until(575)
    chain = world.chain()
    chain.token()
    world.endpoint.answers = [TooEarly()]
    assert chain.renewed("access-0") == "access-0"
    assert len(world.endpoint.sent) == 1


def test_a_provider_without_a_shortest_age_may_be_asked_at_once() -> None:
    world = a_world()
    world.endpoint.granted_at = NOON - timedelta(hours=1)
    chain = world.chain(rules=MILESTONES_CHAIN)
    assert chain.renewed("access-0") == "access-1"


def test_a_chain_holds_no_token_that_a_log_could_show() -> None:
    world = a_world()
    chain = world.chain()
    chain.token()
    held = [getattr(chain, each.name) for each in fields(chain)]
    pairs = [each for each in held if isinstance(each, TokenPair)]
    assert pairs
    assert "access-0" not in repr(chain) + repr(pairs)

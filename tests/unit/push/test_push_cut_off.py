"""A push that was cut off is waited for as long as it could have called late, or it books twice."""

from contextlib import suppress
from datetime import timedelta

import pytest

from koppeling.core.errors import Defer
from koppeling.push.outbox import LIFE, SETTLED_AFTER, State
from tests.unit.push.fakes import Crash
from tests.unit.push.world import World


def announced_and_dead() -> World:
    """Return a world in which a push died between the announcement of a post and its answer."""
    for effects in range(1, 20):
        world = World()
        world.offer()
        world.effects.crash_after = effects
        with suppress(Crash):
            world.deliver()
        items = world.outbox.items.values()
        if any(item.state is State.POSTING for item in items):
            return world
    raise AssertionError("no crash came after the announcement")


def test_an_announced_post_is_settled_only_after_its_push_has_surely_ended() -> None:
    world = announced_and_dead()
    announced = world.item().posted_at
    assert announced is not None

    world.clock.freeze(announced + SETTLED_AFTER + timedelta(seconds=1))
    with pytest.raises(Defer) as waits:
        world.deliver()

    assert waits.value.until >= announced + LIFE + SETTLED_AFTER


def test_an_announced_upload_is_settled_only_after_its_push_has_surely_ended() -> None:
    world = World()
    world.offer()
    for effects in range(1, 40):
        world = World()
        world.offer()
        world.effects.crash_after = effects
        with suppress(Crash):
            world.deliver()
        item = next(iter(world.outbox.items.values()), None)
        if item is not None and item.state is State.ENTRY and item.sent_at is not None:
            break

    now, item = world.clock.now(), world.item()

    assert item.sent_at == now + LIFE

"""R10: whatever the moment of a crash, of the load or of its undo, the undo is complete."""

from itertools import count

import pytest

from tests.environment import Environment
from tests.integration.effects import CrashError, process
from tests.integration.undoing import (
    LEASE_SECONDS,
    PLENTY,
    but_for_created,
    created,
    house,
    tables,
    undo,
)

# Every second effect or so, in parts, which several processes run at a time
PARTS, STRIDE = 2, 4


def load(built: Environment, last: int | None) -> bool:
    """Let a fresh process load the customers; tells whether it died."""
    try:
        process(built, last).pulls.run(built.connection.id, PLENTY)
    except CrashError:
        return True
    return False


@pytest.mark.parametrize("first", range(1, PARTS + 1))
def test_a_load_that_died_anywhere_is_undone_to_the_last_field(first: int) -> None:
    for last in count(first, STRIDE):
        with house(3) as built:
            before = tables(built)
            died = load(built, last)
            built.clock.advance(LEASE_SECONDS)

            undo(built)

            after = tables(built)
            assert but_for_created(before, after) == before, f"after effect {last}"
            assert all(row["IsActive"] is False for _, row in created(before, after)), last
        if not died:
            break

    assert last > 10


@pytest.mark.parametrize("first", range(1, PARTS + 1))
def test_an_undo_that_died_anywhere_goes_on_to_the_same_end(first: int) -> None:
    for last in count(first, STRIDE):
        with house(3) as built:
            before = tables(built)
            load(built, None)
            died = False
            try:
                process(built, last).undo.run(built.connection.id, PLENTY)
            except CrashError:
                died = True
            built.clock.advance(LEASE_SECONDS)
            undo(built)

            after = tables(built)
            assert but_for_created(before, after) == before, f"after effect {last}"
            assert all(row["IsActive"] is False for _, row in created(before, after)), last
            assert list(built.wiring.stores.records.ids(built.connection.id, "accounts")) == []
        if not died:
            break

    assert last > 10

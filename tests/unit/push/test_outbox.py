from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from koppeling.push.outbox import (
    BOOKED,
    LOOK_AFTER,
    SETTLED_AFTER,
    TRANSITIONS,
    IllegalMove,
    State,
)
from tests.unit.push.items import outbox_item as item

AT = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("state", "after"), list(product(State, State)))
def test_only_the_steps_of_the_drawing_are_taken(state: State, after: State) -> None:
    if after in TRANSITIONS[state]:
        assert item(state).to(after, AT).state is after
    else:
        with pytest.raises(IllegalMove):
            item(state).to(after, AT)


def test_a_booked_invoice_is_only_posted_again_from_the_beginning() -> None:
    reachable = {State.ENTRY}
    while True:
        onward = (TRANSITIONS[state] - {State.INTENT} for state in reachable)
        more = reachable.union(*onward)
        if more == reachable:
            break
        reachable = more

    assert reachable == BOOKED


def test_a_step_raises_the_version_and_is_remembered() -> None:
    after = item(State.INTENT).to(State.POSTING, AT, attempts=1)

    assert (after.version, after.attempts) == (2, 1)
    assert after.history == ((State.POSTING, AT),)


def test_a_note_within_a_state_is_a_write_but_no_history() -> None:
    after = item(State.ENTRY).to(State.ENTRY, AT, sent_at=AT)

    assert after.version == 2
    assert after.history == ()


def test_the_history_keeps_the_last_fifty() -> None:
    old = tuple((State.INTENT, AT + timedelta(seconds=n)) for n in range(50))

    after = replace(item(State.INTENT), history=old).to(State.POSTING, AT)

    assert len(after.history) == 50
    assert after.history[-1] == (State.POSTING, AT)


def test_what_is_booked_and_what_is_unsettled() -> None:
    assert [state for state in State if item(state).is_booked] == [
        State.ENTRY,
        State.DOCUMENT,
        State.ATTACHED,
        State.DONE,
    ]
    assert [s for s in State if item(s).is_unsettled] == [State.POSTING, State.UNKNOWN]


def test_a_call_is_looked_for_after_a_minute_and_given_up_after_the_latest_commit() -> None:
    assert timedelta(seconds=60) == LOOK_AFTER
    assert timedelta(seconds=300 + 60) <= SETTLED_AFTER

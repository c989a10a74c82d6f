from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from koppeling.core.errors import Defer, Reject, Retry
from koppeling.core.ids import ExactId
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.fakes import Crash, Lateness
from tests.unit.push.test_push_refusals import existing_entry
from tests.unit.push.world import NOON, World, example, with_line

NEVER = Lateness(None)
AT_ONCE = Lateness(timedelta())
POSTS = ("post_entry", "post_document", "post_attachment")


def lost(call: str, lateness: Lateness) -> World:
    """Deliver once, with the answer of this call lost."""
    world = World()
    world.offer()
    world.books.loses[call] = [lateness]
    with pytest.raises(Retry):
        world.deliver()
    return world


def effects_of_a_plain_push() -> int:
    world = World()
    world.offer()
    world.deliver()
    return world.effects.done


@pytest.mark.parametrize("step", range(1, effects_of_a_plain_push() + 1))
def test_after_a_crash_at_any_step_there_is_exactly_one_of_each(step: int) -> None:
    world = World()
    world.offer()
    world.effects.crash_after = step

    with pytest.raises(Crash):
        world.deliver()
    world.deliver_until_done()

    assert world.settled_counts() == (1, 1, 1)
    assert world.item().state is State.DONE
    assert world.problems.codes() == []


@pytest.mark.parametrize("call", POSTS)
@pytest.mark.parametrize("lateness", [NEVER, AT_ONCE, Lateness(timedelta(seconds=300))])
def test_after_a_lost_answer_there_is_exactly_one_of_each(call: str, lateness: Lateness) -> None:
    world = lost(call, lateness)

    result = world.deliver_until_done()

    assert result.outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)
    assert world.problems.codes() == []


@pytest.mark.parametrize("seed", range(150))
def test_whatever_gets_lost_late_or_interrupted_there_is_exactly_one_of_each(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a seeded run that can be repeated, no secret
    world = World()
    world.offer()
    late: list[Callable[[], Lateness]] = [
        lambda: NEVER,
        lambda: Lateness(timedelta(seconds=random.randint(0, 300))),
    ]
    for call in POSTS:
        world.books.loses[call] = [random.choice(late)() for _ in range(random.randint(0, 3))]
    for call in (*POSTS, "entries_with_reference", "documents_of_entry"):
        world.books.raises[call] = [Retry("exact-unavailable")] * random.randint(0, 1)
    world.effects.crash_after = random.randint(0, 25)

    world.deliver_until_done()

    assert world.settled_counts() == (1, 1, 1)
    assert world.problems.codes() == []


def test_an_entry_without_an_answer_is_unknown_and_a_person_is_warned_not_to_book() -> None:
    world = lost("post_entry", AT_ONCE)

    assert world.item().state is State.UNKNOWN
    assert world.problems.codes() == ["entry-uncertain"]


def test_within_a_minute_nothing_is_asked() -> None:
    world = lost("post_entry", AT_ONCE)
    world.books.calls.clear()
    world.clock.advance(59)

    with pytest.raises(Defer) as later:
        world.deliver()

    assert later.value.until == NOON + timedelta(seconds=60)
    assert world.books.calls == []


def test_an_entry_that_is_found_is_adopted_and_not_posted_again() -> None:
    world = lost("post_entry", AT_ONCE)
    world.clock.advance(60)
    world.books.calls.clear()

    world.deliver()

    assert world.item().entry_number == "26700001"
    looks = ["entries_with_reference", "documents_of_entry", "attachments_of_document"]
    assert [call for call in world.books.calls if not call.startswith("post")] == looks
    assert world.settled_counts() == (1, 1, 1)


def test_an_entry_is_posted_again_only_after_it_was_absent_twice_and_nothing_can_be_late() -> None:
    world = lost("post_entry", NEVER)
    world.clock.advance(60)
    moments = []

    for _ in range(2):
        try:
            world.deliver()
        except Defer as later:
            moments.append(later.until)
            world.clock.freeze(later.until)

    assert moments == [NOON + timedelta(seconds=360)]
    assert world.books.calls.count("entries_with_reference") == 2
    assert world.books.calls.count("post_entry") == 2
    assert world.item().attempts == 2


def test_an_entry_that_is_first_searched_late_is_still_searched_twice() -> None:
    world = lost("post_entry", NEVER)
    world.clock.advance(3600)

    with pytest.raises(Defer) as later:
        world.deliver()

    assert later.value.until == world.clock.now() + timedelta(seconds=60)
    assert world.deliver_until_done().outcome is PushOutcome.BOOKED


def test_when_exact_cannot_be_asked_nothing_is_concluded() -> None:
    world = lost("post_entry", NEVER)
    world.clock.advance(3600)
    world.books.raises["entries_with_reference"] = [Retry("exact-unavailable")]

    with pytest.raises(Retry):
        world.deliver()

    assert world.item().state is State.UNKNOWN
    assert world.item().probed_at is None


def test_two_entries_that_both_look_like_ours_are_left_to_a_person() -> None:
    world = lost("post_entry", AT_ONCE)
    world.books.entries.append({**world.books.entries[0], "EntryID": ExactId("entry-twin")})
    world.clock.advance(3600)

    with pytest.raises(Defer, match="more than one entry is ours"):
        world.deliver()

    assert world.item().state is State.UNKNOWN
    assert world.problems.codes() == ["entry-uncertain"]


def test_another_entry_under_our_number_is_shown_once_ours_is_surely_not_there() -> None:
    world = lost("post_entry", NEVER)
    world.books.entries.append(existing_entry(AmountFC=Decimal("12.00")))

    result = world.deliver_until_done()

    assert (result.outcome, result.code) == (PushOutcome.REJECTED, "entry-number-in-use")
    assert world.problems.codes() == ["entry-number-in-use"]
    assert world.item().state is State.REJECTED
    assert world.books.calls.count("post_entry") == 1


def test_content_that_changed_while_the_entry_was_unknown_is_refused_once_it_is_found() -> None:
    world = lost("post_entry", AT_ONCE)
    world.offer(with_line(example(), 0, description="Iets anders"))

    result = world.deliver_until_done()

    assert (result.outcome, result.code) == (PushOutcome.REJECTED, "invoice-changed-after-booking")
    assert world.item().state is State.ENTRY
    assert world.settled_counts() == (1, 0, 0)


def test_content_that_changed_while_the_entry_was_unknown_is_booked_if_nothing_was() -> None:
    world = lost("post_entry", NEVER)
    world.offer(with_line(example(), 0, description="Iets anders"))

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED
    assert world.books.entries[0]["SalesEntryLines"][0]["Description"] == "Iets anders"


@pytest.mark.parametrize("call", ["post_document", "post_attachment"])
def test_an_upload_without_an_answer_is_searched_after_a_minute(call: str) -> None:
    world = lost(call, AT_ONCE)

    assert world.problems.codes() == ["pdf-upload-failed"]
    with pytest.raises(Defer) as later:
        world.deliver()

    assert later.value.until == NOON + timedelta(seconds=60)


def test_a_refusal_after_a_lost_answer_ends_in_a_problem_not_in_a_loop() -> None:
    world = lost("post_entry", NEVER)
    world.books.raises["post_entry"] = [Reject("exact-rejected", message="Verplicht: Dagboek")]

    assert world.deliver_until_done().code == "journal-unknown"
    assert world.settled_counts() == (0, 0, 0)

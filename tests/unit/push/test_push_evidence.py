"""The evidence of a booking: what was sent and what came back, whole whatever happens."""

from dataclasses import replace

import pytest

from koppeling.core.errors import Defer, Retry
from koppeling.push.evidence import Ending, Step, is_whole
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import Conflict, State
from tests.unit.push.fakes import Crash, Lateness
from tests.unit.push.world import NUMBER, World, example


def test_every_call_leaves_its_bytes_and_its_answer_and_each_piece_names_the_one_before() -> None:
    world = World()
    world.offer()

    world.deliver_until_done()

    story = world.evidence.of(NUMBER)
    assert [(piece.step, piece.ending) for piece in story] == [
        (Step.ENTRY, Ending.ANSWERED),
        (Step.DOCUMENT, Ending.ANSWERED),
        (Step.ATTACHMENT, Ending.ANSWERED),
    ]
    assert f'"YourRef": "{NUMBER}"' in story[0].sent
    assert '"AmountFC": 4887.50' in story[0].sent
    assert example()["pdf"]["sha256"] in story[2].sent
    assert is_whole(story)
    assert world.item().evidence_count == 3


def test_what_was_sent_for_one_invoice_is_stored_together() -> None:  # P15
    world = World()
    world.offer()

    world.deliver_until_done()

    assert world.evidence.last_with == {(NUMBER, 1): 3}


def test_an_entry_without_a_pdf_leaves_its_evidence_and_the_outbox_knows_of_it() -> None:
    world = World(with_pdfs=False)
    world.offer()

    world.deliver_until_done()

    (piece,) = world.evidence.of(NUMBER)
    assert (piece.step, piece.ending) == (Step.ENTRY, Ending.ANSWERED)
    assert world.item().evidence_digest == piece.digest


def test_an_entry_that_waits_for_its_pdf_leaves_its_evidence_at_once() -> None:
    world = World()
    world.offer(pdf=None)

    with pytest.raises(Defer):
        world.deliver()

    assert [piece.step for piece in world.evidence.of(NUMBER)] == [Step.ENTRY]


def test_evidence_is_stored_also_when_another_delivery_moves_first() -> None:
    world = World()
    world.offer()
    world.books.raises["post_document"] = [Conflict("the step after the entry")]

    with pytest.raises(Retry):
        world.deliver()

    assert [piece.step for piece in world.evidence.of(NUMBER)] == [Step.ENTRY]


def test_when_the_process_dies_the_next_delivery_records_the_entry_that_the_outbox_knows() -> None:
    world = World()
    world.offer()
    world.books.raises["post_document"] = [Crash()]

    world.deliver_until_done()

    first, *others = world.evidence.of(NUMBER)
    assert (first.step, first.ending, first.sent) == (Step.ENTRY, Ending.FOUND, "")
    assert str(world.item().entry_id) in first.answer
    assert [piece.step for piece in others] == [Step.DOCUMENT, Step.ATTACHMENT]


def test_what_was_sent_of_a_document_is_stored_also_when_its_file_cannot_go_up() -> None:
    world = World()
    world.books.raises["post_attachment"] = [Defer("exact-budget", world.clock.now())]
    world.offer()

    with pytest.raises(Defer):
        world.deliver()

    steps = [piece.step for piece in world.evidence.of(NUMBER)]
    assert steps == [Step.ENTRY, Step.DOCUMENT]
    world.deliver_until_done()
    assert is_whole(world.evidence.of(NUMBER))
    assert world.item().evidence_count == 3


@pytest.mark.parametrize("change", [{"sent": "{}"}, {"previous": "x"}, {"count": 7}])
def test_evidence_that_was_changed_shows(change: dict[str, object]) -> None:
    world = World()
    world.offer()
    world.deliver_until_done()
    first, *others = world.evidence.of(NUMBER)

    assert not is_whole([replace(first, **change), *others])  # type: ignore[arg-type] # fields vary
    assert not is_whole(others)


def test_a_lost_answer_and_the_entry_that_was_found_are_evidence_too() -> None:
    world = World()
    world.books.loses["post_entry"] = [Lateness(after=None), Lateness(after=None)]
    world.offer()

    world.deliver_until_done()

    endings = [piece.ending for piece in world.evidence.of(NUMBER) if piece.step is Step.ENTRY]
    assert endings == [Ending.UNANSWERED, Ending.UNANSWERED, Ending.ANSWERED]


@pytest.mark.parametrize("effect", range(1, 40))
def test_a_crash_between_evidence_and_outbox_leaves_a_whole_story(effect: int) -> None:
    world = World()
    world.offer()
    world.effects.crash_after = effect

    world.deliver_until_done()

    assert world.item().state is State.DONE
    assert is_whole(world.evidence.of(NUMBER))


def test_evidence_that_cannot_be_stored_stops_no_booking_and_is_noted_in_the_log() -> None:
    world = World()
    world.evidence.fails = Retry("evidence-not-kept", "20260412 1")
    world.offer()

    result = world.deliver_until_done()

    assert result.outcome is PushOutcome.BOOKED
    assert "evidence-not-kept: 20260412 1" in result.notes

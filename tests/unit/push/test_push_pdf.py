from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from koppeling.core.errors import Defer, Reject, Retry
from koppeling.push.decisions import SKIP
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.world import CONNECTION, NOON, NUMBER, PDF, World, booked, decide, example

UPLOADS = ["post_document", "post_attachment"]


def test_the_booking_does_not_wait_for_the_pdf() -> None:
    world = World()
    world.offer(pdf=None)

    with pytest.raises(Defer) as later:
        world.deliver()

    assert later.value.code == "pdf-missing"
    assert later.value.until == NOON + timedelta(minutes=15)
    assert world.item().state is State.ENTRY
    assert world.settled_counts() == (1, 0, 0)
    problem = world.problems.open_ones[f"invoice/{NUMBER}", "pdf-missing"]
    assert problem.values["entry_number"] == "26700001"
    assert problem.values["until"] == (NOON + timedelta(days=7)).isoformat()


def test_a_pdf_that_comes_later_is_hung_on_the_entry_without_booking_again() -> None:
    world = World()
    world.offer(pdf=None)
    with pytest.raises(Defer):
        world.deliver()
    world.books.calls.clear()

    world.inbox.put(example()["pdf"]["key"], PDF)

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.books.calls == ["post_document", "post_attachment"]
    assert world.problems.codes() == []


def test_a_pdf_that_does_not_come_within_a_week_is_left_to_a_person() -> None:
    world = World()
    world.offer(pdf=None)
    with pytest.raises(Defer):
        world.deliver()
    world.clock.advance(timedelta(days=7).total_seconds())

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.BOOKED_WITHOUT_PDF, "pdf-missing")
    assert world.item().state is State.ENTRY
    assert world.problems.codes() == ["pdf-missing"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.7 other page", "pdf-damaged"), (b"%PDF-".ljust(10_000_001), "pdf-too-large")],
)
def test_a_wrong_pdf_leaves_the_entry_booked_and_no_document_behind(
    content: bytes, code: str
) -> None:
    world = World()
    world.offer(pdf=content)

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.BOOKED_WITHOUT_PDF, code)
    assert world.item().state is State.ENTRY
    assert world.settled_counts() == (1, 0, 0)
    assert world.problems.codes() == [code]


def test_a_corrected_pdf_is_used_when_the_invoice_comes_again() -> None:
    world = World()
    wrong = example()
    wrong["pdf"] |= {"sha256": "0" * 64}
    world.offer(wrong)
    world.deliver()

    world.offer()

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)
    assert world.problems.codes() == []


@pytest.mark.parametrize("call", UPLOADS)
@pytest.mark.parametrize("failure", [Retry("exact-unavailable"), Defer("exact-day-limit", NOON)])
def test_an_upload_that_was_certainly_not_executed_is_repeated_without_a_search(
    call: str, failure: Retry | Defer
) -> None:
    world = World()
    world.offer()
    world.books.raises[call] = [failure]

    with pytest.raises(type(failure)):
        world.deliver()

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert not {"documents_of_entry", "attachments_of_document"} & set(world.books.calls)
    assert world.settled_counts() == (1, 1, 1)


@pytest.mark.parametrize("call", UPLOADS)
def test_a_pdf_that_exact_refuses_is_tried_again_an_hour_later(call: str) -> None:
    world = World()
    world.offer()
    world.books.raises[call] = [Reject("exact-rejected", message="Reeds verwerkt")]

    with pytest.raises(Defer) as later:
        world.deliver()

    assert later.value.until == NOON + timedelta(hours=1)
    problem = world.problems.open_ones[f"invoice/{NUMBER}", "pdf-upload-failed"]
    assert problem.values["message"] == "Reeds verwerkt"
    world.clock.freeze(later.value.until)
    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.problems.codes() == []


def test_a_pdf_that_exact_refuses_for_a_week_is_left_to_a_person() -> None:
    world = World()
    world.offer(pdf=None)
    with pytest.raises(Defer):
        world.deliver()
    world.inbox.put(example()["pdf"]["key"], PDF)
    world.clock.advance(timedelta(days=7).total_seconds())
    world.books.raises["post_document"] = [Reject("exact-rejected", message="Nee")]

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.BOOKED_WITHOUT_PDF, "pdf-upload-failed")


def test_a_file_that_exact_finds_damaged_is_not_sent_again_by_itself() -> None:
    world = World()
    world.offer()
    world.books.raises["post_attachment"] = [Reject("pdf-damaged")]

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.BOOKED_WITHOUT_PDF, "pdf-damaged")
    assert world.item().state is State.DOCUMENT
    assert world.item().sent_at is None


def test_a_file_of_another_size_in_exact_is_a_problem_and_never_gets_a_second_beside_it() -> None:
    world = World()
    world.offer()
    world.books.answers_otherwise = {"FileSize": 3}
    first = world.deliver()
    world.clock.advance(3600)

    second = world.deliver()

    assert first.code == second.code == "pdf-damaged"
    assert world.settled_counts() == (1, 1, 1)
    assert world.item().state is State.DOCUMENT


def test_an_invoice_that_loses_its_pdf_halfway_is_left_to_a_person() -> None:
    world = World()
    world.offer()
    world.books.raises["post_attachment"] = [Retry("exact-unavailable")]
    with pytest.raises(Retry):
        world.deliver()

    world.offer(example(pdf=None))

    assert world.deliver().code == "pdf-missing"
    assert world.item().state is State.DOCUMENT


def test_a_document_is_never_made_without_an_entry_to_hang_on() -> None:
    world = World()
    world.offer(pdf=None)
    with pytest.raises(Defer):
        world.deliver()
    world.inbox.put(example()["pdf"]["key"], PDF)
    world.outbox.items[CONNECTION, NUMBER] = replace(world.item(), entry_id=None)

    with pytest.raises(ValueError, match="has this id"):
        world.deliver()

    assert world.books.documents == []


def done_without_pdf(**settings: object) -> World:
    """Return a world in which an invoice was booked whose first copy had no PDF."""
    world = World(**settings)
    world.offer(example(pdf=None))
    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.item().state is State.DONE
    world.books.calls.clear()
    return world


def test_a_copy_that_brings_the_pdf_later_hangs_it_on_the_entry_that_is_there() -> None:
    world = done_without_pdf()
    world.offer()

    assert world.deliver().outcome is PushOutcome.BOOKED

    assert world.settled_counts() == (1, 1, 1)
    assert (world.item().state, world.item().history[-1][0]) == (State.DONE, State.DONE)
    assert world.problems.codes() == []


def test_a_pdf_that_a_person_hung_on_the_entry_meanwhile_gets_no_second_beside_it() -> None:
    world = done_without_pdf()
    other = booked()
    world.books.documents = [{**row, "from": NOON} for row in other.books.documents]
    world.books.attachments = [{**row, "from": NOON} for row in other.books.attachments]
    world.offer()

    assert world.deliver().outcome is PushOutcome.BOOKED

    assert world.books.calls == ["documents_of_entry", "attachments_of_document"]
    assert world.settled_counts() == (1, 1, 1)


def test_a_pdf_that_is_announced_weeks_later_has_a_week_to_come_from_then_on() -> None:
    world = done_without_pdf()
    world.clock.advance(timedelta(days=30).total_seconds())
    world.offer(pdf=None)

    with pytest.raises(Defer):
        world.deliver()
    world.clock.advance(timedelta(days=6).total_seconds())
    world.inbox.put(example()["pdf"]["key"], PDF)

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)


def test_where_pdfs_are_switched_off_a_later_one_changes_nothing() -> None:
    world = done_without_pdf(with_pdfs=False)
    world.offer()

    assert world.deliver().outcome is PushOutcome.ALREADY_BOOKED
    assert world.settled_counts() == (1, 0, 0)


def offer_other_pdf(world: World) -> None:
    """Let another PDF come for an invoice that has one."""
    content = b"%PDF-1.7 another page"
    pdf = {**example()["pdf"], "sha256": sha256(content).hexdigest(), "size_bytes": len(content)}
    world.offer(example(pdf=pdf), pdf=content)


def test_another_pdf_for_an_invoice_that_has_one_is_told_and_not_hung_beside_it() -> None:
    world = booked()
    offer_other_pdf(world)

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.REJECTED, "pdf-changed-after-booking")
    assert world.settled_counts() == (1, 1, 1)
    assert world.problems.codes() == ["pdf-changed-after-booking"]
    assert "andere pdf" in world.states.shown["48213"].message


def test_another_pdf_is_over_when_a_person_skips_it_or_the_first_comes_again() -> None:
    world = booked()
    offer_other_pdf(world)
    world.deliver()
    assert decide(world, SKIP).outcome is PushOutcome.SKIPPED
    assert world.problems.codes() == []

    world.offer()
    assert world.deliver().outcome is PushOutcome.ALREADY_BOOKED
    assert world.problems.codes() == []

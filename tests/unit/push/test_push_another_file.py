"""A later copy brings another PDF, or none, while the upload of the first one is unknown."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from koppeling.core.errors import Reject, Retry
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.fakes import Lateness
from tests.unit.push.world import PDF, World, example

# Of the same size, so that only its digest tells it from the first one
OTHER = b"%PDF-1.7 two page"
NAMES = pytest.mark.parametrize("name", ["20260412.pdf", "another.pdf"])


def unanswered(after: timedelta | None) -> World:
    """Return a world in which the upload of a file got no answer; it comes this late."""
    world = World()
    world.offer()
    world.books.loses["post_attachment"] = [Lateness(after)]
    with pytest.raises(Retry):
        world.deliver()
    assert world.item().state is State.DOCUMENT
    return world


def offer_another(world: World, name: str) -> None:
    """Put a copy in the inbox whose PDF is another one."""
    pdf: dict[str, Any] = example()["pdf"] | {
        "sha256": sha256(OTHER).hexdigest(),
        "size_bytes": len(OTHER),
        "file_name": name,
    }
    world.offer(example(pdf=pdf), pdf=OTHER)


@NAMES
def test_the_first_one_came_after_all_so_no_second_one_is_hung_beside_it(name: str) -> None:
    world = unanswered(timedelta(seconds=290))
    offer_another(world, name)

    assert world.deliver_until_done().code == "pdf-changed-after-booking"

    assert world.settled_counts() == (1, 1, 1)
    assert (world.item().state, world.item().pdf_sha256) == (State.DONE, sha256(PDF).hexdigest())
    assert world.problems.codes() == ["pdf-changed-after-booking"]
    assert world.deliver_until_done().code == "pdf-changed-after-booking"


@NAMES
def test_the_first_one_surely_did_not_come_so_the_other_one_is_hung_on(name: str) -> None:
    world = unanswered(None)
    offer_another(world, name)

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED

    assert world.settled_counts() == (1, 1, 1)
    assert world.item().pdf_sha256 == sha256(OTHER).hexdigest()
    assert world.problems.codes() == []


def test_the_first_one_came_and_the_copy_has_none_any_more() -> None:
    world = unanswered(timedelta())
    world.offer(example(pdf=None))

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED

    assert (world.item().state, world.item().pdf_sha256) == (State.DONE, sha256(PDF).hexdigest())
    assert world.problems.codes() == []


def test_a_part_of_the_first_one_is_told_and_nothing_is_sent() -> None:
    world = unanswered(timedelta())
    world.books.attachments[0]["FileSize"] = 3
    offer_another(world, "another.pdf")

    assert world.deliver_until_done().code == "pdf-damaged"

    assert world.settled_counts() == (1, 1, 1)


def test_one_that_exact_refused_is_replaced_without_a_search() -> None:
    world = World()
    world.offer()
    world.books.raises["post_attachment"] = [Reject("pdf-damaged", "not for Exact")]
    assert world.deliver().code == "pdf-damaged"
    offer_another(world, "another.pdf")

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED

    assert world.item().pdf_sha256 == sha256(OTHER).hexdigest()

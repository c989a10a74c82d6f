"""A first load is seen, approved and begun by messages, as the pages ask for it."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from koppeling.aws.sqs import SqsQueue
from koppeling.bootstrap.previews import approving
from koppeling.core.clock import Deadline
from koppeling.core.connection import EntitySetting
from koppeling.pull.approval import Approval, NotSeen, Stage
from koppeling.pull.by_hand import HandPulls
from koppeling.pull.dispatch import PullDispatcher
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.kept_preview import digest_of_all
from tests.environment import Environment, environment

PLENTY = Deadline(lambda: 100_000)
ON = ("vat_codes", "accounts")


@pytest.fixture
def h() -> Iterator[Environment]:
    """An environment of two entities whose first load nobody has approved."""
    with environment(accounts=12) as built:
        off = {each: EntitySetting(enabled=False) for each in ENTITIES if each not in ON}
        built.change(started=False, entities=off)
        yield built


def deliver(h: Environment, *, backwards: bool = False) -> list[str]:
    """Let every function work until its queue is empty; returns what each message ended with."""
    outcomes: list[str] = []
    entities = tuple(reversed(ON)) if backwards else ON
    while any(h.waiting(queue_of(h, entity)) for entity in entities):
        h.clock.advance(10)
        for entity in entities:
            for message in h.taken(queue_of(h, entity)):
                parsed = {name: str(value) for name, value in message.items()}
                outcomes.append(pulls(h, entity).handle_message(parsed, PLENTY).outcome)
    return outcomes


def queue_of(h: Environment, entity: str) -> str:
    url: str = h.aws["sqs"].create_queue(QueueName=f"pull-{entity}")["QueueUrl"]
    return url


def pulls(h: Environment, entity: str) -> PullDispatcher:
    """Return the pulls of an entity, on a queue of their own as in the template."""
    return replace(h.pulls(entity), queue=SqsQueue(h.aws["sqs"], queue_of(h, entity)))


def pages(h: Environment) -> HandPulls:
    """Return what the buttons of the pages ask for."""
    queues = {entity: SqsQueue(h.aws["sqs"], queue_of(h, entity)) for entity in ON}
    return HandPulls(queues, h.wiring.stores.presses, h.clock.now)


def look(h: Environment) -> str:
    """Ask for previews as the page does; returns what an approval would be held against."""
    h.clock.advance(120)
    pages(h).ask_previews(h.connection)
    deliver(h)
    return digest_of_all(approving(h.wiring).seen(h.connection))


def approve(h: Environment, digest: str) -> Approval:
    """Approve as the page does."""
    given = approving(h.wiring).approve(h.connection, digest, who="marit@a.example", role="decide")
    pages(h).ask_first_load(h.connection)
    return given


def standing(h: Environment) -> Approval:
    found = h.wiring.stores.approvals.get(h.connection.id)
    assert found is not None
    return found


def writes(h: Environment) -> int:
    return len(
        h.milestones.journal.calls(
            lambda call: call.method in {"POST", "PUT"} and "token" not in call.endpoint
        )
    )


@pytest.mark.parametrize("backwards", [False, True])
def test_what_was_seen_and_approved_is_loaded_at_once(h: Environment, *, backwards: bool) -> None:
    digest = look(h)
    assert writes(h) == 0

    approve(h, digest)
    outcomes = deliver(h, backwards=backwards)

    assert standing(h).stage is Stage.STARTED
    assert outcomes.count("done") == len(ON)
    started = h.wiring.stores.connections.get(h.connection.id)
    assert started is not None
    assert (started.started, started.paused) == (True, False)
    assert len(h.milestones.world.find("CustomerCompany")) > 10
    (line,) = [
        each for each in h.wiring.stores.log.page(h.connection.id).entries if each.what == "started"
    ]
    assert (line.who, line.values["digest"]) == ("marit@a.example", digest[:8])


def test_what_would_be_overwritten_since_is_shown_and_approved_again(h: Environment) -> None:
    digest = look(h)
    key = h.customer("1068")["CustomerCompanyId"]
    h.milestones.world.change("CustomerCompany", key, {"VisitAddressCity": "Door een mens"})

    approve(h, digest)
    deliver(h)

    lapsed = standing(h)
    assert (lapsed.stage, dict(lapsed.since), writes(h)) == (Stage.LAPSED, {"accounts": 1}, 0)
    again = digest_of_all(approving(h.wiring).seen(h.connection))
    assert again != digest
    h.clock.advance(120)
    approve(h, again)
    deliver(h)
    assert standing(h).stage is Stage.STARTED
    assert h.customer("1068")["VisitAddressCity"] != "Door een mens"


def test_an_approval_of_an_older_preview_is_refused(h: Environment) -> None:
    digest = look(h)
    key = h.customer("1068")["CustomerCompanyId"]
    h.milestones.world.change("CustomerCompany", key, {"VisitAddressCity": "Door een mens"})
    look(h)

    with pytest.raises(NotSeen):
        approve(h, digest)


def test_an_entity_that_could_not_be_read_ends_the_approval(h: Environment) -> None:
    digest = look(h)
    h.milestones.switches.rights = "none"

    approve(h, digest)
    deliver(h)

    assert (standing(h).stage, writes(h)) == (Stage.LAPSED, 0)
    assert "milestones-no-rights" in standing(h).stopped.values()


def test_whatever_arrives_nothing_is_written_before_the_approval(h: Environment) -> None:
    pulls(h, "accounts").fan_out(h.clock.now())
    for extra in ({}, {"by_hand": "catch-up"}, {"by_hand": "full"}, {"by_hand": "first-load"}):
        message = {"connection": h.connection.id, "slot": h.clock.now().isoformat(), **extra}
        assert pulls(h, "accounts").handle_message(message, PLENTY).outcome == "not-started"
    assert h.pull().outcome == "not-started"

    assert h.waiting(queue_of(h, "accounts")) == []
    assert (h.calls(), writes(h), h.problems()) == (0, 0, [])
    assert json.dumps(h.waiting(h.settings.sales_entry_queue_url)) == "[]"

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.core.problems import OPERATOR, Problem
from koppeling.push.dead_letters import DeadLetters
from koppeling.push.messages import InvoiceMessage
from koppeling.push.ports import DeadLetter
from tests.unit.fakes import FakeConnections, FakeProblems, FakeQueue
from tests.unit.push.world import connection

ACME = ConnectionId("acme")


@dataclass(slots=True)
class FakeDeadQueue:
    """A dead-letter queue in memory."""

    held: list[DeadLetter]
    removed: list[str] = field(default_factory=list)

    def letters(self) -> Iterator[DeadLetter]:
        """Return what lies there."""
        return iter([letter for letter in self.held if letter.receipt not in self.removed])

    def remove(self, letter: DeadLetter) -> None:
        """Take one away."""
        self.removed.append(letter.receipt)


class DeadLettersFixture:
    """Dead letters with everything around them."""

    def __init__(self, *bodies: str) -> None:
        self.dead = FakeDeadQueue([DeadLetter(body, str(n)) for n, body in enumerate(bodies)])
        self.queue = FakeQueue()
        self.problems = FakeProblems()
        connections = FakeConnections(connection(), replace(connection(), id=ACME))
        self.letters = DeadLetters(self.dead, self.queue, self.problems, connections)


def body(key: str) -> str:
    return json.dumps({"key": key, "attempt": "12"})


def test_what_the_queue_gave_up_on_becomes_a_problem_and_stays_where_the_alarm_sees_it() -> None:
    fixture = DeadLettersFixture(body("acme/1.json"), body("acme/2.json"))

    summary = fixture.letters.look()
    fixture.letters.look()

    assert summary.counts == {"documents": 2, "unreadable": 0, "failed": 0}
    assert [(p.subject, p.code) for p in fixture.problems.opened(ACME)] == [
        ("inbox/acme/1.json", "message-unreadable"),
        ("inbox/acme/2.json", "message-unreadable"),
    ]
    assert fixture.dead.removed == []


def test_a_letter_that_cannot_be_looked_at_keeps_no_other_from_it() -> None:
    fixture = DeadLettersFixture(*(body(f"acme/{number}.json") for number in (1, 2, 3)))

    class Failing(FakeProblems):
        """Problems of which the second cannot be opened."""

        def open(self, problem: Problem) -> None:
            """Open a problem."""
            if problem.subject == "inbox/acme/2.json":
                raise OSError("the table says no")
            super().open(problem)

    failing = Failing()
    summary = replace(fixture.letters, problems=failing).look()

    assert (summary.counts["failed"], summary.detail) == (1, "OSError")
    assert {each.subject for each in failing.opened(ACME)} == {
        "inbox/acme/1.json",
        "inbox/acme/3.json",
    }


@pytest.mark.parametrize("subject", ["inbox/acme/1.json", "push/acme/1.json"])
def test_a_reason_that_is_known_already_is_not_covered_up(subject: str) -> None:
    fixture = DeadLettersFixture(body("acme/1.json"))
    fixture.problems.open(Problem(ACME, subject, "exact-unavailable"))

    fixture.letters.look()

    assert fixture.problems.codes() == ["exact-unavailable"]


def test_a_message_that_nobody_can_read_is_counted_and_left_for_an_engineer() -> None:
    fixture = DeadLettersFixture("no json", json.dumps({"Event": "s3:TestEvent"}))

    assert fixture.letters.look().counts == {"documents": 0, "unreadable": 2, "failed": 0}
    assert fixture.problems.codes() == []


def test_a_document_that_is_offered_again_is_queued_before_it_leaves_the_dead_letters() -> None:
    fixture = DeadLettersFixture(body("acme/1.json"), body("other/1.json"))

    assert fixture.letters.offer_again(ACME) == 1

    assert fixture.queue.sent == [({"key": "acme/1.json", "attempt": "0", "again": "yes"}, 0)]
    assert fixture.dead.removed == ["0"]
    assert fixture.letters.offer_again(ACME) == 0


def test_a_request_of_a_person_survives_when_it_is_offered_again() -> None:
    asked = InvoiceMessage(
        "acme/1.json", attempt=12, rebook_entry_id="entry-1", decision="skip", decided_at="a moment"
    )
    fixture = DeadLettersFixture(json.dumps(asked.as_message()))

    fixture.letters.offer_again(ACME)

    ((message, _),) = fixture.queue.sent
    assert message == replace(asked, attempt=0, retry=True).as_message()


def test_a_message_that_also_names_a_document_of_another_customer_loses_neither() -> None:
    keys = ("acme/1.json", "other/1.json")
    both = json.dumps({"Records": [{"s3": {"object": {"key": key}}} for key in keys]})
    fixture = DeadLettersFixture(both)

    assert fixture.letters.offer_again(ACME) == 1

    assert [message["key"] for message, _ in fixture.queue.sent] == list(keys)
    assert fixture.dead.removed == ["0"]


def test_a_dead_letter_of_no_connection_is_a_problem_of_the_operator() -> None:
    fixture = DeadLettersFixture(body("nobody/1.json"))

    fixture.letters.look()

    (problem,) = fixture.problems.opened(OPERATOR)
    assert (problem.subject, problem.code) == ("inbox/nobody/1.json", "inbox-without-connection")

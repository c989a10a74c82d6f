"""A key of the inbox may have 1,024 bytes, and a name as long as that breaks nothing."""

import json

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.core.problems import OPERATOR
from tests.environment import Environment, environment

LONGEST = 1024  # bytes that S3 allows in a key
SUFFIX = ".json"
ENDING = "e\u0301"  # an accent of its own: three bytes for what looks like one letter


def longest_key(folder: str, filling: str = "x") -> str:
    """Return the longest document key in a folder."""
    room = LONGEST - len(folder.encode()) - len(SUFFIX)
    name = filling * (room // len(filling.encode()))
    return f"{folder}{name}{'x' * (room - len(name.encode()))}{SUFFIX}"


def give_up_on(h: Environment, *keys: str) -> None:
    """Let messages of these documents lie in the dead-letter queue."""
    for key in keys:
        h.aws["sqs"].send_message(
            QueueUrl=h.settings.sales_entry_dead_letters_url,
            MessageBody=json.dumps({"key": key, "attempt": "12"}),
        )


@pytest.mark.parametrize("filling", ["x", ENDING, "/"])
def test_a_dead_letter_with_the_longest_key_is_told_beside_the_others(filling: str) -> None:
    with environment(accounts=3) as h:
        own, nobody = f"{h.connection.id}/", "nobody/"
        keys = [longest_key(own, filling), f"{own}1.json", longest_key(nobody, filling)]
        keys.append(longest_key("", "x"))
        give_up_on(h, *keys)

        summary = h.wiring.dead_letters.look()
        h.clock.advance(61)
        h.wiring.dead_letters.look()

        assert (summary.counts["documents"], summary.counts["failed"]) == (4, 0)
        told = {each.subject for each in h.problems()}
        assert told == {f"inbox/{key}" for key in keys[:2]}
        of_nobody = h.wiring.stores.problems.opened(OPERATOR)
        assert {each.subject for each in of_nobody} == {f"inbox/{key}" for key in keys[2:]}


@pytest.mark.parametrize("filling", ["x", ENDING])
def test_a_document_with_the_longest_key_is_delivered_like_any_other(filling: str) -> None:
    with environment(accounts=3) as h:
        key = longest_key(f"{h.connection.id}/", filling)
        h.put(key, b"{}")

        h.deliver(key)

        assert [each.subject for each in h.problems()] == [f"inbox/{key}"]


def test_the_problem_of_a_long_key_can_be_closed() -> None:
    with environment(accounts=3) as h:
        key = longest_key("nobody/")
        give_up_on(h, key)
        h.wiring.dead_letters.look()
        problems = h.wiring.stores.problems

        problems.close(OPERATOR, f"inbox/{key}")

        assert list(problems.opened(OPERATOR)) == []
        assert list(problems.opened(ConnectionId("nobody"))) == []

"""What lies in the dead-letter queues of a stack, told without what may not be shown."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koppeling.core.errors import Fatal
from koppeling.push.messages import read_messages
from koppeling.push.ports import DeadLetter, DeadLetterQueue

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

_ENDING = "DeadLetterQueueUrl"
# What a message may say about itself in a terminal; one with tokens says no more than that
_NAMES = ("watch", "tick", "round", "connection", "slot", "entity")


@dataclass(frozen=True, slots=True)
class LyingLetter:
    """A message among the dead letters, and what it is about."""

    letter: DeadLetter
    about: str


def queue_names(stack: "Stack") -> list[str]:
    """Return the names of the dead-letter queues, such as `PullAccounts`."""
    outputs = stack.location.outputs
    return sorted(name.removesuffix(_ENDING) for name in outputs if name.endswith(_ENDING))


class DeadLetterQueues:
    """Reads and empties the dead-letter queues of a stack."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack

    def letters(self, name: str) -> list[LyingLetter]:
        """Return what lies in a queue; it stays there, hidden for a minute."""
        return [LyingLetter(each, about(each.body)) for each in self._queue(name).letters()]

    def remove(self, name: str, letter: LyingLetter) -> None:
        """Remove one of them."""
        self._queue(name).remove(letter.letter)

    def _queue(self, name: str) -> DeadLetterQueue:
        url = self._stack.location.outputs[f"{name}{_ENDING}"]
        return self._stack.wiring.dead_letters_in(url)


def about(body: str) -> str:
    """Say what a message is about by what may be shown of it: never a token or a mail address."""
    try:
        message = json.loads(body)
    except ValueError:
        return "unreadable"
    if not isinstance(message, dict):
        return "unreadable"
    # Lambda wraps what it could not hand to a function, beside the error
    request = message.get("requestPayload", message)
    if not isinstance(request, dict):
        return "unreadable"
    if "sealed" in request:
        return "a token pair"
    try:
        keys = [each.key for each in read_messages(json.dumps(request))]
    except Fatal:
        keys = [f"{name} {request[name]}" for name in _NAMES if name in request]
    return ", ".join(keys) or "unreadable"

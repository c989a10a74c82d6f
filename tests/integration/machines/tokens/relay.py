"""A table that refuses writes for a while, and the pairs that are handed on meanwhile."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from koppeling.auth.patient_tokens import PatientTokens
from koppeling.auth.ports import HandOver, SealedPair, StoredTokens
from koppeling.auth.token_pair import TokenPair
from koppeling.aws.kms import KmsCipher
from koppeling.aws.token_relay import SqsTokenRelay
from koppeling.core.clock import no_invocation
from koppeling.core.errors import Retry
from tests.unit.aws.test_token_relay import Queue

if TYPE_CHECKING:
    from tests.integration.machines.tokens.world import World


# What a token call without a new pair taught; it counts once it is written
LEARNT = ("unanswered", "works")


class TableRefusesError(Retry):
    """TokensTable refuses a write that it may take later."""


@dataclass(slots=True)
class NotedRelay:
    """The relay: what a process hands on is no answer that dies with it."""

    world: "World"

    def sealed(self, pair: TokenPair, hand_over: HandOver) -> SealedPair:
        """Seal a pair."""
        return self._relay().sealed(pair, hand_over)

    def send(self, sealed: SealedPair) -> None:
        """Keep the message until it is delivered."""
        process = self.world.stage.current()
        notes = {} if process is None else process.notes
        spent = cast("str", notes.pop("sent", ""))
        notes.pop("answer", None)
        learnt = {what: str(notes.pop(what)) for what in LEARNT if what in notes}
        # Until the message comes, whoever leases next holds the spent token
        self.world.excused[spent] += 1
        self.world.handed_on.append((json.dumps(sealed), spent, learnt))

    def opened(self, body: str) -> tuple[TokenPair, HandOver]:
        """Open a message."""
        return self._relay().opened(body)

    def _relay(self) -> SqsTokenRelay:
        cipher = KmsCipher(lambda: self.world.kms, "key", self.world.clock.now)
        return SqsTokenRelay(Queue, cipher)


def patient(world: "World", tokens: StoredTokens) -> PatientTokens:
    """Return the tokens as a process has them; what it waits for is decided outside."""
    return PatientTokens(
        tokens=tokens,
        relay=NotedRelay(world),
        may_pass=(TableRefusesError,),
        deadline=no_invocation,
        now=world.clock.now,
        pause=lambda _: world.stage.stop_at("wait"),
        report=lambda summary: summary,
        in_use=lambda _key: True,
    )


def deliver(world: "World") -> None:
    """Let the watch receive everything that was handed on."""
    while world.handed_on:
        message, spent, learnt = world.handed_on.pop(0)
        if patient(world, world.store()).receive(message).outcome == "written":
            # Whoever leased meanwhile holds the spent token, and may still send it
            world.late_saves += 1
            world.excused[spent] += 1
            world.is_noted(learnt)

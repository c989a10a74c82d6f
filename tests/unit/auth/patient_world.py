"""An invocation of a minute, a table that refuses for a while, and a relay that may fail."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from koppeling.auth.patient_tokens import PatientTokens
from koppeling.auth.ports import HandOver, SealedPair
from koppeling.auth.token_pair import ChainFacts, TokenKey, TokenPair, TokenState
from koppeling.core.clock import Deadline
from koppeling.core.errors import Retry
from koppeling.core.summary import Summary
from tests.sandbox.common.clock import Clock
from tests.unit.auth.fakes import KEY, NOON

PAIR = TokenPair(KEY, "access-1", "refresh-1", granted_at=NOON, refresh_from=NOON, fencing=1)


class RefusedError(Exception):
    """The table refuses a write."""


@dataclass(slots=True)
class Table:
    """A table that refuses until a moment; `costs` are the seconds that a write takes."""

    clock: Clock
    until: datetime = NOON
    costs: float = 0.0
    error: type[Exception] = RefusedError
    tries: int = 0
    written: list[tuple[str, TokenPair]] = field(default_factory=list)

    def get(self, key: TokenKey) -> TokenPair | None:
        """Return the pair."""
        return PAIR if key == KEY else None

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return what is known of a chain."""
        return ChainFacts(key, TokenState.ACTIVE, NOON, NOON)

    def prepare(self, key: TokenKey) -> None:
        """Prepare nothing."""

    def lease(self, key: TokenKey, now: datetime, length: timedelta) -> TokenPair | None:
        """Take the lease, of one second at the least."""
        return PAIR if key == KEY and length > now - now else None

    def save(self, pair: TokenPair) -> None:
        """Write a refreshed pair."""
        self._write("save", pair)

    def connect(self, pair: TokenPair) -> None:
        """Write the pair of a login."""
        self._write("connect", pair)

    def _write(self, how: str, pair: TokenPair) -> None:
        self.tries += 1
        self.clock.advance(self.costs)
        if self.clock.now() < self.until:
            raise self.error("refused")
        self.written.append((how, pair))


@dataclass(slots=True)
class Relay:
    """A relay that may fail to seal, or to send, so many times."""

    fails_to_seal: int = 0
    fails_to_send: int = 0
    sent: list[SealedPair] = field(default_factory=list)
    opened_bodies: list[str] = field(default_factory=list)
    received: tuple[TokenPair, HandOver] = (PAIR, HandOver.REFRESH)

    def sealed(self, pair: TokenPair, hand_over: HandOver) -> SealedPair:
        """Seal."""
        if self.fails_to_seal:
            self.fails_to_seal -= 1
            raise Retry("token-key-unavailable")
        return {"sealed": pair.refresh_token, "hand_over": hand_over.value}

    def send(self, sealed: SealedPair) -> None:
        """Send."""
        if self.fails_to_send:
            self.fails_to_send -= 1
            raise OSError("no queue")
        self.sent.append(sealed)

    def opened(self, body: str) -> tuple[TokenPair, HandOver]:
        """Open."""
        self.opened_bodies.append(body)
        return self.received


@dataclass(slots=True)
class World:
    """An invocation of a minute, begun at noon."""

    seconds: float = 60.0
    clock: Clock = field(default_factory=lambda: Clock(frozen_at=NOON))
    table: Table = field(init=False)
    relay: Relay = field(default_factory=Relay)
    told: list[Summary] = field(default_factory=list)
    is_used: bool = True
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.table = Table(self.clock)

    def tokens(
        self, pause: Callable[[float], None] | None = None, left: Callable[[], int] | None = None
    ) -> PatientTokens:
        """Return the stored tokens."""

        def remaining() -> int:
            spent = (self.clock.now() - NOON).total_seconds()
            return int((self.seconds - spent) * 1000)

        def wait(seconds: float) -> None:
            self.pauses.append(seconds)
            self.clock.advance(seconds)

        return PatientTokens(
            tokens=self.table,
            relay=self.relay,
            may_pass=(RefusedError,),
            deadline=lambda: Deadline(left or remaining),
            now=self.clock.now,
            pause=pause or wait,
            report=self.told.append,
            in_use=lambda _key: self.is_used,
        )

    def refuses_for(self, seconds: float) -> None:
        """Let the table refuse from now on."""
        self.table.until = self.clock.now() + timedelta(seconds=seconds)

    @property
    def outcomes(self) -> list[str]:
        """What was reported."""
        return [each.outcome for each in self.told]

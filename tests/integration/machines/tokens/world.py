"""The chain of one OAuth user: the real store and seal, Exact's own rules, and what happened."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast

from koppeling.auth.oauth import EXACT, TOKEN_TIMEOUT
from koppeling.auth.token_chain import LEASE, TokenChain
from koppeling.auth.token_pair import EXACT_CHAIN, ChainFacts, Grant, TokenKey, TokenPair, TooEarly
from koppeling.aws.dynamodb.table import TokenItem
from koppeling.aws.dynamodb.tokens import DynamoTokenStore
from koppeling.aws.kms import KmsCipher
from koppeling.core.errors import Reauthorise, Retry, Uncertain
from tests.integration.machines.tokens.processes import Process, Stage
from tests.integration.machines.tokens.relay import LEARNT, TableRefusesError, patient
from tests.sandbox.common.clock import Clock
from tests.sandbox.exact_online.oauth import AppCredentials, Authority
from tests.sandbox.exact_online.switches import Switches
from tests.unit.aws.fakes import FakeKms

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
USER = "koppeling@veldhuis.example"
HOST = "start.exactonline.nl"
TOKEN_SECONDS = sum(TOKEN_TIMEOUT)
UNANSWERED = 2  # X21, DF8


@dataclass(slots=True)
class World:
    """What all processes share, and what the checks look at.

    `lost` says that a token was spent and its successor came nowhere: the one loss that only a
    login mends (R29). `excused` counts for each refresh token what lets it be sent once more, and
    `unanswered` how often a process noted that its answer was lost, since Exact last said that the
    token works (X23). `refusals` is how many writes of pairs are refused yet; `handed_on` are the
    sealed pairs on their way, each with the token that was spent for it and what the call taught.
    """

    items: type[TokenItem]
    key: TokenKey
    clock: Clock = field(default_factory=lambda: Clock(frozen_at=NOON))
    stage: Stage = field(default_factory=Stage)
    kms: FakeKms = field(default_factory=FakeKms)
    trouble: list[str] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    granted_at: list[datetime] = field(default_factory=list)
    logins: int = 0
    late_saves: int = 0
    lost: bool = False
    unanswered: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    refusals: int = 0
    handed_on: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    authority: Authority = field(init=False)

    def __post_init__(self) -> None:
        self.authority = Authority(self.clock, Switches(), AppCredentials(), Random(1))  # noqa: S311 - the sandbox's own

    @property
    def changes(self) -> tuple[int, int]:
        """Return what changes the stored pair under a lease that still holds."""
        return self.logins, self.late_saves

    def is_over(self, process: Process) -> bool:
        """Say whether the lease that a process took is over."""
        return self.clock.now() - cast("datetime", process.notes["leased_at"]) >= LEASE

    def store(self) -> DynamoTokenStore:
        """Return the store as one more process has it."""
        return DynamoTokenStore(self.items, KmsCipher(lambda: self.kms, "key", self.clock.now))

    def stored(self) -> TokenPair:
        """Return the pair as it is kept."""
        pair = self.store().get(self.key)
        assert pair is not None  # noqa: S101 - the machine begins with a login
        return pair

    def chain(self) -> TokenChain:
        """Return the chain as a fresh process has it."""
        return TokenChain(
            self.key,
            store=patient(self, SteppedStore(self, self.store())),
            endpoint=SteppedEndpoint(self),
            rules=EXACT_CHAIN,
            reconnect=EXACT.reconnect,
            now=self.clock.now,
            pause=lambda _: self.stage.stop_at("wait"),
        )

    def is_noted(self, learnt: Mapping[str, str]) -> None:
        """Count what a token call taught, now that it is written with the pair."""
        if "unanswered" in learnt:
            self.unanswered[learnt["unanswered"]] += 1
        if "works" in learnt:
            self.unanswered[learnt["works"]] = 0

    def log_in(self) -> None:
        """Let the user log in: a new chain, and the old one ends at Exact (X18)."""
        app = self.authority.app
        form = {
            "grant_type": "authorization_code",
            "code": self.authority.issue_code(self.key.user, app.redirect_uri),
            "redirect_uri": app.redirect_uri,
        }
        grant = self._exchanged(form)
        assert grant is not None  # noqa: S101 - a fresh code of the right app
        now = self.clock.now()
        empty = TokenPair(self.key, "", "", granted_at=now, refresh_from=now)
        self.store().connect(empty.renewed(grant, now, EXACT_CHAIN))
        self.logins += 1
        self.granted_at = [now]
        self.lost = False

    def refresh(self, refresh_token: str) -> Grant:
        """Let Exact answer a token call.

        Raises:
            Reauthorise, TooEarly: as the endpoint raises them.
        """
        grant = self._exchanged({"grant_type": "refresh_token", "refresh_token": refresh_token})
        if grant is None:
            raise Reauthorise(EXACT.reconnect, "Old refresh token used.")
        now = self.clock.now()
        if self.granted_at and now - self.granted_at[-1] < timedelta(seconds=570):
            self.wrong.append(f"two refreshes within {now - self.granted_at[-1]}")
        self.granted_at.append(now)
        return grant

    def _exchanged(self, form: dict[str, str]) -> Grant | None:
        app = self.authority.app
        form |= {"client_id": app.client_id, "client_secret": app.client_secret}
        answer = self.authority.answer(form)
        told = cast("dict[str, str]", answer.body or {})
        if "not expired" in told.get("error_description", ""):
            self.wrong.append("Exact was asked too early")
            raise TooEarly
        if "access_token" not in told:
            return None
        life = timedelta(seconds=int(told["expires_in"]))
        return Grant(told["access_token"], told["refresh_token"], life)


@dataclass(slots=True)
class SteppedStore:
    """The store; a process stands still with what it read, and before what it writes."""

    world: World
    store: DynamoTokenStore

    def prepare(self, key: TokenKey) -> None:
        """Fetch what sealing needs."""
        self.store.prepare(key)

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return what is known of the chain."""
        return self.store.facts(key)

    def connect(self, pair: TokenPair) -> None:
        """Write the first pair of a login."""
        self.store.connect(pair)

    def get(self, key: TokenKey) -> TokenPair | None:
        """Return the newest pair."""
        pair = self.store.get(key)
        self.world.stage.stop_at("read")
        return pair

    def lease(self, key: TokenKey, now: datetime, length: timedelta) -> TokenPair | None:
        """Take the lease."""
        pair = self.store.lease(key, now, length)
        process = self.world.stage.current()
        if pair is not None and process is not None:
            process.notes |= {"leased_at": now, "changes": self.world.changes}
            process.stop_at("leased")
        return pair

    def save(self, pair: TokenPair) -> None:
        """Write a pair."""
        self.world.stage.stop_at("save")
        if self.world.refusals:
            self.world.refusals -= 1
            raise TableRefusesError("token-busy")
        process = self.world.stage.current()
        sent = None if process is None else process.notes.pop("sent", None)
        try:
            self.store.save(pair)
        except Retry:  # what the call taught this process is lost, so another one has to learn it
            self.world.excused[str(sent)] += 1
            raise
        if process is None:
            return
        learnt = {what: str(process.notes.pop(what)) for what in LEARNT if what in process.notes}
        self.world.is_noted(learnt)
        if "answer" in process.notes:
            self._successor_is_kept(process)

    def _successor_is_kept(self, process: Process) -> None:
        spent = cast("str", process.notes.pop("answer"))
        self.world.lost = False
        if self.world.is_over(process):
            # Whoever leased meanwhile holds the token that was spent, and may still send it
            self.world.late_saves += 1
            self.world.excused[spent] += 1


@dataclass(slots=True)
class SteppedEndpoint:
    """Exact's token endpoint, over a network that loses what it is told to lose."""

    world: World

    def prepare(self, key: TokenKey) -> None:
        """Fetch nothing: the credentials are at hand."""

    def refresh(self, key: TokenKey, refresh_token: str) -> Grant:
        """Exchange a refresh token; the answer is on its way for as long as the process stands."""
        world, process = self.world, self.world.stage.current()
        assert key == world.key  # noqa: S101 - a check of the machine
        self._is_newest(refresh_token, process)
        world.sent[refresh_token] += 1
        if any(self._is_late(each, refresh_token) for each in world.stage.processes.values()):
            world.excused[refresh_token] += 1
        if process is not None:
            process.notes["sent"] = refresh_token
        if world.unanswered[refresh_token] >= UNANSWERED:
            world.wrong.append("a token was sent again after two answers were lost")
        trouble = world.trouble.pop(0) if world.trouble else ""
        self._in_the_way(trouble, refresh_token)
        grant = world.refresh(refresh_token)
        if process is None:
            return grant
        sent_at, login = world.clock.now(), world.logins
        process.notes["answer"] = refresh_token
        process.stop_at("answered")
        late = (world.clock.now() - sent_at).total_seconds() >= TOKEN_SECONDS
        if trouble == "answer-lost" or late:
            del process.notes["answer"]
            world.lost |= login == world.logins
            raise self._unanswered(refresh_token)
        return grant

    def _in_the_way(self, trouble: str, refresh_token: str) -> None:
        world = self.world
        if trouble in ("gateway", "too-early"):
            world.excused[refresh_token] += 1
        if trouble == "never-arrived":
            # X21: two of them in a row look like a dead chain, and nobody can tell
            world.lost |= world.unanswered[refresh_token] > 0
            raise self._unanswered(refresh_token)
        if trouble == "gateway":
            raise Retry(EXACT.unavailable, "503 from the token endpoint")
        if trouble == "too-early":
            self._note("works", refresh_token)
            raise TooEarly

    def _unanswered(self, refresh_token: str) -> Uncertain:
        """X21: one more try; it counts once it is noted, which a process that dies does not do."""
        self.world.excused[refresh_token] += 1
        self._note("unanswered", refresh_token)
        return Uncertain(EXACT.unavailable, "ReadTimeout on a token call")

    def _note(self, what: str, refresh_token: str) -> None:
        process = self.world.stage.current()
        if process is not None:
            process.notes[what] = refresh_token

    def _is_late(self, other: Process, refresh_token: str) -> bool:
        """Say whether a process sent a token, and stood still until its lease was over."""
        sent = other.runs and other.notes.get("sent") == refresh_token
        return sent and self.world.is_over(other)

    def _is_newest(self, refresh_token: str, process: Process | None) -> None:
        """DF24: whoever sends a token sends the newest that is stored.

        Unless a login came by since the lease, or a pair was saved whose process stood still for
        longer than a lease: that one is the newest, and has to be kept.
        """
        if process is not None and process.notes.get("changes") != self.world.changes:
            return
        if self.world.stored().refresh_token != refresh_token:
            self.world.wrong.append("an old refresh token was sent while a newer one was stored")

"""Chains, problems and mails in memory, as the watch meets them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from koppeling.auth.token_keys import key_of
from koppeling.auth.token_pair import ChainFacts, TokenKey, TokenPair, TokenState
from koppeling.core.connection import Connection
from koppeling.core.errors import Reauthorise
from koppeling.core.ids import ConnectionId, Division
from koppeling.core.mail import OutgoingMail
from koppeling.core.people import Person, Role
from koppeling.core.ports import WhichProblems, every_problem
from koppeling.core.problems import Problem
from koppeling.core.summary import Summary
from koppeling.watch.daily import DailyWatch
from koppeling.watch.handover import Handover
from koppeling.watch.letters import Letters
from koppeling.watch.messages import ConnectionRound, LoginRound, round_of
from koppeling.watch.notifier import Notifier
from koppeling.watch.postman import Postman
from tests.sandbox.common.clock import Clock
from tests.sandbox.connecting import company_connection
from tests.unit.auth.fakes import NOON
from tests.unit.fakes import FakeConnections, FakeQueue
from tests.unit.portal.fakes import FakeLog
from tests.unit.watch.mail_fakes import (
    FakeAllowance,
    FakeDueMails,
    FakeMailer,
    FakeNotificationLog,
    FakePreferences,
)

LINK = "https://koppeling.example/connect/acme?ticket=geheim"
MARIT = Person("marit@veldhuis.example", Role.DECIDE)
PIM = Person("pim@veldhuis.example")
ACME = replace(company_connection(), id=ConnectionId("acme"), people=(MARIT,))
BETA = replace(ACME, id=ConnectionId("beta"), division=Division(2))
OTHER = replace(ACME, id=ConnectionId("other"), exact_user="piet@x.nl")
OF_BELGIUM = replace(ACME, id=ConnectionId("belgium"), exact_host="start.exactonline.be")
RECONNECT = {"exact": "exact-reconnect-needed", "milestones": "milestones-reconnect-needed"}


@dataclass(slots=True)
class FakeTokenChains:
    """The facts of chains; `fails` holds the errors of a refresh, `order` what was written."""

    held: dict[TokenKey, ChainFacts] = field(default_factory=dict)
    fails: dict[TokenKey, Exception] = field(default_factory=dict)
    refreshed: list[TokenKey] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    unreachable: Exception | None = None

    def put(self, key: TokenKey, granted: datetime, state: TokenState = TokenState.ACTIVE) -> None:
        """Hold a chain that was granted at a moment."""
        known = self.held.get(key)
        told = known is not None and known.expiry_told
        self.held[key] = ChainFacts(key, state, granted, granted + timedelta(days=30), told)

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return the facts of one chain, or fail."""
        if self.unreachable is not None:
            raise self.unreachable
        return self.held.get(key)

    def all_facts(self) -> Iterator[ChainFacts]:
        """Return the facts of all chains, in no order."""
        return iter(list(self.held.values()))

    def note_expiry(self, key: TokenKey, *, told: bool) -> None:
        """Note whether problems are open."""
        self.order.append(f"note {told}")
        self.held[key] = replace(self.held[key], expiry_told=told)

    def prepare(self, key: TokenKey) -> None:
        """Fail: nothing logs in here."""
        raise NotImplementedError(key)

    def connect(self, pair: TokenPair) -> None:
        """Fail: nothing logs in here."""
        raise NotImplementedError(pair.key)

    def keep_alive(self, key: TokenKey, now: datetime) -> bool:
        """Refresh a chain, or fail."""
        if key in self.fails:
            error = self.fails[key]
            if isinstance(error, Reauthorise):
                self.held[key] = replace(self.held[key], state=TokenState.RECONNECT)
            raise error
        self.refreshed.append(key)
        self.put(key, now)
        return True


@dataclass(slots=True)
class NotifierFixture:
    """A notifier with everything around it in memory."""

    connections: list[Connection]
    clock: Clock = field(default_factory=lambda: Clock(frozen_at=NOON))
    chains: FakeTokenChains = field(default_factory=FakeTokenChains)
    log: FakeNotificationLog = field(default_factory=FakeNotificationLog)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    allowance: FakeAllowance = field(default_factory=FakeAllowance)
    preferences: FakePreferences = field(default_factory=FakePreferences)
    lines: FakeLog = field(default_factory=FakeLog)
    due: FakeDueMails = field(default_factory=FakeDueMails)
    queue: FakeQueue = field(default_factory=FakeQueue)
    linked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    reported: list[Summary] = field(default_factory=list)

    @property
    def sent(self) -> list[OutgoingMail]:
        """What was sent."""
        return self.mailer.sent

    @property
    def letters(self) -> Letters:
        """What writes letters."""
        return Letters("https://koppeling.example/portal", self._link)

    @property
    def postman(self) -> Postman:
        """What hands mails to people."""
        return Postman(
            mailer=self.mailer,
            preferences=self.preferences,
            allowance=self.allowance,
            log=self.lines,
            report=self._report,
            now=self.clock.now,
        )

    @property
    def notifier(self) -> Notifier:
        """The use case, as one more function builds it."""
        return Notifier(
            log=self.log,
            postman=self.postman,
            letters=self.letters,
            due=self.due,
            connections=FakeConnections(*self.connections),
            chains=self.chains,
            key_of=key_of,
            report=self._report,
            now=self.clock.now,
        )

    @property
    def handover(self) -> Handover:
        """What hands a lost login to the watch."""
        return Handover(
            log=self.log,
            queue=self.queue,
            connections=FakeConnections(*self.connections),
            chains=self.chains,
            key_of=key_of,
            report=self._report,
            now=self.clock.now,
        )

    @property
    def addressed(self) -> list[str]:
        """Who was mailed."""
        return [mail.to for mail in self.sent]

    def _link(self, connection: ConnectionId, providers: tuple[str, ...]) -> str:
        self.linked.append((connection, providers))
        return LINK

    def _report(self, summary: Summary) -> Summary:
        self.reported.append(summary)
        return summary


@dataclass(slots=True)
class Stack:
    """A daily watch with everything around it; it records problems in the order of their writes."""

    clock: Clock
    notices: NotifierFixture
    problems: set[tuple[str, str, str]] = field(default_factory=set)
    values: list[Mapping[str, str]] = field(default_factory=list)
    queue: FakeQueue = field(default_factory=FakeQueue)
    looked_at: list[str] = field(default_factory=list)
    broken: dict[str, Exception] = field(default_factory=dict)
    failed: list[Exception] = field(default_factory=list)

    @property
    def chains(self) -> FakeTokenChains:
        """The chains."""
        return self.notices.chains

    @property
    def notified(self) -> list[tuple[str, str]]:
        """What was sent: code and idempotency key."""
        held = self.notices.log.held.items()
        return [key[1:] for key, state in held if state == "sent"]

    def open(self, problem: Problem) -> None:
        """Open a problem."""
        self.chains.order.append("open")
        self.problems.add((problem.connection, problem.subject, problem.code))
        self.values.append(problem.values)

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        """Return what is open of a connection."""
        mine = [Problem(ConnectionId(each[0]), *each[1:]) for each in self.problems]
        return iter([problem for problem in mine if problem.connection == connection])

    def close(
        self, connection: ConnectionId, subject: str, which: WhichProblems = every_problem
    ) -> None:
        """Close the problems of a subject, all of them or some."""
        self.chains.order.append("close")
        gone = [each for each in self.opened(connection) if each.subject == subject and which(each)]
        self.problems -= {(each.connection, each.subject, each.code) for each in gone}

    def put(self, key: TokenKey, days: float, state: TokenState = TokenState.ACTIVE) -> None:
        """Hold a chain that was granted so many days ago."""
        self.chains.put(key, self.clock.now() - timedelta(days=days), state)

    @property
    def watch(self) -> DailyWatch:
        """The watch."""
        return DailyWatch(
            chains=self.chains,
            keep_alive=lambda key: self.chains.keep_alive(key, self.clock.now()),
            connections=FakeConnections(*self.notices.connections),
            looks=self._looks,
            problems=self,
            notifier=self.notices.notifier,
            queue=self.queue,
            reconnect=RECONNECT,
            now=self.clock.now,
        )

    def run(self) -> Summary:
        """Run the watch of one day: queue what there is to do, do all of it, and add it up."""
        self.queue.sent.clear()
        self.failed.clear()
        self.watch.fan_out()
        counts: Counter[str] = Counter()
        details: list[str] = []
        for body, _ in self.queue.sent:
            for found in self._handled(json.dumps(body)):
                counts.update(found.counts)
                details += filter(None, [found.detail])
        return Summary("watch", "done", detail=" ".join(details), counts=dict(+counts))

    def _handled(self, body: str) -> list[Summary]:
        """Handle a message as the function does, of which a batch holds one."""
        wanted = round_of(body)
        assert isinstance(wanted, LoginRound | ConnectionRound)  # noqa: S101 - the check
        try:
            return list(self.watch.handle(wanted))
        except Exception as failure:  # noqa: BLE001 - the queue delivers it again
            self.failed.append(failure)
            return []

    def _looks(self, connection: ConnectionId) -> Iterator[Summary]:
        self.looked_at.append(connection)
        if connection in self.broken:
            raise self.broken[connection]
        yield Summary("unseen", "looked", connection)


def a_stack(*connections: Connection) -> Stack:
    """Return a stack at noon."""
    clock = Clock(frozen_at=NOON)
    return Stack(clock, NotifierFixture(list(connections or (ACME,)), clock))


def a_notifier(
    *connections: Connection, state: TokenState = TokenState.RECONNECT
) -> NotifierFixture:
    """Return a notifier for some connections, whose chain at Exact is in a state."""
    fixture = NotifierFixture(list(connections or (ACME,)))
    fixture.chains.put(key_of("exact", ACME), NOON, state)
    return fixture

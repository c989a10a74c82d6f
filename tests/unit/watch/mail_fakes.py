"""What mails need, in memory: their log, their limits, and whoever sends them."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date

from koppeling.aws.dynamodb.mail_addresses import MOST_A_DAY, MOST_NEWS_A_DAY
from koppeling.core.ids import ConnectionId
from koppeling.core.mail import MailKind, OutgoingMail
from koppeling.core.preferences import MailChoice
from koppeling.watch.ports import DueMail


@dataclass(slots=True)
class FakeNotificationLog:
    """The state of each notification: claimed, given up or sent, and whom it reached."""

    held: dict[tuple[str, str, str], str] = field(default_factory=dict)
    reached: dict[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)

    def claim(
        self, connection: ConnectionId, code: str, idempotency_key: str
    ) -> frozenset[str] | None:
        """Claim a notification."""
        key = (connection, code, idempotency_key)
        if self.held.get(key, "free") != "free":
            return None
        self.held[key] = "claimed"
        return self.reached.get(key, frozenset())

    def was_sent(self, connection: ConnectionId, code: str, idempotency_key: str) -> bool:
        """Say whether it was sent."""
        return self.held.get((connection, code, idempotency_key)) == "sent"

    def mark_sent(self, connection: ConnectionId, code: str, idempotency_key: str) -> None:
        """Note that it was sent."""
        self.held[connection, code, idempotency_key] = "sent"

    def release(
        self,
        connection: ConnectionId,
        code: str,
        idempotency_key: str,
        reached: Collection[str] = (),
    ) -> None:
        """Give the claim up."""
        key = (connection, code, idempotency_key)
        self.held[key], self.reached[key] = "free", frozenset(reached)


@dataclass(slots=True)
class FakeDueMails:
    """The notifications that are tried again."""

    held: list[DueMail] = field(default_factory=list)

    def add(self, due: DueMail) -> None:
        """Keep one."""
        self.held.append(due)

    def remove(self, due: DueMail) -> None:
        """Forget one."""
        self.held.remove(due)

    def all(self) -> Iterator[DueMail]:
        """Return all of them."""
        return iter(list(self.held))


@dataclass(slots=True)
class FakeAllowance:
    """How many mails each person got on each day, and which of the morning."""

    counts: Counter[tuple[str, date]] = field(default_factory=Counter)
    mornings: set[tuple[str, date]] = field(default_factory=set)

    def take(self, digest: str, day: date, kind: MailKind) -> bool:
        """Take one."""
        key = (digest, day)
        most = MOST_A_DAY if kind is MailKind.LOGIN else MOST_NEWS_A_DAY
        is_second = kind is MailKind.MORNING and key in self.mornings
        if self.counts[key] >= most or is_second:
            return False
        self.counts[key] += 1
        if kind is MailKind.MORNING:
            self.mornings.add(key)
        return True

    def give_back(self, digest: str, day: date, kind: MailKind) -> None:
        """Give one back."""
        self.counts[digest, day] -= 1
        if kind is MailKind.MORNING:
            self.mornings.discard((digest, day))


@dataclass(slots=True)
class FakePreferences:
    """What people do not want: connection, address and choice."""

    unwanted: set[tuple[str, str, MailChoice]] = field(default_factory=set)

    def wanted(self, connection: ConnectionId, mail: str) -> frozenset[MailChoice]:
        """Return what a person wants."""
        return frozenset(
            each for each in MailChoice if (connection, mail, each) not in self.unwanted
        )

    def choose(self, connection: ConnectionId, mail: str, wanted: frozenset[MailChoice]) -> None:
        """Refuse: mails choose nothing."""
        raise NotImplementedError(connection, mail, wanted)


@dataclass(slots=True)
class FakeMailer:
    """The mails that were sent; `errors` are raised first."""

    sent: list[OutgoingMail] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def send(self, mail: OutgoingMail) -> None:
        """Take a mail."""
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(mail)

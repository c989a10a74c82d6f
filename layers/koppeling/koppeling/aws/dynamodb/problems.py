"""Problems that are open, and for a while those that were closed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from koppeling.aws.dynamodb.codec import Codec
from koppeling.aws.dynamodb.table import (
    SyncItem,
    SyncStore,
    connection_key,
    epoch,
    moment,
    new_mark,
)
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import WhichProblems, every_problem
from koppeling.core.problems import OPERATOR, Episode, Problem, current_subject, plain_subject

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action

# A closed problem can be looked up for this long; it may hold a name, so not for ever (S13)
KEPT_AFTER_CLOSING = timedelta(days=90)
# A problem that opens and closes every day fills no item: the newest times are kept
MOST_EPISODES = 20
# A problem of an operator that no look opens again any more ends by itself
KEPT_UNSEEN = timedelta(days=30)
# Nobody reads more of one value, and a problem has to fit in an item
LONGEST_VALUE = 1000
OPEN, CLOSED = "OPEN", "CLOSED"
# In bytes. A sort key may have 1,024, and the key of a document alone may have as many
LONGEST_SUBJECT = 900
_PROBLEM = Codec(Problem, aside=["connection", "code", "since"])


class ProblemStore(SyncStore):
    """Keeps one item per connection, subject and code."""

    def open(self, problem: Problem) -> None:
        """Open a problem, or keep it open; the moment at which it was first opened stays."""
        values = {name: value[:LONGEST_VALUE] for name, value in problem.values.items()}
        actions = [
            self._items.data.set(_PROBLEM.encode(replace(problem, values=values))),
            self._items.state.set(OPEN),
            self._items.opened_at.set(self._items.opened_at | epoch(self._now())),
            self._lifetime(problem),
            self._items.mark.set(new_mark()),
        ]
        key = connection_key(problem.connection), self._sort_key(problem)
        self._update(self._items(*key), actions)

    def _lifetime(self, problem: Problem) -> "Action":
        """Return what becomes of the expiry: those of operators are opened anew every day."""
        if problem.connection != OPERATOR:
            return self._items.expires_at.remove()
        return self._items.expires_at.set(epoch(self._now() + KEPT_UNSEEN))

    def close(
        self, connection: ConnectionId, subject: str, which: WhichProblems = every_problem
    ) -> None:
        """Close what is open now; a problem that another function opens meanwhile stays open."""
        now = self._now()
        for item in self._open_of(connection, subject):
            if which(_problem_of(item, connection)):
                # Without the moment of opening, the next opening is a new one
                actions = [
                    self._items.state.set(CLOSED),
                    self._items.opened_at.remove(),
                    self._items.past.set(_past_of(item, now)),
                    self._items.expires_at.set(epoch(now + KEPT_AFTER_CLOSING)),
                ]
                self._update(item, actions, self._as_read(item.mark))

    def history(self, connection: ConnectionId, subject: str) -> list[Episode]:
        found: list[Episode] = []
        for item in self._of(connection, subject):
            code = _code_of(item)
            found += (Episode(code, *map(_moment, times)) for times in item.past or ())
            if item.state == OPEN:
                found.append(Episode(code, _moment(item.opened_at)))
        return sorted(found, key=lambda each: epoch(each.opened_at) if each.opened_at else 0)

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        for item in self._query(connection, "PROBLEM#", consistent_read=True):
            if item.state == OPEN:
                yield _problem_of(item, connection)

    def _sort_key(self, problem: Problem) -> str:
        """Return where a problem lies: an earlier release may have opened it elsewhere (R40)."""
        usual = f"{_prefix(problem.subject)}{problem.code}"
        if plain_subject(problem.subject) == problem.subject:
            return usual
        opened = self._open_of(problem.connection, problem.subject)
        return next((item.sk for item in opened if _code_of(item) == problem.code), usual)

    def _open_of(self, connection: ConnectionId, subject: str) -> Iterator[SyncItem]:
        """Find the open problems of a subject."""
        return (item for item in self._of(connection, subject) if item.state == OPEN)

    def _of(self, connection: ConnectionId, subject: str) -> Iterator[SyncItem]:
        """Find the problems of a subject, also where earlier releases stored them (R40)."""
        for prefix in dict.fromkeys((_prefix(subject), _prefix(plain_subject(subject)))):
            for item in self._query(connection, prefix, consistent_read=True):
                # A subject may contain `#`, so the prefix finds problems of longer subjects too
                if _subject_of(item) == subject:
                    yield item


def _problem_of(item: SyncItem, connection: ConnectionId) -> Problem:
    since = moment(item.opened_at) if item.opened_at else None
    found = _PROBLEM.decode(item.data, connection=connection, code=_code_of(item), since=since)
    return replace(found, subject=_subject_of(item))


def _past_of(item: SyncItem, closed_at: datetime) -> list[list[int | None]]:
    """Return when a problem was open, with the time that ends now; as seconds, to be small."""
    forgotten = epoch(closed_at - KEPT_AFTER_CLOSING)
    kept = [times for times in item.past or () if times[1] > forgotten]
    opened_at = int(item.opened_at) if item.opened_at else None
    return [*kept, [opened_at, epoch(closed_at)]][-MOST_EPISODES:]


def _moment(seconds: float | None) -> datetime | None:
    return moment(seconds) if seconds else None


def _subject_of(item: SyncItem) -> str:
    return current_subject(item.data["subject"], _code_of(item))


def _code_of(item: SyncItem) -> str:
    return item.sk.rpartition("#")[2]


def _prefix(subject: str) -> str:
    """Return how the sort keys of a subject begin; a long one is named by its hash."""
    if len(subject.encode()) > LONGEST_SUBJECT:
        subject = sha256(subject.encode()).hexdigest()
    return f"PROBLEM#{subject}#"

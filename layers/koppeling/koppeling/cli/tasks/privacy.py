"""Handing over and erasing what is kept of a connection (S13)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from koppeling.cli.exits import CommandError
from koppeling.cli.tasks.logins import logins
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.push.invoice import folder_of
from koppeling.watch.notifier import login_id

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

KEPT = tuple(
    """\
Sales entries, documents and attachments stay in the books in Exact Online: the law wants 7 years.
What was sent to Exact Online for each invoice stays locked in the evidence bucket for as long.
Records that were carried over stay in QicsMilestones, where they belong to the customer.
Backups of the tables hold what was removed for 35 days more, logs hold codes and ids for 30 days.
A message that waited in a queue writes nothing any more, and is gone after 14 days.
A login that was under way is gone after a day.
""".splitlines()
)

BEGUN_WITHIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was removed of a connection, and when; it names no person."""

    connection: ConnectionId
    erased_at: datetime
    sync_items: Mapping[str, int]
    division_items: int
    token_chains: Mapping[str, int]
    inbox_versions: int
    kept: tuple[str, ...] = field(default=KEPT)


class ConnectionEraser:
    """Removes everything that is kept of one connection, and nothing of any other."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack
        self._stores = stack.stores

    def erase(self, connection: Connection) -> Certificate:
        """Remove everything, after pausing the connection so that nothing new is written.

        Its configuration goes last: an erasure that was broken off can be done again.

        Raises:
            CommandError: a run is still at work for it.
        """
        self._stores.connections.save(replace(connection, paused=True))
        # Whoever read before that that it is not paused has begun its work by then
        self._stack.pause(BEGUN_WITHIN_SECONDS)
        if at_work := self._stores.pulls.at_work(connection.id, self._stack.now()):
            raise CommandError(
                f"a pull of {', '.join(at_work)} is still at work; as {connection.id} is paused, "
                "it ends within 3 minutes: try again then"
            )
        if self._stores.semaphore.in_use(connection.exact_host, connection.division):
            raise CommandError(
                f"an invoice is being booked in administration {connection.division}: "
                "try again in 5 minutes"
            )
        others = [one for one in self._stores.connections.all() if one.id != connection.id]
        inbox = self._stack.inbox.clear(connection.id)
        chains = self._erase_chains(connection, others)
        division = self._erase_division(connection, others)
        return Certificate(
            connection.id,
            self._stack.now(),
            sync_items=self._stores.eraser.erase(connection.id),
            division_items=division,
            token_chains=chains,
            inbox_versions=inbox,
        )

    def _erase_chains(self, connection: Connection, others: list[Connection]) -> Mapping[str, int]:
        """Remove the chains that no other connection uses (X18)."""
        used = {key for one in others for key in self._stack.token_keys(one).values()}
        mine = self._stack.token_keys(connection).items()
        unused = {provider: key for provider, key in mine if key not in used}
        for key in unused.values():
            # Whom the mails about the login reached
            self._stores.eraser.erase(login_id(key))
        return {provider: self._stores.eraser.erase_chain(key) for provider, key in unused.items()}

    def _erase_division(self, connection: Connection, others: list[Connection]) -> int:
        mine = (connection.exact_host, connection.division)
        if any((one.exact_host, one.division) == mine for one in others):
            return 0
        return self._stores.eraser.erase_division(*mine)


def exported_lines(stack: "Stack", connection: Connection) -> Iterator[str]:
    """Yield a line for each item, login and object; `kind` says which of these it is."""
    for item in stack.stores.exporter.items(connection.id):
        yield _line("item", item)
    for login in logins(stack, connection):
        yield _line("login", asdict(login))
    for each in stack.inbox.list_objects(connection.id):
        yield _line("inbox", each._asdict())
    for piece in stack.evidence_objects.below(folder_of(connection.id)):
        yield _line("evidence", piece._asdict())


def _line(kind: str, values: Mapping[str, Any]) -> str:
    return json.dumps({"kind": kind, **values}, ensure_ascii=False, default=_text)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

"""Erasing a connection for good, and the certificate of it (S13)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from koppeling.auth.token_pair import TokenKey
from koppeling.cli.exits import CommandError, NotFound
from koppeling.cli.tasks.logins import Login
from koppeling.cli.tasks.mails import carry_out, steps
from koppeling.cli.tasks.ports import Connections, Eraser, Exporter, Shelf, States, Subscriptions
from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId

KEPT = tuple(
    """\
Sales entries, documents and attachments stay in the books in Exact Online: the law wants 7 years.
What was sent to Exact Online for each invoice stays locked in the evidence bucket for as long.
Records that were carried over stay in QicsMilestones, where they belong to the customer.
Backups of the tables hold what was removed for 35 days more, logs hold codes and ids for 30 days.
A message that waited in a queue is gone after 14 days, a login that was under way after a day.
""".splitlines()
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was removed of a connection, and when; it names no person."""

    connection: ConnectionId
    erased_at: datetime
    sync_items: Mapping[str, int]
    division_items: int
    token_chains: Mapping[str, int]
    inbox_versions: int
    subscriptions: int
    kept: tuple[str, ...] = field(default=KEPT)


class ConnectionEraser:
    """Removes everything that is kept of one connection, and of nobody else."""

    def __init__(  # noqa: PLR0913 - each is a place in which something is kept
        self,
        *,
        connections: Connections,
        states: States,
        eraser: Eraser,
        shelf: Shelf,
        subscriptions: Subscriptions,
        now: Now,
    ) -> None:
        self._connections = connections
        self._states = states
        self._eraser = eraser
        self._shelf = shelf
        self._subscriptions = subscriptions
        self._now = now

    def erase(self, connection: ConnectionId, keys: Mapping[str, TokenKey]) -> Certificate:
        """Remove everything; a paused connection is begun with, so that nothing is written anew.

        Its configuration goes last: an erasure that was broken off can be done again.

        Raises:
            NotFound: there is no such connection.
            Stopped: it is not paused, or a run is still at work for it.
        """
        found = self._connections.get(connection)
        if found is None:
            raise NotFound(f"there is no connection {connection}")
        self._refuse_when_busy(found)
        others = [one for one in self._connections.all() if one.id != connection]
        inbox = self._shelf.clear(connection)
        mails = steps(self._connections, self._subscriptions, found, None)
        carry_out(self._subscriptions, mails)
        chains = self._erase_chains(keys, others)
        division = self._erase_division(found, others)
        return Certificate(
            connection,
            self._now(),
            sync_items=self._eraser.erase(connection),
            division_items=division,
            token_chains=chains,
            inbox_versions=inbox,
            subscriptions=len(mails),
        )

    def _refuse_when_busy(self, connection: Connection) -> None:
        if not connection.paused:
            raise CommandError(f"{connection.id} is at work: pause it first")
        if at_work := self._states.at_work(connection.id, self._now()):
            raise CommandError(
                f"a pull of {', '.join(at_work)} is still at work; as {connection.id} is paused, "
                "it ends within 3 minutes: try again then"
            )

    def _erase_chains(
        self, keys: Mapping[str, TokenKey], others: list[Connection]
    ) -> Mapping[str, int]:
        """Remove the chains that no other connection uses (X18)."""
        used = {
            *(("exact", one.exact_user.lower(), one.exact_host) for one in others),
            *(("milestones", one.milestones_user.lower(), "") for one in others),
        }
        return {
            provider: self._eraser.erase_chain(key)
            for provider, key in keys.items()
            # There is one QicsMilestones per stack, so its host tells no chains apart
            if (provider, key.user, key.host if provider == "exact" else "") not in used
        }

    def _erase_division(self, connection: Connection, others: list[Connection]) -> int:
        mine = (connection.exact_host, connection.division)
        if any((one.exact_host, one.division) == mine for one in others):
            return 0
        return self._eraser.erase_division(*mine)


def lines(
    connection: ConnectionId, exporter: Exporter, shelf: Shelf, logins: Iterable[Login]
) -> Iterator[str]:
    """Yield a line for each item, login and object; `kind` says which of these it is."""
    for item in exporter.items(connection):
        yield _line("item", item)
    for login in logins:
        yield _line("login", asdict(login))
    for lying in shelf.lying(connection):
        told = {"key": lying.key, "size": lying.size, "modified": lying.modified}
        yield _line("inbox", told)


def _line(kind: str, told: Mapping[str, Any]) -> str:
    return json.dumps({"kind": kind, **told}, ensure_ascii=False, default=_text)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

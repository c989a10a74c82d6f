"""An approval: a person saw what a first load will overwrite, and lets it begin.

approve ──► the previews are made anew ──► do they overwrite anything that was not seen?
                                             │ no                          │ yes
                                             ▼                             ▼
                                the connection is started      the approval lapses: look again

Between the new previews and the first write lie seconds to minutes. A value that somebody types in
QicsMilestones in that time is overwritten unseen; whatever was typed before is not.
"""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.core.ports import Connections
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.kept_preview import DONE, EntityPreview, KeptPreviews, digest_of_all, totals

STARTED, LAPSED = "started", "approval-lapsed"


class Stage(StrEnum):
    """How far an approval is: `asked` while the previews are made anew, then one of the others."""

    ASKED = "asked"
    STARTED = "started"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who let a connection begin, when, and what was seen: its digest, and the counts.

    `seen` is when the preview of each entity was taken. `since` says of a lapsed approval how many
    records of each entity would be overwritten that were not seen.
    """

    who: str
    role: str
    at: datetime
    digest: str
    counts: Mapping[str, int]
    seen: Mapping[str, datetime]
    stage: Stage = Stage.ASKED
    since: Mapping[str, int] = field(default_factory=dict)
    stopped: Mapping[str, str] = field(default_factory=dict)


class Approvals(Protocol):
    """The last approval of each connection."""

    def get(self, connection: ConnectionId) -> Approval | None:
        """Return it."""

    def save(self, connection: ConnectionId, approval: Approval) -> None:
        """Keep an approval that was given just now."""

    def end(self, connection: ConnectionId, approval: Approval) -> bool:
        """Keep how an approval ended; False when somebody else ended it."""


class StartsConnections(Connections, Protocol):
    """Connections, as an approval starts them."""

    def set_started(self, connection: ConnectionId, *, started: bool) -> bool:
        """Start a connection; False when it is gone, or changes at this moment."""


class NotSeen(Exception):  # noqa: N818 - it names what is so
    """What is approved is not what would happen: there is no preview, or a newer one."""


@dataclass(frozen=True, slots=True)
class Approving:
    """Takes approvals, and starts connections by them."""

    connections: StartsConnections
    previews: KeptPreviews
    approvals: Approvals
    log: Log
    now: Now

    def seen(self, connection: Connection) -> list[EntityPreview]:
        """Return the previews of all that is switched on; empty when one is missing or stopped."""
        kept = self.previews.of(connection.id)
        wanted = [each for each in ENTITIES if connection.setting(each).enabled]
        found = [kept[each] for each in wanted if each in kept and kept[each].outcome == DONE]
        return found if len(found) == len(wanted) else []

    def approve(self, connection: Connection, digest: str, *, who: str, role: str) -> Approval:
        """Take an approval of what was seen under this digest.

        Raises:
            NotSeen: something else would happen.
        """
        seen = self.seen(connection)
        if not seen or digest_of_all(seen) != digest:
            raise NotSeen(connection.id)
        given = Approval(
            who,
            role,
            self.now(),
            digest,
            totals(seen),
            {each.entity: each.at for each in seen},
        )
        self.approvals.save(connection.id, given)
        return given

    def settle(self, connection_id: ConnectionId) -> Approval | None:
        """Start the connection once every preview was made anew; returns how the approval ended.

        Raises:
            Retry: the connection changes at this moment.
        """
        connection, given = self.connections.get(connection_id), self.approvals.get(connection_id)
        if connection is None or given is None or given.stage is not Stage.ASKED:
            return None
        kept = self.previews.of(connection_id)
        wanted = [each for each in ENTITIES if connection.setting(each).enabled]
        fresh = [kept[each] for each in wanted if each in kept and kept[each].at > given.at]
        if len(fresh) < len(wanted):
            return None
        stopped = {each.entity: each.outcome for each in fresh if each.outcome != DONE}
        since = {} if stopped else self._since(connection_id, given, fresh)
        if stopped or since:
            ended = replace(given, stage=Stage.LAPSED, since=since, stopped=stopped)
            return self._end(connection_id, ended, LAPSED)
        if not self.connections.set_started(connection_id, started=True):
            raise Retry("pull-overtaken", "the connection changes at this moment")
        return self._end(connection_id, replace(given, stage=Stage.STARTED), STARTED)

    def _since(
        self, connection: ConnectionId, given: Approval, fresh: list[EntityPreview]
    ) -> dict[str, int]:
        """Return how many changes of each entity were not seen."""
        found: dict[str, int] = {}
        for each in fresh:
            before = given.seen.get(each.entity)
            seen: frozenset[bytes] = frozenset()
            if before is not None:
                seen = self.previews.marks(connection, replace(each, at=before))
            if new := len(self.previews.marks(connection, each) - seen):
                found[each.entity] = new
        return found

    def _end(self, connection: ConnectionId, ended: Approval, what: str) -> Approval:
        if self.approvals.end(connection, ended):
            counts = ended.since if ended.stage is Stage.LAPSED else ended.counts
            values = {name: str(count) for name, count in counts.items()}
            if ended.stage is Stage.STARTED:
                values["digest"] = ended.digest[:8]
            self.log.add(
                LogEntry(
                    connection,
                    self.now(),
                    LogKind.SETTINGS,
                    what,
                    who=ended.who,
                    role=ended.role,
                    values=values,
                )
            )
        return ended

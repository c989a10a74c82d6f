"""Previews that are kept, asked for by a message or an operator, and the first load after them.

asked for ──► queue of each entity ──► preview, after those of the entities before it ──► kept
approved  ──► the same, and behind it a message that pulls once the connection is started
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from koppeling.core.clock import Deadline
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.summary import Summary
from koppeling.pull.approval import Approvals, Approving, Stage
from koppeling.pull.by_hand import FIRST_LOAD, PREVIEW
from koppeling.pull.by_hand import handle as pull_by_hand
from koppeling.pull.double_choices import KnownDoubles
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.kept_preview import DONE, EntityPreview, KeptPreviews
from koppeling.pull.preview import PreviewPlan
from koppeling.pull.preview_rows import digest_of

if TYPE_CHECKING:
    from koppeling.pull.dispatch import PullDispatcher

# How soon a message looks again whether what it waits for is there
LOOKED_AGAIN_SECONDS = 5
# Longer than all previews before it take; one that never comes is not waited for
PATIENCE = timedelta(minutes=10)
WAITS, PREVIEWED = "waits", "previewed"
# These end by themselves within a minute, so what was found until then is not kept
PASSING = frozenset({"exact-minute-limit", "token-busy", "token-overtaken"})
TRIED_AGAIN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Previewer:
    """Makes the previews of one entity."""

    pulls: "PullDispatcher"
    kept: KeptPreviews
    approving: Approving
    approvals: Approvals
    doubles: KnownDoubles

    def make(self, connection_id: ConnectionId, deadline: Deadline) -> EntityPreview:
        """Make a preview and keep it; an approval that waited for it is settled.

        One that is stopped by what ends by itself is not kept: its outcome says so.
        """
        at, entity = self.pulls.now(), self.pulls.entity.name
        summary, plan = self.pulls.planned(connection_id, deadline)
        found = EntityPreview(
            entity,
            at,
            summary.outcome,
            counts_of(summary, plan),
            dict(plan.why),
            digest_of(plan.marks),
        )
        if summary.outcome not in {"unknown-connection", *PASSING}:
            self.kept.save(connection_id, found, plan)
            self._find_doubles(connection_id, plan)
            self.approving.settle(connection_id)
        return found

    def _find_doubles(self, connection: ConnectionId, plan: PreviewPlan) -> None:
        """Keep the pairs of which a person has to say whether they are one customer."""
        if plan.newcomers:
            # Late: no tick needs it, and it loads a library (P9)
            from koppeling.pull.doubles import likely_doubles  # noqa: PLC0415

            self.doubles.find(connection, likely_doubles(plan.newcomers, plan.left_there()))

    def handle(self, message: Mapping[str, str], deadline: Deadline) -> Summary:
        """Do what a person asked for."""
        wish = message["by_hand"]
        if wish not in {PREVIEW, FIRST_LOAD}:
            return pull_by_hand(self.pulls, message, deadline)
        connection = self.pulls.connections.get(ConnectionId(message["connection"]))
        if connection is None:
            return self._summary(message, "unknown-connection")
        if self._has_to_wait(wish, connection, datetime.fromisoformat(message["slot"])):
            self.pulls.queue.send([(dict(message), LOOKED_AGAIN_SECONDS)])
            return self._summary(message, WAITS)
        if wish == FIRST_LOAD:
            return pull_by_hand(self.pulls, message, deadline)
        found = self.make(connection.id, deadline)
        if found.outcome in PASSING:
            self.pulls.queue.send([(dict(message), TRIED_AGAIN_SECONDS)])
        return self._summary(message, PREVIEWED if found.outcome == DONE else found.outcome)

    def _has_to_wait(self, wish: str, connection: Connection, asked_at: datetime) -> bool:
        if self.pulls.now() - asked_at > PATIENCE:
            return False
        if wish == FIRST_LOAD:
            given = self.approvals.get(connection.id)
            return not connection.started and given is not None and given.stage is Stage.ASKED
        kept = self.kept.of(connection.id)
        before = list(ENTITIES)[: list(ENTITIES).index(self.pulls.entity.name)]
        wanted = [each for each in before if connection.setting(each).enabled]
        return any(each not in kept or kept[each].at < asked_at for each in wanted)

    def _summary(self, message: Mapping[str, str], outcome: str) -> Summary:
        return Summary("pull", outcome, message["connection"], entity=self.pulls.entity.name)


def counts_of(summary: Summary, plan: PreviewPlan) -> dict[str, int]:
    """Return what people read of a run: how many records are new, overwritten, same, left out."""
    counts = summary.counts
    return {
        "new": counts.get("created", 0),
        "overwritten": len(plan.marks),
        "same": counts.get("unchanged", 0) - plan.written_twice,
        "left_out": counts.get("left", 0) + counts.get("parked", 0),
        "read": counts.get("read", 0),
        "calls": counts.get("calls", 0),
    }

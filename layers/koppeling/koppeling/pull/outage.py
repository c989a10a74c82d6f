"""Whether QicsMilestones fails on a record or as a whole.

One record on which it fails must hold up no other, and an outage must not park them all. The two
are told apart by the other records of the run: where some got through, it is the records. Until
that is known, those on which it failed wait in the retry set, due at the next run.
"""

from dataclasses import dataclass, field

from koppeling.core.errors import Consequence, Retry, Uncertain
from koppeling.core.ids import ExactId
from koppeling.pull.change import PendingChange
from koppeling.pull.upsert import UpsertOutcome, UpsertResult

# The code of what QicsMilestones answers, or does not answer, when it fails
FAILS = "milestones-unavailable"
# When it fails on so many records in one run, it is down
FAILING_RECORDS = 5
_GOT_THROUGH = frozenset({UpsertOutcome.CREATED, UpsertOutcome.CHANGED, UpsertOutcome.UNCHANGED})


@dataclass(slots=True)
class OutageWatch:
    """Counts on how many records of a run QicsMilestones failed, and whether any got through."""

    suspects: dict[ExactId, tuple[PendingChange, Consequence]] = field(default_factory=dict)
    got_through: bool = False
    _failing: set[ExactId] = field(default_factory=set)

    def note(self, result: UpsertResult) -> None:
        """Note what became of a change."""
        exact_id = result.record.exact_id
        self.got_through |= result.outcome in _GOT_THROUGH
        if result.parked is None:
            self.suspects.pop(exact_id, None)
            self._failing.discard(exact_id)
        elif result.outcome is UpsertOutcome.PARKED and result.parked.code == FAILS:
            self._failing.add(exact_id)

    def suspect(self, change: PendingChange, failure: Consequence) -> None:
        """Keep a change on which QicsMilestones failed until the end of the run."""
        self.suspects[change.record.exact_id] = change, failure
        self._failing.add(change.record.exact_id)

    @property
    def outage(self) -> Retry | None:
        """Return the failure that stops the run, when QicsMilestones fails on many records."""
        if len(self._failing) < FAILING_RECORDS:
            return None
        return Retry(FAILS, f"{len(self._failing)} records in one run")


def may_concern_one_record(failure: Consequence) -> bool:
    """Say whether a failure may concern this record alone.

    A pause that QicsMilestones asks for, a lost login and a missing right concern all of them.
    """
    return isinstance(failure, Retry | Uncertain) and failure.code == FAILS

"""Whether QicsMilestones fails on a record or as a whole.

One record on which it fails must hold up no other, and an outage must not park them all. The two
are told apart by the other records of the run: where some got through, it is the records. Until
that is known, those on which it failed wait in the retry set, due at the next run.
"""

from dataclasses import dataclass, field

from koppeling.core.errors import Consequence, Retry, Uncertain, most_severe
from koppeling.core.ids import ExactId
from koppeling.pull.change import PendingChange
from koppeling.pull.upsert import UpsertOutcome, UpsertResult

# The code of what QicsMilestones answers, or does not answer, when it fails
FAILS = "milestones-unavailable"
# When it fails on so many records and none got through in this run, it is down
FAILING_RECORDS = 5
# Some records in a row may fail for ever. More than these are an outage that began meanwhile
FAILING_IN_A_ROW = 25
_GOT_THROUGH = frozenset({UpsertOutcome.CREATED, UpsertOutcome.CHANGED, UpsertOutcome.UNCHANGED})


class Down(Retry):
    """QicsMilestones failed on so many records that all of it seems to be down."""


@dataclass(slots=True)
class OutageWatch:
    """Counts on how many records QicsMilestones failed since one got through in this run."""

    suspects: dict[ExactId, tuple[PendingChange, Consequence]] = field(default_factory=dict)
    got_through: bool = False
    _failing: set[ExactId] = field(default_factory=set)

    def note(self, result: UpsertResult) -> None:
        """Note what became of a change."""
        exact_id = result.record.exact_id
        if result.outcome in _GOT_THROUGH:
            self.got_through = True
            self._failing.clear()
        if result.parked is None:
            self.suspects.pop(exact_id, None)
            self._failing.discard(exact_id)
        elif result.outcome is UpsertOutcome.PARKED and result.parked.code == FAILS:
            self._failing.add(exact_id)

    def suspect(self, change: PendingChange, failure: Consequence) -> None:
        """Keep a change on which QicsMilestones failed until the end of the run."""
        self.suspects[change.record.exact_id] = change, failure
        self._failing.add(change.record.exact_id)

    def failed(self) -> list[tuple[PendingChange, Consequence]]:
        """Return what failed in a run in which other records got through.

        One that was parked for this before says nothing new of QicsMilestones as a whole.

        Raises:
            Consequence: no record got through, so all of QicsMilestones seems to be down.
        """
        failed = list(self.suspects.values())
        is_new = [change.held is None or change.held.code != FAILS for change, _ in failed]
        worst = most_severe(failure for _, failure in failed)
        if worst is not None and any(is_new) and not self.got_through:
            raise worst
        return failed

    @property
    def outage(self) -> Down | None:
        """Return the failure that stops the run, when QicsMilestones fails on many records."""
        if len(self._failing) < (FAILING_IN_A_ROW if self.got_through else FAILING_RECORDS):
            return None
        return Down(FAILS, f"{len(self._failing)} records in one run")


def may_concern_one_record(failure: Consequence) -> bool:
    """Say whether a failure may concern this record alone.

    A pause that QicsMilestones asks for, a lost login and a missing right concern all of them.
    """
    return isinstance(failure, Retry | Uncertain) and failure.code == FAILS

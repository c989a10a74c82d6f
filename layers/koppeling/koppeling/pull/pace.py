"""The pace of calls to QicsMilestones that a first load has learned, for its next run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LearnedPace:
    """In calls a minute, as whole numbers.

    `refused_at` is the pace at which QicsMilestones said that it was too much; 0 when it never did.
    """

    calls_a_minute: int
    refused_at: int = 0

"""A run of a pull that is asked for, and one that is ready."""

from collections.abc import Callable
from dataclasses import dataclass

from koppeling.core.clock import Deadline
from koppeling.core.connection import Connection
from koppeling.pull.cursor import PullState
from koppeling.pull.entities.entity import Entity
from koppeling.pull.known_retries import KnownRetries
from koppeling.pull.lease import RunLease
from koppeling.pull.ports import PullStores
from koppeling.pull.preview import PreviewPlan
from koppeling.pull.run import PullRun


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is built for. With a `plan` it is a preview, which notes what it would do.

    One that `is_asked_for` by a person trusts no look-up of before.

    Every write needs the `lease`, also one in QicsMilestones; the `stores` see to their own.
    """

    connection: Connection
    entity: Entity
    state: PullState
    deadline: Deadline
    stores: PullStores
    lease: RunLease
    retries: KnownRetries
    plan: PreviewPlan | None = None
    is_asked_for: bool = False


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A run, and what is called before it and at its end.

    `stretched_minutes` is how far apart ticks must be for the calls of the day to last (R34).
    """

    run: PullRun
    calls: Callable[[], int]
    close: Callable[[], None]
    requeue: Callable[[], int]
    stretched_minutes: Callable[[], int] = lambda: 0


type StartRun = Callable[[RunRequest], PreparedRun]
"""Builds the run of one connection: its clients, its tokens, its budget."""

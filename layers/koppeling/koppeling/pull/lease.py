"""The lease of a run: every write needs it, and a run that writes nothing takes none (P6).

at rest ──► read Exact ──► nothing new: no write at all
   │ no            │ something to write: take the lease, unless another run moved meanwhile
   ▼               ▼
take the lease ──► write ──► give the lease back
"""

from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, cast

from koppeling.core.clock import Now, today
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.pull.cursor import PullState
from koppeling.pull.ports import PullStates, PullStores

OVERTAKEN = "pull-overtaken"


@dataclass(slots=True)
class RunLease:
    """The lease of one run; the threads of the run share it."""

    states: PullStates
    connection: ConnectionId
    entity: str
    now: Now
    length: timedelta
    _seen: PullState = field(default_factory=lambda: PullState(fencing=0), init=False)
    _fencing: int | None = field(default=None, init=False)
    _ends_at: datetime | None = field(default=None, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def begin(self, *, writes: bool) -> PullState | None:
        """Return where the pull stands; None while another run is at work.

        The lease is taken now, unless the run may find that there is nothing to write.
        """
        seen = self.states.read(self.connection, self.entity, self.now())
        if seen is None:
            return None
        if writes or not seen.is_at_rest(today(self.now())):
            seen = self._acquire(None)
        self._seen = seen or self._seen
        return seen

    def hold(self) -> None:
        """Make sure that this run may write.

        Raises:
            Retry: another run took the lease, or may have it since ours is over.
        """
        with self._lock:
            if self._fencing is None:
                self._take()
            if self._ends_at is None or self.now() >= self._ends_at:
                raise Retry(OVERTAKEN, "the lease of this run is over")

    def save(self, state: PullState) -> None:
        """Write where the pull stands.

        Raises:
            Retry: another run has the lease.
        """
        self.states.save(self.connection, self.entity, self._as_ours(state))

    def release(self, state: PullState) -> None:
        """Write where the pull stands if that changed, and give the lease back if there is one.

        Raises:
            Retry: another run has the lease.
        """
        if self._fencing is None and state == self._seen:
            return
        self.states.release(self.connection, self.entity, self._as_ours(state))
        # A thread that is late writes nothing any more
        self._ends_at = None

    def _as_ours(self, state: PullState) -> PullState:
        with self._lock:
            fencing = self._take() if self._fencing is None else self._fencing
        return replace(state, fencing=fencing)

    def _take(self) -> int:
        taken = self._acquire(self._seen)
        if taken is None:
            raise Retry(OVERTAKEN, "another run began meanwhile")
        return taken.fencing

    def _acquire(self, seen: PullState | None) -> PullState | None:
        now = self.now()
        taken = self.states.acquire(self.connection, self.entity, now, self.length, seen=seen)
        if taken is not None:
            self._fencing, self._ends_at = taken.fencing, now + self.length
        return taken


class _UnderLease:
    """A store of which the methods that write need the lease; a write of nothing does nothing."""

    def __init__(self, store: object, hold: Callable[[], None], writes: tuple[str, ...]) -> None:
        self._store = store
        self._hold = hold
        self._writes = writes

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._store, name)
        return self._held(method) if name in self._writes else method

    def _held(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def write(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - those of the method
            *first, last = given
            last = list(last) if isinstance(last, Iterator) else last
            if isinstance(last, Sized) and not isinstance(last, str) and not last:
                return None
            self._hold()
            return method(*first, last, **named)

        return write


def under_lease[Store](store: Store, hold: Callable[[], None], *writes: str) -> Store:
    """Return a store of which these methods need the lease: they take it, or raise Retry."""
    return cast("Store", _UnderLease(store, hold, writes))


@dataclass(frozen=True, slots=True)
class LeasedStates:
    """Where pulls stand, as one run writes it."""

    states: PullStates
    lease: RunLease

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where a pull stands."""
        return self.states.peek(connection, entity)

    def save(self, connection: ConnectionId, entity: str, state: PullState) -> None:  # noqa: ARG002 - the port has them
        """Write where the pull of the run stands."""
        self.lease.save(state)


def stores_under(lease: RunLease, stores: PullStores) -> PullStores:
    """Return the stores of a run, of which every write needs its lease."""
    writes: Mapping[str, tuple[str, ...]] = {
        "records": ("save_many", "plan_reviews", "reviewed"),
        "retries": ("park", "drop"),
        "problems": ("open", "close"),
        "links": ("take", "note", "mark_complete"),
        "deletions": ("save", "note", "forget"),
        "holders": ("note",),
    }
    leased = {
        name: under_lease(getattr(stores, name), lease.hold, *methods)
        for name, methods in writes.items()
    }
    states = cast("PullStates", LeasedStates(stores.states, lease))
    return replace(stores, states=states, **leased)

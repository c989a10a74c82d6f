"""Pulling by hand: direct events in the order of a first load, and the schedule's own tick."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from koppeling.cli.exits import UsageError
from koppeling.core.ids import ConnectionId
from koppeling.pull.entities.registry import ENTITIES

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

WATCH = "WatchFunction"
# It goes on by itself: the rest of a run waits in the queue, or another run is at work
GOES_ON = frozenset(
    {"pull-continues", "busy", "pull-overtaken", "token-busy", "exact-minute-limit"}
)
WELL = frozenset({"done", "paused", "not-started", "switched-off"})
# The scheduler replaces this with the time of the tick
_SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
_WAIT_SECONDS = 5
_PAUSE_SECONDS = 1.0  # short, so that Ctrl-C is noticed soon


@dataclass(frozen=True, slots=True)
class Pulled:
    """The result of a pull of one entity; of a preview also what it would change."""

    entity: str
    outcome: str
    detail: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[Mapping[str, Any], ...] = ()
    left_out: int = 0
    dry_run: bool = False

    @property
    def is_well(self) -> bool:
        """Say whether nobody has to look at it; a preview never goes on by itself."""
        return self.outcome in (WELL if self.dry_run else WELL | GOES_ON)


class ManualPull:
    """Pulls of one stack, started by hand."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack

    def pull(
        self, connection: ConnectionId, entity: str, *, full: bool = False, dry_run: bool = False
    ) -> Pulled:
        """Let a connection catch up in one entity, or return what that would do."""
        event: dict[str, Any] = {"connection": connection}
        event |= {name: True for name, on in (("full", full), ("dry_run", dry_run)) if on}
        answer = self._stack.functions.invoke(function_of(entity), event)
        summary = answer["summary"] if dry_run else answer
        return Pulled(
            entity,
            outcome=str(summary["outcome"]),
            detail=str(summary.get("detail", "")),
            counts=dict(summary.get("counts", {})),
            changes=tuple(answer["changes"]) if dry_run else (),
            left_out=int(answer.get("left_out", 0)),
            dry_run=dry_run,
        )

    def pull_to_the_end(
        self, connection: ConnectionId, entity: str, *, full: bool = False, patience: int = 3600
    ) -> Iterator[Pulled]:
        """Pull until nothing is left or `patience` seconds were waited; yields each round.

        Only the first round may be a full read: every full read starts from the beginning.
        """
        pulled = self.pull(connection, entity, full=full)
        yield pulled
        for _ in range(patience // _WAIT_SECONDS):
            if pulled.outcome not in GOES_ON:
                return
            for _ in range(_WAIT_SECONDS):
                self._stack.pause(_PAUSE_SECONDS)
            pulled = self.pull(connection, entity)
            yield pulled


def send_tick(stack: "Stack", entity: str) -> Any:  # noqa: ANN401 - what a function returns
    """Invoke a function with the tick that its schedule would send now."""
    scheduled = stack.now().astimezone(UTC).isoformat().replace("+00:00", "Z")
    text = stack.schedules.input_of(f"Pull{_capitals(entity)}Schedule").replace(
        _SCHEDULED_TIME, scheduled
    )
    return stack.functions.invoke(function_of(entity), json.loads(text))


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return entities in the order of a first load; without names all of them.

    Raises:
        UsageError: one of them is no entity.
    """
    wanted = {name.replace("-", "_").lower() for name in names}
    if unknown := sorted(wanted - ENTITIES.keys()):
        raise UsageError(f"no entity: {', '.join(unknown)}; there are: {', '.join(ENTITIES)}")
    return tuple(name for name in ENTITIES if not wanted or name in wanted)


def function_of(entity: str) -> str:
    """Return the logical name of the function that pulls an entity."""
    return f"Pull{_capitals(entity)}Function"


def _capitals(entity: str) -> str:
    return "".join(word.capitalize() for word in entity.split("_"))

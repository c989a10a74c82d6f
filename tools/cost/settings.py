"""Which settings so many connections want, from how long a message was measured to take."""

from collections.abc import Iterator
from dataclasses import dataclass

from koppeling.bootstrap.batches import PULLS_AT_A_TIME, PUSHES_AT_A_TIME
from tools.cost.prices import assumed, measured
from tools.cost.runtime import (
    SPREAD_SECONDS,
    Piece,
    batch_seconds,
    concurrency,
    messages_together,
)
from tools.cost.stack import QueueMapping, Stack

SIZES = (1, 100, 1_000, 10_000)
PULLS = 7
# A fifth of a month's invoices comes on one day, within so many seconds
BUSIEST_DAY, BUSIEST_SECONDS = 0.2, 4 * 3600
# Of the login pages, the watch and what is invoked by hand
BESIDE = 20
_HEADS = (
    "connections",
    "messages an invocation",
    "seconds an invocation",
    "`…MaximumConcurrency` of an entity",
    "`PushMaximumConcurrency`",
    "concurrency of the account, at least",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What one size wants."""

    connections: int
    together: float
    seconds: float
    pull: int
    push: int

    @property
    def account(self) -> int:
        """How many invocations of all functions run at a time when everything is busy."""
        return PULLS * self.pull + self.push + BESIDE

    def row(self) -> str:
        """Return the row of the table."""
        cells = (
            f"{self.connections:,}",
            f"{self.together:.0f}",
            f"{self.seconds:.1f}",
            *(f"{number:,}" for number in (self.pull, self.push, self.account)),
        )
        return f"| {' | '.join(cells)} |"


def settings(connections: int, stack: Stack) -> Settings:
    """Return what so many connections want."""
    told = measured()
    pull, push = Piece(**told["pull"]), Piece(**told["push"])
    rate = connections / SPREAD_SECONDS
    together, seconds, pulls = _needed(pull, stack.pulls, rate, PULLS_AT_A_TIME)
    invoices = assumed()["month"]["invoices"] * connections * BUSIEST_DAY / BUSIEST_SECONDS
    _, _, pushes = _needed(push, stack.push, invoices, PUSHES_AT_A_TIME)
    return Settings(connections, together, seconds, pulls, pushes)


def _needed(
    each: Piece, mapping: QueueMapping, a_second: float, threads: int
) -> tuple[float, float, int]:
    together = messages_together(mapping, a_second)
    seconds = batch_seconds(each, together, mapping.memory_mb, threads)
    return together, seconds, concurrency(seconds, a_second / together)


def table(stack: Stack) -> str:
    """Return the table as docs/operate.md has it."""
    return "\n".join(_rows(stack))


def _rows(stack: Stack) -> Iterator[str]:
    yield f"| {' | '.join(_HEADS)} |"
    yield f"|{'---|' * len(_HEADS)}"
    for size in SIZES:
        yield settings(size, stack).row()

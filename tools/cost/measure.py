"""`make cost MEASURE=1`: measures times, sizes and memory anew, and writes them down."""

import io
import platform
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from tests.environment import environment
from tools.cost import scenes
from tools.cost.facts import QUARTERLY, counted, table_bytes
from tools.cost.memory import peaks
from tools.cost.meter import logs_go_to
from tools.cost.prices import MEASURED
from tools.cost.processor import milliseconds
from tools.cost.runtime import empty_pull, one_invoice

_FEW, _MORE = 10, 110
_HEAD = "# Written by `make cost MEASURE=1` on {day}, on {machine}; other work ran beside it."


def measure() -> None:
    """Measure everything and write it down; it takes some minutes."""
    _write("milliseconds", milliseconds())
    _write("bytes", _sizes())
    facts = counted()
    for name, piece in (
        ("pull", empty_pull(facts.empty_quarterly, len(QUARTERLY))),
        ("push", one_invoice(facts.invoice)),
    ):
        rounded = {
            "work_ms": round(piece.work_ms, 1),
            "waiting_seconds": round(piece.waiting_seconds, 2),
        }
        _write(name, rounded)
    _write("memory_mb", peaks())


def _sizes() -> dict[str, float]:
    """Return what the table keeps for an account with its contacts, and for a company beside."""
    with logs_go_to(io.StringIO()):
        few, more = _size(_FEW), _size(_MORE)
    account = (more - few) // (_MORE - _FEW)
    return {"account": account, "beside": few - _FEW * account}


def _size(accounts: int) -> int:
    with environment(accounts=accounts) as h:
        scenes.settle(h)
        return table_bytes()


def _write(heading: str, values: Mapping[str, float]) -> None:
    """Put a heading's values in the place of those that were measured before."""
    blocks = MEASURED.read_text().split("\n[")[1:]
    kept = {block.partition("]")[0]: block.partition("]\n")[2].strip() for block in blocks}
    kept[heading] = "\n".join(f"{name} = {value}" for name, value in values.items())
    MEASURED.write_text("\n".join(_text(kept)) + "\n")


def _text(blocks: Mapping[str, str]) -> Iterator[str]:
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    yield _HEAD.format(day=day, machine=f"{platform.system()} {platform.machine()}")
    for heading, values in blocks.items():
        yield f"\n[{heading}]\n{values}"

"""Puts the tables that follow from the figures into docs/operate.md: `python -m tools.cost.page`.

The bill stands there with its day and is only written by hand, since each commit may change it.
"""

import re

from tools.cost.prices import measured
from tools.cost.settings import table as settings_table
from tools.cost.stack import Stack, stack
from tools.paths import ROOT

PAGE = ROOT / "docs/operate.md"


def memory_table(made: Stack) -> str:
    """Return what each function was measured to hold, beside what it has."""
    rows = ["| function | held at most, MB | `MemorySize` |", "|---|---|---|"]
    held = measured()["memory_mb"]
    rows += [f"| `{name}` | {held[name]} | {made.memory_mb[name]} |" for name in sorted(held)]
    return "\n".join(rows)


def written(text: str, made: Stack) -> str:
    """Return the page with the tables as they are now, each in the place of the one before."""
    for table in (settings_table(made), memory_table(made)):
        head = re.escape(table.partition("\n")[0])
        # A table has nothing that `sub` would take for a reference
        text = re.sub(rf"{head}\n(?:\|.*\n)+", f"{table}\n", text)
    return text


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(), stack()))

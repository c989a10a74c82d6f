"""`make cost`: what a month costs at 1, 100 and 10,000 connections, beside the budget (P15)."""

import os
import sys
from collections.abc import Sequence

from tools.cost.facts import counted
from tools.cost.measure import measure
from tools.cost.month import PARTS, Month, month
from tools.cost.page import memory_table
from tools.cost.prices import assumed, prices
from tools.cost.settings import table as settings_table
from tools.cost.stack import stack

SIZES = (1, 100, 10_000)
BUDGET = 0.025
# As long as evidence is kept (template.yaml)
OLDEST = 8


def table(months: Sequence[Month]) -> str:
    """Return the bill, a row for each part and a column for each size; dollars a connection."""
    heads = [f"{each.connections:,}" for each in months]
    rows = [("dollars a connection, at connections", *heads)]
    for part, names in PARTS.items():
        rows.append((part, *(f"{m.dollars(*names) / m.connections:.5f}" for m in months)))
    rows.append(("together", *(f"{m.per_connection:.5f}" for m in months)))
    rows.append(("dollars of all of them", *(f"{m.dollars():,.2f}" for m in months)))
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join((lines[0], f"|{'---|' * len(rows[0])}", *lines[1:]))


def main() -> int:
    """Print the tables, and whether the budget is kept; returns 1 when it is not."""
    if os.environ.get("MEASURE"):
        measure()
    facts, made = counted(), stack()
    months = [month(size, facts, made) for size in SIZES]
    ask = prices()
    print(f"prices of {ask.region} on {ask.date}, without free tiers")
    print(table(months))
    largest = months[-1]
    is_kept = largest.per_connection <= BUDGET
    kept = "kept" if is_kept else "passed"
    print(f"budget at {largest.connections:,}: {BUDGET} dollars a connection (P15), {kept}")
    old = month(largest.connections, facts, made, years=OLDEST)
    print(f"with {OLDEST} years of invoices and evidence: {old.per_connection:.5f}")
    print(f"\n{settings_table(made)}\n\n{memory_table(made)}\n\nassumed:")
    for heading, values in assumed().items():
        print(f"  {heading}: {', '.join(f'{name} {value}' for name, value in values.items())}")
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())

"""`make cost`: what a month costs at 1, 100 and 10,000 connections, beside the budget (P15)."""

import os
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


def main() -> None:
    """Print the tables, and whether the budget is kept."""
    if os.environ.get("MEASURE"):
        measure()
    facts, made = counted(), stack()
    months = [month(size, facts, made) for size in SIZES]
    ask = prices()
    print(f"prices of {ask.region} on {ask.date}, without free tiers")
    print(table(months))
    largest = months[-1]
    kept = "kept" if largest.per_connection <= BUDGET else "passed"
    print(f"budget at {largest.connections:,}: {BUDGET} dollars a connection (P15), {kept}")
    print(f"\n{settings_table(made)}\n\n{memory_table(made)}\n\nassumed:")
    for heading, values in assumed().items():
        print(f"  {heading}: {', '.join(f'{name} {value}' for name, value in values.items())}")


if __name__ == "__main__":
    main()

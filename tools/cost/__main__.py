"""`make cost`: what a month costs at 1, 100 and 10,000 connections, beside the budget (P15)."""

import sys
from collections.abc import Sequence

from tools.cost.facts import counted
from tools.cost.month import PARTS, Month, month
from tools.cost.prices import prices
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
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> int:
    """Print the tables; 1 when the budget is passed."""
    facts, made = counted(), stack()
    months = [month(size, facts, made) for size in SIZES]
    ask = prices()
    print(f"prices of {ask.region} on {ask.date}, without free tiers")
    print(table(months))
    largest = months[-1]
    print(f"budget at {largest.connections:,}: {BUDGET} dollars a connection (P15)")
    return 1 if largest.per_connection > BUDGET else 0


if __name__ == "__main__":
    sys.exit(main())

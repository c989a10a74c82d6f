"""The two files of figures: what AWS asks, and what is assumed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
MEASURED = FOLDER / "measured.toml"


@dataclass(frozen=True, slots=True)
class Prices:
    """What AWS asks in one region on one day."""

    region: str
    date: str
    dollars: Mapping[str, float]
    unchecked: tuple[str, ...]

    def of(self, what: str, amount: float) -> float:
        """Return the price of an amount, in dollars."""
        return self.dollars[what] * amount


@cache
def prices() -> Prices:
    """Return the list of prices."""
    told = _read("prices.toml")
    rows: dict[str, Any] = {name: row for name, row in told.items() if isinstance(row, dict)}
    return Prices(
        region=told["region"],
        date=told["date"],
        dollars={name: row["dollars"] / row["per"] for name, row in rows.items()},
        unchecked=tuple(name for name, row in rows.items() if "not found" in row["checked"]),
    )


@cache
def assumed() -> Mapping[str, Mapping[str, float]]:
    """Return what is assumed, by its heading."""
    return _read("assumed.toml")


def measured() -> Mapping[str, Mapping[str, float]]:
    """Return what was measured last, by its heading."""
    return _read(MEASURED.name)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text())

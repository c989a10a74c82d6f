"""A first load to be undone: QicsMilestones before, after the load, and after the undo."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from koppeling.core.clock import Deadline
from koppeling.pull.entities.registry import ENTITIES
from tests.environment import Environment, environment

PLENTY = Deadline(lambda: 100_000)
TABLES = [entity.target.path for entity in ENTITIES.values()]
LEASE_SECONDS = 181

type Tables = dict[str, dict[str, dict[str, Any]]]


@contextmanager
def house(accounts: int = 6) -> Iterator[Environment]:
    """Some customers stand in QicsMilestones with other fields, one refers to another."""
    with environment(accounts=accounts) as built:
        for code, city in (("1068", "Urk"), ("0000215", None)):
            customer = built.customer(code)
            key = customer["CustomerCompanyId"]
            built.milestones.world.change("CustomerCompany", key, {"VisitAddressCity": city})
        yield built


def tables(built: Environment) -> Tables:
    """Return all that QicsMilestones holds, by table and key."""
    world = built.milestones.world
    return {path: {row[f"{path}Id"]: dict(row) for row in world.records(path)} for path in TABLES}


def but_for_created(before: Tables, after: Tables) -> Tables:
    """Return the tables without the records that were not there before."""
    return {
        path: {key: row for key, row in rows.items() if key in before[path]}
        for path, rows in after.items()
    }


def created(before: Tables, after: Tables) -> list[tuple[str, dict[str, Any]]]:
    """Return the records that were not there before, each with its table."""
    return [
        (path, row)
        for path, rows in after.items()
        for key, row in rows.items()
        if key not in before[path]
    ]


def undo(built: Environment) -> dict[str, int]:
    """Undo the first load at one go; returns the counts."""
    summary = built.wiring.undo.run(built.connection.id, PLENTY)
    assert summary.outcome == "done", summary  # noqa: S101 - part of every check
    return dict(summary.counts)

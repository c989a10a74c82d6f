"""Finds rows in the small tables, as checks need them."""

from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.world import World


def find(world: World, table: str, name: str, value: object) -> Row | None:
    """Return the row whose property has this value."""
    return next((row for row in world.tables[table] if row.get(name) == value), None)


def one_of(world: World, table: str, key: object) -> Row | None:
    """Return the row with this key."""
    return world.tables[table].get(key)

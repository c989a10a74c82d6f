"""The keys of a store: a fake takes no others, so that a wrong one is noticed."""

from koppeling.pull.entities.registry import ENTITIES


def check_key(connection: object, entity: object = "accounts") -> None:
    """Look at the names under which something is stored; parts of records have a longer one.

    Raises:
        LookupError: no connection or no entity is called so.
    """
    is_entity = isinstance(entity, str) and entity.partition("/")[0] in ENTITIES
    if not isinstance(connection, str) or connection in ENTITIES or not is_entity:
        raise LookupError(f"{connection} {entity}")

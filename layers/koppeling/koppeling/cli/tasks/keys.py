"""Making and revoking the keys with which a program hands in invoices over HTTPS."""

from typing import TYPE_CHECKING

from koppeling.cli.exits import NotFound, UsageError
from koppeling.core.ids import ConnectionId
from koppeling.intake.keys import MOST_KEYS, IntakeKey, digest_of, new_key_text

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack


def create_key(stack: "Stack", connection: ConnectionId) -> tuple[IntakeKey, str]:
    """Make a key; returns it with its text, which is kept nowhere.

    Raises:
        UsageError: the connection has as many as it may have.
    """
    present = keys_of(stack, connection)
    if len(present) >= MOST_KEYS:
        ids = " and ".join(key.id for key in present)
        raise UsageError(f"{connection} has {MOST_KEYS} keys, {ids}: revoke one of them first")
    text = new_key_text(connection)
    key = IntakeKey(connection, digest_of(text), stack.now(), made_by=stack.caller)
    stack.stores.intake_keys.add(key)
    return key, text


def keys_of(stack: "Stack", connection: ConnectionId) -> list[IntakeKey]:
    """Return the keys of a connection, the oldest first."""
    return stack.stores.intake_keys.of(connection)


def revoke_key(stack: "Stack", connection: ConnectionId, key_id: str) -> IntakeKey:
    """Revoke a key.

    Raises:
        NotFound: the connection has none with this id.
    """
    found = next((key for key in keys_of(stack, connection) if key.id == key_id), None)
    if found is None:
        raise NotFound(f"{connection} has no key {key_id}: `koppeling keys list` shows them")
    stack.stores.intake_keys.remove(found)
    return found

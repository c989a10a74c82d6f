"""Whose token chain a connection uses at each provider: its configuration alone tells.

At Exact a chain belongs to a user of a country site. At QicsMilestones it belongs to a user of a
tenant, wherever that is served from: a new base URL logs nobody out. A stack works with one
environment of QicsMilestones, and another environment has a stack, and a TokensTable, of its own.
"""

from collections.abc import Callable
from dataclasses import replace

from koppeling.auth.token_pair import TokenKey
from koppeling.core.connection import Connection

EXACT, MILESTONES = "exact", "milestones"
# Ends the host in the key of a chain of QicsMilestones; the release before had its address there
_TENANT_END = "@"
NO_TENANT = _TENANT_END

type KeyOf = Callable[[str, Connection], TokenKey]
"""Returns the key of the token chain that a connection uses at a provider."""


def key_of(provider: str, connection: Connection) -> TokenKey:
    """Return whose tokens a connection uses at a provider."""
    if provider == EXACT:
        return TokenKey(EXACT, connection.exact_user, connection.exact_host)
    # Users of two tenants may have the same name
    host = f"{connection.milestones_tenant}{_TENANT_END}"
    return TokenKey(MILESTONES, connection.milestones_user, host)


def keys_of(connection: Connection) -> tuple[TokenKey, TokenKey]:
    """Return whose tokens a connection uses, at both providers."""
    return key_of(EXACT, connection), key_of(MILESTONES, connection)


def present_key(key: TokenKey) -> TokenKey:
    """Return the key by which a chain is found now; the release before may have kept it."""
    if key.provider != MILESTONES or key.host.endswith(_TENANT_END):
        return key
    tenant, named, _ = key.host.rpartition(_TENANT_END)
    return replace(key, host=f"{tenant}{_TENANT_END}" if named else NO_TENANT)


def former_key(key: TokenKey, milestones_host: str) -> TokenKey | None:
    """Return the key under which the release before kept a chain; None if it had the same one."""
    if key.provider != MILESTONES or not milestones_host:
        return None
    tenant = "" if key.host == NO_TENANT else key.host
    return replace(key, host=f"{tenant}{milestones_host}")

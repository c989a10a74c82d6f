"""What an item of TokensTable says of its chain, without decrypting anything."""

from datetime import datetime
from math import ceil

from koppeling.auth.token_pair import ChainFacts, TokenKey, TokenState
from koppeling.aws.dynamodb.table import TokenItem, moment

# The attributes that facts are read from: neither the tokens nor their data key
FACTS = (
    *("provider", "oauth_user", "host", "state"),
    *("granted_at", "refresh_token_ends_at", "expiry_told"),
)


def facts_of(item: TokenItem) -> ChainFacts:
    """Return the facts of a chain."""
    return ChainFacts(
        key_of_item(item),
        TokenState(item.state),
        granted_at=moment(item.granted_at),
        ends_at=moment(item.refresh_token_ends_at),
        expiry_told=bool(item.expiry_told),
    )


def next_second(at: datetime) -> int:
    """Return a moment in whole seconds that what happened before it does not pass."""
    return ceil(at.timestamp())


def key_of_item(item: TokenItem) -> TokenKey:
    """Return whose chain it is."""
    return TokenKey(item.provider, item.oauth_user, item.host)


def partition_of(key: TokenKey) -> str:
    """Return the partition of a chain."""
    return f"{key.provider}#{key.host}#{key.user}"

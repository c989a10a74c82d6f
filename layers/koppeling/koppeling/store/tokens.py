"""Token chains, in a table of their own with a key of its own."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from pynamodb.exceptions import DoesNotExist, UpdateError

from koppeling.domain.errors import Retry
from koppeling.domain.tokens import REFRESH_TOKEN_LIFE, TokenKey, TokenPair, TokenState
from koppeling.store.pulls import CONDITION_FAILED
from koppeling.store.table import SCHEMA, TokenItem, epoch


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """Secrets as they are stored: how they were sealed, and the wrapped key that opens them."""

    cipher: str
    blob: bytes
    data_key: bytes | None = None


class Seal(Protocol):
    """Seals secrets so that only the item they belong to can open them."""

    def close(self, secret: bytes, key: TokenKey) -> Sealed:
        """Seal secrets for one chain."""
        ...

    def open(self, sealed: Sealed, key: TokenKey) -> bytes:
        """Return the secrets of one chain."""
        ...


class TableSeal:
    """Leaves the sealing to the table's own KMS key; the item says so in `cipher`."""

    cipher = "table-key"

    def close(self, secret: bytes, key: TokenKey) -> Sealed:  # noqa: ARG002 - the port has it
        """Return the secrets as they are."""
        return Sealed(self.cipher, secret)

    def open(self, sealed: Sealed, key: TokenKey) -> bytes:
        """Return the secrets.

        Raises:
            ValueError: they were sealed in a way this release does not know.
        """
        if sealed.cipher != self.cipher:
            raise ValueError(f"tokens of {key.provider} are sealed with {sealed.cipher}")
        return sealed.blob


class DynamoTokenStore:
    """Keeps one item per chain; whoever writes needs the fencing number of its lease."""

    def __init__(self, items: type[TokenItem], seal: Seal) -> None:
        self._items = items
        self._seal = seal

    def get(self, key: TokenKey) -> TokenPair | None:
        """Return the pair as last seen; None when this user never connected.

        A read may lag behind: whoever wants to refresh takes the lease, and that answers with the
        newest pair.
        """
        try:
            return self._pair(self._items.get(_partition(key)))
        except DoesNotExist:
            return None

    def lease(self, key: TokenKey, now: datetime, length: timedelta) -> TokenPair | None:
        """Take the lease and return the newest pair; None while another process holds it."""
        item = self._items(_partition(key))
        free = self._items.lease_until.does_not_exist() | (self._items.lease_until < epoch(now))
        try:
            item.update(
                actions=[
                    self._items.fencing.add(1),
                    self._items.lease_until.set(epoch(now + length)),
                ],
                condition=self._items.pk.exists() & free,
            )
        except UpdateError as error:
            if error.cause_response_code == CONDITION_FAILED:
                return None
            raise
        return self._pair(item)

    def save(self, pair: TokenPair) -> None:
        """Write a pair and give the lease back.

        Raises:
            Retry: the lease ran out and another process has gone on; its pair is the newest.
        """
        try:
            self._items(_partition(pair.key)).update(
                actions=self._newest(pair, self._sealed(pair)),
                condition=self._items.fencing == pair.fencing,
            )
        except UpdateError as error:
            if error.cause_response_code == CONDITION_FAILED:
                raise Retry(
                    "token-overtaken", f"fencing {pair.fencing} is no longer ours"
                ) from None
            raise

    def connect(self, pair: TokenPair) -> None:
        """Write the first pair of a chain after a login; it replaces whatever there was (X18).

        The fencing number goes on from the old chain, so that nobody who still holds a lease on
        that one can write over this one.
        """
        sealed = self._sealed(pair)
        self._items(_partition(pair.key)).update(
            actions=[
                self._items.schema.set(SCHEMA),
                self._items.provider.set(pair.key.provider),
                self._items.oauth_user.set(pair.key.user),
                self._items.host.set(pair.key.host),
                *self._newest(pair, sealed),
                self._items.fencing.add(1),
            ]
        )

    def _newest(self, pair: TokenPair, sealed: Sealed) -> list[Any]:
        actions: list[Any] = [
            self._items.sealed.set(sealed.blob),
            self._items.cipher.set(sealed.cipher),
            self._items.state.set(pair.state.value),
            self._items.granted_at.set(epoch(pair.granted_at)),
            self._items.refresh_from.set(epoch(pair.refresh_from)),
            self._items.refresh_token_ends_at.set(epoch(pair.granted_at + REFRESH_TOKEN_LIFE)),
            self._items.lease_until.remove(),
        ]
        if sealed.data_key is not None:
            actions.append(self._items.data_key.set(sealed.data_key))
        return actions

    def _sealed(self, pair: TokenPair) -> Sealed:
        secret = {"access_token": pair.access_token, "refresh_token": pair.refresh_token}
        return self._seal.close(json.dumps(secret).encode(), pair.key)

    def _pair(self, item: TokenItem) -> TokenPair:
        key = TokenKey(item.provider, item.oauth_user, item.host)
        sealed = Sealed(item.cipher, item.sealed, item.data_key)
        secret = json.loads(self._seal.open(sealed, key))
        return TokenPair(
            key=key,
            access_token=secret["access_token"],
            refresh_token=secret["refresh_token"],
            granted_at=datetime.fromtimestamp(item.granted_at, UTC),
            refresh_from=datetime.fromtimestamp(item.refresh_from, UTC),
            state=TokenState(item.state),
            fencing=int(item.fencing),
        )


def _partition(key: TokenKey) -> str:
    return f"{key.provider}#{key.host}#{key.user}"

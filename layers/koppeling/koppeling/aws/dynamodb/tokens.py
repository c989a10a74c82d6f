"""Token chains, in a table of their own with a key of its own."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.condition import Condition

from koppeling.auth.token_pair import (
    REFRESH_TOKEN_LIFE,
    ChainFacts,
    TokenKey,
    TokenPair,
    TokenState,
)
from koppeling.aws.dynamodb.table import SCHEMA, TokenItem, epoch, write_if
from koppeling.core.errors import Retry


@dataclass(frozen=True, slots=True, repr=False)
class Ciphertext:
    """Secrets as they are stored: how they were sealed, and the wrapped key that opens them."""

    cipher: str
    blob: bytes
    data_key: bytes | None = None


class UnreadableError(ValueError):
    """What an item holds was sealed in an unknown way, or for another item: an alarm, no retry."""


class TokenCipher(Protocol):
    """Seals secrets so that only the item they belong to can open them."""

    def prepare(self, key: TokenKey) -> None:
        """Fetch what sealing needs, before a token is spent."""
        ...

    def encrypt(self, secret: bytes, key: TokenKey) -> Ciphertext:
        """Seal secrets for one chain."""
        ...

    def decrypt(self, sealed: Ciphertext, key: TokenKey) -> bytes:
        """Return the secrets of one chain."""
        ...


class TableKeyCipher:
    """Leaves the sealing to the table's own KMS key; the item says so in `cipher`.

    An earlier release wrote such items; `koppeling.aws.kms` opens them and seals them anew.
    """

    cipher = "table-key"

    def prepare(self, key: TokenKey) -> None:
        """Fetch nothing."""

    def encrypt(self, secret: bytes, key: TokenKey) -> Ciphertext:  # noqa: ARG002 - the port has it
        """Return the secrets as they are."""
        return Ciphertext(self.cipher, secret)

    def decrypt(self, sealed: Ciphertext, key: TokenKey) -> bytes:
        """Return the secrets.

        Raises:
            UnreadableError: they were sealed in a way this release does not know.
        """
        if sealed.cipher != self.cipher:
            raise UnreadableError(f"tokens of {key.provider} are sealed with {sealed.cipher}")
        return sealed.blob


class DynamoTokenStore:
    """Keeps one item per chain; whoever writes needs the fencing number of its lease."""

    def __init__(self, items: type[TokenItem], cipher: TokenCipher) -> None:
        self._items = items
        self._cipher = cipher

    def get(self, key: TokenKey) -> TokenPair | None:
        """Return the pair as last seen; None when this user never connected.

        A read may lag behind: whoever wants to refresh takes the lease, and that answers with the
        newest pair.
        """
        try:
            return self._pair(self._items.get(_partition(key)))
        except DoesNotExist:
            return None

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return what may be told of a chain, without opening it; None when there is none."""
        try:
            item = self._items.get(
                _partition(key), consistent_read=True, attributes_to_get=list(_TOLD)
            )
        except DoesNotExist:
            return None
        return _facts(item)

    def all_facts(self) -> Iterator[ChainFacts]:
        """Return what may be told of every chain there is."""
        for item in self._items.scan(attributes_to_get=list(_TOLD)):
            yield _facts(item)

    def note_expiry(self, key: TokenKey, *, told: bool) -> None:
        """Note whether problems are open because a chain will end; no token is touched."""
        noted = self._items.expiry_told
        self._items(_partition(key)).update(
            actions=[noted.set(1) if told else noted.remove()], condition=self._items.pk.exists()
        )

    def prepare(self, key: TokenKey) -> None:
        """Fetch what sealing needs: after the token call it would be too late (R29).

        Raises:
            Retry: tokens cannot be sealed at the moment.
        """
        self._cipher.prepare(key)

    def lease(self, key: TokenKey, now: datetime, length: timedelta) -> TokenPair | None:
        """Take the lease and return the newest pair; None while another process holds it.

        Raises:
            Retry: tokens cannot be opened at the moment.
        """
        item = self._items(_partition(key))
        free = self._items.lease_until.does_not_exist() | (self._items.lease_until < epoch(now))
        actions: list[Any] = [
            self._items.fencing.add(1),
            self._items.lease_until.set(epoch(now + length)),
        ]
        known = self._items.pk.exists()
        if not write_if(lambda: item.update(actions=actions, condition=known & free)):
            return None
        try:
            return self._pair(item)
        except Retry:
            self._give_back(item)
            raise

    def _give_back(self, item: TokenItem) -> None:
        """Let others have a lease that is of no use: its holder cannot open the tokens now."""
        with suppress(UpdateError):
            item.update(
                actions=[self._items.lease_until.remove()],
                condition=self._items.fencing == item.fencing,
            )

    def save(self, pair: TokenPair) -> None:
        """Write a pair and give the lease back.

        A lease that ran out loses nothing as long as the pair that was exchanged is still the one
        that is stored: ours follows it, and no other process can hold another one that does (X16).
        Whoever has the lease by now is fenced off in its turn, and reads again.

        Raises:
            Retry: the lease ran out and another process has gone on; its pair is the newest.
        """
        actions = self._newest(pair, self._sealed(pair))
        actions.append(self._items.generation.set(pair.generation))
        if self._write(pair, actions, self._items.fencing == pair.fencing):
            return
        follows = self._items.generation == pair.generation - 1
        if pair.generation == 1:  # R40: an earlier release counted none
            follows |= self._items.generation.does_not_exist()
        if not self._write(pair, [*actions, self._items.fencing.add(1)], follows):
            raise Retry("token-overtaken", f"fencing {pair.fencing} is no longer ours")

    def _write(self, pair: TokenPair, actions: list[Any], condition: Condition) -> bool:
        item = self._items(_partition(pair.key))
        return write_if(lambda: item.update(actions=actions, condition=condition))

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
                self._items.generation.add(1),
                self._items.fencing.add(1),
            ]
        )

    def _newest(self, pair: TokenPair, sealed: Ciphertext) -> list[Any]:
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

    def _sealed(self, pair: TokenPair) -> Ciphertext:
        secret = {"access_token": pair.access_token, "refresh_token": pair.refresh_token}
        return self._cipher.encrypt(json.dumps(secret).encode(), pair.key)

    def _pair(self, item: TokenItem) -> TokenPair:
        key = TokenKey(item.provider, item.oauth_user, item.host)
        sealed = Ciphertext(item.cipher, item.sealed, item.data_key)
        secret = json.loads(self._cipher.decrypt(sealed, key))
        return TokenPair(
            key=key,
            access_token=secret["access_token"],
            refresh_token=secret["refresh_token"],
            granted_at=datetime.fromtimestamp(item.granted_at, UTC),
            refresh_from=datetime.fromtimestamp(item.refresh_from, UTC),
            state=TokenState(item.state),
            fencing=int(item.fencing),
            generation=int(item.generation or 0),
        )


# What facts are read from: never the tokens, nor the key that opens them
_TOLD = (
    *("provider", "oauth_user", "host", "state"),
    *("granted_at", "refresh_token_ends_at", "expiry_told"),
)


def _facts(item: TokenItem) -> ChainFacts:
    return ChainFacts(
        TokenKey(item.provider, item.oauth_user, item.host),
        TokenState(item.state),
        granted_at=datetime.fromtimestamp(item.granted_at, UTC),
        ends_at=datetime.fromtimestamp(item.refresh_token_ends_at, UTC),
        expiry_told=bool(item.expiry_told),
    )


def _partition(key: TokenKey) -> str:
    return f"{key.provider}#{key.host}#{key.user}"

"""Token chains, in a table of their own with a key of its own."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition

from koppeling.auth.ports import Overtaken
from koppeling.auth.token_keys import former_key, present_key
from koppeling.auth.token_pair import (
    REFRESH_TOKEN_LIFE,
    ChainFacts,
    TokenKey,
    TokenPair,
    TokenState,
)
from koppeling.aws.dynamodb.table import (
    SCHEMA,
    TokenItem,
    epoch,
    find,
    is_unleased,
    moment,
    write_if,
)
from koppeling.aws.dynamodb.token_items import (
    FACTS,
    facts_of,
    key_of_item,
    next_second,
    partition_of,
)
from koppeling.aws.kms import Ciphertext, KmsCipher
from koppeling.core.clock import Now
from koppeling.core.clock import now as utc_now
from koppeling.core.errors import Retry

# As long as a refresh holds the lease (R26): sealing and two writes
MOVING = timedelta(seconds=45)
# Longer than processes of two releases run beside each other
LEFT_LEASED = timedelta(days=1)


class DynamoTokenStore:
    """Keeps one item per chain; every write needs the fencing number of its lease."""

    def __init__(
        self,
        items: type[TokenItem],
        cipher: KmsCipher,
        *,
        milestones_host: str = "",
        now: Now = utc_now,
    ) -> None:
        """Take `milestones_host` to find the chains of the release before, which had it as key."""
        self._items = items
        self._cipher = cipher
        self._milestones_host = milestones_host
        self._now = now

    def get(self, key: TokenKey) -> TokenPair | None:
        """Return the pair, which another process may have replaced a moment ago.

        To refresh, take the lease: that returns the newest pair.
        """
        item = find(self._items, partition_of(key))
        if item is not None and item.state != TokenState.RECONNECT.value:
            return self._pair(item)
        former = former_key(key, self._milestones_host)
        if item is None:
            return None if former is None else self._moved(former, key)
        return self._later_login(former, key, item) or self._pair(item)

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return the facts without decrypting anything."""
        for each in (key, former_key(key, self._milestones_host)):
            if each is not None and (item := self._item_of_facts(each)) is not None:
                return replace(facts_of(item), key=key)
        return None

    def all_facts(self) -> Iterator[ChainFacts]:
        """Return the facts of every chain; one of the release before gets its present key first."""
        present: set[TokenKey] = set()
        former: list[ChainFacts] = []
        for item in self._items.scan(attributes_to_get=list(FACTS)):
            facts = facts_of(item)
            if present_key(facts.key) != facts.key:
                former.append(facts)
                continue
            present.add(facts.key)
            yield facts
        # The newest of two base URLs is the one that worked last
        for facts in sorted(former, key=lambda each: each.granted_at, reverse=True):
            key = present_key(facts.key)
            if key not in present:
                present.add(key)
                with suppress(Retry):  # its next use moves it
                    self._moved(facts.key, key)
                yield replace(facts, key=key)

    def note_expiry(self, key: TokenKey, *, told: bool) -> None:
        noted = self._items.expiry_told
        self._items(partition_of(key)).update(
            actions=[noted.set(1) if told else noted.remove()], condition=self._items.pk.exists()
        )

    def prepare(self, key: TokenKey) -> None:  # noqa: ARG002 - the port has it
        """Fetch the data key now: after the token call it would be too late (R29)."""
        self._cipher.prepare()

    def lease(self, key: TokenKey, now: datetime, length: timedelta) -> TokenPair | None:
        """Take the lease and return the newest pair; None while another process holds it.

        Raises:
            Retry: the tokens cannot be decrypted at the moment.
        """
        item = self._items(partition_of(key))
        actions = [
            self._items.fencing.add(1),
            self._items.lease_until.set(epoch(now + length)),
        ]
        if not self._write(item, actions, self._items.pk.exists() & is_unleased(self._items, now)):
            return None
        try:
            return self._pair(item)
        except Retry:
            # The lease is of no use to a process that cannot decrypt the tokens
            with suppress(UpdateError):
                self._write(
                    item, [self._items.lease_until.remove()], self._items.fencing == item.fencing
                )
            raise

    def save(self, pair: TokenPair) -> None:
        """Write a pair and release the lease.

        Our lease may have run out during the token call. Our pair is still written as long as the
        stored pair is the one that we exchanged: no other process can hold another successor (X16).
        A process that took the lease meanwhile is fenced off, and reads again.

        Raises:
            Overtaken: another process has written a newer pair.
        """
        item = self._items(partition_of(pair.key))
        actions = [*self._newest(pair), self._items.generation.set(pair.generation)]
        if self._write(item, actions, self._items.fencing == pair.fencing):
            return
        follows = self._items.generation == pair.generation - 1
        if pair.generation == 1:  # R40: an earlier release counted none
            # Of an erased chain nothing exists, and nothing comes back
            follows |= self._items.pk.exists() & self._items.generation.does_not_exist()
        if not self._write(item, [*actions, self._items.fencing.add(1)], follows):
            raise Overtaken("token-overtaken", f"fencing {pair.fencing} is no longer ours")

    def connect(self, pair: TokenPair) -> None:
        """Write the first pair of a chain after a login; it replaces an older chain (X18).

        The fencing number continues from the old chain, so that a process that still holds a lease
        on the old chain cannot overwrite the new one. A login that was handed on may come late: it
        does not replace a pair that was granted after it.

        Raises:
            Overtaken: a newer pair is stored.
        """
        actions: list[Any] = [
            *self._identity(pair.key),
            *self._newest(pair),
            self._items.connected_at.set(next_second(pair.granted_at)),
            self._items.generation.add(1),
            self._items.fencing.add(1),
        ]
        granted_at = self._items.granted_at
        # Whole seconds: a pair of the same second is this one, written a second time
        is_newest = granted_at.does_not_exist() | (granted_at < epoch(pair.granted_at) + 1)
        if not self._write(self._items(partition_of(pair.key)), actions, is_newest):
            raise Overtaken("token-overtaken", "a newer pair was granted since this login")

    def _moved(self, former: TokenKey, key: TokenKey) -> TokenPair | None:
        """Move a chain to its present key, sealed anew for it; None when there is none.

        The lease keeps others from spending the token on its way. It stays on the item that is
        left: processes of the release before wait, as they do for any refresh.

        Raises:
            Retry: somebody refreshes the chain, or moves it.
        """
        if self._item_of_facts(former) is None:
            return None
        self._cipher.prepare()
        taken_at = self._now()
        held = self.lease(former, taken_at, MOVING)
        if held is None:
            item = find(self._items, partition_of(key), consistent_read=True)
            if item is None:
                raise Retry("token-busy", "the chain is being refreshed, or gets its present key")
            return self._pair(item)
        pair = replace(held, key=key)
        actions = [
            *self._identity(key),
            *self._newest(pair),
            self._items.fencing.set(pair.fencing),
            self._items.generation.set(pair.generation),
        ]
        if pair.connected_at is not None:
            actions.append(self._items.connected_at.set(epoch(pair.connected_at)))
        if self._now() - taken_at > MOVING / 2:
            raise Retry("token-busy", "the lease was too old to move the chain")
        is_new = self._items.pk.does_not_exist()
        if not self._write(self._items(partition_of(key)), actions, is_new):
            raise Retry("token-busy", "a login came while the chain got its present key")
        self._leave(former)
        return pair

    def _later_login(
        self, former: TokenKey | None, key: TokenKey, ended: TokenItem
    ) -> TokenPair | None:
        """Take over the login that a process of the release before noted after the chain had moved.

        Its login pages stay open during a deploy, and open again when a release is rolled back.
        """
        left = None if former is None else self._item_of_facts(former)
        if former is None or left is None or left.granted_at <= ended.granted_at:
            return None
        held = self.lease(former, self._now(), MOVING)
        if held is None or held.state is TokenState.RECONNECT:
            return None
        self.connect(replace(held, key=key))
        self._leave(former)
        return self._pair(self._items.get(partition_of(key), consistent_read=True))

    def _leave(self, former: TokenKey) -> None:
        left = self._items.lease_until.set(epoch(self._now() + LEFT_LEASED))
        self._write(self._items(partition_of(former)), [left], self._items.pk.exists())

    def _item_of_facts(self, key: TokenKey) -> TokenItem | None:
        return find(
            self._items, partition_of(key), consistent_read=True, attributes_to_get=list(FACTS)
        )

    def _identity(self, key: TokenKey) -> list[Any]:
        return [
            self._items.schema.set(SCHEMA),
            self._items.provider.set(key.provider),
            self._items.oauth_user.set(key.user),
            self._items.host.set(key.host),
        ]

    def _write(self, item: TokenItem, actions: list[Any], condition: Condition) -> bool:
        return write_if(lambda: item.update(actions=actions, condition=condition))

    def _newest(self, pair: TokenPair) -> list[Any]:
        secrets = {"access_token": pair.access_token, "refresh_token": pair.refresh_token}
        encrypted = self._cipher.encrypt(json.dumps(secrets).encode(), pair.key)
        return [
            self._items.sealed.set(encrypted.blob),
            self._items.cipher.set(encrypted.cipher),
            self._items.data_key.set(encrypted.data_key),
            self._items.state.set(pair.state.value),
            self._items.granted_at.set(epoch(pair.granted_at)),
            self._items.refresh_from.set(epoch(pair.refresh_from)),
            self._items.refresh_token_ends_at.set(epoch(pair.granted_at + REFRESH_TOKEN_LIFE)),
            self._items.lease_until.remove(),
        ]

    def _pair(self, item: TokenItem) -> TokenPair:
        key = key_of_item(item)
        encrypted = Ciphertext(item.cipher, item.sealed, item.data_key or b"")
        secrets = json.loads(self._cipher.decrypt(encrypted, key))
        return TokenPair(
            key=key,
            access_token=secrets["access_token"],
            refresh_token=secrets["refresh_token"],
            granted_at=moment(item.granted_at),
            refresh_from=moment(item.refresh_from),
            state=TokenState(item.state),
            fencing=int(item.fencing),
            generation=int(item.generation or 0),
            connected_at=moment(item.connected_at) if item.connected_at else None,
        )

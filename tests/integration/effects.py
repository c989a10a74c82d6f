"""A process that dies after its n-th effect on the world, and one whose effects are counted."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from threading import Lock
from typing import Any

from koppeling.aws.dynamodb.table import SyncItem, TokenItem
from koppeling.bootstrap import Wiring
from koppeling.bootstrap.clients import Clients
from koppeling.core.connection import Connection
from koppeling.core.ids import MilestonesId
from koppeling.milestones.client import MilestonesClient
from koppeling.milestones.pacer import Pacer
from koppeling.pull.journal import Keep
from tests.environment import Environment
from tests.kept import KeptClients

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"})
OK_LIMIT = 300


class CrashError(Exception):
    """The process is gone: nothing of ours catches this."""


class Effects:
    """Counts writes to DynamoDB and QicsMilestones; after the last allowed one the process dies.

    A process that is dead has no further effect, also not in its other thread.
    """

    def __init__(self, last: int | None = None) -> None:
        self._last = last
        self._lock = Lock()
        self.done: list[str] = []
        self.read_units = 0.0

    @property
    def dead(self) -> bool:
        """Say whether the crash has come."""
        return self._last is not None and len(self.done) >= self._last

    def before(self, effect: str) -> None:
        """Let an effect go, unless the process is dead."""
        if self.dead:
            raise CrashError(effect)

    def after(self, effect: str) -> None:
        """Count an effect, and die when it was the last."""
        with self._lock:
            self.done.append(effect)
        self.before(effect)

    def watch(self, items: type[SyncItem | TokenItem]) -> None:
        """Listen to every call to a table."""
        events = items._get_connection().connection.client.meta.events  # noqa: SLF001 - botocore's hooks are only reached here
        events.register("before-call.dynamodb", self._before_call)
        events.register("after-call.dynamodb", self._after_call)

    def _before_call(self, model: Any, params: Mapping[str, Any], **_: object) -> None:  # noqa: ANN401 - botocore
        if model.name in WRITES:
            self.before(model.name)
            return
        asked = json.loads(params["body"])
        # One unit reads 4 KB; half of one when the answer may lag behind
        self.read_units += 1.0 if asked.get("ConsistentRead") else 0.5

    def _after_call(self, http_response: Any, model: Any, **_: object) -> None:  # noqa: ANN401 - botocore
        if model.name in WRITES and http_response.status_code < OK_LIMIT:
            self.after(model.name)


class WatchedMilestones(MilestonesClient):
    """The client, with its writes among the effects."""

    effects: Effects

    def replace(
        self,
        entity: str,
        key: MilestonesId,
        values: Mapping[str, Any],
        *,
        keep: Keep | None = None,
    ) -> dict[str, tuple[Any, Any]]:
        """Lay fields over a record."""
        replace = super().replace
        return self._effect("replace", lambda: replace(entity, key, values, keep=keep))

    def create(self, entity: str, values: Mapping[str, Any]) -> MilestonesId:
        """Create a record."""
        return self._effect("create", lambda: super(WatchedMilestones, self).create(entity, values))

    def _effect[Answer](self, name: str, act: Callable[[], Answer]) -> Answer:
        self.effects.before(name)
        answer = act()
        self.effects.after(name)
        return answer


class WatchedAws(KeptClients):
    """The tables, with every write counted, by models of its own."""

    effects: Effects

    @cached_property
    def sync_items(self) -> type[SyncItem]:
        """The model of SyncTable, watched."""
        items = super().sync_items
        self.effects.watch(items)
        return items

    @cached_property
    def token_items(self) -> type[TokenItem]:
        """The model of TokensTable, watched."""
        items = super().token_items
        self.effects.watch(items)
        return items


class WatchedSystems(Clients):
    """The two systems, with every write to QicsMilestones counted."""

    effects: Effects

    def milestones(self, connection: Connection, pacer: Pacer | None = None) -> MilestonesClient:
        """Return the client of a connection's company, watched."""
        client = super().milestones(connection, pacer)
        client.__class__ = WatchedMilestones
        assert isinstance(client, WatchedMilestones)  # noqa: S101 - just made it one
        client.effects = self.effects
        return client


class WatchedWiring(Wiring):
    """The wiring of one process whose effects are counted."""

    effects: Effects


def process(
    env: Environment, last: int | None = None, *, entity: str = "accounts"
) -> WatchedWiring:
    """Return a fresh process of an entity's function that dies after its n-th effect."""
    effects, own = Effects(last), replace(env.settings, entity=entity)
    aws = WatchedAws(own)
    aws.effects = effects
    now, pause = env.clock.now, env.clock.advance
    wiring = WatchedWiring(own, now=now, pause=pause, aws=aws)
    wiring.clients = WatchedSystems(own, aws, wiring.stores, now=now, pause=pause)
    wiring.effects = wiring.clients.effects = effects
    return wiring

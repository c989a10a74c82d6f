"""A move that no date tells: the sync feeds are silent while the lists still change (R12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from koppeling.core.connection import Connection
from koppeling.pull.cursor import PullState
from koppeling.pull.entities.entity import Entity, FeedKind
from koppeling.pull.ports import PullStates

SILENT_FOR = timedelta(days=7)
# What was not read lately is not silent: nobody listened
HEARD_WITHIN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class SilenceCheck:
    """Compares how long the entities of one connection found nothing new."""

    connection: Connection
    entities: Mapping[str, Entity]
    states: PullStates
    entity: str
    today: date

    def __call__(self, state: PullState) -> bool:
        """Say whether the administration seems to have moved, for the entity of this state.

        The other entities are looked at only when this one is silent itself.
        """
        is_list = _is_list(self.entities[self.entity])
        if is_list or not self._is_silent(state) or self._was_resynced(state):
            return False
        others = [
            (_is_list(entity), self.states.peek(self.connection.id, name))
            for name, entity in self.entities.items()
            if name != self.entity and self.connection.setting(name).enabled
        ]
        heard = [(listed, other) for listed, other in others if self._is_heard(other)]
        return all(
            self._is_silent(other) or self._was_resynced(other)
            for listed, other in heard
            if not listed
        ) and any(not self._is_silent(other) for listed, other in heard if listed)

    def _is_silent(self, state: PullState) -> bool:
        return state.changed_on is not None and self.today - state.changed_on >= SILENT_FOR

    def _was_resynced(self, state: PullState) -> bool:
        return state.resynced_on is not None and self.today - state.resynced_on < SILENT_FOR

    def _is_heard(self, state: PullState) -> bool:
        return state.caught_up_on is not None and self.today - state.caught_up_on <= HEARD_WITHIN


def _is_list(entity: Entity) -> bool:
    return all(feed.kind is FeedKind.LIST for feed in entity.feeds)

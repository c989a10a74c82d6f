"""Who asks: the key of a request, how often it is used, and the connection it opens."""

from dataclasses import dataclass, field

from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Connections
from koppeling.intake.keys import IntakeKey, read_key
from koppeling.intake.pace import Pace
from koppeling.intake.ports import UsedKeys
from koppeling.intake.problem import ApiTrouble, RequestRefused

_SCHEME = "bearer"


@dataclass(frozen=True, slots=True)
class KeyAccess:
    """Lets a program in to the one connection of its key."""

    keys: UsedKeys
    connections: Connections
    now: Now
    pace: Pace = field(default_factory=Pace)

    def key_of(self, authorization: str) -> IntakeKey:
        """Return the key of a request, by its header `Authorization`.

        Raises:
            RequestRefused: there is none, it opens nothing, or it is used too often.
        """
        scheme, _, text = authorization.strip().partition(" ")
        read = read_key(text.strip()) if scheme.lower() == _SCHEME else None
        if read is None:
            raise RequestRefused(ApiTrouble.NO_KEY)
        key = self.keys.find(read)
        if key is None or not key.is_of(read):
            raise RequestRefused(ApiTrouble.NO_KEY)
        now = self.now()
        if not self.pace.is_slow(key.digest, now) and not self.keys.count(key, now):
            raise RequestRefused(ApiTrouble.TOO_FAST)
        if key.last_used != today(now):
            self.keys.note_use(key, now)
        return key

    def connection(self, key: IntakeKey, asked: str) -> Connection:
        """Return the connection that is asked for.

        Raises:
            RequestRefused: the key is of another one; the answer does not tell of which.
        """
        found = self.connections.get(ConnectionId(asked)) if asked == key.connection else None
        if found is None:
            raise RequestRefused(ApiTrouble.NOT_FOUND)
        return found

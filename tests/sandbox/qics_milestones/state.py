"""Everything one sandbox holds, handed to the modules that answer its calls."""

from dataclasses import dataclass, field

from tests.sandbox.common.clock import Clock
from tests.sandbox.common.faults import Faults
from tests.sandbox.common.journal import Journal
from tests.sandbox.qics_milestones.busy import Busy
from tests.sandbox.qics_milestones.oauth import OAuthServer
from tests.sandbox.qics_milestones.switches import Switches
from tests.sandbox.qics_milestones.world import World

API_PATH = "/api/V3/odata/"
AUTH_PATH = "/api/oauth2/oauth2/auth"
TOKEN_PATH = "/api/oauth2/oauth2/token"  # noqa: S105 - an address, no secret
CONTROL_PATH = "/_sandbox/"

FAULT_KINDS = frozenset(
    {
        *("no-answer", "slow", "answer-lost", "token-answer-lost", "half-json", "foreign-next"),
        *("empty-page", "changed-between", "401", "403", "429", "500", "503"),
    }
)


@dataclass(frozen=True, slots=True)
class State:
    """The parts of one sandbox; `violations` are calls that no client of ours may ever make."""

    clock: Clock
    switches: Switches
    world: World
    oauth: OAuthServer
    journal: Journal = field(default_factory=Journal)
    faults: Faults = field(default_factory=lambda: Faults(FAULT_KINDS))
    violations: list[str] = field(default_factory=list)
    busy: Busy = field(init=False)

    def __post_init__(self) -> None:
        """Let the tenant be as busy as its switches say."""
        object.__setattr__(self, "busy", Busy(self.switches))

"""The two providers of tokens."""

from dataclasses import dataclass

from koppeling.domain.tokens import EXACT_CHAIN, MILESTONES_CHAIN, ChainRules


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of tokens: where, under which rules, and the codes of what can go wrong."""

    name: str
    token_path: str
    rules: ChainRules
    reconnect: str
    unavailable: str


EXACT = Provider(
    name="exact",
    token_path="/api/oauth2/token",  # noqa: S106 - a path, X11
    rules=EXACT_CHAIN,
    reconnect="exact-reconnect-needed",
    unavailable="exact-unavailable",
)
MILESTONES = Provider(
    name="milestones",
    token_path="/api/oauth2/oauth2/token",  # noqa: S106 - a path, M7
    rules=MILESTONES_CHAIN,
    reconnect="milestones-reconnect-needed",
    unavailable="milestones-unavailable",
)

"""Ends of a run that say little: no person has to do anything, or no system was asked."""

# These end by themselves
NO_PROBLEM = frozenset(
    {"pull-continues", "pull-overtaken", "token-busy", "token-overtaken", "token-key-unavailable"}
    | {"exact-minute-limit"}
)
# A run that stops at one of these has asked no system anything
PROVES_NOTHING = frozenset(
    {"pull-overtaken", "token-busy", "token-overtaken", "token-key-unavailable"}
)

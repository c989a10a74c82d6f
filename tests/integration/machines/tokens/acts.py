"""What may happen while processes are on their way, as values that Hypothesis can draw."""

from dataclasses import dataclass

from hypothesis import strategies as st

SLOTS = st.integers(min_value=0, max_value=2)
# A token that is nearly old, just old, dead
AGES = st.sampled_from((545, 575, 581, 581, 700))
# None, within what of a lease may be gone before the call, over it, over the call, over the lease
PAUSES = st.sampled_from((0, 0, 0, 0, 9, 11, 21, 46, 46, 62))
KINDS = ("answer-lost", "never-arrived", "gateway", "too-early")


@dataclass(frozen=True, slots=True)
class GoOn:
    """Time passes, and one process makes some steps before any other does."""

    slot: int
    seconds: int
    steps: int


@dataclass(frozen=True, slots=True)
class Kill:
    """A process ends where it stands, and another one begins in its place."""

    slot: int


@dataclass(frozen=True, slots=True)
class LogIn:
    """The user logs in in the browser, whatever the processes are doing."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The network, or Exact, does not do what it should at the next calls."""

    kind: str
    calls: int


@dataclass(frozen=True, slots=True)
class Refuse:
    """The table refuses the next writes of a pair."""

    writes: int


@dataclass(frozen=True, slots=True)
class Deliver:
    """The watch receives what was handed on."""


type Act = GoOn | Kill | LogIn | Trouble | Refuse | Deliver

STEPS = st.builds(GoOn, SLOTS, PAUSES, st.integers(min_value=1, max_value=5))
REFUSALS = st.builds(Refuse, st.sampled_from((1, 2, 30))) | st.just(Deliver())
TROUBLES = st.builds(Trouble, st.sampled_from(KINDS), st.integers(min_value=1, max_value=3))
# Of ten acts eight are steps: most refreshes get somewhere before something cuts them short
ACTS = st.sampled_from("ssssssssxx").flatmap(
    lambda kind: (
        STEPS if kind == "s" else st.builds(Kill, SLOTS) | st.just(LogIn()) | TROUBLES | REFUSALS
    )
)

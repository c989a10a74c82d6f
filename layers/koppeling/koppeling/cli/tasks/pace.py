"""Pace: what is offered again goes at most ten times a second (R36)."""

from collections.abc import Callable, Iterable, Iterator

A_SECOND = 10


def paced[Each](
    things: Iterable[Each], pause: Callable[[float], None], a_second: int = A_SECOND
) -> Iterator[Each]:
    """Yield things with a pause between every two of them."""
    for count, thing in enumerate(things):
        if count:
            pause(1 / a_second)
        yield thing

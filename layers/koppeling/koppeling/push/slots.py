"""A place in the queue before an administration: only so many pushes book there at a time (R25)."""

from dataclasses import dataclass

from koppeling.core.ids import Division


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that one push has; `owner` is how it is recognised when it is given back."""

    host: str
    division: Division
    place: int
    owner: str

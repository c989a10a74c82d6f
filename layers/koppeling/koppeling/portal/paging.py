"""Long lists by the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from koppeling.portal.page import PageRequest


@dataclass(frozen=True, slots=True)
class Pages[Each]:
    """One page of a list; a page number beyond the last one is the last one."""

    everything: Sequence[Each]
    size: int
    asked: int = 1

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-len(self.everything) // self.size))

    @property
    def at(self) -> int:
        """The number of this page, from 1."""
        return min(max(self.asked, 1), self.count)

    @property
    def first(self) -> int:
        """The number of the first thing on it, from 1."""
        return (self.at - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The number of the last thing on it."""
        return min(self.at * self.size, len(self.everything))

    @property
    def shown(self) -> Sequence[Each]:
        """What stands on it."""
        return self.everything[self.first - 1 : self.last]


def asked_page(request: PageRequest) -> int:
    """Return the page number in the address; what is no number is the first page."""
    text = request.query.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1  # noqa: PLR2004

"""A round of the watch: looks that follow one another, whatever happens to one of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from koppeling.core.summary import Summary

type Look = Callable[[], Summary]
"""One look: what it found, or an error."""


@dataclass(frozen=True, slots=True)
class WatchRound:
    """The looks of one schedule; `report` writes what each found."""

    looks: Iterable[Look]
    report: Callable[[Summary], Summary]

    def run(self) -> Summary:
        """Take every look, and return what the last one found.

        Raises:
            Exception: the error of the first look that failed, after all others had their turn;
                Lambda then repeats the round, which is safe.
        """
        found = Summary("watch", "looked")
        failures: list[Exception] = []
        for look in self.looks:
            try:
                found = self.report(look())
            except Exception as failure:  # noqa: BLE001 - raised below, after the others
                self.report(Summary("watch", "failed", detail=type(failure).__name__))
                failures.append(failure)
        if failures:
            raise failures[0]
        return found

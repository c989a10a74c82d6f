"""What is wrong in a configuration file, and where."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: the line it stands on, the entry, and what is allowed there."""

    line: int
    field: str
    message: str


class Mistaken(ValueError):  # noqa: N818 - it names what the file is
    """A file that says something it may not say; it tells of all mistakes at once."""

    def __init__(self, file: str, mistakes: Iterable[Mistake]) -> None:
        self.file = file
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: mistake.line))
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """Return a line for each mistake, as compilers write them: `file:line: field: message`."""
        return [
            ": ".join(
                part
                for part in (f"{self.file}:{mistake.line}", mistake.field, mistake.message)
                if part
            )
            for mistake in self.mistakes
        ]

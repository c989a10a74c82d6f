"""What a problem, or a group of problems with one cause, says to a person."""

from dataclasses import dataclass

from koppeling.core import catalogue, rendering
from koppeling.core.problems import Problem
from koppeling.portal.waiting import ProblemGroup

# What takes the place of a text for a code that a later release wrote
_UNKNOWN = "record-failed"


@dataclass(frozen=True, slots=True)
class ProblemTexts:
    """The texts of problems in one language."""

    language: str

    def title(self, problem: Problem) -> str:
        """Return the sentence that says what is wrong."""
        return catalogue.title(_known(problem.code), self.language, problem.values)

    def advice(self, problem: Problem) -> str:
        """Return what to do about it, and why it is so."""
        return catalogue.body(_known(problem.code), self.language, problem.values)

    def cause(self, group: ProblemGroup) -> str:
        """Return what is wrong with all of a group."""
        if len(group.members) == 1:
            return self.title(group.members[0])
        return self._of_many(group, "many")

    def remedy(self, group: ProblemGroup) -> str:
        """Return what to do about all of a group."""
        if len(group.members) == 1:
            return self.advice(group.members[0])
        return self._of_many(group, "do")

    def _of_many(self, group: ProblemGroup, which: str) -> str:
        text = rendering.load("portal/causes", self.language)[_known(group.code)][which]
        number = rendering.count(len(group.members), self.language)
        return rendering.fill(text, {"count": number})


def _known(code: str) -> str:
    return code if code in catalogue.codes() else _UNKNOWN

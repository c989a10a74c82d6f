"""Gegevens: what is fetched from Exact Online, entity by entity, and the rows that wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from koppeling.core.clock import today
from koppeling.core.log import Log, LogKind
from koppeling.core.ports import Problems
from koppeling.core.problems import Problem
from koppeling.portal.moments import spoken
from koppeling.portal.page import NoSuchPage, PageRequest, PortalPage
from koppeling.portal.paging import Pages, asked_page
from koppeling.portal.problem_texts import ProblemTexts
from koppeling.portal.round_counts import RoundCounts, counts_of, last_logged
from koppeling.portal.screens.overview import (
    CallsOfConnection,
    RoundLine,
    RoundsOfConnection,
    round_lines,
)
from koppeling.portal.waiting import Cure, cure_of
from koppeling.pull.entities.registry import ENTITIES

PER_PAGE = 25
# Lines of the log that are read for the counts: more rounds with changes than a day mostly has
LINES_READ = 200


@dataclass(frozen=True, slots=True)
class EntityLine:
    """One entity: its rounds, what they brought, and how many of its rows wait now."""

    rounds: RoundLine
    counts: RoundCounts
    last_change: str
    waiting: int


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One row that waits: what it is, why, since when, and what to do."""

    subject: str
    code: str
    title: str
    advice: str
    since: str


@dataclass(frozen=True, slots=True)
class DataScreen:
    """Shows the entities, or one of them."""

    problems: Problems
    rounds: RoundsOfConnection
    log: Log
    calls: CallsOfConnection

    def show(self, request: PageRequest) -> PortalPage:
        """Return the page.

        Raises:
            NoSuchPage: there is no such entity.
        """
        asked = request.query.get("entity", "")
        if asked not in {"", *ENTITIES}:
            raise NoSuchPage(asked)
        problems = [
            each
            for each in self.problems.opened(request.connection.id)
            if cure_of(each, request.now) is Cure.OFFER
            and each.subject.partition("/")[0] in ENTITIES
        ]
        lines = self._lines(request, problems)
        if not asked:
            return PortalPage("data", {"lines": lines, "line": None})
        own = [each for each in problems if each.subject.startswith(f"{asked}/")]
        pages = Pages(sorted(own, key=_age), PER_PAGE, asked_page(request))
        values = {
            "line": next(each for each in lines if each.rounds.entity == asked),
            "pages": pages,
            "rows": _rows(request, pages.shown),
        }
        return PortalPage("data", values)

    def _lines(self, request: PageRequest, problems: Sequence[Problem]) -> list[EntityLine]:
        connection, now = request.connection, request.now
        lines = self.log.page(connection.id, kind=LogKind.ROUND, limit=LINES_READ).entries
        counts = counts_of(lines, today(now))
        waiting = [each.subject.partition("/")[0] for each in problems]
        found: list[EntityLine] = []
        rounds = self.rounds.of(
            connection,
            stretched_minutes=self.calls(connection).stretched_minutes,
            logged=last_logged(lines),
        )
        for line in round_lines(rounds, now, request.language):
            own = counts.get(line.entity, RoundCounts())
            changed = spoken(own.last_at, now, request.language)
            found.append(EntityLine(line, own, changed, waiting.count(line.entity)))
        return found


def _rows(request: PageRequest, problems: Sequence[Problem]) -> list[WaitingRow]:
    texts = ProblemTexts(request.language)
    return [
        WaitingRow(
            each.subject,
            each.values.get("code", ""),
            texts.title(each),
            texts.advice(each),
            spoken(each.since, request.now, request.language),
        )
        for each in problems
    ]


def _age(problem: Problem) -> tuple[float, str]:
    return (0.0 if problem.since is None else problem.since.timestamp(), problem.subject)

"""Te doen: what waits, by cause. A group opens to its members, 25 a page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from koppeling.core import rendering
from koppeling.core.ports import Problems
from koppeling.core.problems import Problem, number_in
from koppeling.portal.csv_file import csv_file
from koppeling.portal.page import Answer, Download, PageRequest, PortalPage
from koppeling.portal.paging import Pages, asked_page
from koppeling.portal.problem_texts import ProblemTexts
from koppeling.portal.waiting import (
    ProblemGroup,
    cure_of,
    groups_of,
    may_be_agreed,
    may_be_skipped,
    waiting_for_people,
)

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class WaitingProblem:
    """One problem as a page shows it; `number` is that of its invoice, `entity` its pull."""

    subject: str
    title: str
    advice: str
    since: datetime | None
    cure: str
    number: str
    entity: str
    may_be_skipped: bool
    may_be_agreed: bool


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """Problems of one cause as a page shows them; `only` is its member when there is one."""

    code: str
    level: str
    actor: str
    cause: str
    remedy: str
    since: datetime | None
    count: int
    offerable: int
    only: WaitingProblem | None


@dataclass(frozen=True, slots=True)
class TodoScreen:
    """Shows what is open, with one read of the problems of the connection."""

    problems: Problems

    def show(self, request: PageRequest) -> Answer:
        """Return all groups, the members of one, or everything as a file."""
        texts = ProblemTexts(request.language)
        problems = list(self.problems.opened(request.connection.id))
        groups = groups_of(problems, request.now)
        if request.query.get("file") == "csv":
            return _file(request, texts, groups)
        count = waiting_for_people(problems, request.now)
        asked = request.query.get("group", "")
        if asked:
            found = [each for each in groups if each.code == asked]
            return replace(_members(request, texts, found), waiting_count=count)
        shown = [_group(texts, each, request.now) for each in groups]
        values = {
            "asked": False,
            "waiting": [each for each in shown if each.level != "notice"],
            "notices": [each for each in shown if each.level == "notice"],
            "offerable": sum(each.offerable for each in shown),
            "after": request.query.get("after", ""),
        }
        heading = _heading(request, "list_title")
        return PortalPage("todo", values, heading=heading, waiting_count=count)


def _members(
    request: PageRequest, texts: ProblemTexts, groups: Iterable[ProblemGroup]
) -> PortalPage:
    """Return the page of one group; one that was solved meanwhile is said to be so."""
    group = next(iter(groups), None)
    if group is None:
        return PortalPage(
            "todo", {"asked": True, "group": None}, heading=_heading(request, "solved")
        )
    pages = Pages(group.members, PER_PAGE, asked_page(request))
    values: dict[str, Any] = {
        "asked": True,
        "group": _group(texts, group, request.now),
        "pages": pages,
        "members": [_member(texts, each, request.now) for each in pages.shown],
        "after": request.query.get("after", ""),
    }
    return PortalPage("todo", values, heading={"cause": texts.cause(group).rstrip(".")})


def _group(texts: ProblemTexts, group: ProblemGroup, now: datetime) -> WaitingGroup:
    is_one = len(group.members) == 1
    return WaitingGroup(
        group.code,
        group.level,
        group.actor,
        texts.cause(group),
        texts.remedy(group),
        group.since,
        len(group.members),
        group.offerable,
        _member(texts, group.members[0], now) if is_one else None,
    )


def _member(texts: ProblemTexts, problem: Problem, now: datetime) -> WaitingProblem:
    return WaitingProblem(
        problem.subject,
        texts.title(problem),
        texts.advice(problem),
        problem.since,
        cure_of(problem, now),
        number_in(problem.subject) or "",
        problem.subject.partition("/")[0],
        may_be_skipped(problem),
        may_be_agreed(problem),
    )


def _file(request: PageRequest, texts: ProblemTexts, groups: Iterable[ProblemGroup]) -> Download:
    said = rendering.load("portal/todo", request.language)
    rows = [
        (
            said["level"][group.level],
            said["actor"][group.actor],
            texts.title(problem),
            texts.advice(problem).replace("*", ""),
            problem.since.date() if problem.since else None,
            number_in(problem.subject) or "",
        )
        for group in groups
        for problem in group.members
    ]
    return csv_file(said["file"]["name"], said["file"]["columns"], rows)


def _heading(request: PageRequest, key: str) -> dict[str, str]:
    return {"cause": rendering.load("portal/todo", request.language)[key]}

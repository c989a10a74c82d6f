"""Te doen: what waits, by cause. A group opens to its members, 25 a page."""

from collections.abc import Iterable, Mapping
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
    excusable,
    groups_of,
    list_mark,
    may_be_agreed,
    may_be_skipped,
    waiting_for_people,
)
from koppeling.push.outbox import OutboxItem
from koppeling.push.ports import Outbox
from koppeling.push.seen import seen_mark

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class WaitingProblem:
    """One problem as a page shows it; `number` is that of its invoice, `entity` its pull.

    `seen` is the mark of that invoice or list, for who decides about it, and `decided` when that
    invoice was last decided about. `excusable` names numbers that may be no invoice.
    """

    subject: str
    title: str
    advice: str
    since: datetime | None
    cure: str
    number: str
    entity: str
    may_be_skipped: bool
    may_be_agreed: bool
    excusable: str
    seen: str = ""
    decided: str = ""


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
    """Shows what is open: one read of the problems, one of the invoices that it has buttons for."""

    problems: Problems
    outbox: Outbox

    def show(self, request: PageRequest) -> Answer:
        """Return all groups, the members of one, or everything as a file."""
        problems = list(self.problems.opened(request.connection.id))
        groups = groups_of(problems, request.now)
        if request.query.get("file") == "csv":
            return _file(request, ProblemTexts(request.language), groups)
        count = waiting_for_people(problems, request.now)
        asked = request.query.get("group", "")
        if asked:
            found = [each for each in groups if each.code == asked]
            return replace(self._members(request, found), waiting_count=count)
        alone = [each.members[0] for each in groups if len(each.members) == 1]
        teller = self._teller(request, alone)
        shown = [teller.group(each) for each in groups]
        values = {
            "asked": False,
            "waiting": [each for each in shown if each.level != "notice"],
            "notices": [each for each in shown if each.level == "notice"],
            "offerable": sum(each.offerable for each in shown),
            "after": request.query.get("after", ""),
        }
        heading = _heading(request, "list_title")
        return PortalPage("todo", values, heading=heading, waiting_count=count)

    def _members(self, request: PageRequest, groups: Iterable[ProblemGroup]) -> PortalPage:
        """Return the page of one group; one that was solved meanwhile is said to be so."""
        group = next(iter(groups), None)
        if group is None:
            return PortalPage(
                "todo", {"asked": True, "group": None}, heading=_heading(request, "solved")
            )
        pages = Pages(group.members, PER_PAGE, asked_page(request))
        teller = self._teller(request, pages.shown)
        values: dict[str, Any] = {
            "asked": True,
            "group": teller.group(group),
            "pages": pages,
            "members": [teller.member(each) for each in pages.shown],
            "after": request.query.get("after", ""),
        }
        return PortalPage("todo", values, heading={"cause": teller.texts.cause(group).rstrip(".")})

    def _teller(self, request: PageRequest, problems: Iterable[Problem]) -> "_Teller":
        """Return what tells of these problems; who may decide nothing needs no marks."""
        numbers = {_decided_here(each) for each in problems} if request.may_decide else set[str]()
        items = self.outbox.numbered(request.connection.id, numbers - {""})
        found = {item.number: item for item in items}
        return _Teller(ProblemTexts(request.language), request.now, found)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells of problems; `items` are the invoices that have a button, by number."""

    texts: ProblemTexts
    now: datetime
    items: Mapping[str, OutboxItem]

    def group(self, group: ProblemGroup) -> WaitingGroup:
        is_one = len(group.members) == 1
        return WaitingGroup(
            group.code,
            group.level,
            group.actor,
            self.texts.cause(group),
            self.texts.remedy(group),
            group.since,
            len(group.members),
            group.offerable,
            self.member(group.members[0]) if is_one else None,
        )

    def member(self, problem: Problem) -> WaitingProblem:
        number = number_in(problem.subject) or ""
        item = self.items.get(number)
        return WaitingProblem(
            problem.subject,
            self.texts.title(problem),
            self.texts.advice(problem),
            problem.since,
            cure_of(problem, self.now),
            number,
            problem.subject.partition("/")[0],
            may_be_skipped(problem),
            may_be_agreed(problem),
            excusable(problem),
            list_mark(problem) if item is None else seen_mark(item),
            "" if item is None else item.decided,
        )


def _decided_here(problem: Problem) -> str:
    """Return the number of an invoice that has a button to decide about it; empty without one."""
    has_button = may_be_skipped(problem) or may_be_agreed(problem)
    return (number_in(problem.subject) or "") if has_button else ""


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

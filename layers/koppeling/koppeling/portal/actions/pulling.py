"""Nu ophalen, volledig vergelijken, and agreeing with a list that is shorter than before."""

from dataclasses import dataclass

from koppeling.core import rendering
from koppeling.core.ids import ConnectionId
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.core.ports import Problems
from koppeling.portal.menu import DATA, OVERVIEW, TODO
from koppeling.portal.page import GoTo, NoSuchPage, PageRequest
from koppeling.portal.waiting import is_about_a_list, list_mark
from koppeling.pull.by_hand import HandPulls
from koppeling.pull.entities.registry import ENTITIES

# Where the button stood, as its form says, and the path of that page
_PLACES = {"overview": OVERVIEW, "todo": TODO, "data": DATA}


@dataclass(frozen=True, slots=True)
class PullNow:
    """Asks for pulls of the `entity` in a form, or of all; returns to the page named `back`."""

    pulls: HandPulls
    log: Log
    problems: Problems

    def catch_up(self, request: PageRequest) -> GoTo:
        """Fetch what changed."""
        return self._asked(request, request.form.get("entity", ""), "pull")

    def compare(self, request: PageRequest) -> GoTo:
        """Compare every record of an entity with what stands in QicsMilestones."""
        return self._asked(request, request.form.get("entity", ""), "compare")

    def agree_with_list(self, request: PageRequest) -> GoTo:
        """Say that a list is right although it shrank: then it is compared, and taken for true.

        That holds for the number that the page showed: a list may go on shrinking.
        """
        subject = request.form.get("subject", "")
        entity = subject.partition("/")[0]
        if not is_about_a_list(subject):
            raise NoSuchPage(entity)
        if request.form.get("seen", "") not in self._lists(request.connection.id, subject):
            return _back(request, "list-changed", entity)
        return self._asked(request, entity, "agree-list")

    def _lists(self, connection: ConnectionId, subject: str) -> set[str]:
        opened = self.problems.opened(connection)
        return {list_mark(each) for each in opened if each.subject == subject}

    def _asked(self, request: PageRequest, entity: str, what: str) -> GoTo:
        if entity not in {"", *ENTITIES} or (what != "pull" and not entity):
            raise NoSuchPage(entity)
        connection = request.connection
        if connection.paused:
            notice = "pull-paused" if connection.started else "start-first"
            return _back(request, notice, entity)
        wanted = [entity] if entity else list(ENTITIES)
        wanted = [each for each in wanted if connection.setting(each).enabled]
        if not wanted:
            return _back(request, "pull-off", entity)
        asked = self.pulls.ask(connection, wanted, full=what != "pull")
        if not asked:
            return _back(request, "pull-under-way", entity)
        self.log.add(
            LogEntry(
                connection.id,
                request.now,
                LogKind.DECISION,
                f"{what}-asked",
                who=request.person.mail,
                role=request.person.role,
                subject=entity,
            )
        )
        return _back(request, f"{what}-asked" if entity else "pull-all-asked", entity)


def _back(request: PageRequest, notice: str, entity: str) -> GoTo:
    path = _PLACES.get(request.form.get("back", ""), DATA)
    words = rendering.load("", request.language)["words"]["entity"]
    values = {"entity": words[entity]} if entity else {}
    query = {"entity": entity} if entity and path == DATA else {}
    return GoTo(path, query, notice, values)

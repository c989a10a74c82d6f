"""Zelfde, verschillend or later: what a person says of two customers that are probably one."""

from dataclasses import dataclass

from koppeling.core.clock import Now
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.portal.menu import FIRST_LOAD
from koppeling.portal.page import GoTo, PageRequest
from koppeling.pull.double_choices import (
    DoubleChoice,
    KnownDouble,
    KnownDoubles,
    WaitingRecords,
    WaitingRetries,
    wake,
)


@dataclass(frozen=True, slots=True)
class ChooseDouble:
    """Keeps a choice; the next round of a started connection does what was chosen."""

    known: KnownDoubles
    retries: WaitingRetries
    records: WaitingRecords
    log: Log
    now: Now

    def choose(self, request: PageRequest) -> GoTo:
        """Keep what was chosen of one pair."""
        connection, form = request.connection.id, request.form
        code, there, word = (form.get(name, "") for name in ("exact", "there", "choice"))
        pairs = self.known.of(connection)
        found = [each for each in pairs if _named(each) == (code, there)]
        if not found or word not in set(DoubleChoice):
            return GoTo(FIRST_LOAD, notice="try-again")
        choice, others = DoubleChoice(word), (each for each in pairs if _named(each)[0] != code)
        if choice is DoubleChoice.SAME and any(_is_same(each, there) for each in others):
            return GoTo(FIRST_LOAD, notice="double-taken")
        self.known.choose(connection, found[0], choice, request.person.mail)
        wake(connection, {code}, self.retries, self.records, self.now())
        self._note(request)
        return GoTo(FIRST_LOAD, notice="double-chosen")

    def _note(self, request: PageRequest) -> None:
        person, values = request.person, {"count": "1"}
        entry = LogEntry(
            request.connection.id,
            request.now,
            LogKind.SETTINGS,
            "doubles-chosen",
            who=person.mail,
            role=person.role,
            values=values,
        )
        self.log.add(entry)


def _named(pair: KnownDouble) -> tuple[str, str]:
    return pair.double.exact_code, pair.double.milestones_id


def _is_same(pair: KnownDouble, there: str) -> bool:
    return pair.choice is DoubleChoice.SAME and pair.double.milestones_id == there

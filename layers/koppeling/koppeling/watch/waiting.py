"""What waits for the people of a connection, and how a mail says it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from koppeling.core import catalogue, rendering
from koppeling.core.actors import Actor, actor_of, holds_up_for_qics
from koppeling.core.clock import today
from koppeling.core.connection import Connection
from koppeling.core.letter import quoted
from koppeling.core.problems import Problem, number_in

# A mail that is longer is not read; the page has the rest
MOST_CAUSES = 10
_OF_THE_WHOLE = "/connection"
_LOGIN = "login/"
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one connection: for its own people, and invoices `with_qics`.

    People hear of the latter as well: their invoices wait, though they can do nothing about it.
    """

    connection: Connection
    for_people: tuple[Problem, ...]
    with_qics: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them."""
        return self.for_people + self.with_qics

    @property
    def is_with_qics(self) -> bool:
        """Say whether nothing in it waits for its own people."""
        return not self.for_people

    @property
    def invoices(self) -> int:
        """How many invoices wait, each counted once."""
        return _invoices(self.problems)

    @property
    def records(self) -> int:
        """How many other things wait; what stops a whole connection is one thing."""
        others = [each for each in self.problems if not _invoice(each)]
        return len({each.code if _stops_all(each) else each.subject for each in others})

    @property
    def since(self) -> datetime | None:
        """Since when the oldest of them waits."""
        return min((each.since for each in self.problems if each.since), default=None)

    def causes(self, language: str) -> Iterator[str]:
        """Return a line for each cause, the most frequent first.

        Of a code that a later release wrote there is no text; `about_qics` counts its invoices.
        """
        by_code: dict[str, list[Problem]] = defaultdict(list)
        for problem in (each for each in self.problems if each.code in catalogue.codes()):
            by_code[problem.code].append(problem)
        texts = rendering.load("mail/morning", language)
        ordered = sorted(by_code.items(), key=lambda each: -len(each[1]))
        for code, problems in ordered[:MOST_CAUSES]:
            values = {name: quoted(value) for name, value in problems[0].values.items()}
            title = catalogue.title(code, language, values)
            count = 1 if _stops_all(problems[0]) else len(problems)
            several = {"title": title.rstrip("."), "count": rendering.count(count, language)}
            yield title if count == 1 else rendering.fill(texts["cause"], several)
        if len(ordered) > MOST_CAUSES:
            more = rendering.count(len(ordered) - MOST_CAUSES, language)
            yield rendering.fill(texts["more"], {"count": more})

    def about_qics(self, language: str) -> str:
        """Return what waits for Qics, and that nobody else has to do anything; else nothing."""
        if not self.with_qics:
            return ""
        texts = rendering.load("mail/morning", language)["with_qics"]
        number = _invoices(self.with_qics)
        return _counted(texts, number, language) if number else str(texts["some"])


def waiting_of(connection: Connection, opened: Iterable[Problem], now: datetime) -> Waiting:
    """Return what waits of the open problems of a connection."""
    found = list(opened)
    for_people = (
        each
        for each in found
        if catalogue.level_of(each, now) == catalogue.ERROR
        and actor_of(each, now) in {Actor.YOU, Actor.ADMINISTRATOR}
    )
    with_qics = (each for each in found if holds_up_for_qics(each, now))
    return Waiting(connection, tuple(for_people), tuple(with_qics))


def sentence(waits: Iterable[Waiting], language: str, day: date) -> tuple[str, str]:
    """Return how much waits, such as "3 facturen wachten", and since when."""
    texts, found = rendering.load("mail/morning", language), list(waits)
    invoices, records = (sum(counts) for counts in _counts(found))
    parts = [
        _counted(texts[name], number, language)
        for name, number in (
            ("invoices", invoices),
            ("records" if invoices else "records_alone", records),
        )
        if number
    ]
    form = "one" if invoices + records == 1 else "many"
    what = rendering.fill(texts["waits"][form], {"what": texts["and"].join(parts)})
    oldest = min((each.since for each in found if each.since), default=None)
    since = "invoices" if form == "many" and not records else form
    on = "" if oldest is None else day_in_words(today(oldest), day, language)
    return what, texts["since"][since].replace("{day}", on) if on else ""


def day_in_words(day: date, now: date, language: str) -> str:
    """Return a day as people say it: yesterday, the name of a day of this week, or the date."""
    texts, ago = rendering.load("mail/morning", language)["since"], (now - day).days
    if ago in {0, 1}:
        return str(texts["yesterday" if ago else "today"])
    if 1 < ago < _WEEK:
        return str(texts["days"][day.weekday()])
    return rendering.moment(day.isoformat(), language)


def _counts(waits: list[Waiting]) -> tuple[list[int], list[int]]:
    return [each.invoices for each in waits], [each.records for each in waits]


def _counted(forms: dict[str, str], number: int, language: str) -> str:
    form = forms["one" if number == 1 else "many"]
    return rendering.fill(form, {"count": rendering.count(number, language)})


def _invoices(problems: Iterable[Problem]) -> int:
    return len({number for each in problems if (number := _invoice(each))})


def _invoice(problem: Problem) -> str:
    return number_in(problem.subject) or ""


def _stops_all(problem: Problem) -> bool:
    return problem.subject.endswith(_OF_THE_WHOLE) or problem.subject.startswith(_LOGIN)

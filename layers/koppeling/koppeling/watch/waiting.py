"""What waits for the people of a connection, and how a mail says it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from koppeling.core import catalogue, rendering
from koppeling.core.actors import Actor, actor_of
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
    """The errors of one connection on which its own people have to act."""

    connection: Connection
    problems: tuple[Problem, ...]

    @property
    def invoices(self) -> int:
        """How many invoices wait, each counted once."""
        return len({number for each in self.problems if (number := _invoice(each))})

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
        """Return a line for each cause, the most frequent first."""
        by_code: dict[str, list[Problem]] = defaultdict(list)
        for problem in self.problems:
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


def waiting_of(connection: Connection, opened: Iterable[Problem], now: datetime) -> Waiting:
    """Return what waits of the open problems of a connection."""
    waits = (
        each
        for each in opened
        if catalogue.level_of(each, now) == catalogue.ERROR
        and actor_of(each, now) in {Actor.YOU, Actor.ADMINISTRATOR}
    )
    return Waiting(connection, tuple(waits))


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


def _invoice(problem: Problem) -> str:
    return number_in(problem.subject) or ""


def _stops_all(problem: Problem) -> bool:
    return problem.subject.endswith(_OF_THE_WHOLE) or problem.subject.startswith(_LOGIN)

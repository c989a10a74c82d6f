"""What is the matter with an invoice, and which buttons would do something about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from koppeling.core import rendering
from koppeling.core.actors import actor_of
from koppeling.core.catalogue import level_of
from koppeling.core.problems import Problem, entry_subject, invoice_subject
from koppeling.portal.entry_comparison import ComparedField
from koppeling.portal.page import PageRequest
from koppeling.portal.problem_texts import ProblemTexts
from koppeling.portal.waiting import Cure, cure_of, may_be_agreed, may_be_skipped
from koppeling.push.invoice import key_of
from koppeling.push.offering import InvoiceOffers
from koppeling.push.outbox import OutboxItem, State

# Values of a problem in which Exact's own words stand
_LITERAL = ("message", "answer")
_AMOUNT = "AmountFC"


@dataclass(frozen=True, slots=True)
class Matter:
    """One open problem of an invoice, as a person reads it; `literal` are Exact's own words."""

    title: str
    advice: str
    actor: str
    level: str
    since: datetime | None
    literal: str


@dataclass(frozen=True, slots=True)
class Possible:
    """The buttons that would do something now.

    `offer` is the subject to offer again, `decided` when it was last decided about. Without
    `is_there` the document of the invoice is gone from the inbox, so that none of them works.
    """

    offer: str = ""
    agree: bool = False
    skip: bool = False
    link: bool = False
    is_there: bool = True
    decided: str = ""

    @property
    def anything(self) -> bool:
        """Say whether there is any button."""
        return bool(self.offer or self.agree or self.skip or self.link)


@dataclass(frozen=True, slots=True)
class Differing:
    """In what the entry of an invoice differs from it: with both values, or by name alone."""

    fields: tuple[ComparedField, ...]
    others: tuple[str, ...]


def differing_of(item: OutboxItem | None, language: str) -> Differing | None:
    """Return in what an entry differs, as long as nobody agreed with that."""
    if item is None or not item.differences or item.agreed:
        return None
    words = rendering.load("", language)["words"]["field"]
    names = [name for name in item.differences if name != _AMOUNT]
    fields: tuple[ComparedField, ...] = ()
    if item.booked_amount is not None and item.booked_amount != item.amount_incl:
        amounts = (item.amount_incl, item.booked_amount)
        ours, theirs = (rendering.amount(each, item.currency, language) for each in amounts)
        fields = (ComparedField("amount", ours, theirs),)
    elif _AMOUNT in item.differences:
        names.insert(0, _AMOUNT)
    return Differing(fields, tuple(words.get(name, name) for name in names))


def told(problems: Iterable[Problem], language: str, now: datetime) -> list[Matter]:
    """Return problems as people read them, what is worst first."""
    texts = ProblemTexts(language)
    found = [_matter(each, texts, now) for each in problems]
    return sorted(found, key=lambda matter: matter.level)


def _matter(problem: Problem, texts: ProblemTexts, now: datetime) -> Matter:
    title, advice = texts.title(problem), texts.advice(problem)
    literal = next((problem.values[name] for name in _LITERAL if problem.values.get(name)), "")
    is_said = literal in title or literal in advice
    return Matter(
        title,
        advice,
        str(actor_of(problem, now)),
        level_of(problem, now),
        problem.since,
        "" if is_said else literal,
    )


def possible_for(
    offers: InvoiceOffers,
    request: PageRequest,
    number: str,
    item: OutboxItem | None,
    problems: Sequence[Problem],
) -> Possible:
    """Return what can be done about an invoice; one that waits for nobody is not looked up."""
    connection = request.connection.id
    is_left = item is not None and (item.is_skipped or item.is_skipped_without_entry)
    if not problems and not is_left:
        return Possible()
    subjects = {each.subject for each in problems if cure_of(each, request.now) is Cure.OFFER}
    subjects |= {invoice_subject(number), entry_subject(number)} if is_left else set()
    if not offers.inbox.holds(key_of(connection, number)):
        return Possible(is_there=False)
    found = offers.named(connection, subjects) if subjects else []
    return Possible(
        offer=found[0].subject if found else "",
        agree=item is not None and item.is_booked and any(map(may_be_agreed, problems)),
        skip=item is not None and _may_be_left(item) and any(map(may_be_skipped, problems)),
        link=item is not None and not item.is_booked and not is_left,
        decided=found[0].decided if found else "",
    )


def _may_be_left(item: OutboxItem) -> bool:
    """Say whether nothing is going on with an invoice, so that it can be left as it is."""
    return not item.is_unsettled and item.state is not State.INTENT

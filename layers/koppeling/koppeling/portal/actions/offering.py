"""Opnieuw aanbieden: one thing that waits, all with one cause, or everything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from koppeling.core import rendering
from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.core.ports import Problems
from koppeling.core.problems import Problem, number_in
from koppeling.portal.actions.deciding import decider
from koppeling.portal.at_rest import notice_for
from koppeling.portal.menu import DATA, INVOICE, TODO
from koppeling.portal.page import GoTo, PageRequest
from koppeling.portal.waiting import is_offered_together
from koppeling.pull.by_hand import HandPulls
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.offering import RecordOffers
from koppeling.push.invoice import key_of
from koppeling.push.offering import InvoiceOffer, InvoiceOffers

# A browser waits for at most five seconds in all; what is left is offered by another press
LONGEST = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class OfferAgain:
    """Offers things again. A form names a `subject`, a `group` by its code, or neither: all.

    With `after` a form goes on behind a subject, where the time of an earlier press ran out.
    """

    problems: Problems
    invoices: InvoiceOffers
    records: RecordOffers
    pulls: HandPulls
    log: Log
    now: Now

    def __call__(self, request: PageRequest) -> GoTo:
        """Offer what the form names."""
        subject = request.form.get("subject", "")
        return self._one(request, subject) if subject else self._many(request)

    def _one(self, request: PageRequest, subject: str) -> GoTo:
        connection = request.connection
        if subject.partition("/")[0] in ENTITIES:
            record = self.records.named(connection.id, subject)
            if record is None or not self.records.offer(connection.id, record):
                return _back(request, "offer-not-waiting")
            self._note(request, 1, subject)
            self.pulls.ask(connection, [record.entity])
            return _back(request, _offered("record", connection))
        offers = self.invoices.named(connection.id, [subject])
        if not offers:
            return _back(request, "offer-no-document")
        one = offers[0]
        if one.by_name_only and one.decided != request.form.get("decided", ""):
            return _back(request, "offer-decided")
        self.invoices.offer(one, decider(request))
        return _back(request, _offered("invoice", connection))

    def _many(self, request: PageRequest) -> GoTo:
        connection, group = request.connection, request.form.get("group", "")
        wanted = sorted(
            (
                each
                for each in self.problems.opened(connection.id)
                if is_offered_together(each, request.now) and group in {"", each.code}
            ),
            key=lambda each: each.subject,
        )
        rest = [each for each in wanted if each.subject > request.form.get("after", "")]
        if not rest:
            return _back(request, "offer-nothing")
        until = self.now() + LONGEST
        done = [*self._records(request, _records_of(rest), until)]
        done += self._invoices(request, _invoices_of(rest), until)
        seen = {each.subject for each, _ in done}
        offered = sum(was_there for _, was_there in done)
        left = [each.subject for each in rest if each.subject not in seen]
        language = request.language
        values = {
            "count": rendering.count(offered, language),
            "left": rendering.count(len(left), language),
        }
        if not left:
            return _back(request, _offered("many", connection), values)
        before = [subject for subject in seen if subject < left[0]]
        after = max(before, default=request.form.get("after", ""))
        return _back(request, "offered-some", values, after=after)

    def _records(
        self, request: PageRequest, wanted: list[Problem], until: datetime
    ) -> Iterator[tuple[Problem, bool]]:
        connection = request.connection
        if not wanted:
            return
        found = {one.subject: one for one in self.records.found(connection.id)}
        touched: dict[str, int] = {}
        for problem in wanted:
            if self.now() >= until:
                break
            one = found.get(problem.subject)
            is_due = one is not None and self.records.offer(connection.id, one)
            if one is not None and is_due:
                touched[one.entity] = touched.get(one.entity, 0) + 1
            yield problem, is_due
        for entity, number in touched.items():
            self._note(request, number, entity)
        self.pulls.ask(connection, touched)

    def _invoices(
        self, request: PageRequest, wanted: list[Problem], until: datetime
    ) -> Iterator[tuple[Problem, bool]]:
        offers: dict[str, InvoiceOffer] = {}
        for problem in wanted:
            if self.now() >= until:
                break
            one = _offer_of(request.connection, problem)
            is_there = one.key in offers or self.invoices.inbox.holds(one.key)
            if is_there:
                offers.setdefault(one.key, one)
            yield problem, is_there
        self.invoices.offer_all(offers.values(), decider(request))

    def _note(self, request: PageRequest, number: int, subject: str) -> None:
        """Note who offered records again; of an invoice its delivery notes it."""
        self.log.add(
            LogEntry(
                request.connection.id,
                request.now,
                LogKind.DECISION,
                "offered-records",
                who=request.person.mail,
                role=request.person.role,
                subject=subject,
                counts={"offered": number},
            )
        )


def _records_of(problems: Iterable[Problem]) -> list[Problem]:
    return [each for each in problems if each.subject.partition("/")[0] in ENTITIES]


def _invoices_of(problems: Iterable[Problem]) -> list[Problem]:
    return [each for each in problems if each.subject.partition("/")[0] not in ENTITIES]


def _offer_of(connection: Connection, problem: Problem) -> InvoiceOffer:
    """Return the offer of an invoice by its number, or of a document by its key."""
    number = number_in(problem.subject)
    key = problem.subject.partition("/")[2] if number is None else key_of(connection.id, number)
    return InvoiceOffer(problem.subject, problem.code, key)


def _offered(what: str, connection: Connection) -> str:
    return notice_for(connection, f"offered-{what}")


def _back(
    request: PageRequest, notice: str, values: dict[str, str] | None = None, after: str = ""
) -> GoTo:
    """Return to the page of the button: an invoice, an entity, a group, or all that waits."""
    if number := request.form.get("number"):
        return GoTo(INVOICE, {"number": number}, notice, values or {})
    if (entity := request.form.get("entity", "")) in ENTITIES:
        return GoTo(DATA, {"entity": entity}, notice, values or {})
    query = {"group": request.form.get("group", "") or request.form.get("within", "")}
    kept = {name: value for name, value in {**query, "after": after}.items() if value}
    return GoTo(TODO, kept, notice, values or {})

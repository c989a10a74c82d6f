"""The mail of the morning: only when something waits for its reader, and one about everything."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.mail import MailNotTaken
from koppeling.core.people import Person, mail_digest
from koppeling.core.ports import WhichProblems, every_problem
from koppeling.core.preferences import MailChoice
from koppeling.core.problems import Problem, invoice_subject
from koppeling.watch.letters import FIRST_LOAD
from koppeling.watch.messages import MorningRound, round_of
from koppeling.watch.morning import MorningMail
from koppeling.watch.ports import MorningReader
from koppeling.watch.waiting import day_in_words
from tests.sandbox.common.clock import Clock
from tests.unit.fakes import FakeConnections, FakeQueue
from tests.unit.watch.fakes import ACME, BETA, MARIT, PIM, NotifierFixture

# A Thursday, at half past seven in the Netherlands
MORNING = datetime(2026, 11, 26, 6, 30, tzinfo=UTC)
TUESDAY = MORNING - timedelta(days=2)
ANNA = Person("anna@veldhuis.example", MARIT.role, "en")


def waits(subject: str, code: str, since: datetime = TUESDAY) -> Problem:
    return Problem(ACME.id, subject, code, {"debtor": "10023", "number": "1"}, since)


INVOICES = [waits(invoice_subject(str(number)), "debtor-not-found") for number in (1, 2, 3)]


@dataclass(slots=True)
class Mornings:
    """A morning with everything around it in memory."""

    connections: list[Connection]
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    noted: list[tuple[date, str, ConnectionId]] = field(default_factory=list)
    queue: FakeQueue = field(default_factory=FakeQueue)
    clock: Clock = field(default_factory=lambda: Clock(frozen_at=MORNING))
    reads: int = 0
    every_day: bool = False
    mails: NotifierFixture = field(init=False)

    def __post_init__(self) -> None:
        """Have one set of mails for all of it."""
        self.mails = NotifierFixture(self.connections, self.clock)

    def opened(self, connection: ConnectionId) -> Iterator[Problem]:
        """Return what is open."""
        self.reads += 1
        return iter(self.problems.get(connection, []))

    def open(self, problem: Problem) -> None:
        """Refuse: a mail opens no problem."""
        raise NotImplementedError(problem)

    def close(
        self, connection: ConnectionId, subject: str, which: WhichProblems = every_problem
    ) -> None:
        """Refuse: a mail closes no problem."""
        raise NotImplementedError(connection, subject, which)

    def add(self, day: date, digest: str, connection: ConnectionId) -> None:
        """Note a reader."""
        self.noted.append((day, digest, connection))

    def readers(self, day: date) -> Iterator[MorningReader]:
        """Return the readers of a day."""
        for digest in dict.fromkeys(digest for noted, digest, _ in self.noted if noted == day):
            yield MorningReader(digest, tuple(c for _, d, c in self.noted if d == digest))

    @property
    def morning(self) -> MorningMail:
        """The use case."""
        return MorningMail(
            connections=FakeConnections(*self.connections),
            problems=self,
            readers=self,
            postman=self.mails.postman,
            letters=self.mails.letters,
            queue=self.queue,
            now=self.clock.now,
            every_day=self.every_day,
        )

    def run(self) -> list[str]:
        """Live through a morning; returns who was mailed."""
        for connection in self.connections:
            self.morning.look(connection)
        self.morning.fan_out()
        self.deliver()
        return self.mails.addressed

    def deliver(self) -> None:
        """Handle the messages that wait."""
        waiting, self.queue.sent[:] = list(self.queue.sent), []
        for body, _ in waiting:
            message = round_of(json.dumps(body))
            assert isinstance(message, MorningRound)
            self.morning.send(message.reader)


def a_morning(*connections: Connection, **problems: list[Problem]) -> Mornings:
    return Mornings(list(connections or (ACME,)), dict(problems))


def test_where_nothing_waits_nobody_is_mailed_and_one_thing_is_read() -> None:
    morning = a_morning()
    assert morning.run() == []
    assert (morning.reads, morning.noted, morning.queue.sent) == (1, [], [])


def test_what_waits_is_told_with_its_number_its_age_its_cause_and_a_link() -> None:
    morning = a_morning(acme=INVOICES)
    assert morning.run() == [MARIT.mail]
    (mail,) = morning.mails.sent
    assert mail.subject == (
        "3 facturen wachten op je in Veldhuis Advies B.V., de oudste sinds dinsdag"
    )
    assert "(3 keer)" in mail.text
    assert "https://koppeling.example/portal/acme/todo" in mail.text
    assert "ticket" not in mail.text


def test_a_person_of_several_connections_gets_one_mail() -> None:
    morning = a_morning(ACME, replace(BETA, administration_name="Zeewolde"), acme=INVOICES[:1])
    morning.problems["beta"] = [replace(each, connection=BETA.id) for each in INVOICES[:2]]
    assert morning.run() == [MARIT.mail]
    (mail,) = morning.mails.sent
    assert mail.subject == "3 facturen wachten op je, de oudste sinds dinsdag"
    assert "Veldhuis Advies B.V.: 1 factuur wacht, sinds dinsdag." in mail.text
    assert "Zeewolde: 2 facturen wachten, de oudste sinds dinsdag." in mail.text
    assert "/portal/beta/todo" in mail.text
    assert [line.connection for line in morning.mails.lines.entries] == ["acme", "beta"]


def test_who_may_only_look_reads_who_can_act_and_each_reads_the_own_language() -> None:
    morning = a_morning(replace(ACME, people=(PIM, ANNA)), acme=INVOICES[:1])
    morning.run()
    dutch, english = morning.mails.sent
    assert f"Jij kunt meekijken. Oplossen kan: {ANNA.mail}." in dutch.text
    assert english.subject == "1 invoice waits for you in Veldhuis Advies B.V., since Tuesday"
    assert "You may look along" not in english.text


def test_other_things_than_invoices_are_points_and_a_lost_login_is_one() -> None:
    lost = [waits(f"{name}/connection", "exact-reconnect-needed") for name in ("items", "accounts")]
    morning = a_morning(acme=[*INVOICES[:1], *lost])
    morning.run()
    assert "1 factuur en 1 ander punt wachten op je" in morning.mails.sent[0].subject


@pytest.mark.parametrize(
    "problem",
    [
        waits("accounts/connection", "exact-unavailable", MORNING),
        waits("invoice/1", "pdf-upload-failed"),
        waits("accounts/1", "record-failed"),
    ],
    ids=lambda each: each.code,
)
def test_what_ends_by_itself_or_holds_up_no_invoice_is_no_reason_for_a_mail(
    problem: Problem,
) -> None:
    assert a_morning(acme=[problem]).run() == []


@pytest.mark.parametrize("day", ["2026-11-28", "2026-11-29", "2026-12-25", "2027-01-01"])
def test_on_days_off_nobody_is_mailed_and_nothing_is_read(day: str) -> None:
    morning = a_morning(acme=INVOICES)
    off = datetime.fromisoformat(f"{day}T07:30:00+01:00")
    morning.clock.advance((off - MORNING).total_seconds())
    assert morning.run() == []
    assert morning.reads == 0


def test_who_tries_the_link_on_a_day_off_is_mailed_then_too() -> None:
    morning = a_morning(acme=INVOICES)
    morning.every_day = True
    saturday = MORNING + timedelta(days=2)
    morning.clock.advance((saturday - MORNING).total_seconds())
    assert morning.run() == [MARIT.mail]


def test_a_paused_connection_waits_for_nobody() -> None:
    assert a_morning(replace(ACME, paused=True), acme=INVOICES).run() == []


def test_what_was_solved_before_the_mail_goes_out_is_not_told() -> None:
    morning = a_morning(acme=INVOICES)
    morning.morning.look(ACME)
    morning.problems["acme"] = []
    morning.morning.fan_out()
    morning.deliver()
    assert morning.mails.sent == []


def test_a_person_who_was_taken_off_or_wants_no_such_mail_gets_none() -> None:
    morning = a_morning(acme=INVOICES)
    morning.mails.preferences.unwanted.add(("acme", MARIT.mail, MailChoice.MORNING))
    assert morning.run() == []
    morning.queue.send([(MorningRound(_reader(PIM)).as_message(), 0)])
    morning.deliver()
    assert morning.mails.sent == []


def _reader(person: Person) -> MorningReader:
    return MorningReader(mail_digest(person.mail), (ACME.id, ConnectionId("gone")))


def test_a_mail_goes_out_once_a_day_however_often_its_message_comes() -> None:
    morning = a_morning(acme=INVOICES)
    for _ in range(3):
        morning.queue.send([(MorningRound(_reader(MARIT)).as_message(), 0)])
    morning.deliver()
    assert len(morning.mails.sent) == 1


def test_a_mail_that_was_not_taken_is_tried_again_until_noon() -> None:
    morning = a_morning(acme=INVOICES)
    morning.mails.mailer.errors = [MailNotTaken("TooManyRequestsException")] * 30
    morning.run()
    for _ in range(30):
        morning.clock.advance(900)
        morning.deliver()
    assert morning.mails.sent == []
    assert len(morning.mails.mailer.errors) == 30 - 19  # from half past seven up to noon

    again = a_morning(acme=INVOICES)
    again.mails.mailer.errors = [MailNotTaken("TooManyRequestsException")]
    again.run()
    again.deliver()
    assert again.mails.addressed == [MARIT.mail]


def test_a_mail_that_may_have_gone_is_not_sent_again_every_quarter_of_an_hour() -> None:
    morning = a_morning(acme=INVOICES)
    morning.mails.mailer.errors = [MailNotTaken("ReadTimeoutError", may_have_gone=True)] * 30
    morning.run()
    for _ in range(30):
        morning.clock.advance(900)
        morning.deliver()

    assert len(morning.mails.mailer.errors) == 30 - 1


def test_a_mail_of_the_morning_gives_way_to_other_news_of_that_day() -> None:
    morning = a_morning(acme=INVOICES)
    morning.mails.notifier.send(ACME, FIRST_LOAD, {}, "once")
    morning.run()
    assert [mail.kind for mail in morning.mails.sent] == ["first-load"]


@pytest.mark.parametrize(
    ("ago", "dutch", "english"),
    [
        (0, "vandaag", "today"),
        (1, "gisteren", "yesterday"),
        (2, "dinsdag", "Tuesday"),
        (6, "vrijdag", "Friday"),
        (7, "19-11-2026", "2026-11-19"),
    ],
)
def test_days_are_named_as_people_say_them(ago: int, dutch: str, english: str) -> None:
    today = MORNING.date()
    day = today - timedelta(days=ago)
    assert day_in_words(day, today, "nl") == dutch
    assert day_in_words(day, today, "en") == english

"""Verbinding: what the page says of a connection, and what its buttons do."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta

import pytest

from koppeling.core.connection import Connection, EntitySetting, InvoiceEmail
from koppeling.core.ids import ConnectionId
from koppeling.core.log import LogKind
from koppeling.core.mail import AddressTrouble
from koppeling.core.people import Person, Role
from koppeling.core.preferences import MailChoice
from koppeling.core.problems import Problem
from koppeling.portal.actions.connecting import Connecting
from koppeling.portal.actions.own_mails import OwnMails
from koppeling.portal.logins import LoginStanding, login_states
from koppeling.portal.messages import TrialMailRequest, mail_request
from koppeling.portal.page import GoTo, LeaveFor, PageRequest
from koppeling.portal.screens.connection import ConnectionScreen
from koppeling.portal.settings_shown import GROUPS, settings_shown
from tests.unit.fakes import FakeProblems, FakeQueue
from tests.unit.portal.fakes import FakeLog
from tests.unit.portal.showing import MARIT, NOW, PIM, asked, connection, html, pressed
from tests.unit.portal.signing import FakeAllowances, PortalWorld

VELDHUIS = ConnectionId("veldhuis")
# What is no setting that was agreed: it stands elsewhere on the page, or nowhere
ELSEWHERE = {
    *("id", "exact_host", "exact_user", "division", "administration_name", "milestones_user"),
    *(
        "company_id",
        "milestones_tenant",
        "milestones_calls_per_second",
        "warning_mails",
        "people",
        "started",
        "paused",
        "entities",
    ),
}


@dataclass(slots=True)
class FakePreferences:
    """What people chose; nobody refused anything at first."""

    chosen: dict[tuple[str, str], frozenset[MailChoice]] = field(default_factory=dict)

    def wanted(self, connection: ConnectionId, mail: str) -> frozenset[MailChoice]:
        return self.chosen.get((connection, mail), frozenset(MailChoice))

    def choose(self, connection: ConnectionId, mail: str, wanted: frozenset[MailChoice]) -> None:
        self.chosen[connection, mail] = wanted


@dataclass(frozen=True, slots=True)
class BouncedFor:
    """Addresses of which one cannot be reached."""

    mail: str

    def trouble_of(self, mail: str) -> AddressTrouble | None:
        return AddressTrouble(NOW, "bounce") if mail == self.mail else None

    def troubles_of(self, mails: Iterable[str]) -> dict[str, AddressTrouble]:
        found = {mail: self.trouble_of(mail) for mail in mails}
        return {mail: trouble for mail, trouble in found.items() if trouble is not None}

    def note_trouble(self, mail: str, why: str, at: datetime) -> None:
        raise NotImplementedError

    def clear(self, mail: str) -> bool:
        raise NotImplementedError


def problem(code: str, since: datetime | None = None, **values: str) -> Problem:
    return Problem(VELDHUIS, f"about/{code}", code, values, since)


def page(*problems: Problem, person: Person = MARIT) -> str:
    opened = FakeProblems()
    for each in problems:
        opened.open(each)
    shown = ConnectionScreen(opened, FakePreferences(), BouncedFor(PIM.mail)).show(asked(person))
    return html(shown, person)


def test_both_logins_are_shown_with_their_user_and_that_they_last() -> None:
    text = page()

    assert "Beide systemen zijn verbonden." in text
    assert text.count("Verbonden") == 2
    assert "koppeling@veldhuis.example" in text
    assert "zonder contact vervalt de toestemming na 30 dagen" in text


def test_a_login_that_ended_says_since_when_and_that_nothing_is_lost() -> None:
    since = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    text = page(problem("exact-reconnect-needed", since))

    assert "De koppeling heeft een nieuwe inlog nodig." in text
    assert "Verbroken sinds 25-11-2026." in text
    assert "Er gaat niets verloren." in text


def test_a_login_that_was_told_for_every_entity_is_one_login_that_ended_at_the_first() -> None:
    first = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    told = [problem("exact-reconnect-needed", first + timedelta(hours=n)) for n in (2, 0, 1)]
    told.append(problem("exact-consent-expires-soon", first, until="2026-12-01"))
    exact, milestones = login_states(connection(), told)

    assert (exact.standing, exact.since) == (LoginStanding.ENDED, first)
    assert milestones.standing is LoginStanding.CONNECTED


@pytest.mark.parametrize(
    ("until", "shown"), [("2026-12-01", "Geldig tot en met 01-12-2026."), ("", "Verbind opnieuw")]
)
def test_a_login_that_will_end_says_when_as_far_as_that_is_known(until: str, shown: str) -> None:
    text = page(problem("exact-consent-expires-soon", NOW, until=until))

    assert "Verloopt binnenkort" in text
    assert shown in text


def test_a_right_that_is_missing_says_what_to_do_and_equal_ones_are_told_once() -> None:
    given = {"entity": "items", "right": "Beheren artikelen", "division": "3000001"}
    one = problem("exact-no-rights", NOW, **given)
    other = Problem(VELDHUIS, "items", "exact-no-rights", given)
    text = page(one, other, problem("email-invalid", NOW))

    assert text.count("De gebruiker heeft te weinig rechten in Exact Online.") == 1
    assert "<em>Beheren artikelen</em>" in text or "Beheren artikelen" in text


def test_every_setting_that_was_agreed_is_told_in_words() -> None:
    told = {name for names in GROUPS.values() for name in names}

    assert told | ELSEWHERE == {each.name for each in fields(Connection)}
    assert not told & ELSEWHERE


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_setting_is_no_name_of_a_field_and_no_value_of_a_program(language: str) -> None:
    chosen = connection(
        invoice_email=InvoiceEmail.MAIN_CONTACT,
        credit_journal=None,
        with_pdfs=False,
        project_types=(1, 2, 3, 4, 5),
        entities={
            "items": EntitySetting(enabled=False),
            "accounts": EntitySetting(interval_minutes=90),
        },
    )
    rows = [row for group in settings_shown(chosen, language) for row in group.rows]

    assert all(label and value for label, value in rows)
    assert not [value for _, value in rows if value in {"True", "False", "None"} or "_" in value]
    words = dict(rows)
    if language == "nl":
        assert words["Pdf bij de boeking hangen"] == "Nee"
        assert words["Facturen boeken vanaf"] == "01-01-2026"
        assert words["Artikelen"] == "Uit"
        assert words["Relaties"] == "Elke 90 minuten"
        assert words["Dagboek voor creditfacturen"] == "Hetzelfde als het verkoopdagboek"


def test_people_are_listed_with_what_they_may() -> None:
    text = page()

    assert MARIT.mail in text
    assert "Kijken en beslissen" in text


def test_an_address_that_mail_does_not_reach_is_marked_and_says_who_can_help() -> None:
    text = page()

    assert text.count("Mail komt niet aan sinds 26-11-2026") == 1
    assert "vraag dan Qics om het vrij te geven" in text


def test_who_may_only_look_gets_no_button_to_connect_but_chooses_mails() -> None:
    text = page(problem("exact-reconnect-needed", NOW), person=PIM)

    assert "do/reconnect" not in text
    assert "do/choose-mails" in text
    assert "Je mag hier alleen kijken" in text


def test_opnieuw_verbinden_leads_to_a_login_link_and_is_told_in_the_log() -> None:
    made: list[tuple[str, tuple[str, ...]]] = []

    def link(of: ConnectionId, providers: tuple[str, ...]) -> str:
        made.append((of, providers))
        return "https://koppeling.example/connect/veldhuis?ticket=secret"

    log = FakeLog()
    action = Connecting(link, log).reconnect

    assert action(pressed(provider="exact")) == LeaveFor(
        "https://koppeling.example/connect/veldhuis?ticket=secret"
    )
    assert isinstance(action(pressed()), LeaveFor)
    assert action(pressed(provider="elders")) == GoTo("connection", notice="no-such-login")
    assert made == [("veldhuis", ("exact",)), ("veldhuis", ("exact", "milestones"))]
    assert [(e.kind, e.what, e.who) for e in log.entries] == [
        (LogKind.LOGIN, "reconnecting", MARIT.mail)
    ] * 2


def test_the_browser_goes_from_the_button_to_the_login_page() -> None:
    def link(_of: ConnectionId, _at: tuple[str, ...]) -> str:
        return "https://koppeling.example/connect/x?ticket=1"

    connecting = Connecting(link, FakeLog())
    browser = PortalWorld(actions={"reconnect": connecting.reconnect}).signed_in()
    browser.follows = False
    browser.post("/portal/veldhuis/do/reconnect", form_token=browser.form_token)

    assert browser.status == 303
    assert browser.headers["Location"] == "https://koppeling.example/connect/x?ticket=1"


def test_a_person_chooses_mails() -> None:
    preferences = FakePreferences()
    own = OwnMails(preferences, FakeAllowances(), FakeQueue())

    assert own.choose(pressed(PIM, morning="yes")).notice == "mails-chosen"
    assert preferences.wanted(VELDHUIS, PIM.mail) == {MailChoice.MORNING}
    assert preferences.wanted(VELDHUIS, MARIT.mail) == set(MailChoice)


def test_a_person_sends_himself_three_test_mails_a_day() -> None:
    queue = FakeQueue()
    own = OwnMails(FakePreferences(), FakeAllowances(), queue)
    told = [own.try_out(pressed(PIM)).notice for _ in range(4)]

    assert told == ["trial-mail-sent"] * 3 + ["trial-mail-enough"]
    assert [body for body, _ in queue.sent] == [
        TrialMailRequest(connection="veldhuis", mail=PIM.mail).as_message()
    ] * 3


def test_somebody_who_is_no_person_of_the_connection_sends_none() -> None:
    colleague = Person("a-colleague", Role.DECIDE)
    own = OwnMails(FakePreferences(), FakeAllowances(), FakeQueue())

    request = PageRequest(connection(), colleague, NOW)
    assert own.try_out(request).notice == "trial-mail-nobody"


@pytest.mark.parametrize(
    "body", ["", "[]", "1", '{"send": "x"}', '{"send": "sign-in"}', "[" * 9999]
)
def test_another_message_asks_for_no_mail(body: str) -> None:
    assert mail_request(body) is None

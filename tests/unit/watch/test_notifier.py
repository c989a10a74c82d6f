"""Warnings: what a mail says, that each is told once, and that none harms the work."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from koppeling.auth.token_pair import ChainFacts, TokenKey, TokenState
from koppeling.core.connection import Connection
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId, Division
from koppeling.core.summary import Summary
from koppeling.watch.notifier import AT_ONCE, LOGIN_AT, Mail, Notifier, mail_of
from tests.sandbox.connecting import company_connection
from tests.unit.auth.fakes import NOON
from tests.unit.fakes import FakeConnections

GONE = "exact-reconnect-needed"
LINK = "https://koppeling.example/connect/acme?ticket=geheim"
ACME = replace(company_connection(), id=ConnectionId("acme"))
BETA = replace(ACME, id=ConnectionId("beta"), division=Division(2))
OTHER = replace(ACME, id=ConnectionId("other"), exact_user="piet@x.nl")
OF_BELGIUM = replace(ACME, id=ConnectionId("belgium"), exact_host="start.exactonline.be")


def key_of(provider: str, connection: Connection) -> TokenKey:
    """Return whose tokens a connection uses."""
    if provider == "exact":
        return TokenKey(provider, connection.exact_user, connection.exact_host)
    return TokenKey(provider, connection.milestones_user, "qm.example")


@dataclass(slots=True)
class FakeNotificationLog:
    """What was told, and by whom it is being told."""

    held: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def claim(self, connection: ConnectionId, code: str, once: str) -> bool:
        """Take a warning upon us."""
        if (connection, code, once) in self.held:
            return False
        self.held[connection, code, once] = "telling"
        return True

    def mark_sent(self, connection: ConnectionId, code: str, once: str) -> None:
        """Note that it was told."""
        self.held[connection, code, once] = "told"

    def release(self, connection: ConnectionId, code: str, once: str) -> None:
        """Leave it to another."""
        del self.held[connection, code, once]


@dataclass(slots=True)
class Desk:
    """The warnings, and everything around them, in memory."""

    connections: list[Connection]
    facts_of: dict[TokenKey, ChainFacts] = field(default_factory=dict)
    told: FakeNotificationLog = field(default_factory=FakeNotificationLog)
    sent: list[Mail] = field(default_factory=list)
    linked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    reported: list[Summary] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def send(self, mail: Mail) -> None:
        """Send a mail, or fail."""
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(mail)

    def link(self, connection: ConnectionId, providers: tuple[str, ...]) -> str:
        """Return a login link."""
        self.linked.append((connection, providers))
        return LINK

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return what is known of a chain."""
        return self.facts_of.get(key)

    def report(self, summary: Summary) -> Summary:
        """Keep a line."""
        self.reported.append(summary)
        return summary

    def warnings(self) -> Notifier:
        """Return the use case."""
        return Notifier(
            log=self.told,
            mailer=self,
            login_links=lambda: self,
            connections=FakeConnections(*self.connections),
            chains=self,
            key_of=key_of,
            report=self.report,
            now=lambda: NOON,
        )

    def addressed(self) -> list[str]:
        """Return which connections were mailed."""
        return [mail.connection for mail in self.sent]


def a_desk(*connections: Connection, state: TokenState = TokenState.RECONNECT) -> Desk:
    """Return a desk with some connections, whose chain at Exact is in a state."""
    desk = Desk(list(connections or (ACME,)))
    key = key_of("exact", ACME)
    desk.facts_of[key] = ChainFacts(key, state, NOON, NOON + timedelta(days=30))
    return desk


def test_a_mail_says_what_is_wrong_what_to_do_and_which_administration_it_is_about() -> None:
    mail = mail_of(ACME, GONE, {}, LINK)
    assert mail.subject == "Verbind opnieuw met Exact Online (Veldhuis Advies B.V.)"
    assert mail.body.startswith("Verbind opnieuw met Exact Online.\n\nDe toestemming van ")
    assert "koppeling@veldhuis.example geldt niet meer" in mail.body
    assert f"Opnieuw verbinden:\n{LINK}\n\nLog in als koppeling@veldhuis.example." in mail.body
    assert "Administratie: Veldhuis Advies B.V. (987654)\nKoppeling: acme\n" in mail.body
    assert "*" not in mail.body


@pytest.mark.parametrize("code", sorted(LOGIN_AT))
def test_no_mail_has_a_hole_in_its_text(code: str) -> None:
    values = {"until": "2026-12-20", "date": "2026-11-20"}
    body = mail_of(ACME, code, values, LINK).body
    assert "…" not in body
    assert "{" not in body


@pytest.mark.parametrize(
    "name", ["Café 'Het Ÿ' & Zn.", "Naam " * 40, "Regel\neinde", "日本", "  ", "Ω" * 200]
)
def test_a_subject_is_what_sns_takes(name: str) -> None:
    subject = mail_of(replace(ACME, administration_name=name), GONE, {}, LINK).subject
    assert subject.isascii()
    assert subject.isprintable()
    assert subject.startswith("Verbind opnieuw met Exact Online (")
    assert len(subject) <= 100


def test_a_mail_shows_its_link_in_no_repr() -> None:
    assert "geheim" not in repr(mail_of(ACME, GONE, {}, LINK))


@pytest.mark.parametrize(("code", "provider"), sorted(LOGIN_AT.items()))
def test_the_link_is_to_the_login_that_mends_it(code: str, provider: str) -> None:
    desk = a_desk()
    assert desk.warnings().send(ACME, code, {}, "once")
    assert desk.linked == [("acme", (provider,))]


def test_a_warning_that_no_login_mends_has_no_link() -> None:
    desk = a_desk()
    desk.warnings().send(ACME, "exact-day-limit", {"limit": "5000", "until": "x"}, "once")
    assert desk.linked == []
    assert "Opnieuw verbinden:" not in desk.sent[0].body


def test_a_warning_is_told_once_and_again_for_the_next_occasion() -> None:
    desk = a_desk()
    told = [desk.warnings().send(ACME, GONE, {}, once) for once in ("a", "a", "b", "a")]
    assert told == [True, False, True, False]
    assert len(desk.sent) == 2


def test_a_mail_that_fails_is_reported_without_its_text_and_tried_again() -> None:
    desk = a_desk()
    desk.errors = [ConnectionError(LINK)]
    assert not desk.warnings().send(ACME, GONE, {}, "once")
    assert [(line.outcome, line.detail) for line in desk.reported] == [
        ("not-mailed", f"{GONE} ConnectionError")
    ]
    assert desk.warnings().send(ACME, GONE, {}, "once")
    assert desk.told.held == {("acme", GONE, "once"): "told"}


def test_a_login_that_is_gone_is_told_to_every_connection_of_the_user_and_to_no_other() -> None:
    desk = a_desk(OTHER, BETA, OF_BELGIUM, ACME)
    desk.warnings().on_login_lost(ACME.id, GONE)
    assert desk.addressed() == ["acme", "beta"]


def test_it_is_told_once_however_many_runs_find_out() -> None:
    desk = a_desk(ACME, BETA)
    for connection in (ACME, BETA, ACME):
        desk.warnings().on_login_lost(connection.id, GONE)
    assert desk.addressed() == ["acme", "beta"]


def test_a_login_that_is_gone_once_more_is_told_once_more() -> None:
    desk = a_desk()
    desk.warnings().on_login_lost(ACME.id, GONE)
    key = key_of("exact", ACME)
    desk.facts_of[key] = replace(desk.facts_of[key], granted_at=NOON + timedelta(days=3))
    desk.warnings().on_login_lost(ACME.id, GONE)
    assert desk.addressed() == ["acme"] * 2


def test_a_refusal_of_a_chain_that_looks_well_is_told_once_a_day() -> None:  # X22
    desk = a_desk(state=TokenState.ACTIVE)
    key = key_of("exact", ACME)
    for minutes in (0, 10, 20):
        granted = NOON + timedelta(minutes=minutes)
        desk.facts_of[key] = replace(desk.facts_of[key], granted_at=granted)
        desk.warnings().on_login_lost(ACME.id, GONE)
    assert desk.addressed() == ["acme"]
    assert ("acme", GONE, "2026-11-24") in desk.told.held


def test_who_never_logged_in_is_not_told_that_the_login_is_gone() -> None:
    desk = a_desk(OTHER)
    desk.warnings().on_login_lost(OTHER.id, GONE)
    assert desk.sent == []


@pytest.mark.parametrize("code", ["exact-no-rights", "milestones-reconnect-needed"])
def test_what_no_chain_of_ours_explains_is_told_to_nobody(code: str) -> None:
    desk = a_desk()
    desk.warnings().on_login_lost(ACME.id, code)
    desk.warnings().on_login_lost(ConnectionId("gone"), GONE)
    assert desk.sent == []


def test_of_a_user_with_very_many_connections_some_are_left_to_their_own_runs() -> None:
    crowd = [replace(ACME, id=ConnectionId(f"c{number:03}")) for number in range(AT_ONCE + 30)]
    desk = a_desk(ACME, *crowd)
    desk.warnings().on_login_lost(ACME.id, GONE)
    assert len(desk.sent) == 1 + AT_ONCE
    desk.warnings().on_login_lost(crowd[-1].id, GONE)
    assert desk.addressed()[1 + AT_ONCE] == crowd[-1].id


def test_whatever_fails_while_telling_the_run_goes_on() -> None:
    desk = a_desk()
    desk.facts_of = {}
    warnings = Notifier(
        log=desk.told,
        mailer=desk,
        login_links=lambda: desk,
        connections=FakeConnections(*desk.connections),
        chains=Broken(),
        key_of=key_of,
        report=desk.report,
        now=lambda: NOON,
    )
    warnings.on_login_lost(ACME.id, GONE)
    assert [(line.outcome, line.detail) for line in desk.reported] == [("failed", f"{GONE} Retry")]


class Broken:
    """A table that does not answer."""

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Fail."""
        raise Retry("exact-unavailable", key.host)

"""Notifications: what a mail says, that each is sent once, and that none harms the work."""

from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling.auth.token_keys import key_of
from koppeling.auth.token_pair import TokenState
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId
from koppeling.watch.notifier import AT_ONCE, LOGIN_AT, mail_of
from tests.unit.auth.fakes import NOON
from tests.unit.watch.fakes import ACME, BETA, LINK, OF_BELGIUM, OTHER, a_notifier

GONE = "exact-reconnect-needed"
EXACT = key_of("exact", ACME)


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
def test_the_link_is_to_the_login_that_solves_it(code: str, provider: str) -> None:
    fixture = a_notifier()
    assert fixture.notifier.send(ACME, code, {}, "once")
    assert fixture.linked == [("acme", (provider,))]


def test_a_notification_that_no_login_solves_has_no_link() -> None:
    fixture = a_notifier()
    fixture.notifier.send(ACME, "exact-day-limit", {"limit": "5000", "until": "x"}, "once")
    assert fixture.linked == []
    assert "Opnieuw verbinden:" not in fixture.sent[0].body


def test_a_notification_is_sent_once_and_again_for_the_next_occasion() -> None:
    fixture = a_notifier()
    sent = [fixture.notifier.send(ACME, GONE, {}, once) for once in ("a", "a", "b", "a")]
    assert sent == [True, False, True, False]
    assert len(fixture.sent) == 2


def test_a_mail_that_fails_is_reported_without_its_text_and_tried_again() -> None:
    fixture = a_notifier()
    fixture.errors = [ConnectionError(LINK)]
    assert not fixture.notifier.send(ACME, GONE, {}, "once")
    assert [(line.outcome, line.detail) for line in fixture.reported] == [
        ("not-mailed", f"{GONE} ConnectionError")
    ]
    assert fixture.notifier.send(ACME, GONE, {}, "once")
    assert fixture.log.held == {("acme", GONE, "once"): "sent"}


def test_a_lost_login_is_notified_to_every_connection_of_the_user_and_to_no_other() -> None:
    fixture = a_notifier(OTHER, BETA, OF_BELGIUM, ACME)
    fixture.notifier.on_login_lost(ACME.id, GONE)
    assert fixture.addressed == ["acme", "beta"]


def test_it_is_notified_once_however_many_runs_find_out() -> None:
    fixture = a_notifier(ACME, BETA)
    for connection in (ACME, BETA, ACME):
        fixture.notifier.on_login_lost(connection.id, GONE)
    assert fixture.addressed == ["acme", "beta"]


def test_a_login_that_is_lost_again_is_notified_again() -> None:
    fixture = a_notifier()
    fixture.notifier.on_login_lost(ACME.id, GONE)
    fixture.chains.put(EXACT, NOON + timedelta(days=3), TokenState.RECONNECT)
    fixture.notifier.on_login_lost(ACME.id, GONE)
    assert fixture.addressed == ["acme"] * 2


def test_a_refusal_of_a_chain_that_looks_well_is_notified_once_a_day() -> None:  # X22
    fixture = a_notifier(state=TokenState.ACTIVE)
    for minutes in (0, 10, 20):
        fixture.chains.put(EXACT, NOON + timedelta(minutes=minutes))
        fixture.notifier.on_login_lost(ACME.id, GONE)
    assert fixture.addressed == ["acme"]
    assert ("acme", GONE, "2026-11-24") in fixture.log.held


def test_who_never_logged_in_is_not_notified_of_a_lost_login() -> None:
    fixture = a_notifier(OTHER)
    fixture.notifier.on_login_lost(OTHER.id, GONE)
    assert fixture.sent == []


@pytest.mark.parametrize("code", ["exact-no-rights", "milestones-reconnect-needed"])
def test_what_no_chain_of_ours_explains_is_notified_to_nobody(code: str) -> None:
    fixture = a_notifier()
    fixture.notifier.on_login_lost(ACME.id, code)
    fixture.notifier.on_login_lost(ConnectionId("gone"), GONE)
    assert fixture.sent == []


def test_of_a_user_with_very_many_connections_some_are_left_to_their_own_runs() -> None:
    crowd = [replace(ACME, id=ConnectionId(f"c{number:03}")) for number in range(AT_ONCE + 30)]
    fixture = a_notifier(ACME, *crowd)
    fixture.notifier.on_login_lost(ACME.id, GONE)
    assert len(fixture.sent) == 1 + AT_ONCE
    fixture.notifier.on_login_lost(crowd[-1].id, GONE)
    assert fixture.addressed[1 + AT_ONCE] == crowd[-1].id


def test_whatever_fails_while_notifying_the_run_goes_on() -> None:
    fixture = a_notifier()
    fixture.chains.unreachable = Retry("exact-unavailable", "no answer")
    fixture.notifier.on_login_lost(ACME.id, GONE)
    assert [(line.outcome, line.detail) for line in fixture.reported] == [
        ("failed", f"{GONE} Retry")
    ]

"""Notifications: each reaches every person once, and none harms the work."""

from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling.auth.token_keys import key_of
from koppeling.auth.token_pair import TokenState
from koppeling.core.ids import ConnectionId
from koppeling.core.mail import MailNotTaken
from koppeling.core.measures import Metric, measures_of
from koppeling.core.people import Person
from koppeling.core.preferences import MailChoice
from koppeling.watch.letters import FIRST_LOAD, PAUSED
from tests.unit.auth.fakes import NOON
from tests.unit.watch.fakes import ACME, BETA, LINK, MARIT, OTHER, PIM, a_notifier

GONE = "exact-reconnect-needed"
EXACT = key_of("exact", ACME)
ONCE = NOON.isoformat()
BOTH = replace(ACME, people=(MARIT, PIM))


def test_every_person_gets_a_mail_once_and_again_for_the_next_occasion() -> None:
    fixture = a_notifier(BOTH)
    sent = [fixture.notifier.on_login_lost(EXACT, GONE, once) for once in ("a", "a", "b", "a")]
    assert sent == [2, 0, 2, 0]
    assert fixture.addressed == [MARIT.mail, PIM.mail] * 2


def test_a_person_of_several_connections_of_a_login_gets_one_mail_that_names_them() -> None:
    beta = replace(BETA, administration_name="Zeewolde B.V.", people=(MARIT,))
    fixture = a_notifier(BOTH, beta, OTHER)
    fixture.notifier.on_login_lost(EXACT, GONE, ONCE)
    assert fixture.addressed == [MARIT.mail, PIM.mail]
    assert "2 administraties" in fixture.sent[0].subject
    assert "- Zeewolde B.V. (2)" in fixture.sent[0].text
    assert "Zeewolde" not in fixture.sent[1].text


def test_who_may_decide_in_one_connection_gets_the_link_of_that_one() -> None:
    pim = Person(PIM.mail, MARIT.role)
    fixture = a_notifier(BOTH, replace(BETA, people=(pim,)))
    fixture.notifier.on_login_lost(EXACT, GONE, ONCE)
    assert fixture.linked == [("acme", ("exact",)), ("beta", ("exact",))]


def test_what_the_release_before_told_is_not_told_again() -> None:
    fixture = a_notifier(BOTH)
    fixture.log.held["acme", GONE, ONCE] = "sent"
    assert fixture.notifier.on_login_lost(EXACT, GONE, ONCE) == 0


def test_a_mail_that_fails_is_reported_without_its_text_and_tried_again_for_whom_it_missed() -> (
    None
):
    fixture = a_notifier(BOTH)
    fixture.mailer.errors = [ConnectionError(LINK)]
    assert fixture.notifier.on_login_lost(EXACT, GONE, ONCE) == 1
    assert [(line.outcome, line.detail) for line in fixture.reported] == [
        ("not-mailed", "login ConnectionError"),
        ("mailed", GONE),
    ]
    assert fixture.notifier.try_again().counts == {"due": 1, "sent": 1}
    assert fixture.notifier.try_again().counts == {"due": 0, "sent": 0}
    assert fixture.addressed == [PIM.mail, MARIT.mail]


def test_an_address_that_may_not_be_written_to_is_not_tried_again() -> None:
    fixture = a_notifier(BOTH)
    fixture.mailer.errors = [MailNotTaken("bounce", is_final=True)]
    assert fixture.notifier.on_login_lost(EXACT, GONE, ONCE) == 1
    assert fixture.due.held == []
    assert fixture.reported[0].outcome == "undeliverable"


def test_a_mail_that_fails_for_three_days_is_given_up_and_that_is_told() -> None:
    fixture = a_notifier(BOTH)
    fixture.mailer.errors = [MailNotTaken("TooManyRequestsException") for _ in range(100)]
    fixture.notifier.send(BOTH, FIRST_LOAD, {}, "once")
    for _ in range(3):
        assert len(fixture.due.held) == 1
        fixture.clock.advance(timedelta(days=1).total_seconds())
        assert fixture.notifier.try_again().counts == {"due": 1, "sent": 0}

    assert fixture.due.held == []
    assert (fixture.reported[-1].outcome, fixture.reported[-1].detail) == ("given-up", FIRST_LOAD)
    assert measures_of(fixture.reported[-1]) == {Metric.AWS_REFUSED: 1}


def test_a_mail_about_a_login_that_may_have_gone_is_sent_twice_a_day_at_most() -> None:
    fixture = a_notifier()
    fixture.mailer.errors = [MailNotTaken("ReadTimeoutError", may_have_gone=True)] * 30
    fixture.notifier.on_login_lost(EXACT, GONE, ONCE)
    for _ in range(8):
        fixture.clock.advance(900)
        fixture.notifier.try_again()

    assert len(fixture.mailer.errors) == 30 - 2


def test_at_night_nothing_is_tried_again() -> None:
    fixture = a_notifier()
    fixture.mailer.errors = [MailNotTaken("TooManyRequestsException")]
    fixture.notifier.on_login_lost(EXACT, GONE, ONCE)
    fixture.clock.advance(timedelta(hours=9).total_seconds())
    assert fixture.notifier.try_again().counts == {"due": 0, "sent": 0}
    fixture.clock.advance(timedelta(hours=11).total_seconds())
    assert fixture.notifier.try_again().counts == {"due": 1, "sent": 1}


def test_of_a_login_that_was_made_meanwhile_nothing_is_told_any_more() -> None:
    fixture = a_notifier()
    fixture.mailer.errors = [MailNotTaken("TooManyRequestsException")]
    fixture.notifier.on_login_lost(EXACT, GONE, ONCE)
    fixture.chains.put(EXACT, NOON + timedelta(hours=1))
    assert fixture.notifier.try_again().counts == {"due": 1, "sent": 0}
    assert fixture.due.held == []


def test_a_pause_that_ended_meanwhile_is_not_told_any_more() -> None:
    fixture = a_notifier(ACME)
    fixture.mailer.errors = [MailNotTaken("TooManyRequestsException")]
    fixture.notifier.send(replace(ACME, paused=True), PAUSED, {"since": "2026-11-17"}, "once")
    assert fixture.notifier.try_again().counts == {"due": 1, "sent": 0}


def test_a_person_gets_one_mail_of_news_a_day_and_a_second_one_about_a_login_alone() -> None:
    fixture = a_notifier()
    fixture.notifier.send(ACME, FIRST_LOAD, {}, "once")
    fixture.notifier.send(ACME, PAUSED, {"since": "2026-11-17"}, "once")
    fixture.notifier.on_login_lost(EXACT, GONE, "a")
    fixture.notifier.on_login_lost(EXACT, GONE, "b")
    assert [mail.kind for mail in fixture.sent] == ["first-load", "login"]
    assert len(fixture.due.held) == 2


def test_what_was_held_back_follows_the_day_after() -> None:
    fixture = a_notifier()
    fixture.notifier.on_login_lost(EXACT, GONE, "a")
    fixture.notifier.send(ACME, FIRST_LOAD, {}, "once")
    assert fixture.notifier.try_again().counts == {"due": 1, "sent": 0}
    fixture.clock.advance(timedelta(days=1).total_seconds())
    assert fixture.notifier.try_again().counts == {"due": 1, "sent": 1}


def test_who_does_not_want_a_kind_of_mail_gets_none() -> None:
    fixture = a_notifier(BOTH)
    fixture.preferences.unwanted.add(("acme", MARIT.mail, MailChoice.WARNINGS))
    fixture.notifier.send(BOTH, FIRST_LOAD, {}, "once")
    assert fixture.addressed == [PIM.mail]


def test_what_nobody_could_be_told_is_told_to_whoever_is_named_later() -> None:
    fixture = a_notifier(replace(ACME, people=()))
    assert fixture.notifier.on_login_lost(EXACT, GONE, ONCE) == 0
    assert fixture.reported[-1].outcome == "nobody-to-tell"
    fixture.connections = [ACME]
    assert fixture.notifier.on_login_lost(EXACT, GONE, ONCE) == 1


def test_an_address_of_an_earlier_release_gets_its_mails() -> None:
    fixture = a_notifier(replace(ACME, people=(), warning_mails=("old@veldhuis.example",)))
    fixture.notifier.on_login_lost(EXACT, GONE, ONCE)
    assert fixture.addressed == ["old@veldhuis.example"]
    assert LINK in fixture.sent[0].text


def test_each_mail_stands_in_the_log_of_its_connections() -> None:
    fixture = a_notifier(ACME, BETA)
    fixture.notifier.on_login_lost(EXACT, GONE, ONCE)
    assert [(line.connection, line.what) for line in fixture.lines.entries] == [
        ("acme", "mailed-login"),
        ("beta", "mailed-login"),
    ]
    assert fixture.lines.entries[0].values["to"] == MARIT.mail
    assert "ticket" not in str(fixture.lines.entries)


@pytest.mark.parametrize("state", [TokenState.RECONNECT, TokenState.ACTIVE])
def test_a_lost_login_is_handed_over_once_however_many_runs_find_out(state: TokenState) -> None:
    fixture = a_notifier(ACME, BETA, state=state)
    for connection in (ACME, BETA, ACME):
        fixture.handover.on_login_lost(connection.id, GONE)
    ((message, _),) = fixture.queue.sent
    assert (message["round"], message["code"]) == ("lost-login", GONE)


def test_a_login_that_is_lost_again_is_handed_over_again() -> None:
    fixture = a_notifier()
    fixture.handover.on_login_lost(ACME.id, GONE)
    fixture.chains.put(EXACT, NOON + timedelta(days=3), TokenState.RECONNECT)
    fixture.handover.on_login_lost(ACME.id, GONE)
    assert len(fixture.queue.sent) == 2


@pytest.mark.parametrize("code", ["exact-no-rights", "milestones-reconnect-needed"])
def test_what_no_chain_of_ours_explains_is_handed_over_to_nobody(code: str) -> None:
    fixture = a_notifier(ACME, OTHER)
    fixture.handover.on_login_lost(ACME.id, code)
    fixture.handover.on_login_lost(OTHER.id, GONE)
    fixture.handover.on_login_lost(ConnectionId("gone"), GONE)
    assert fixture.queue.sent == []


def test_whatever_fails_while_handing_over_the_run_goes_on() -> None:
    fixture = a_notifier()
    fixture.chains.unreachable = RuntimeError(LINK)
    fixture.handover.on_login_lost(ACME.id, GONE)
    assert [(line.outcome, line.detail) for line in fixture.reported] == [
        ("failed", f"{GONE} RuntimeError")
    ]

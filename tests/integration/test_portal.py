"""Signing in on the real stores: an address, its mail, the link in it, and what a session is."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from koppeling.bootstrap.pages import access, asked_mails, sign_in
from koppeling.core.ids import ConnectionId
from koppeling.core.log import LogEntry, LogKind
from koppeling.core.mail import MailNotTaken, OutgoingMail
from koppeling.core.people import Person, Role
from koppeling.portal.messages import SignInRequest, TrialMailRequest, mail_request
from koppeling.portal.session import digest_of
from tests.aws_calls import aws_calls
from tests.environment import Environment, environment
from tests.unit.portal.fakes import FakeLog
from tests.unit.portal.signing import PortalBrowser

MARIT = Person("marit@veldhuis.example", Role.DECIDE)


@pytest.fixture
def h() -> Iterator[Environment]:
    with environment(accounts=3) as built:
        built.change(people=(MARIT, Person("pim@veldhuis.example", language="en")))
        yield built


class Postbox:
    """Takes every mail, but refuses the first few."""

    def __init__(self, refuses: int = 0) -> None:
        self.mails: list[OutgoingMail] = []
        self.refuses = refuses

    def send(self, mail: OutgoingMail) -> None:
        if self.refuses:
            self.refuses -= 1
            raise MailNotTaken("busy")
        self.mails.append(mail)


class BrokenLog(FakeLog):
    """Takes no line."""

    def add(self, entry: LogEntry) -> None:
        raise TimeoutError(entry.what)


class Pages:
    """The pages of an environment, for a browser."""

    def __init__(self, h: Environment) -> None:
        self.routes = h.wiring.portal_routes


def browser_of(h: Environment) -> PortalBrowser:
    return PortalBrowser(Pages(h))


def delivered(h: Environment, postbox: Postbox) -> list[str]:
    """Let the watch handle what was queued; returns what came of it."""
    h.wiring.mails.mailer = postbox
    told: list[str] = []
    sqs: Any = h.aws["sqs"]
    while True:
        answer = sqs.receive_message(QueueUrl=h.settings.round_queue_url, MaxNumberOfMessages=10)
        if not answer.get("Messages"):
            return told
        for message in answer["Messages"]:
            told += [each.outcome for each in h.wiring.watch_message(message["Body"])]
            handle = message["ReceiptHandle"]
            sqs.delete_message(QueueUrl=h.settings.round_queue_url, ReceiptHandle=handle)


def link_in(mail: OutgoingMail) -> str:
    address: str = re.findall(r"https://\S+", mail.text)[0]
    return address


def asked(h: Environment, mail: str, **fields: str) -> PortalBrowser:
    browser = browser_of(h)
    browser.post("/portal/in", mail=mail, **fields)
    return browser


def test_a_mailed_link_leads_to_the_page_that_was_asked_for(h: Environment) -> None:
    postbox, browser = Postbox(), browser_of(h)
    browser.open(f"/portal/{h.connection.id}/todo")
    assert browser.title == "Aanmelden"
    browser.post("/portal/in", mail=" Marit@VELDHUIS.example", next=f"/{h.connection.id}/todo")
    assert delivered(h, postbox) == ["mailed"]

    (mail,) = postbox.mails
    assert (mail.to, mail.kind) == (MARIT.mail, "sign-in")
    browser.open(link_in(mail))
    browser.press()

    assert browser.visited[-1].endswith(f"/portal/{h.connection.id}/todo")
    (entry,) = h.wiring.stores.log.page(h.connection.id, kind=LogKind.SIGN_IN).entries
    assert (entry.who, entry.what, entry.role) == (MARIT.mail, "signed-in", "decide")


def test_the_answer_is_the_same_whether_an_address_is_known_or_not(h: Environment) -> None:
    postbox = Postbox()
    known, unknown, broken = (
        asked(h, mail) for mail in (MARIT.mail, "wie@elders.example", "geen adres")
    )

    assert known.answer == unknown.answer == broken.answer
    assert delivered(h, postbox) == ["mailed", "unknown"]
    assert [mail.to for mail in postbox.mails] == [MARIT.mail]


def test_a_mail_is_in_the_language_of_its_reader_and_its_html_says_the_same(
    h: Environment,
) -> None:
    postbox = Postbox()
    asked(h, "pim@veldhuis.example")
    delivered(h, postbox)

    (mail,) = postbox.mails
    assert mail.subject == "Your link to sign in"
    assert link_in(mail) in mail.html


def test_a_link_works_once_and_opening_it_does_not_use_it_up(h: Environment) -> None:
    postbox = Postbox()
    asked(h, MARIT.mail)
    delivered(h, postbox)
    address = link_in(postbox.mails[0])
    for _ in range(3):
        scanner = browser_of(h)
        scanner.open(address)
        assert scanner.title == "Aanmelden"
        assert scanner.cookies == {}
    first, second = browser_of(h), browser_of(h)
    first.open(address)
    second.open(address)
    first.press()
    second.press()

    assert "__Host-portal" in first.cookies
    assert (second.status, second.title) == (410, "Deze link werkt niet meer")
    assert second.cookies == {}


def test_a_link_works_for_a_quarter_of_an_hour(h: Environment) -> None:
    secret = sign_in(h.wiring).link(MARIT.mail)
    h.clock.advance(timedelta(minutes=15).total_seconds())
    browser = browser_of(h)
    browser.open("/portal/go", ticket=secret)

    assert browser.status == 410


def test_a_mail_that_is_not_taken_is_tried_again_and_given_up_in_the_end(h: Environment) -> None:
    postbox = Postbox(refuses=2)
    h.wiring.mails.mailer = postbox
    mails = asked_mails(h.wiring)
    told = [mails.send(SignInRequest(mail=MARIT.mail, tries=tries)).outcome for tries in range(3)]
    postbox.refuses = 1
    told.append(mails.send(SignInRequest(mail=MARIT.mail, tries=5)).outcome)

    assert told == ["later", "later", "mailed", "not-mailed"]


def test_each_mail_that_somebody_asked_for_is_told_in_the_log_without_its_link(
    h: Environment,
) -> None:
    h.wiring.mails.mailer = postbox = Postbox()
    mails = asked_mails(h.wiring)
    mails.send(SignInRequest(mail="wie@elders.example"))
    mails.send(SignInRequest(mail=MARIT.mail))
    mails.send(TrialMailRequest(connection=h.connection.id, mail=MARIT.mail))

    test, link = h.wiring.stores.log.page(h.connection.id, kind=LogKind.MAIL).entries

    assert (test.what, test.who, test.values) == ("mailed-test", MARIT.mail, {"to": MARIT.mail})
    assert (link.what, link.who, link.values) == ("mailed-sign-in", "", {"to": MARIT.mail})
    assert link_in(postbox.mails[0]).rpartition("=")[2] not in repr((test, link))


def test_a_mail_that_is_not_told_in_the_log_is_not_sent_again(h: Environment) -> None:
    h.wiring.mails.mailer = postbox = Postbox()
    mails = replace(asked_mails(h.wiring), log=BrokenLog())
    summary = mails.send(SignInRequest(mail=MARIT.mail))

    assert (summary.outcome, len(postbox.mails)) == ("not-noted", 1)


def test_a_message_says_what_was_asked() -> None:
    asked = SignInRequest(mail="marit@veldhuis.example", leads_to="/veldhuis/todo", tries=2)

    assert mail_request('{"round": "login"}') is None
    assert mail_request("no json") is None
    assert mail_request(json.dumps(asked.as_message())) == asked


def test_an_address_gets_five_links_an_hour_and_a_source_thirty(h: Environment) -> None:
    postbox = Postbox()
    for _ in range(7):
        asked(h, MARIT.mail)
    assert delivered(h, postbox) == ["mailed"] * 5
    for number in range(40):
        asked(h, f"iemand{number}@elders.example")
    assert len(delivered(h, postbox)) == 30 - 7

    h.clock.advance(timedelta(hours=1).total_seconds())
    last = asked(h, MARIT.mail)
    assert delivered(h, postbox) == ["mailed"]
    assert last.title == "Kijk in je mail"


def test_signing_out_ends_the_session_on_the_server(h: Environment) -> None:
    browser = browser_of(h)
    browser.open("/portal/go", ticket=sign_in(h.wiring).link(MARIT.mail))
    browser.press()
    held = dict(browser.cookies)
    browser.open("/portal")
    browser.post("/portal/sign-out", form_token=browser.form_token)

    assert browser.title == "Aanmelden"
    assert "Je bent afgemeld." in browser.text
    assert (
        access(h.wiring).sessions.session(digest_of(held["__Host-portal"]), h.clock.now()) is None
    )


def test_what_is_kept_holds_no_secret_and_goes_by_itself(h: Environment) -> None:
    browser = browser_of(h)
    secret = sign_in(h.wiring).link(MARIT.mail)
    browser.open("/portal/go", ticket=secret)
    browser.press()
    asked(h, MARIT.mail)

    items = [i for i in h.wiring.aws.sync_items.scan() if i.pk.startswith(("PORTAL", "ALLOWANCE"))]
    assert len(items) == 4
    for item in items:
        kept = str(item.attribute_values)
        assert secret not in kept
        assert browser.cookies["__Host-portal"] not in kept
        assert item.expires_at > h.clock.now().timestamp()


def test_the_connections_of_an_office_are_read_together(h: Environment) -> None:
    for number in range(4):
        another = replace(h.connection, id=ConnectionId(f"klant-{number}"))
        h.wiring.stores.connections.save(another)
    browser = browser_of(h)
    browser.open("/portal/go", ticket=sign_in(h.wiring).link(MARIT.mail))
    browser.press()

    with aws_calls() as calls:
        browser.open("/portal")

    assert browser.title == "Kies een administratie"
    # What grows with the connections is what waits in each, and eight of those are read at a time
    assert calls.of("dynamodb")["Query"] == 1 + 5
    assert calls.of("dynamodb")["GetItem"] == 2

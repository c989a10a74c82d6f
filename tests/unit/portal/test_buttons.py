"""What the buttons of Te doen and of an invoice do, and what is said after each."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling.core import rendering
from koppeling.core.ids import ExactId
from koppeling.core.people import Role
from koppeling.core.problems import entry_subject, inbox_subject, invoice_subject
from koppeling.portal.at_rest import notice_for
from koppeling.portal.page import GoTo
from koppeling.push.decisions import SKIP
from koppeling.push.invoice import key_of
from koppeling.push.messages import TAKE_UP, read_messages
from koppeling.push.outbox import State
from tests.unit.portal.saying import paused, said
from tests.unit.portal.showing import MARIT, connection, pressed
from tests.unit.portal.waiting_fakes import OWN, Desk
from tests.unit.push.items import outbox_item


def offered(desk: Desk) -> list[tuple[str, int]]:
    """Return which documents were offered, and after how many seconds each."""
    return [(body["key"], delay) for body, delay in desk.queue.sent]


def test_one_invoice_is_offered_again_at_once() -> None:
    desk = Desk()
    desk.invoice("2026/1")

    answer = desk.offer(pressed(subject=invoice_subject("2026/1"), within="debtor-not-found"))

    ((body, delay),) = desk.queue.sent
    assert (body["key"], body["decision"], delay) == (key_of(OWN, "2026/1"), TAKE_UP, 0)
    assert answer == GoTo("todo", {"group": "debtor-not-found"}, "offered-invoice")


def test_the_button_on_the_page_of_an_invoice_returns_to_it() -> None:
    desk = Desk()
    desk.invoice("2026/1")

    answer = desk.offer(pressed(subject=invoice_subject("2026/1"), number="2026/1"))

    assert (answer.path, answer.query) == ("invoice", {"number": "2026/1"})


def test_an_invoice_whose_document_is_gone_is_not_offered() -> None:
    desk = Desk()
    desk.invoice("1")
    desk.folder.keys.clear()

    assert desk.offer(pressed(subject=invoice_subject("1"))).notice == "offer-no-document"
    assert desk.queue.sent == []


def test_an_entry_that_is_gone_is_booked_again_only_by_its_own_button() -> None:
    desk = Desk()
    item = replace(outbox_item(State.DONE), connection=OWN, number="1", entry_id=ExactId("e-1"))
    desk.outbox.begin(item)
    desk.folder.put(key_of(OWN, "1"))
    desk.problem(entry_subject("1"), "entry-gone", invoice="1")

    together = desk.offer(pressed())
    alone = desk.offer(pressed(subject=entry_subject("1")))

    assert (together.notice, alone.notice) == ("offer-nothing", "offered-invoice")
    assert [body["gone"] for body, _ in desk.queue.sent] == ["e-1"]


def test_one_record_becomes_due_and_is_fetched_at_once() -> None:
    desk = Desk()
    desk.record("projects", "p-1")

    answer = desk.offer(pressed(subject="projects/p-1"))

    assert (desk.parked.due, answer.notice) == (["projects/p-1"], "offered-record")
    assert [body["by_hand"] for body, _ in desk.pull_queues["projects"].sent] == ["catch-up"]
    (noted,) = desk.log.entries
    assert (noted.what, noted.who, noted.subject) == ("offered-records", MARIT.mail, "projects/p-1")


def test_a_record_that_was_handled_meanwhile_is_not_offered() -> None:
    assert Desk().offer(pressed(subject="projects/p-1")).notice == "offer-not-waiting"


def test_a_group_is_offered_ten_a_second_and_nothing_else_is() -> None:
    desk = Desk()
    for number in range(25):
        desk.invoice(f"{number:03}")
    desk.invoice("other", "period-closed")

    answer = desk.offer(pressed(group="debtor-not-found"))

    assert [delay for _, delay in offered(desk)] == [0] * 10 + [1] * 10 + [2] * 5
    assert key_of(OWN, "other") not in dict(offered(desk))
    assert said(answer).startswith("Opnieuw aangeboden: 25.")


def test_everything_is_offered_records_and_invoices_and_documents() -> None:
    desk = Desk()
    desk.record("accounts", "a")
    desk.record("projects", "p")
    desk.invoice("1")
    desk.folder.put(key_of(OWN, "2"))
    desk.problem(inbox_subject(key_of(OWN, "2")), "invoice-not-valid")
    desk.problem("accounts/b/notice", "email-invalid")

    answer = desk.offer(pressed())

    assert desk.parked.due == ["accounts/a", "projects/p"]
    assert [key for key, _ in offered(desk)] == [key_of(OWN, "2"), key_of(OWN, "1")]
    assert answer.values["count"] == "4"
    assert [(entry.subject, entry.counts["offered"]) for entry in desk.log.entries] == [
        ("accounts", 1),
        ("projects", 1),
    ]


def test_a_press_lasts_a_few_seconds_and_the_next_one_goes_on_behind_it() -> None:
    desk = Desk()
    for number in range(100):
        desk.invoice(f"{number:03}")
    desk.clock.step = timedelta(seconds=0.1)
    presses = 0
    after = ""
    while presses < 10:
        presses += 1
        answer = desk.offer(pressed(group="debtor-not-found", after=after))
        if answer.notice != "offered-some":
            break
        after = answer.query["after"]

    keys = [key for key, _ in offered(desk)]
    assert presses == 4
    assert len(keys) == len(set(keys)) == 100


@pytest.mark.parametrize("number", [500])
def test_five_hundred_records_are_found_by_one_read_for_each_entity(number: int) -> None:
    desk = Desk()
    for each in range(number):
        desk.record("accounts", f"{each:04}")

    answer = desk.offer(pressed(group="milestones-rejected"))

    assert (len(desk.parked.due), answer.values["count"]) == (500, "500")
    assert desk.problems.reads == 1


def test_a_paused_connection_says_that_it_waits() -> None:
    desk = Desk()
    desk.invoice("1")

    assert desk.offer(paused(pressed(subject=invoice_subject("1")))).notice == (
        "offered-invoice-paused"
    )


def test_a_connection_that_is_not_started_is_not_said_to_be_paused() -> None:
    desk = Desk()
    desk.invoice("1")
    request = replace(pressed(subject=invoice_subject("1")), connection=connection(started=False))

    assert desk.offer(request).notice == "offered-invoice-not-started"


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    "notice",
    ["offered-record", "offered-invoice", "offered-many", "agreed", "skipped", "linked"],
)
def test_each_notice_of_a_link_at_rest_says_what_it_is(notice: str, language: str) -> None:
    texts = rendering.load("portal/notices", language)
    first_load = {"nl": "*Eerste keer*", "en": "*First load*"}[language]

    assert first_load in texts[notice_for(connection(started=False), notice)]
    assert first_load not in texts[notice_for(connection(paused=True), notice)]


def test_an_invoice_is_skipped_with_a_reason_and_not_without() -> None:
    desk = Desk()
    desk.invoice("1")

    without = desk.decide.skip(pressed(number="1", reason="  "))
    too_long = desk.decide.skip(pressed(number="1", reason="x" * 501))
    with_one = desk.decide.skip(
        pressed(number="1", reason="Met de hand geboekt", seen=desk.mark("1"))
    )

    assert (without.notice, too_long.notice) == ("reason-needed", "reason-needed")
    assert with_one.notice == "skipped"
    assert [body["decision"] for body, _ in desk.queue.sent] == [SKIP]


def test_a_press_that_comes_too_late_says_how_things_are() -> None:
    desk = Desk()
    desk.invoice("1")

    assert desk.decide.agree(pressed(number="1")).notice == "cannot-decide-does-not-differ"
    assert desk.decide.skip(pressed(number="9", reason="x")).notice == (
        "cannot-decide-no-such-invoice"
    )
    assert desk.queue.sent == []


def test_who_decides_and_why_goes_along_to_the_delivery() -> None:
    desk = Desk()
    desk.invoice("1")

    desk.decide.skip(pressed(number="1", reason=" Met de hand geboekt ", seen=desk.mark("1")))
    desk.offer(pressed(subject=invoice_subject("1")))
    desk.offer(pressed(group="debtor-not-found"))

    (skipped,), offers = [
        [read_messages(json.dumps(body))[0] for body, _ in sent]
        for sent in (desk.queue.sent[:1], desk.queue.sent[1:])
    ]
    assert (skipped.decided_by, skipped.decider_role) == (MARIT.mail, Role.DECIDE)
    assert skipped.reason == "Met de hand geboekt"
    assert [each.decided_by for each in offers] == [MARIT.mail, MARIT.mail]

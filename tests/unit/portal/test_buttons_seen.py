"""A button decides about what its page showed, not about what has come since."""

from dataclasses import replace

import pytest

from koppeling.core.ids import ExactId
from koppeling.core.people import Person
from koppeling.core.problems import entry_subject, invoice_subject
from koppeling.portal.page import Answer, GoTo, PortalPage
from koppeling.portal.screens.invoice import InvoiceScreen
from koppeling.portal.screens.todo import TodoScreen
from koppeling.push.invoice import key_of
from koppeling.push.outbox import State
from koppeling.push.sales_entry import DIFFERS
from tests.unit.portal.saying import said
from tests.unit.portal.showing import MARIT, PIM, asked, html, pressed
from tests.unit.portal.waiting_fakes import OWN, Desk
from tests.unit.push.items import outbox_item

WHY = "Met de hand geboekt"


def shown(answer: Answer, person: Person = MARIT) -> str:
    assert isinstance(answer, PortalPage)
    return html(answer, person)


def skipped(desk: Desk, mark: str) -> GoTo:
    return desk.decide.skip(pressed(number="1", back="invoice", reason=WHY, seen=mark))


def newer_copy(desk: Desk, *, is_delivered: bool) -> None:
    """Let another copy of the invoice come."""
    desk.folder.put(key_of(OWN, "1"), b'{"amount": "2"}')
    if is_delivered:
        desk.outbox.items[OWN, "1"] = replace(
            desk.outbox.items[OWN, "1"],
            document_hash="other",
            refused_copy=desk.folder.version(key_of(OWN, "1")),
        )


@pytest.mark.parametrize("is_delivered", [False, True])
def test_a_page_from_before_a_newer_copy_does_not_decide_about_it(*, is_delivered: bool) -> None:
    desk = Desk()
    desk.invoice("1")
    mark = desk.mark("1")
    newer_copy(desk, is_delivered=is_delivered)

    answer = skipped(desk, mark)

    assert (answer.path, answer.query) == ("invoice", {"number": "1"})
    assert said(answer).startswith("Factuur 1 is intussen veranderd. Er is niets gedaan.")
    assert desk.queue.sent == []


def test_the_page_that_is_shown_anew_decides() -> None:
    desk = Desk()
    desk.invoice("1")
    newer_copy(desk, is_delivered=True)

    assert skipped(desk, desk.mark("1")).notice == "skipped"


def test_a_page_that_does_not_say_what_it_showed_decides_nothing() -> None:
    desk = Desk()
    desk.invoice("1")

    assert skipped(desk, "").notice == "cannot-decide-changed"


def test_an_agreement_is_with_the_differences_that_the_page_showed() -> None:
    desk = Desk()
    desk.invoice("1", DIFFERS)
    item = replace(
        outbox_item(State.DONE),
        connection=OWN,
        entry_id=ExactId("e-1"),
        refused_copy=desk.folder.version(key_of(OWN, "1")),
        differences=("Description",),
    )
    desk.outbox.items[OWN, "1"] = item
    mark = desk.mark("1")
    desk.outbox.items[OWN, "1"] = replace(item, differences=("Description", "AmountFC"))

    before = desk.decide.agree(pressed(number="1", seen=mark))
    now = desk.decide.agree(pressed(number="1", seen=desk.mark("1")))

    assert (before.notice, now.notice) == ("cannot-decide-changed", "agreed")


def test_a_copy_with_the_same_content_is_the_one_that_was_seen() -> None:
    desk = Desk()
    desk.invoice("1")
    hash_of_empty = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    item = desk.outbox.items[OWN, "1"]
    desk.outbox.items[OWN, "1"] = replace(item, document_hash=hash_of_empty)
    mark = desk.mark("1")
    desk.folder.put(key_of(OWN, "1"), b"{ }")

    assert skipped(desk, mark).notice == "skipped"


def test_what_was_refused_after_booking_by_an_earlier_release_can_be_decided() -> None:
    desk = Desk()
    desk.invoice("1", "invoice-changed-after-booking")
    item = replace(outbox_item(State.DONE), connection=OWN, message="Factuur is veranderd")
    desk.outbox.items[OWN, "1"] = item

    assert skipped(desk, desk.mark("1")).notice == "skipped"


def test_both_pages_bring_the_mark_along() -> None:
    desk = Desk()
    desk.invoice("1")
    mark = f'name="seen" value="{desk.mark("1")}"'
    todo = TodoScreen(desk.problems, desk.outbox)
    invoice = InvoiceScreen(desk.outbox, desk.problems, desk.offer.invoices, evidence=None)  # type: ignore[arg-type] # not asked for

    assert mark in shown(todo.show(asked()))
    assert mark in shown(todo.show(asked(group="debtor-not-found")))
    assert mark in shown(invoice.show(asked(number="1")))
    assert mark not in shown(todo.show(asked(PIM)), PIM)


def test_an_invoice_that_somebody_skipped_meanwhile_is_not_offered_from_an_older_page() -> None:
    desk = Desk()
    desk.invoice("1")
    item = desk.outbox.items[OWN, "1"]
    left = replace(item, skipped_copy=item.refused_copy, decided="2026-11-26T10:00:00+00:00")
    desk.outbox.items[OWN, "1"] = left
    desk.problems.close(OWN, invoice_subject("1"))
    subject = invoice_subject("1")

    before = desk.offer(pressed(subject=subject))
    now = desk.offer(pressed(subject=subject, decided=left.decided))

    assert said(before).startswith("Over deze factuur is intussen iets anders beslist.")
    assert (now.notice, len(desk.queue.sent)) == ("offered-invoice", 1)


def test_an_entry_that_is_gone_is_booked_again_from_a_page_that_knows_the_last_decision() -> None:
    desk = Desk()
    item = replace(
        outbox_item(State.DONE), connection=OWN, entry_id=ExactId("e-1"), decided="2026-11-20"
    )
    desk.outbox.begin(item)
    desk.folder.put(key_of(OWN, "1"))
    desk.problem(entry_subject("1"), "entry-gone", invoice="1")

    page = shown(TodoScreen(desk.problems, desk.outbox).show(asked()))

    assert 'name="decided" value="2026-11-20"' in page
    old = desk.offer(pressed(subject=entry_subject("1"), decided=""))
    new = desk.offer(pressed(subject=entry_subject("1"), decided="2026-11-20"))
    assert (old.notice, new.notice) == ("offer-decided", "offered-invoice")


def test_a_list_that_goes_on_shrinking_is_not_taken_for_the_one_that_was_seen() -> None:
    desk = Desk()
    desk.problem("items/main/list", "list-shrank", before="50", after="38")
    page = shown(TodoScreen(desk.problems, desk.outbox).show(asked()))
    desk.problems.close(OWN, "items/main/list")
    desk.problem("items/main/list", "list-shrank", before="50", after="2")

    answer = desk.pull.agree_with_list(
        pressed(subject="items/main/list", back="todo", seen="50>38")
    )

    assert 'name="seen" value="50&gt;38"' in page
    assert said(answer).startswith("De lijst is intussen weer veranderd.")
    assert desk.pull_queues["items"].sent == []

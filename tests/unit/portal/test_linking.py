"""Koppelen: compared first, confirmed by a person, refused when it is something else by then."""

from dataclasses import replace

import pytest

from koppeling.portal.entry_comparison import EntryBeside
from koppeling.portal.page import GoTo, NoSuchPage, PageRequest
from koppeling.portal.patience import asked_at
from koppeling.push.outbox import State
from tests.unit.portal.invoice_looks import NUMBER, InvoiceDesk, beside
from tests.unit.portal.showing import MARIT, NOW, connection, pressed
from tests.unit.portal.waiting_fakes import OWN

SEEN = beside().mark


def waiting_desk() -> InvoiceDesk:
    desk = InvoiceDesk()
    desk.waiting("entry-number-in-use")
    return desk


@pytest.mark.parametrize("typed", ["26700012", " 26700012 ", "26.700.012"])
def test_an_entry_is_looked_up_and_the_page_waits_for_it(typed: str) -> None:
    desk = waiting_desk()

    to = desk.linking.compare(pressed(number=NUMBER, entry=typed))

    assert desk.comparisons.asked_for == [(NUMBER, "26700012")]
    assert to == GoTo("invoice", {"number": NUMBER, "entry": "26700012", "asked": asked_at(NOW)})


@pytest.mark.parametrize("typed", ["", "abc", "1 or 1 eq 1", "12345678901", "٣"])
def test_what_is_no_number_of_an_entry_is_asked_for_again(typed: str) -> None:
    desk = waiting_desk()

    to = desk.linking.compare(pressed(number=NUMBER, entry=typed))

    assert desk.comparisons.asked_for == []
    assert to.notice == "entry-number-needed"


def test_an_invoice_that_nobody_knows_is_not_compared() -> None:
    with pytest.raises(NoSuchPage):
        InvoiceDesk().linking.compare(pressed(number="20990001", entry="1"))


def test_what_was_compared_is_linked() -> None:
    desk = waiting_desk()
    desk.comparisons.held = beside()

    to = desk.linking.link(pressed(number=NUMBER, entry="26700012", entry_id="e-1", seen=SEEN))

    assert to.notice == "linked"
    ((message, _),) = desk.queue.sent
    assert message["entry"] == "26700012"


def test_while_the_link_is_paused_the_notice_says_so() -> None:
    desk = waiting_desk()
    desk.comparisons.held = beside()
    form = {"number": NUMBER, "entry": "26700012", "entry_id": "e-1", "seen": SEEN}
    request = PageRequest(connection(paused=True), MARIT, NOW, form=form)

    assert desk.linking.link(request).notice == "linked-paused"


@pytest.mark.parametrize("held", [None, beside(entry_id="e-2"), beside(objection="linked")])
def test_what_was_not_compared_or_is_another_by_now_is_not_linked(held: object) -> None:
    desk = waiting_desk()
    desk.comparisons.held = held  # type: ignore[assignment]  # each is a comparison or none

    to = desk.linking.link(pressed(number=NUMBER, entry="26700012", entry_id="e-1", seen=SEEN))

    assert to.notice == "entry-compare-again"
    assert desk.queue.sent == []


@pytest.mark.parametrize(
    "now",
    [beside(seen="121,00"), beside(seen=""), replace(beside(seen="100,00"), entry_number="1")],
)
def test_an_entry_that_a_colleague_compared_anew_is_not_linked_as_it_was_before(
    now: EntryBeside,
) -> None:
    desk = waiting_desk()
    desk.comparisons.held = now

    to = desk.linking.link(
        pressed(number=NUMBER, entry="26700012", entry_id="e-1", seen=beside(seen="100,00").mark)
    )

    assert to.notice == "entry-compare-again"
    assert desk.queue.sent == []


def test_an_invoice_that_changed_since_it_was_compared_is_not_linked() -> None:
    desk = waiting_desk()
    desk.comparisons.held = beside()
    item = desk.outbox.items[OWN, NUMBER]
    desk.outbox.items[OWN, NUMBER] = replace(item, document_hash="another amount")

    to = desk.linking.link(pressed(number=NUMBER, entry="26700012", entry_id="e-1", seen=SEEN))

    assert to.notice == "entry-compare-again"
    assert desk.queue.sent == []


def test_a_press_that_comes_too_late_says_as_what_it_was_booked() -> None:
    desk = waiting_desk()
    desk.comparisons.held = beside()
    item = desk.outbox.items[OWN, NUMBER]
    booked = replace(item, state=State.DONE, entry_number="26700099")
    desk.outbox.items[OWN, NUMBER] = booked

    linked = desk.linking.link(pressed(number=NUMBER, entry="26700012", entry_id="e-1", seen=SEEN))
    compared = desk.linking.compare(pressed(number=NUMBER, entry="26700012"))

    assert linked == compared
    assert linked.notice == "has-an-entry"
    assert linked.values == {"number": NUMBER, "entry": "26700099"}
    assert desk.queue.sent == []


def test_without_its_document_it_cannot_be_linked() -> None:
    desk = waiting_desk()
    desk.comparisons.held = beside()
    desk.folder.keys.clear()

    to = desk.linking.link(pressed(number=NUMBER, entry="26700012", entry_id="e-1", seen=SEEN))

    assert to.notice == "cannot-decide-not-in-the-inbox"

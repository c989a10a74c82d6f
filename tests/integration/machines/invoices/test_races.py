"""Two deliveries of one invoice, of which one is slow at the worst moment."""

from datetime import timedelta

from koppeling.core.errors import Reauthorise, Retry
from koppeling.push.decisions import SKIP
from koppeling.push.outbox import State
from koppeling.push.requeue import LAST_SECONDS
from tests.integration.machines.invoices.checks import (
    check_at_rest,
    check_in_the_end,
    check_while_at_work,
    item_of,
)
from tests.integration.machines.invoices.papers import PAPERS, RIGHT, WRONG
from tests.integration.machines.invoices.process import Process
from tests.integration.machines.invoices.restoring import enter_by_hand, keep, restore
from tests.integration.machines.invoices.scene import Scene
from tests.unit.push.fakes import Lateness

PAPER = PAPERS[0]
ALL = 1000


def offered(version: int = 0) -> Scene:
    scene = Scene()
    scene.put_pdf(PAPER, RIGHT)
    scene.put(PAPER, version)
    return scene


def slow(scene: Scene, *halts: str) -> Process:
    """Begin a delivery that halts before these calls, the one after the other."""
    process = scene.begin(scene.queue.visible()[-1], ALL, halts[0])
    assert process is not None
    for halt in halts[1:]:
        process.go_on(ALL, halt)
    assert not process.over
    return process


def quiet(scene: Scene) -> None:
    scene.mend()
    scene.come_to_rest()
    check_at_rest(scene)
    scene.put_right()
    scene.come_to_rest()
    check_while_at_work(scene)
    check_in_the_end(scene)


def test_an_older_state_that_is_told_late_is_told_over() -> None:
    scene = offered()
    del scene.inbox.objects[PAPER.pdf_key]
    waits_for_its_pdf = slow(scene, "write")
    scene.put_pdf(PAPER, RIGHT)
    scene.put(PAPER, 0)
    scene.deliver(scene.queue.visible()[-1])
    assert item_of(scene, PAPER).state is State.DONE  # type: ignore[union-attr] # it is there

    waits_for_its_pdf.go_on(ALL)

    quiet(scene)


def test_an_older_state_is_told_over_also_when_another_write_back_failed_meanwhile() -> None:
    scene = offered()
    del scene.inbox.objects[PAPER.pdf_key]
    waits_for_its_pdf = slow(scene, "write")
    scene.put_pdf(PAPER, RIGHT)
    states = scene.company(PAPER).states
    for fails in (Retry("milestones-unavailable"), None):
        states.fails = fails
        scene.put(PAPER, 0)
        scene.deliver(scene.queue.visible()[-1])

    waits_for_its_pdf.go_on(ALL)

    quiet(scene)


def test_a_copy_that_was_read_before_a_newer_one_was_booked_is_no_change_after_booking() -> None:
    scene = offered(version=1)
    holds_the_older_copy = slow(scene, "close", "get")
    scene.put(PAPER, 0)
    scene.deliver(scene.queue.visible()[-1])

    holds_the_older_copy.go_on(ALL)

    quiet(scene)


def test_a_copy_that_was_read_before_a_changed_one_came_does_not_hide_the_change() -> None:
    scene = offered(version=1)
    scene.deliver(scene.queue.visible()[-1])
    scene.put(PAPER, 1)
    holds_the_booked_copy = slow(scene, "close", "get")
    scene.put(PAPER, 0)
    scene.deliver(scene.queue.visible()[-1])

    holds_the_booked_copy.go_on(ALL)

    quiet(scene)


def test_a_change_that_was_taken_back_before_it_was_told_is_not_told_for_good() -> None:
    scene = offered(version=1)
    scene.deliver(scene.queue.visible()[-1])
    scene.put(PAPER, 0)
    holds_the_change = slow(scene, "open")
    scene.put(PAPER, 1)
    scene.deliver(scene.queue.visible()[-1])

    holds_the_change.go_on(ALL)

    quiet(scene)


def test_a_change_that_was_taken_back_is_over_also_while_the_pdf_is_still_wrong() -> None:
    scene = offered(version=0)
    scene.put_pdf(PAPER, WRONG)
    for version in (0, 1, 0):
        scene.put(PAPER, version)
        scene.deliver(scene.queue.messages[-1])

    assert scene.company(PAPER).problems.codes() == ["pdf-damaged"]
    quiet(scene)


def test_a_copy_that_could_not_be_read_and_is_mended_meanwhile_leaves_no_problem() -> None:
    scene = offered(version=-1)
    could_not_read = slow(scene, "open")
    scene.put(PAPER, 0)
    scene.deliver(scene.queue.visible()[-1])

    could_not_read.go_on(ALL)

    quiet(scene)


def test_an_entry_that_was_sent_long_after_it_was_announced_is_waited_for_all_the_same() -> None:
    scene = offered()
    company = scene.company(PAPER)
    company.books.loses["post_entry"] = [Lateness(timedelta(seconds=300))]
    sends_late = slow(scene, "post_entry")
    scene.let_pass(170)

    sends_late.go_on(ALL)

    quiet(scene)


def test_a_file_that_was_sent_long_after_it_was_announced_is_waited_for_all_the_same() -> None:
    for call in ("post_document", "post_attachment"):
        scene = offered()
        company = scene.company(PAPER)
        company.books.loses[call] = [Lateness(timedelta(seconds=300))]
        sends_late = slow(scene, call)
        scene.let_pass(170)

        sends_late.go_on(ALL)

        quiet(scene)


def test_an_invoice_that_is_refused_again_before_its_wake_up_ended_still_waits() -> None:
    scene = offered()
    company = scene.company(PAPER)
    scene.remove_debtor(company)
    scene.come_to_rest()
    wakes = scene.begin_waking(company, ALL, "drop")
    scene.let_pass(LAST_SECONDS)
    scene.deliver(scene.queue.visible()[-1])

    wakes.go_on(ALL)
    scene.come_to_rest()

    check_at_rest(scene)
    company.books.customers |= Scene().company(PAPER).books.customers
    scene.requeuer.requeue_connection(company.connection)
    scene.come_to_rest()
    assert item_of(scene, PAPER).state is State.DONE  # type: ignore[union-attr] # it is there


def test_an_entry_that_was_named_for_an_older_version_is_not_taken_for_a_newer_one() -> None:
    scene = offered()
    company = scene.company(PAPER)
    scene.remove_debtor(company)
    scene.come_to_rest()
    enter_by_hand(scene, PAPER)
    scene.name_entry(PAPER, right=True)
    scene.put(PAPER, 1)
    scene.deliver(scene.queue.visible()[-1])

    quiet(scene)


def test_what_was_shown_after_the_backup_is_shown_over_once_the_table_is_restored() -> None:
    scene = offered()
    scene.deliver(scene.queue.visible()[-1])
    keep(scene)
    scene.decide(PAPER, SKIP)
    scene.come_to_rest()

    restore(scene)

    quiet(scene)


def test_a_lost_login_is_over_when_another_delivery_than_the_one_that_met_it_gets_through() -> None:
    scene = offered()
    company = scene.company(PAPER)
    company.books.raises["post_entry"] = [Reauthorise("exact-reconnect-needed")]
    scene.deliver(scene.queue.visible()[-1])
    scene.put(PAPER, -1)
    scene.come_to_rest()
    assert "exact-reconnect-needed" in company.problems.codes()

    quiet(scene)


def test_a_file_on_its_way_when_an_invoice_is_skipped_is_waited_for_once_that_is_taken_back() -> (
    None
):
    scene = offered()
    scene.company(PAPER).books.loses["post_attachment"] = [Lateness(timedelta(seconds=300))]
    sends_late = slow(scene, "post_attachment")
    scene.let_pass(30)
    sends_late.go_on(ALL)
    scene.decide(PAPER, SKIP)
    scene.deliver(scene.queue.messages[-1])
    scene.let_pass(211)
    scene.put(PAPER, 0)
    scene.deliver(scene.queue.messages[-1])

    scene.ask_to_book_anew(PAPER)

    quiet(scene)


def test_many_copies_that_follow_a_slow_write_back_come_to_rest() -> None:
    scene = offered()
    tells_slowly = slow(scene, "write")
    for _ in range(9):  # so that each tells again before the one before it would have timed out
        scene.let_pass(100)
        scene.put(PAPER, 0)
        scene.deliver(scene.queue.messages[-1])

    tells_slowly.die()

    quiet(scene)

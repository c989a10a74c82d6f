"""Files in a folder that nothing uses: told after a day, and closed when that changes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling.core.problems import Problem
from koppeling.push.outbox import State
from koppeling.push.unused_files import MISNAMED, MOST, UNCLAIMED
from tests.unit.push.items import outbox_item
from tests.unit.push.test_unseen import ACME, NOW, Comparison
from tests.unit.push.world import connection


def told(comparison: Comparison) -> list[tuple[str, str]]:
    """Look once; returns what is told of the connection after that."""
    comparison.found()
    found = comparison.problems.opened(ACME)
    return [(each.values["key"], each.code) for each in found if each.subject.startswith("file/")]


def keep(comparison: Comparison, number: str, pdf_name: str | None, days: float = 0) -> None:
    """Keep an invoice that names a PDF, and that moved some days ago."""
    history = ((State.INTENT, NOW - timedelta(days=days)),)
    item = replace(outbox_item(), connection=ACME, number=number, history=history)
    comparison.outbox.items[ACME, number] = replace(item, pdf_name=pdf_name)


@pytest.mark.parametrize("name", ["1.JSON", "1.Json", "1.json.txt", "1", "1.PDF", "1.xml"])
@pytest.mark.parametrize("days", [1, 400])
def test_a_file_that_starts_no_work_is_told_once_it_lies_there_for_a_day(
    name: str, days: int
) -> None:
    comparison = Comparison()
    comparison.bucket.put(f"acme/{name}", 24 * days)

    assert told(comparison) == [(name, MISNAMED)]
    assert comparison.queue.sent == []


@pytest.mark.parametrize(
    ("name", "hours"), [("1.JSON", 23), ("1.json", 400), ("2026/", 48), ("1.pdf", 23)]
)
def test_what_just_came_what_starts_work_and_a_folder_are_not_told(name: str, hours: int) -> None:
    comparison = Comparison()
    comparison.bucket.put(f"acme/{name}", hours)

    assert told(comparison) == []


@pytest.mark.parametrize("name", ["1.pdf", "2026/1.pdf", "1-0123456789ab.pdf", "scan.pdf"])
def test_a_pdf_that_no_invoice_names_is_told(name: str) -> None:
    comparison = Comparison()
    comparison.bucket.put(f"acme/{name}", 30)
    keep(comparison, "7", "7.pdf")

    assert told(comparison) == [(name, UNCLAIMED)]


@pytest.mark.parametrize("name", ["1.pdf", "2026/1.pdf", "1-0123456789ab.pdf", "scan.pdf"])
def test_a_pdf_that_an_invoice_names_is_not_told_whatever_it_is_called(name: str) -> None:
    comparison = Comparison()
    comparison.bucket.put(f"acme/{name}", 30)
    keep(comparison, "1", name)

    assert told(comparison) == []


@pytest.mark.parametrize("named", ["", "other.pdf"])
def test_a_pdf_beside_an_invoice_that_names_none_or_another_is_told(named: str) -> None:
    comparison = Comparison()
    comparison.bucket.put("acme/1.pdf", 30)
    keep(comparison, "1", named)

    assert told(comparison) == [("1.pdf", UNCLAIMED)]


@pytest.mark.parametrize("subject", ["invoice/1", "inbox/acme/1.json", "push/acme/1.json"])
def test_a_pdf_whose_invoice_waits_for_a_person_is_not_told_as_well(subject: str) -> None:
    comparison = Comparison()
    comparison.bucket.put("acme/1.pdf", 30)
    comparison.problems.open(Problem(ACME, subject, "invoice-not-valid"))

    assert told(comparison) == []


def test_a_pdf_whose_document_was_not_taken_up_waits_for_that() -> None:
    comparison = Comparison()
    comparison.bucket.put("acme/1.pdf", 30)
    comparison.bucket.put("acme/1.json", 30)

    assert told(comparison) == []


@pytest.mark.parametrize(("days", "is_told"), [(9, False), (11, True)])
def test_an_invoice_of_an_earlier_release_may_name_any_pdf_as_long_as_it_waits_for_one(
    days: int, *, is_told: bool
) -> None:
    comparison = Comparison()
    comparison.bucket.put("acme/scan.pdf", 30)
    keep(comparison, "1", None, days)

    assert bool(told(comparison)) is is_told


def test_what_was_told_closes_when_it_is_gone_or_an_invoice_names_it() -> None:
    comparison = Comparison()
    for name in ("1.JSON", "2.pdf", "3.pdf"):
        comparison.bucket.put(f"acme/{name}", 30)
    assert len(told(comparison)) == 3

    comparison.bucket.files = [each for each in comparison.bucket.files if "JSON" not in each.key]
    keep(comparison, "2", "2.pdf")

    assert told(comparison) == [("3.pdf", UNCLAIMED)]


def test_a_pdf_that_was_told_stays_told_while_it_lies_there() -> None:
    comparison = Comparison()
    comparison.bucket.put("acme/1.pdf", 30)
    told(comparison)
    comparison.bucket.files = []
    comparison.bucket.put("acme/1.pdf", 300)

    assert told(comparison) == [("1.pdf", UNCLAIMED)]


def test_so_many_files_have_one_cause_and_some_of_them_show_it() -> None:
    comparison = Comparison()
    for number in range(MOST + 20):
        comparison.bucket.put(f"acme/{number}.JSON", 30)

    assert len(told(comparison)) == MOST
    assert len(told(comparison)) == MOST


def test_nothing_is_said_about_the_files_of_a_paused_connection() -> None:
    comparison = Comparison()
    comparison.bucket.put("acme/1.JSON", 30)
    comparison.connections.add(replace(connection(), id=ACME, paused=True))

    assert told(comparison) == []

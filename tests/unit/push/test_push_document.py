"""What a document says wrongly, and what of it stops the booking."""

from typing import Any

import pytest

from koppeling.core.errors import Defer
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.world import KEY, NUMBER, PDF, World, example, with_line

FOREIGN = "veldhuis-advies-02/2026/20260412.pdf"


def with_pdf(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    document = example()
    return document | {"pdf": document["pdf"] | changes}


def booked_without_pdf() -> World:
    """Return a world in which an invoice is booked and waits for its PDF."""
    world = World()
    world.offer(pdf=None)
    with pytest.raises(Defer):
        world.deliver()
    return world


def test_a_wrong_value_that_booking_does_not_need_is_in_the_log_and_the_invoice_is_booked() -> None:
    world = World()
    world.offer(with_line(example(processed_at="gisteren"), 1, description="Een\nTwee"))

    result = world.deliver()

    assert result.outcome is PushOutcome.BOOKED
    assert result.notes == (
        "lines.1.description: not in the agreed form, cut",
        "processed_at: not in the agreed form, left out",
    )
    assert world.books.entries[0]["SalesEntryLines"][1]["Description"] == "Een Twee"
    assert world.problems.codes() == []


@pytest.mark.parametrize(
    "changes",
    [{"sha256": "A" * 64}, {"size_bytes": 0}, {"key": "a.docx"}, {"pages": 2}],
    ids=["hash in capitals", "size 0", "another kind", "another name"],
)
def test_a_pdf_that_is_announced_wrongly_never_stops_the_booking_and_is_told(
    changes: dict[str, Any],
) -> None:
    world = World()
    world.offer(with_pdf(**changes), pdf=None)

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.BOOKED_WITHOUT_PDF, "pdf-damaged")
    assert world.settled_counts() == (1, 0, 0)
    assert world.problems.codes() == ["pdf-damaged"]


def test_a_good_announcement_that_follows_a_wrong_one_brings_the_pdf() -> None:
    world = World()
    world.offer(with_pdf(sha256="A" * 64), pdf=None)
    world.deliver()

    world.offer(example())

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)
    assert world.problems.codes() == []


def test_a_wrong_announcement_is_nothing_to_tell_when_no_pdfs_are_wanted() -> None:
    world = World(with_pdfs=False)
    world.offer(with_pdf(sha256="A" * 64), pdf=None)

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.item().state is State.DONE


def test_a_first_copy_with_a_pdf_of_another_connection_is_refused_before_any_call() -> None:
    world = World()
    world.inbox.put(FOREIGN, PDF)
    world.offer(with_pdf(key=FOREIGN), pdf=None)

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.REJECTED, "invoice-not-valid")
    assert world.books.calls == []


def test_a_later_copy_of_a_booked_invoice_never_gets_the_pdf_of_another_connection() -> None:
    world = booked_without_pdf()
    world.inbox.put(FOREIGN, PDF)
    world.offer(with_pdf(key=FOREIGN), pdf=None)

    result = world.deliver(retry=True)

    assert (result.outcome, result.code) == (PushOutcome.BOOKED_WITHOUT_PDF, "pdf-damaged")
    assert world.settled_counts() == (1, 0, 0)
    assert world.problems.codes() == ["pdf-damaged"]
    assert f"invoice/{NUMBER}" in {subject for subject, _ in world.problems.open_ones}


def test_vat_that_was_rounded_over_the_invoice_is_booked_to_the_cent_and_noted() -> None:
    world = World()
    totals = {"amount_excl_vat": "4039.26", "vat_amount": "848.24", "amount_incl_vat": "4887.50"}
    world.offer(example(totals=totals))

    result = world.deliver()

    assert result.outcome is PushOutcome.BOOKED
    (entry,) = world.books.entries
    assert (str(entry["AmountFC"]), str(entry["VATAmountFC"])) == ("4887.50", "848.24")
    assert [str(line["VATAmountFC"]) for line in entry["SalesEntryLines"]] == [
        *("1026.37", "226.80", "15.07", "-420.00"),
    ]
    assert result.notes == (
        "VAT was rounded over the invoice: 848.25 by line is 848.24; changed: 1",
    )
    assert world.problems.codes() == []


def test_the_same_copy_again_is_the_same_invoice_whatever_was_wrong_in_it() -> None:
    world = World()
    world.offer(example(description="a" * 300, processed_at="gisteren"))
    world.deliver()

    assert world.deliver(KEY).outcome is PushOutcome.ALREADY_BOOKED


def test_an_invoice_is_booked_without_an_unknown_project_only_where_that_was_chosen() -> None:
    world, free = World(), World(project_optional=True)
    for each in (world, free):
        del each.books.projects["P26015"]
        each.offer()

    assert world.deliver().code == "project-unknown"
    result = free.deliver()

    assert result.outcome is PushOutcome.BOOKED
    assert result.notes == ("project P26015 is left out",)
    lines = free.books.entries[0]["SalesEntryLines"]
    assert [line.get("Project") for line in lines] == [
        *("project-P26014", None, "project-P26014", "project-P26014"),
    ]


def test_an_invoice_is_booked_without_any_project_where_none_are_wanted_in_the_books() -> None:
    world = World(with_projects=False)
    world.books.projects.clear()
    world.offer()

    assert world.deliver_until_done().outcome is PushOutcome.BOOKED
    lines = world.books.entries[0]["SalesEntryLines"]
    assert not any("Project" in line for line in lines)


WRONG_RATES: list[dict[str, Any]] = [
    {"exchange_rate": "0"},
    {"exchange_rate": "-1"},
    {"exchange_rate": "1,08"},
    {"exchange_rate": None},
    {},
]


def with_rate(rate: dict[str, Any], currency: str) -> dict[str, Any]:
    document = example(currency=currency)
    del document["exchange_rate"]
    return document | rate


@pytest.mark.parametrize("rate", WRONG_RATES, ids=str)
def test_a_wrong_rate_stops_no_invoice_in_the_currency_of_the_company(rate: dict[str, Any]) -> None:
    world = World()
    world.offer(with_rate(rate, "EUR"))

    result = world.deliver()

    assert result.outcome is PushOutcome.BOOKED
    assert [note.partition(":")[0] for note in result.notes] == ["exchange_rate"]
    assert "Rate" not in world.books.entries[0]


@pytest.mark.parametrize("rate", WRONG_RATES, ids=str)
def test_an_invoice_in_a_foreign_currency_needs_a_right_rate_before_any_call(
    rate: dict[str, Any],
) -> None:
    world = World()
    world.offer(with_rate(rate, "USD"))

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.REJECTED, "invoice-not-valid")
    (problem,) = world.problems.open_ones.values()
    assert problem.values["reason"] == "rate"
    assert world.books.calls == []

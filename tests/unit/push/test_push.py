from decimal import Decimal

import pytest

from koppeling.core.errors import Defer, Reauthorise, Reject, Retry
from koppeling.core.problems import OPERATOR
from koppeling.push.job import PushOutcome
from koppeling.push.outbox import State
from tests.unit.push.world import CONNECTION, KEY, NOON, PDF, World, connection, example, with_line


def test_an_invoice_becomes_one_entry_with_one_document_and_one_attachment() -> None:
    world = World()
    world.offer()

    result = world.deliver()

    assert result.outcome is PushOutcome.BOOKED
    assert (result.invoice, result.pdf_bytes) == ("20260412", len(PDF))
    assert world.item().entry_number == "26700001"
    assert world.settled_counts() == (1, 1, 1)
    assert world.books.documents[0]["FinancialTransactionEntryID"] == "entry-1"
    assert world.books.attachments[0]["FileName"] == "20260412.pdf"
    assert world.problems.codes() == []


def test_a_plain_push_costs_three_calls_beside_the_lookups() -> None:
    world = World()
    world.offer()

    world.deliver()

    assert world.books.calls == ["find_customer", "post_entry", "post_document", "post_attachment"]


def test_each_step_is_kept_in_the_outbox() -> None:
    world = World()
    world.offer()

    world.deliver()

    item = world.item()
    assert [state for state, _ in item.history] == [
        State.INTENT,
        State.POSTING,
        State.ENTRY,
        State.DOCUMENT,
        State.ATTACHED,
        State.DONE,
    ]
    assert (item.entry_id, item.document_id, item.attachment_id) == (
        "entry-1",
        "document-1",
        "attachment-1",
    )
    assert item.posted_at == NOON
    assert item.booked_amount == Decimal("4887.51")
    assert item.pdf_sha256 == example()["pdf"]["sha256"]
    assert item.attempts == 1


def test_the_same_message_or_the_same_file_again_books_nothing_twice() -> None:
    world = World()
    world.offer()
    world.deliver()
    world.books.calls.clear()

    again = world.deliver()
    world.offer()
    offered_again = world.deliver()

    assert again.outcome is offered_again.outcome is PushOutcome.ALREADY_BOOKED
    assert world.item().entry_number == "26700001"
    assert world.books.calls == []


def test_a_credit_note_is_booked_with_negative_amounts() -> None:
    world = World()
    world.offer(example("credit"))

    result = world.deliver()

    assert result.outcome is PushOutcome.BOOKED
    assert world.books.entries[0]["AmountFC"] == Decimal("-847.65")


@pytest.mark.parametrize("settings", [{"with_pdfs": False}, {}])
def test_without_a_pdf_the_entry_is_all_there_is(settings: dict[str, bool]) -> None:
    world = World(**settings)
    world.offer(example() if settings else example(pdf=None))

    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 0, 0)
    assert world.books.calls == ["find_customer", "post_entry"]
    assert world.item().state is State.DONE


def test_notes_about_an_invoice_travel_in_the_result() -> None:
    world = World()
    world.offer(with_line(example(), 0, unit_price="120.00"))

    assert world.deliver().notes == ("line 1: quantity x price differs from the amount",)


@pytest.mark.parametrize(("number", "code"), [("Afgeboekte factuur: 1234", "invoice-written-off")])
def test_a_written_off_invoice_is_not_booked_and_its_state_says_so(number: str, code: str) -> None:
    world = World()
    world.offer(example(invoice_number=number))

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.SKIPPED, code)
    item = world.item(number)
    assert (item.state, item.code) == (State.REJECTED, code)
    assert item.message.startswith(f"Factuur {number} is volledig afgeboekt.")
    assert world.books.calls == []
    assert not world.states.shown["48213"].is_error
    assert world.problems.codes() == []


def test_what_cannot_be_read_is_a_problem_and_the_message_is_used_up() -> None:
    world = World()
    world.inbox.put(KEY, b"{")

    result = world.deliver()

    assert (result.outcome, result.code) == (PushOutcome.REJECTED, "invoice-not-valid")
    problem = world.problems.open_ones[f"inbox/{KEY}", "invoice-not-valid"]
    assert problem.values["invoice"] == "20260412.json"
    assert problem.values["reason"] == "syntax"
    assert result.notes == ("syntax: no proper JSON: JSONDecodeError",)
    assert world.books.calls == []


def test_a_file_that_can_be_read_after_all_closes_its_problem() -> None:
    world = World()
    world.inbox.put(KEY, b"{")
    world.deliver()

    world.offer()
    world.deliver()

    assert world.problems.codes() == []


def test_a_file_that_is_gone_is_a_problem() -> None:
    world = World()
    key = f"{CONNECTION}/gone.json"

    assert world.deliver(key).outcome is PushOutcome.REJECTED
    problem = world.problems.open_ones[f"inbox/{key}", "invoice-not-valid"]
    assert problem.values["reason"] == "gone"


@pytest.mark.parametrize(
    ("key", "name", "folder"),
    [
        ("nobody/1.json", "1.json", "nobody/"),
        (f"{CONNECTION.title()}/1.json", "1.json", "Veldhuis-Advies-01/"),
        ("veldhuis-advies-1/2026/1.json", "1.json", "veldhuis-advies-1/2026/"),
        ("@operator/1.json", "1.json", "@operator/"),
        ("/1.json", "1.json", "/"),
        ("loose.json", "loose.json", "/"),
        ("nobody/", "nobody/", "nobody/"),
        ("nobody/a b+c%#\u20ac\n.json", "a b+c%#\u20ac\n.json", "nobody/"),
        ("", "", "/"),
    ],
)
def test_a_file_that_belongs_to_no_connection_is_a_problem_of_the_operator(
    key: str, name: str, folder: str
) -> None:
    world = World()
    world.inbox.put(key, b"{}")

    result = world.deliver(key)

    assert (result.outcome, result.code) == (PushOutcome.STRAY, "inbox-without-connection")
    problem = world.problems.open_ones[f"inbox/{key}", "inbox-without-connection"]
    assert problem.connection == OPERATOR
    assert problem.values == {"key": name, "folder": folder}
    assert world.books.calls == []


def test_an_invoice_in_the_folder_of_another_connection_is_refused() -> None:
    world = World()
    world.offer(example(connection_id="somebody-else"))

    assert world.deliver().outcome is PushOutcome.REJECTED
    problem = world.problems.open_ones[f"inbox/{KEY}", "invoice-not-valid"]
    assert problem.values["reason"] == "foreign"


@pytest.mark.parametrize(
    ("rests", "code"),
    [({"paused": True}, "connection-paused"), ({"started": False}, "connection-not-started")],
)
def test_an_invoice_of_a_connection_that_rests_waits_without_a_call(
    rests: dict[str, bool], code: str
) -> None:
    world = World(**rests)
    world.offer()

    with pytest.raises(Defer) as later:
        world.deliver()
    world.connections.known[CONNECTION] = connection()

    assert (later.value.code, later.value.until > NOON) == (code, True)
    assert world.books.calls == []
    assert world.deliver().outcome is PushOutcome.BOOKED


@pytest.mark.parametrize("failure", [Retry("exact-unavailable"), Defer("exact-day-limit", NOON)])
@pytest.mark.parametrize("call", ["find_customer", "post_entry"])
def test_a_failure_before_anything_was_booked_leaves_the_invoice_as_it_was(
    call: str, failure: Retry | Defer
) -> None:
    world = World()
    world.offer()
    world.books.raises[call] = [failure]

    with pytest.raises(type(failure)):
        world.deliver()

    assert world.item().state is State.INTENT
    assert world.item().posted_at is None
    assert world.deliver().outcome is PushOutcome.BOOKED
    assert world.settled_counts() == (1, 1, 1)


def test_an_invoice_waits_for_a_login_and_is_booked_after_it() -> None:
    world = World()
    world.offer()
    world.books.raises["post_entry"] = [Reauthorise("exact-reconnect-needed")]

    with pytest.raises(Reauthorise):
        world.deliver()

    assert world.problems.codes() == []
    assert world.deliver().outcome is PushOutcome.BOOKED


def test_two_deliveries_at_once_make_one_wait_for_the_other() -> None:
    world = World()
    world.offer()
    world.outbox.overtaken = True

    with pytest.raises(Retry, match="invoice-in-progress"):
        world.deliver()
    world.outbox.overtaken = False

    assert world.books.entries == []
    assert world.deliver().outcome is PushOutcome.BOOKED


def test_an_entry_that_differs_is_a_problem_that_outlives_the_push() -> None:
    world = World()
    world.offer()
    world.books.answers_otherwise = {"VATAmountFC": Decimal("848.24")}

    result = world.deliver()
    again = world.deliver()

    assert result.outcome is PushOutcome.BOOKED
    assert result.code == again.code == "entry-differs-from-invoice"
    assert world.problems.codes() == ["entry-differs-from-invoice"]
    [problem] = world.problems.open_ones.values()
    assert problem.values["field"] == "VATAmountFC"
    assert problem.values["amount_entry"] == "EUR 4887.51"
    assert world.item().state is State.DONE


def test_an_entry_that_differs_stays_a_problem_beside_a_wrong_pdf() -> None:
    world = World()
    world.offer(pdf=b"%PDF-1.7 another one")
    world.books.answers_otherwise = {"VATAmountFC": Decimal("848.24")}

    assert world.deliver().outcome is PushOutcome.BOOKED_WITHOUT_PDF

    assert world.problems.codes() == ["entry-differs-from-invoice", "pdf-damaged"]


def test_a_thousand_invoices_are_not_delayed_by_one_that_is_refused() -> None:
    world = World(with_pdfs=False)
    world.books.raises["post_entry"] = [Reject("exact-rejected", message="Ongeldig: Klant (Type)")]
    outcomes = []

    for number in range(1_000):
        key = f"{CONNECTION}/{number}.json"
        world.offer(example(invoice_number=str(number), pdf=None), key)
        outcomes.append(world.deliver(key).outcome)

    assert outcomes.count(PushOutcome.REJECTED) == 1
    assert outcomes.count(PushOutcome.BOOKED) == 999
    assert world.books.calls.count("post_entry") == 1_000

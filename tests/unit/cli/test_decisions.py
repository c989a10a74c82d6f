"""What a person decides about an invoice: agreed with, left as it is, or booked anew."""

import json
from dataclasses import replace
from typing import Any

import pytest

from koppeling.cli.exits import Exit
from koppeling.domain.names import ConnectionId, ExactId
from koppeling.domain.outbox import OutboxItem, State
from koppeling.domain.problems import Problem, entry_subject, invoice_subject
from koppeling.domain.sales_entry import DIFFERS
from koppeling.domain.waits import Wait
from tests.sandbox.invoices import build_invoice
from tests.unit.cli.conftest import Office
from tests.unit.cli.test_inbox import lie
from tests.unit.cli.test_status import an_invoice

ID, NUMBER = ConnectionId("veldhuis-advies-01"), "20260412"
KEY = f"{ID}/{NUMBER}.json"


def an_item(office: Office, state: State, **fields: Any) -> None:  # noqa: ANN401 - fields vary
    """Let an invoice stand somewhere, with its document in the inbox."""
    office.connect()
    before = an_invoice(office, NUMBER, state)
    after = replace(before, version=before.version + 1, **fields)
    office.bench.wiring.keeping.outbox.move(before, after)
    lie(office, build_invoice(NUMBER))


def opened(office: Office, subject: str, code: str) -> None:
    problem = Problem(ID, subject, code, {"invoice": NUMBER})
    office.bench.wiring.keeping.problems.open(problem)


def open_codes(office: Office) -> list[str]:
    return [problem.code for problem in office.bench.wiring.keeping.problems.opened(ID)]


def item(office: Office) -> OutboxItem:
    found = office.bench.wiring.keeping.outbox.get(ID, NUMBER)
    assert found is not None
    return found


def sent(office: Office) -> list[dict[str, str]]:
    return [json.loads(body) for body in office.messages()]


def test_an_entry_that_differs_is_agreed_with_and_milestones_will_be_told(office: Office) -> None:
    an_item(office, State.DONE, differences=("AmountFC",), entry_number="26700001")
    opened(office, invoice_subject(NUMBER), DIFFERS)

    result = office.run("confirm", ID, NUMBER)

    assert result.exit_code == Exit.FINE
    assert (item(office).differences, open_codes(office)) == ((), [])
    assert sent(office) == [{"key": KEY, "attempt": "0"}]


def test_an_agreement_that_was_broken_off_can_be_repeated(office: Office) -> None:
    an_item(office, State.DONE)
    opened(office, invoice_subject(NUMBER), DIFFERS)

    assert office.run("confirm", ID, NUMBER).exit_code == Exit.FINE
    assert open_codes(office) == []


def test_there_is_nothing_to_agree_with_where_nothing_differs(office: Office) -> None:
    an_item(office, State.DONE)
    opened(office, invoice_subject(NUMBER), "pdf-damaged")

    result = office.run("confirm", ID, NUMBER)

    assert result.exit_code == Exit.ATTENTION
    assert "does not differ" in result.output
    assert open_codes(office) == ["pdf-damaged"]


@pytest.mark.parametrize("word", ["confirm", "skip"])
def test_an_invoice_that_is_not_known_is_told(office: Office, word: str) -> None:
    office.connect()

    assert office.run(word, ID, "1").exit_code == Exit.NOT_FOUND


def test_a_refused_invoice_is_left_and_nothing_wakes_it_any_more(office: Office) -> None:
    an_item(office, State.REJECTED, code="debtor-not-found", offered="v1", message="Geen debiteur.")
    opened(office, invoice_subject(NUMBER), "debtor-not-found")
    waits = office.bench.wiring.keeping.waits
    waits.add(ID, Wait(NUMBER, KEY, "accounts", "1068"))
    waits.add(ID, Wait("20260413", KEY, "accounts", "1068"))

    result = office.run("skip", ID, NUMBER)

    assert result.exit_code == Exit.FINE
    assert (item(office).skipped, item(office).message) == (("v1",), "Geen debiteur.")
    assert [wait.number for wait in waits.of(ID)] == ["20260413"]
    assert open_codes(office) == []
    assert sent(office) == [{"key": KEY, "attempt": "0"}]


def test_what_was_left_is_offered_again_by_its_name_alone(office: Office) -> None:
    an_item(office, State.REJECTED, code="debtor-not-found", offered="v1", skipped=("v1",))

    office.run("retry", ID, "--yes")
    assert sent(office) == []
    assert "REJECTED, skipped" in office.run("invoices", ID).output

    office.run("retry", ID, f"invoice/{NUMBER}", "--yes")
    assert sent(office) == [{"key": KEY, "attempt": "0", "again": "yes"}]


def test_a_booked_invoice_is_left_with_its_other_copy_and_with_its_entry_gone(
    office: Office,
) -> None:
    an_item(office, State.DONE, offered="v2", entry_id=ExactId("entry-1"), message="Gewijzigd.")
    opened(office, invoice_subject(NUMBER), "invoice-changed-after-booking")
    opened(office, entry_subject(NUMBER), "entry-gone")

    office.run("skip", ID, NUMBER)

    assert item(office).skipped == ("entry-1", "v2")
    assert item(office).message == ""
    assert open_codes(office) == []


@pytest.mark.parametrize("state", [State.INTENT, State.POSTING, State.UNKNOWN, State.DONE])
def test_what_waits_for_nobody_cannot_be_left(office: Office, state: State) -> None:
    an_item(office, state, offered="v1", entry_id=ExactId("entry-1"))

    result = office.run("skip", ID, NUMBER)

    assert result.exit_code == Exit.ATTENTION
    assert item(office).skipped == ()


def test_an_invoice_that_is_being_delivered_is_decided_about_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_item(office, State.REJECTED, code="debtor-not-found", offered="v1")
    store = office.bench.wiring.keeping.outbox
    as_read = item(office)
    store.move(as_read, as_read.to(State.INTENT, office.clock.now()))
    monkeypatch.setattr(store, "get", lambda *_: as_read)

    result = office.run("skip", ID, NUMBER)

    assert result.exit_code == Exit.ATTENTION
    assert "try again in a minute" in result.output


def test_without_its_document_a_decision_is_taken_and_nothing_offered(office: Office) -> None:
    an_item(office, State.REJECTED, code="debtor-not-found", offered="v1")
    office.bench.shelf.clear(ID)

    assert office.run("skip", ID, NUMBER).exit_code == Exit.FINE
    assert sent(office) == []


def test_an_entry_that_was_deleted_is_booked_anew_by_its_name_alone(office: Office) -> None:
    an_item(office, State.DONE, entry_id=ExactId("entry-1"))
    opened(office, entry_subject(NUMBER), "entry-gone")

    office.run("retry", ID, "--yes")
    assert sent(office) == []

    shown = office.run("retry", ID, f"invoice/{NUMBER}/entry", "--yes")
    assert "booked anew" in shown.output
    assert sent(office) == [{"key": KEY, "attempt": "0", "again": "yes", "gone": "entry-1"}]

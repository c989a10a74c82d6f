"""What a person decides about an invoice: agreed with, left as it is, or booked anew."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from koppeling.cli.exits import Exit
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.problems import Problem, entry_subject, invoice_subject
from koppeling.push.decisions import CONFIRM, SKIP
from koppeling.push.invoice import content_hash
from koppeling.push.messages import TAKE_UP
from koppeling.push.outbox import State
from koppeling.push.sales_entry import DIFFERS
from tests.sandbox.invoices import build_invoice
from tests.unit.cli.conftest import Office
from tests.unit.cli.test_inbox import lie
from tests.unit.cli.test_status import an_invoice

ID, NUMBER = ConnectionId("veldhuis-advies-01"), "20260412"
KEY = f"{ID}/{NUMBER}.json"
LONG_AGO = "2026-01-01T12:00:00.000000+00:00"


def an_item(office: Office, state: State, **fields: Any) -> None:  # noqa: ANN401 - fields vary
    """Let an invoice stand somewhere, with its document in the inbox."""
    office.connect()
    lie(office, files := build_invoice(NUMBER))
    before = an_invoice(office, NUMBER, state)
    content = {"document_hash": content_hash(json.loads(files.json_bytes))} | fields
    after = replace(before, version=before.version + 1, **content)
    office.stack.stores.outbox.move(before, after)


def opened(office: Office, subject: str, code: str) -> None:
    problem = Problem(ID, subject, code, {"invoice": NUMBER})
    office.stack.stores.problems.open(problem)


def sent(office: Office) -> list[dict[str, str]]:
    return [json.loads(body) for body in office.messages()]


def decision(office: Office) -> dict[str, str]:
    """Return the one offer that was sent, which must tell the present moment."""
    (offer,) = sent(office)
    assert offer.pop("key") == KEY
    assert offer.pop("attempt") == "0"
    assert (offer.pop("by"), offer.pop("role")) == ("moto", "operator")
    assert offer.pop("decided") == office.clock.now().isoformat(timespec="microseconds")
    return offer


def as_seen(office: Office, entry: str = "") -> str:
    document = office.stack.inbox.document(KEY)
    assert document is not None
    return f"{document.version}|{entry}"


def test_an_entry_that_differs_can_be_agreed_with(office: Office) -> None:
    an_item(office, State.DONE, differences=("AmountFC",), entry_number="26700001")

    assert office.run("confirm", ID, NUMBER).exit_code == Exit.OK

    assert decision(office) == {"decision": CONFIRM, "seen": as_seen(office)}


def test_an_entry_that_was_agreed_with_is_shown_as_such(office: Office) -> None:
    an_item(office, State.DONE, agreed=True)

    shown = office.run("invoices", ID, NUMBER).output

    assert "agreed with by a person" in shown
    assert "left as it is" not in shown


def test_nobody_decides_about_a_copy_that_was_not_delivered_yet(office: Office) -> None:
    an_item(office, State.DONE, differences=("AmountFC",), entry_number="26700001")
    lie(office, build_invoice(NUMBER, debtor_code="9999"))

    result = office.run("confirm", ID, NUMBER)

    assert result.exit_code == Exit.ATTENTION
    assert "a newer copy" in result.output
    assert sent(office) == []


def test_where_nothing_differs_there_is_nothing_to_agree_with(office: Office) -> None:
    an_item(office, State.DONE)
    opened(office, invoice_subject(NUMBER), "pdf-damaged")

    result = office.run("confirm", ID, NUMBER)

    assert result.exit_code == Exit.ATTENTION
    assert "does not differ" in result.output
    assert sent(office) == []


@pytest.mark.parametrize("word", ["confirm", "skip"])
def test_an_invoice_that_is_not_known_is_told(office: Office, word: str) -> None:
    office.connect()

    assert office.run(word, ID, "1").exit_code == Exit.NOT_FOUND


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.REJECTED, "debtor-not-found"),
        (State.DONE, "invoice-changed-after-booking"),
        (State.ENTRY, "pdf-missing"),
    ],
)
def test_what_waits_for_a_person_can_be_left(office: Office, state: State, code: str) -> None:
    an_item(office, state, entry_id=ExactId("entry-1"))
    opened(office, invoice_subject(NUMBER), code)

    assert office.run("skip", ID, NUMBER).exit_code == Exit.OK

    assert decision(office) == {"decision": SKIP, "seen": as_seen(office, "entry-1")}


def test_a_decision_follows_the_last_one_also_after_a_clock_that_is_fast(office: Office) -> None:
    ahead = office.clock.now() + timedelta(minutes=10)
    an_item(office, State.REJECTED, decided=ahead.isoformat())
    opened(office, invoice_subject(NUMBER), "debtor-not-found")

    office.run("skip", ID, NUMBER)

    ((offer),) = sent(office)
    assert offer["decided"] > ahead.isoformat()


def test_on_a_pause_it_is_said_when_a_decision_is_carried_out(office: Office) -> None:
    an_item(office, State.REJECTED)
    opened(office, invoice_subject(NUMBER), "debtor-not-found")
    office.run("pause", ID)

    assert "left when the connection goes on" in office.run("skip", ID, NUMBER).output


def test_an_entry_that_is_gone_is_left_by_its_id(office: Office) -> None:
    an_item(office, State.DONE, entry_id=ExactId("entry-1"))
    opened(office, entry_subject(NUMBER), "entry-gone")

    office.run("skip", ID, NUMBER)

    expected = {"decision": SKIP, "gone": "entry-1", "seen": as_seen(office, "entry-1")}
    assert decision(office) == expected


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.INTENT, "debtor-not-found"),
        (State.UNKNOWN, "entry-uncertain"),
        (State.DONE, ""),
        (State.DONE, DIFFERS),
        (State.REJECTED, ""),
    ],
)
def test_what_waits_for_nobody_or_for_another_decision_cannot_be_left(
    office: Office, state: State, code: str
) -> None:
    an_item(office, state, entry_id=ExactId("entry-1"))
    if code:
        opened(office, invoice_subject(NUMBER), code)

    result = office.run("skip", ID, NUMBER)

    assert result.exit_code == Exit.ATTENTION
    assert sent(office) == []


def test_without_its_document_nothing_can_be_decided(office: Office) -> None:
    an_item(office, State.REJECTED, code="debtor-not-found")
    opened(office, invoice_subject(NUMBER), "debtor-not-found")
    office.stack.inbox.clear(ID)

    result = office.run("skip", ID, NUMBER)

    assert result.exit_code == Exit.ATTENTION
    assert "no longer lies in the inbox" in result.output


@pytest.mark.parametrize("state", [State.REJECTED, State.DONE])
def test_what_was_left_is_offered_again_by_its_name_alone(office: Office, state: State) -> None:
    an_item(office, state, decided=LONG_AGO, skipped_copy="v1")

    office.run("retry", ID, "--yes")
    assert sent(office) == []
    assert f"{state}, skipped" in office.run("invoices", ID).output
    assert f"left as it is, by a person on {LONG_AGO}" in office.run("invoices", ID, NUMBER).output

    office.run("retry", ID, f"invoice/{NUMBER}", "--yes")
    assert decision(office) == {"again": "yes", "decision": TAKE_UP}


@pytest.mark.parametrize("is_left", [False, True])
def test_an_entry_that_was_deleted_is_booked_anew_by_its_name_alone(
    office: Office, *, is_left: bool
) -> None:
    left = {"decided": LONG_AGO, "skipped_copy": "v1", "skipped_entry": "entry-1"}
    an_item(office, State.DONE, entry_id=ExactId("entry-1"), **left if is_left else {})
    if not is_left:
        opened(office, entry_subject(NUMBER), "entry-gone")

    office.run("retry", ID, "--yes")
    assert sent(office) == []

    shown = office.run("retry", ID, f"invoice/{NUMBER}/entry", "--yes")
    assert "booked anew" in shown.output
    assert decision(office) == {"again": "yes", "gone": "entry-1", "decision": TAKE_UP}


def test_a_deleted_entry_whose_document_is_no_longer_there_is_told_so(office: Office) -> None:
    an_item(office, State.DONE, entry_id=ExactId("entry-1"))
    opened(office, entry_subject(NUMBER), "entry-gone")
    office.stack.inbox.clear(ID)

    result = office.run("retry", ID, f"invoice/{NUMBER}/entry", "--yes")

    assert result.exit_code == Exit.NOT_FOUND
    assert "does not lie in the inbox" in result.output


def test_a_number_with_a_slash_is_nobody_elses_entry(office: Office) -> None:
    an_item(office, State.DONE, entry_id=ExactId("entry-1"))
    other = f"{NUMBER}/0413"
    an_invoice(office, other, State.DONE)
    office.aws["s3"].put_object(Bucket="inbox", Key=f"{ID}/{other}.json", Body=b"waiting")
    opened(office, invoice_subject(other), "pdf-damaged")

    office.run("retry", ID, f"invoice/{other}", "--yes")

    assert [offer["key"] for offer in sent(office)] == [f"{ID}/{other}.json"]


def waiting_twice(office: Office) -> str:
    """Let the entry of an invoice be gone, and another be refused whose number looks like that."""
    an_item(office, State.DONE, entry_id=ExactId("entry-1"))
    opened(office, entry_subject(NUMBER), "entry-gone")
    other = f"{NUMBER}/entry"
    an_invoice(office, other, State.REJECTED)
    office.aws["s3"].put_object(Bucket="inbox", Key=f"{ID}/{other}.json", Body=b"waiting")
    opened(office, invoice_subject(other), "pdf-damaged")
    return other


def test_an_entry_and_an_invoice_whose_number_looks_like_it_are_each_offered_alone(
    office: Office,
) -> None:
    other = waiting_twice(office)

    office.run("retry", ID, f"invoice/{NUMBER}/entry", "--yes")
    assert [offer["key"] for offer in sent(office)] == [f"{ID}/{NUMBER}.json"]

    office.run("retry", ID, invoice_subject(other), "--yes")
    assert [offer["key"] for offer in sent(office)][-1] == f"{ID}/{other}.json"


def test_what_names_the_entry_never_offers_another_invoice_in_its_place(office: Office) -> None:
    waiting_twice(office)
    office.aws["s3"].delete_object(Bucket="inbox", Key=f"{ID}/{NUMBER}.json")

    result = office.run("retry", ID, f"invoice/{NUMBER}/entry", "--yes")

    assert result.exit_code == Exit.NOT_FOUND
    assert sent(office) == []


def test_the_deleted_entry_of_a_number_with_a_slash_is_named_by_the_plain_number(
    office: Office,
) -> None:
    number = "2026/0413"
    office.connect()
    before = an_invoice(office, number, State.DONE)
    after = replace(before, version=before.version + 1, entry_id=ExactId("entry-9"))
    office.stack.stores.outbox.move(before, after)
    office.aws["s3"].put_object(Bucket="inbox", Key=f"{ID}/{number}.json", Body=b"waiting")
    opened(office, entry_subject(number), "entry-gone")

    office.run("retry", ID, f"invoice/{number}/entry", "--yes")

    assert [offer["gone"] for offer in sent(office)] == ["entry-9"]

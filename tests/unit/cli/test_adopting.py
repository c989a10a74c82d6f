"""An operator says which entry is that of an invoice, and sees both beside each other first."""

from typing import Any

import pytest

from koppeling.cli.exits import Exit
from koppeling.push.outbox import State
from tests.unit.cli.conftest import Office
from tests.unit.cli.test_decisions import ID, NUMBER, an_item, decision, sent

BESIDE = {
    "entry_id": "by-hand",
    "objection": "",
    "seen": "a1",
    "parts": [{"name": "amount", "ours": "€ 2,00", "theirs": "€ 1,00"}],
}


def beside(office: Office, found: dict[str, Any]) -> None:
    """Let the watch answer what it found under the number of an entry."""
    office.functions.answers["WatchFunction"] = [found]


def test_an_entry_that_was_made_by_hand_can_be_taken_for_that_of_an_invoice(
    office: Office,
) -> None:
    an_item(office, State.REJECTED, code="entry-number-in-use", document_hash="hash")
    beside(office, BESIDE)

    result = office.run("adopt", ID, NUMBER, "26709999", answer="y\n")

    assert result.exit_code == Exit.OK
    assert "differs" in result.output
    assert office.functions.asked == [
        ("WatchFunction", {"beside": ID, "number": NUMBER, "entry": "26709999"})
    ]
    assert decision(office) == {
        "again": "yes",
        "decision": "take-up",
        "seen": "hash|",
        "entry": "26709999",
        "compared": "a1",
    }


def test_an_entry_is_not_taken_by_who_does_not_like_what_is_shown(office: Office) -> None:
    an_item(office, State.REJECTED, code="entry-number-in-use")
    beside(office, BESIDE)

    office.run("adopt", ID, NUMBER, "26709999", answer="n\n")

    assert sent(office) == []


@pytest.mark.parametrize(
    ("objection", "said"),
    [
        ("linked", "another invoice of the link"),
        ("other-customer", "another customer"),
        ("other-invoice", "your-reference"),
    ],
)
def test_an_entry_that_can_never_be_that_of_the_invoice_is_not_taken(
    office: Office, objection: str, said: str
) -> None:
    an_item(office, State.REJECTED, code="entry-number-in-use")
    beside(office, {**BESIDE, "objection": objection})

    result = office.run("adopt", ID, NUMBER, "26709999", "--yes")

    assert said in result.stderr
    assert sent(office) == []


def test_an_entry_that_is_not_there_is_not_found(office: Office) -> None:
    an_item(office, State.REJECTED, code="entry-number-in-use")
    beside(office, {**BESIDE, "entry_id": ""})

    assert office.run("adopt", ID, NUMBER, "26709999").exit_code == Exit.NOT_FOUND


def test_an_invoice_with_an_entry_takes_no_other(office: Office) -> None:
    an_item(office, State.DONE, entry_number="26700001")

    result = office.run("adopt", ID, NUMBER, "26709999")

    assert result.exit_code == Exit.ATTENTION
    assert "26700001" in result.stderr
    assert sent(office) == []

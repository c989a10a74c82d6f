"""Who an operator is that decides: who is named, or who calls AWS."""

from koppeling.cli.exits import Exit
from koppeling.push.outbox import State
from tests.unit.cli.conftest import Office
from tests.unit.cli.test_decisions import ID, NUMBER, an_item, sent


def test_a_decision_says_who_took_it_and_why(office: Office) -> None:
    an_item(office, State.DONE, differences=("AmountFC",), entry_number="26700001")
    why = ("--by", "sanne@qics.example", "--reason", "De korting is afgesproken")

    assert office.run("confirm", ID, NUMBER, *why).exit_code == Exit.OK

    (offer,) = sent(office)
    assert offer["by"] == "sanne@qics.example"
    assert (offer["role"], offer["reason"]) == ("operator", "De korting is afgesproken")

"""The administration as Exact lists it: in the first list, or in the second."""

from typing import Any

import pytest
import requests

from koppeling.core.administration import Administration, DivisionFacts
from koppeling.core.errors import Fatal, Retry
from koppeling.exact.divisions import ExactDivisions, both_lists, named_administration
from tests.unit.exact.wire import DIVISION, NOW, Wire, answer, client_of, results

ROW = {"Code": 987654, "Status": 1, "BlockingStatus": 0}
MOVED = {"DivisionMoveDate": "/Date(1792886400000)/", "DivisionHRLinkUnlinkDate": None}
FIRST = (
    "system/Divisions?$select=BlockingStatus,Code,DivisionHRLinkUnlinkDate,DivisionMoveDate,Status"
    "&$filter=Code eq 987654"
)
SECOND = "hrm/Divisions?$select=BlockingStatus,Code,Status&$filter=Code eq 987654"


def facts(*answers: requests.Response) -> tuple[DivisionFacts | None, Wire]:
    wire = Wire(*answers)
    return ExactDivisions(client_of(wire), DIVISION, lambda: NOW).division_facts(), wire


def test_the_first_list_tells_the_state_and_the_dates_of_moves() -> None:
    found, wire = facts(results({**ROW, **MOVED}))

    assert found == DivisionFacts(status=1, blocking_status=0, moved="2026-10-25|", looked_at=NOW)
    assert wire.asked == [FIRST]


def test_both_dates_count() -> None:
    other = {"DivisionMoveDate": None, "DivisionHRLinkUnlinkDate": "/Date(1792886400000)/"}

    found, _ = facts(results({**ROW, **other}))

    assert found is not None
    assert found.moved == "|2026-10-25"


@pytest.mark.parametrize("status", [403, 404])
def test_the_second_list_tells_the_state_and_leaves_the_dates_unknown(status: int) -> None:
    found, wire = facts(answer({}, status), results(ROW))

    assert found == DivisionFacts(status=1, blocking_status=0, moved=None, looked_at=NOW)
    assert wire.asked == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("held", "status", "blocking"),
    [
        ({"Status": 2, "BlockingStatus": 3}, 2, 3),
        ({"Status": "1", "BlockingStatus": "10"}, 1, 10),
        ({"Status": 0, "BlockingStatus": None}, 0, 0),
    ],
)
def test_each_state_is_told_as_it_is(held: dict[str, Any], status: int, blocking: int) -> None:
    found, _ = facts(results({**ROW, **held}))

    assert found is not None
    assert (found.status, found.blocking_status) == (status, blocking)
    named = named_administration(DIVISION, [(client_of(Wire(results({**ROW, **held}))), "x")])
    assert named is not None
    assert (named.status, named.blocking_status) == (status, blocking)


def test_an_administration_without_a_blocking_status_is_not_blocked() -> None:
    found, _ = facts(results({"Code": 987654, "Status": 1}))

    assert found is not None
    assert found.blocking_status == 0
    named = named_administration(
        DIVISION, [(client_of(Wire(results({"Code": 987654, "Status": 1}))), "x")]
    )
    assert named == Administration(987654, "", 1, 0)


def test_an_administration_that_is_not_listed_is_not_looked_for_elsewhere() -> None:
    found, wire = facts(results())

    assert found is None
    assert wire.asked == [FIRST]


def test_an_outage_is_no_reason_to_ask_the_second_list() -> None:
    wire = Wire(answer("", 503))

    with pytest.raises(Retry):
        ExactDivisions(client_of(wire), DIVISION, lambda: NOW).division_facts()

    assert wire.asked == [FIRST]


def test_a_refusal_by_both_lists_is_told() -> None:
    with pytest.raises(Fatal) as meant:
        facts(answer({}, 403), answer({}, 403))

    assert meant.value.code == "exact-no-rights"


@pytest.mark.parametrize("row", [{"Code": 987654}, {**ROW, "Status": "open"}])
def test_an_administration_whose_state_cannot_be_read_is_asked_for_again(
    row: dict[str, Any],
) -> None:
    with pytest.raises(Retry, match="system/Divisions"):
        facts(results(row))


def test_the_name_comes_from_the_first_list_that_the_user_may_read() -> None:
    wire = Wire(answer({}, 403), results({**ROW, "Description": " Veldhuis  Advies B.V. "}))

    found = named_administration(DIVISION, both_lists(client_of(wire)))

    assert found == Administration(987654, "Veldhuis Advies B.V.", 1, 0)
    named = "$select=BlockingStatus,Code,Description,Status&$filter=Code eq 987654"
    assert wire.asked == [f"system/Divisions?{named}", f"hrm/Divisions?{named}"]


def test_a_list_that_lacks_the_administration_ends_the_search_for_its_name() -> None:
    wire = Wire(results())

    assert named_administration(DIVISION, both_lists(client_of(wire))) is None
    assert len(wire.sent) == 1


def test_an_administration_has_no_name_where_every_list_is_refused() -> None:
    wire = Wire(answer({}, 404), answer({}, 403))

    assert named_administration(DIVISION, both_lists(client_of(wire))) is None
    assert len(wire.sent) == 2


def test_an_outage_says_nothing_about_a_name() -> None:
    with pytest.raises(Retry):
        named_administration(DIVISION, both_lists(client_of(Wire(answer("", 500)))))


def test_a_name_in_a_row_that_cannot_be_read_is_asked_for_again() -> None:
    with pytest.raises(Retry, match="system/Divisions"):
        named_administration(DIVISION, both_lists(client_of(Wire(results({"Status": 1})))))

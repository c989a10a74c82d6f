"""What the readiness check reads of an administration, on answers as Exact gives them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from koppeling.check.inspection import Account, FinancialPeriod, Journal
from koppeling.core.administration import Administration
from koppeling.core.errors import Fatal, Retry
from koppeling.core.exact_rights import ExactRights
from koppeling.core.ids import Division, ExactId
from koppeling.exact.client import ExactClient
from koppeling.exact.inspection import ExactInspection
from koppeling.pull.entities.cost_centers import COST_CENTERS
from koppeling.pull.entities.payment_conditions import PAYMENT_CONDITIONS
from tests.unit.exact.fakes import Anyone

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ROOT = "https://start.exactonline.nl/api/v1/987654/"
ENDS = "/Date(1798675200000)/"  # 31 December 2026


class Wire(requests.Session):
    """Answers by endpoint, and records the requests; a number is a status without a body."""

    def __init__(self, **answers: Any) -> None:  # noqa: ANN401 - JSON
        super().__init__()
        self.answers = {name.replace("_", "/"): body for name, body in answers.items()}
        self.asked: list[str] = []

    def request(
        self,
        method: str | bytes,
        url: str | bytes,
        *_: Any,  # noqa: ANN401 - unused
        **__: Any,  # noqa: ANN401 - unused
    ) -> requests.Response:
        """Return the canned answer of the endpoint."""
        assert method == "GET"
        self.asked.append(unquote(str(url).removeprefix(ROOT)))
        body = self.answers[self.asked[-1].partition("?")[0]]
        response = requests.Response()
        response.status_code = body if type(body) is int else 200
        response.headers["Content-Type"] = "application/json"
        response._content = b"" if type(body) is int else json.dumps(body).encode()  # noqa: SLF001 - requests offers no other way in
        return response


def inspection(wire: Wire) -> ExactInspection:
    client = ExactClient(
        wire,
        base_url="https://start.exactonline.nl",
        division=Division(987654),
        bearer=Anyone(),
        limiter=Anyone(),
        rights=ExactRights(()),
        now=lambda: NOW,
    )
    lists = {each.name: each.feeds[0] for each in (PAYMENT_CONDITIONS, COST_CENTERS)}
    return ExactInspection(client, Division(987654), lists)


def results(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"d": {"results": list(rows)}}


COMPANY = {"Code": 987654, "Description": " Veldhuis  Advies B.V. ", "Status": 1}


def test_the_administration_is_found_by_its_number() -> None:
    wire = Wire(system_Divisions=results({**COMPANY, "BlockingStatus": 0}))

    assert inspection(wire).administration() == Administration(987654, "Veldhuis Advies B.V.", 1, 0)
    assert wire.asked[0].endswith("$filter=Code eq 987654")


@pytest.mark.parametrize("status", [403, 404])
def test_a_user_who_may_not_see_the_first_list_may_see_the_second(status: int) -> None:
    wire = Wire(system_Divisions=status, hrm_Divisions=results(COMPANY))

    assert inspection(wire).administration() == Administration(987654, "Veldhuis Advies B.V.", 1, 0)


def test_a_user_who_may_see_neither_list_sees_no_administration() -> None:
    wire = Wire(system_Divisions=403, hrm_Divisions=403)

    assert inspection(wire).administration() is None
    assert len(wire.asked) == 2


def test_an_administration_that_is_not_listed_is_not_looked_for_elsewhere() -> None:
    wire = Wire(system_Divisions={"d": []})

    assert inspection(wire).administration() is None
    assert len(wire.asked) == 1


def test_an_outage_is_no_answer_about_the_administration() -> None:
    with pytest.raises(Retry):
        inspection(Wire(system_Divisions=503)).administration()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"d": {"UserHasRights": True}}, True),
        ({"d": {"UserHasRights": False}}, False),
        ({"d": {"__metadata": {"uri": "x"}, "UserHasRights": False}}, False),
        ({"d": {"results": [{"UserHasRights": True}]}}, True),
        ({"d": True}, True),
        (True, True),
        (False, False),
        ({"d": "False"}, False),
        ({"d": {}}, None),
        ({"d": {"results": []}}, None),
        ({"d": {"UserHasRights": 1}}, None),
        ({"d": {"a": True, "b": False}}, None),
    ],
)
def test_an_answer_about_a_right_is_read_in_every_shape_it_may_have(
    answer: Any,  # noqa: ANN401 - JSON
    *,
    told: bool | None,
) -> None:
    wire = Wire(users_UserHasRights=answer)

    assert inspection(wire).has_right("crm/Accounts", "GET") is told
    assert wire.asked == ["users/UserHasRights?endpoint='crm/Accounts'&action='GET'"]


@pytest.mark.parametrize("status", [403, 404])
def test_a_function_that_is_refused_is_no_answer_about_a_right(status: int) -> None:
    with pytest.raises(Fatal):
        inspection(Wire(users_UserHasRights=status)).has_right("crm/Accounts", "GET")


def test_journals_are_found_by_trimmed_code_in_one_call() -> None:
    row = {"Type": 20, "IsBlocked": False, "GLAccount": "ABC-1", "GLAccountCode": " 1300"}
    wire = Wire(financial_Journals=results({"Code": "70 ", **row}, {"Code": "770", **row}))

    assert inspection(wire).journals(("70", "7'1")) == {
        "70": Journal("70", 20, blocked=False, gl_account=ExactId("abc-1"), gl_account_code="1300")
    }
    assert wire.asked[0].endswith("trim(Code) eq '70' or trim(Code) eq '7''1'")


def test_a_period_is_found_by_the_day_that_falls_in_it() -> None:
    wire = Wire(financial_FinancialPeriods=results({"FinYear": 2026, "FinPeriod": 11}))

    assert inspection(wire).period(TODAY) == FinancialPeriod(2026, 11)
    day = "datetime'2026-11-24T00:00:00'"
    assert wire.asked[0].endswith(f"StartDate le {day} and EndDate ge {day}")


def test_no_period_is_none() -> None:
    assert inspection(Wire(financial_FinancialPeriods={"d": []})).period(TODAY) is None


def test_relations_come_from_the_sync_feed_trimmed_and_with_their_own_account() -> None:
    zeros = "00000000-0000-0000-0000-000000000000"
    wire = Wire(
        sync_CRM_Accounts=results(
            {"Code": "           0000215", "Name": "A", "Status": "C", "GLAR": "AB-12"},
            {"Code": "              1068", "Name": None, "Status": None, "GLAR": zeros},
            {"Code": None, "Name": "no number", "Status": "C"},
        )
    )

    assert list(inspection(wire).accounts()) == [
        Account("0000215", "A", "C", ExactId("ab-12")),
        Account("1068", "", "", None),
    ]
    selected = "$select=Code,GLAR,ID,Name,Status,Timestamp"
    assert wire.asked == [f"sync/CRM/Accounts?{selected}&$filter=Timestamp gt 1L"]


def percentage(vat_code: str, fraction: float, **dates: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"VATCodeID": vat_code, "Percentage": fraction, "Type": 0, **dates}


def test_a_vat_code_has_the_percentage_of_the_day_and_else_its_own() -> None:
    wire = Wire(
        vat_VatPercentages=results(
            percentage("a", 0.19, EndDate="/Date(1349049600000)/"),
            percentage("a", 0.21, StartDate="/Date(1349049600000)/", EndDate=ENDS),
            {**percentage("a", 0.05), "Type": 1},
            percentage("c", 0.09, StartDate=ENDS),
        ),
        vat_VATCodes=results(
            {"ID": "a", "Code": "2  ", "Description": "Hoog", "Percentage": 0.19, "Type": "E"},
            {"ID": "c", "Code": "5  ", "Description": "Btw Verlegd", "Percentage": 0.06},
            {"ID": "d", "Code": "N  ", "Description": None, "Charged": True, "IsBlocked": True},
        ),
    )

    high, reversed_one, none = inspection(wire).vat_codes(TODAY)

    assert (high.code, high.percentage, high.takes_sales) == ("2", Decimal(21), True)
    assert (reversed_one.percentage, reversed_one.reverse_charge) == (Decimal(6), True)
    assert (none.percentage, none.reverse_charge, none.takes_sales) == (None, True, False)


def test_conditions_are_codes_and_cost_centers_those_that_have_not_ended() -> None:
    wire = Wire(
        cashflow_PaymentConditions=results({"Code": "2T"}, {"Code": "2T"}, {"Code": " 30"}),
        hrm_Costcenters=results(
            {"Code": "ADV", "EndDate": None},
            {"Code": "NOW", "EndDate": "/Date(1795478400000)/"},  # 24 November 2026
            {"Code": "OLD", "EndDate": "/Date(1795392000000)/"},
        ),
    )

    assert inspection(wire).codes("payment_conditions", TODAY) == {"2T", "30"}
    assert inspection(wire).codes("cost_centers", TODAY) == {"ADV", "NOW"}

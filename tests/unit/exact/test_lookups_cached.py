"""What look-ups ask of Exact, what they read in its rows, and what they cache under which name."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from koppeling.core.errors import Retry
from koppeling.core.ids import ExactId
from koppeling.exact.lookups import ExactLookups
from koppeling.push.sales_entry import GlAccountCard, VatCodeCard, VatPeriod
from tests.unit.exact.kept_lookups import Kept, on
from tests.unit.exact.wire import Wire, results

GL_ACCOUNT = {
    "ID": "gl-1",
    "Code": "8000 ",
    "Type": "110",
    "IsBlocked": False,
    "UseCostcenter": 1,
    "UseCostunit": "2",
}
GL_CARD = GlAccountCard(ExactId("gl-1"), 110, use_cost_center=1, use_cost_unit=2)
VAT_CODE = {
    "ID": "v-1",
    "Code": "2  ",
    "Type": "E ",
    "VATTransactionType": "S ",
    "IsBlocked": False,
    "Percentage": 0.21,
}
PERIOD = {"Percentage": 0.19, "StartDate": "/Date(0)/", "EndDate": "/Date(86400000)/", "Type": 0}
VAT_CARD = VatCodeCard(
    raw="2  ",
    type="E",
    transaction_type="S",
    percentage=Decimal(21),
    periods=(VatPeriod(Decimal(19), date(1970, 1, 1), date(1970, 1, 2)),),
    read_on=date(2026, 11, 25),
)
PROJECT = {"ID": "p-1", "Code": "P26009"}


type Find = Callable[[ExactLookups], object]


def gl_account(found: ExactLookups) -> object:
    return found.find_gl_account("8000")


def vat_code(found: ExactLookups) -> object:
    return found.find_vat_code("2")


def project(found: ExactLookups) -> object:
    return found.find_project("P26009")


def test_a_gl_account_is_found_by_its_code_with_every_field_and_cached_under_it() -> None:
    kept, wire = Kept(), Wire(results({**GL_ACCOUNT, "Code": "80001"}, GL_ACCOUNT))

    assert on(wire, kept).find_gl_account("8000") == GL_CARD
    (asked,) = wire.asked
    assert asked == (
        "financial/GLAccounts?$select=Code,ID,IsBlocked,Type,UseCostcenter,UseCostunit"
        "&$filter=Code eq '8000'"
    )
    (cached,) = kept.cached.values()
    assert list(kept.cached) == [("acme", "exact", "gl_account", "8000")]
    assert cached == GL_ACCOUNT | {"ReadAt": cached["ReadAt"]}
    card = on(wire, kept).find_gl_account("8000")
    assert card is not None
    assert card.read_at == datetime.fromisoformat(cached["ReadAt"])


def test_a_vat_code_is_found_by_its_trimmed_code_with_its_percentages_by_date() -> None:
    extra = {**PERIOD, "Type": 1}
    none = {**PERIOD, "Percentage": None}
    kept, wire = Kept(), Wire(results(VAT_CODE), results(extra, PERIOD, none))

    assert on(wire, kept).find_vat_code("2") == VAT_CARD
    asked, dated = wire.asked
    assert asked == (
        "vat/VATCodes?$select=Code,ID,IsBlocked,Percentage,Type,VATTransactionType"
        "&$filter=trim(Code) eq '2'"
    )
    assert dated == (
        "vat/VatPercentages?$select=EndDate,Percentage,StartDate,Type"
        "&$filter=VATCodeID eq guid'v-1'"
    )
    (name, row), *others = kept.cached.items()
    assert (name, others) == (("acme", "exact", "vat_code", "2"), [])
    assert (row["ReadOn"], row["Percentage"]) == ("2026-11-25", "0.21")
    assert row["Periods"] == [
        {"Percentage": "0.19", "StartDate": "1970-01-01", "EndDate": "1970-01-02", "Type": 0}
    ]


def test_a_project_is_found_by_its_code_and_cached_under_it() -> None:
    kept, wire = Kept(), Wire(results({"ID": "p-2", "Code": "P26009A"}, PROJECT))

    assert on(wire, kept).find_project("P26009") == ExactId("p-1")
    assert wire.asked == ["project/Projects?$select=Code,ID&$filter=Code eq 'P26009'"]
    assert kept.cached == {("acme", "exact", "project", "P26009"): PROJECT}


def test_what_is_cached_reads_back_as_the_same_without_a_call() -> None:
    kept = Kept()
    wire = Wire(results(GL_ACCOUNT), results(VAT_CODE), results(PERIOD), results(PROJECT))
    first = on(wire, kept)
    asked = [find(first) for find in (gl_account, vat_code, project)]

    again = on(Wire(), kept)

    assert [find(again) for find in (gl_account, vat_code, project)] == asked
    assert asked == [GL_CARD, VAT_CARD, ExactId("p-1")]


@pytest.mark.parametrize(
    ("kind", "code", "find", "held"),
    [
        ("gl_account", "8000", gl_account, {**GL_ACCOUNT, "IsBlocked": True}),
        ("vat_code", "2", vat_code, {**VAT_CODE, "IsBlocked": True}),
        ("project", "P26009", project, {"Code": "P26009"}),
    ],
)
def test_what_exact_has_no_more_is_cached_no_more(
    kind: str, code: str, find: Find, held: dict[str, Any]
) -> None:
    kept, name = Kept(), ("acme", "exact", kind, code)
    kept.cached = {name: held, ("acme", "exact", kind, "other"): held}

    assert find(on(Wire(results()), kept)) is None
    assert kept.forgotten == [name]
    assert list(kept.cached) == [("acme", "exact", kind, "other")]


@pytest.mark.parametrize(
    ("find", "rows"),
    [(gl_account, [results()]), (vat_code, [results()]), (project, [results()])],
    ids=["gl", "vat", "project"],
)
def test_exact_is_asked_for_a_code_at_most_once(find: Find, rows: list[Any]) -> None:
    kept, wire = Kept(), Wire(*rows)
    found = on(wire, kept)

    assert find(found) is None
    assert find(found) is None
    assert len(wire.sent) == 1
    assert len(kept.forgotten) == 1, "nor is the cache told again"


def test_the_same_code_of_two_kinds_is_two_questions() -> None:
    wire = Wire(results({**GL_ACCOUNT, "Code": "1"}), results({"ID": "p-1", "Code": "1"}))
    found = on(wire)

    assert found.find_gl_account("1") is not None
    assert found.find_project("1") == ExactId("p-1")
    assert len(wire.sent) == 2


@pytest.mark.parametrize("whole", [True, False], ids=["all anew", "this one anew"])
def test_what_is_asked_anew_is_not_read_from_the_cache(*, whole: bool) -> None:
    kept = Kept()
    kept.cached = {
        ("acme", "exact", "gl_account", "8000"): {**GL_ACCOUNT, "ID": "old"},
        ("acme", "exact", "vat_code", "2"): {**VAT_CODE, "Code": "2 old"},
        ("acme", "exact", "project", "P26009"): {**PROJECT, "ID": "old"},
    }
    wire = Wire(results(GL_ACCOUNT), results(VAT_CODE), results(PERIOD), results(PROJECT))
    found = on(wire, kept, anew=whole)
    anew = {} if whole else {"anew": True}

    assert found.find_gl_account("8000", **anew) == GL_CARD
    assert found.find_vat_code("2", **anew) == VAT_CARD
    assert found.find_project("P26009", **anew) == ExactId("p-1")
    assert kept.cached["acme", "exact", "project", "P26009"] == PROJECT, "and cached as it is now"


@pytest.mark.parametrize(
    ("row", "card"),
    [
        ({"ID": "v", "Code": "2"}, VatCodeCard("2", "E", "B", blocked=False)),
        ({"ID": "v", "Code": "2", "Type": "", "VATTransactionType": ""}, VatCodeCard("2")),
        ({"ID": "v", "Code": "2", "Percentage": ""}, VatCodeCard("2")),
        ({"ID": "v", "Code": "2", "Percentage": 0}, VatCodeCard("2", percentage=Decimal(0))),
        ({"ID": "v", "Code": "2", "Type": "I"}, VatCodeCard("2", "I")),
        ({"ID": "v", "Code": "2", "VATTransactionType": "P"}, VatCodeCard("2", "E", "P")),
        ({"ID": "v", "Code": "2", "IsBlocked": True}, VatCodeCard("2", blocked=True)),
    ],
    ids=str,
)
def test_what_a_vat_code_does_not_tell_is_the_usual(row: dict[str, Any], card: VatCodeCard) -> None:
    found = on(Wire(results(row), results())).find_vat_code("2")

    assert found is not None
    assert (found.raw, found.type, found.transaction_type) == (
        card.raw,
        card.type,
        card.transaction_type,
    )
    assert (found.blocked, found.percentage, found.periods) == (card.blocked, card.percentage, ())


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ({"Percentage": 0.06}, True),
        ({"Percentage": 0, "Type": "0"}, True),
        ({"Percentage": 0.06, "Type": None}, True),
        ({"Percentage": 0.06, "Type": 2}, False),
        ({"Percentage": "", "Type": 0}, False),
        ({"Type": 0}, False),
    ],
    ids=str,
)
def test_only_a_percentage_that_is_no_extra_duty_counts(
    row: dict[str, Any], *, counts: bool
) -> None:
    found = on(Wire(results(VAT_CODE), results(row))).find_vat_code("2")

    assert found is not None
    assert found.periods is not None
    assert [(each.start, each.end) for each in found.periods] == [(None, None)] * counts


@pytest.mark.parametrize(
    "lacking", [{"Periods": []}, {"ReadOn": "2026-11-24"}, {"Periods": [], "ReadOn": "soon"}, {}]
)
def test_a_vat_code_that_was_cached_without_its_dates_is_asked_for_again(
    lacking: dict[str, Any],
) -> None:
    kept, wire = Kept(), Wire(results(VAT_CODE), results(PERIOD))
    kept.cached = {("acme", "exact", "vat_code", "2"): {**VAT_CODE, **lacking}}

    assert on(wire, kept).find_vat_code("2") == VAT_CARD
    assert len(wire.sent) == 2


def test_a_gl_account_says_only_what_exact_says() -> None:
    found = on(Wire(results({"ID": "gl-1", "Code": "8000", "Type": 90}))).find_gl_account("8000")
    assert found == GlAccountCard(ExactId("gl-1"), 90)

    blocked = {**GL_ACCOUNT, "IsBlocked": True, "UseCostcenter": None, "UseCostunit": ""}
    found = on(Wire(results({**blocked, "UseCostunit": None}))).find_gl_account("8000")
    assert found == GlAccountCard(ExactId("gl-1"), 110, blocked=True)


@pytest.mark.parametrize(
    ("find", "rows"),
    [
        (gl_account, [results({**GL_ACCOUNT, "Type": None})]),
        (gl_account, [results({**GL_ACCOUNT, "IsBlocked": "no"})]),
        (gl_account, [results({**GL_ACCOUNT, "UseCostcenter": "some"})]),
        (gl_account, [results({**GL_ACCOUNT, "UseCostunit": "some"})]),
        (gl_account, [results(GL_ACCOUNT, {**GL_ACCOUNT, "Code": None})]),
        (vat_code, [results({**VAT_CODE, "Code": ""})]),
        (vat_code, [results({**VAT_CODE, "Type": True})]),
        (vat_code, [results({**VAT_CODE, "VATTransactionType": []})]),
        (vat_code, [results({**VAT_CODE, "IsBlocked": 1})]),
        (vat_code, [results({**VAT_CODE, "Percentage": "much"})]),
        (vat_code, [results(VAT_CODE), results({**PERIOD, "Type": "x"})]),
        (vat_code, [results(VAT_CODE), results({**PERIOD, "Percentage": "x"})]),
        (project, [results({**PROJECT, "ID": None})]),
        (project, [results({**PROJECT, "Code": []})]),
        (project, [results({"ID": "p-1"})]),
    ],
)
def test_a_row_that_cannot_be_read_is_asked_for_again_and_not_cached(
    find: Find, rows: list[Any]
) -> None:
    kept = Kept()

    with pytest.raises(Retry) as meant:
        find(on(Wire(*rows), kept))

    assert meant.value.code == "exact-unavailable"
    assert kept.cached == {}
    assert kept.forgotten == []

"""Codes are carried as they are, but for the padding of Exact (L4, X72, X73)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.environment import Environment, environment
from tests.integration import truth
from tests.sandbox.exact_online.books import booked_entries
from tests.sandbox.invoices import InvoiceFiles, build_invoice

SPACED = "AB  1"
# What the invented data of the sandbox deserve
ALWAYS = {"employee-number-not-numeric", "project-without-customer"}


def with_line(files: InvoiceFiles, **values: Any) -> InvoiceFiles:  # noqa: ANN401 - fields of a line
    """Return an invoice whose lines have these values."""
    for line in files.document["lines"]:
        line.update(values)
    return replace(files, json_bytes=json.dumps(files.document).encode())


def book(h: Environment, **values: Any) -> None:  # noqa: ANN401 - fields of a line
    """Book an invoice whose lines have these values."""
    files = with_line(build_invoice("20260901", debtor_code="1071", with_pdf=False), **values)
    h.offer(files)
    assert truth.troubles(h) <= ALWAYS
    assert len(list(booked_entries(h.exact.world))) == 1


def test_a_cost_centre_with_two_spaces_inside_keeps_them_and_its_invoice_is_booked() -> None:
    with environment(accounts=6) as h:
        h.exact.add("cost_centers", Code=SPACED, Description="Twee  spaties")
        h.pull_all()
        (center,) = h.milestones.world.find("CostCenter", Code=SPACED)
        assert center["Name"] == "Twee spaties", "a name is no code"

        book(h, cost_center_code=center["Code"])

        lines = h.exact.world.tables["SalesEntryLines"]
        assert {line["CostCenter"] for line in lines} == {SPACED}


@pytest.mark.parametrize("entity", ["items", "projects", "payment_conditions", "cost_centers"])
def test_the_code_of_every_entity_keeps_the_spaces_inside(entity: str) -> None:
    with environment(accounts=3) as h:
        h.exact.add(entity, Code=SPACED, Description="Met spaties")
        h.pull_all()
        target = h.entities[entity].target
        (found,) = h.milestones.world.find(target.path, **{target.code: SPACED})
        assert found[target.code] == SPACED
        assert truth.troubles(h) <= ALWAYS


def test_a_reference_by_a_code_with_spaces_inside_is_found() -> None:
    with environment(accounts=6) as h:
        h.exact.add("payment_conditions", Code=SPACED, Description="Met spaties")
        h.exact.change_account("1068", PaymentConditionSales=SPACED)
        h.pull_all()
        (condition,) = h.milestones.world.find("PaymentCondition", Code=SPACED)
        held = h.customer("1068")["PaymentConditionId"]
        assert held == condition["PaymentConditionId"]

"""Invoicing in the sandbox: who processes an invoice gives it the next number of its company."""

from typing import Any

from tests.contract.qics_milestones.caller import Caller
from tests.sandbox.common.company import COMPANY_ID
from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.control import MilestonesControl
from tests.sandbox.qics_milestones.invoicing import restart_counter

COMPANY = f"Company({COMPANY_ID})"


def test_a_processed_invoice_gets_the_next_number_and_the_counter_goes_up(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    numbers = [sandbox.process_invoice().document["invoice_number"] for _ in range(2)]

    company: Any = caller.call("GET", COMPANY).json
    assert numbers == ["20260412", "20260413"]
    assert company["InvoiceNumberCounter"] == "414"
    assert (company["InvoiceNumberPrefix"], company["InvoiceNumberLength"]) == ("2026", 4)


def test_what_is_written_off_in_full_gets_a_number_as_well(sandbox: MilestonesSandbox) -> None:
    written_off = sandbox.process_invoice(written_off=True)
    after = sandbox.process_invoice()

    assert written_off.document["invoice_number"] == "Afgeboekte factuur: 20260412"
    assert after.document["invoice_number"] == "20260413"


def test_with_another_prefix_the_counter_starts_at_1_again(sandbox: MilestonesSandbox) -> None:
    restart_counter(sandbox.world, "2027")

    assert sandbox.process_invoice().document["invoice_number"] == "20270001"


def test_a_role_may_see_a_company_without_its_counter(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    sandbox.switches.hides_counter = True

    company: Any = caller.call("GET", COMPANY).json

    assert (company["Name"], company["InvoiceNumberCounter"]) == ("Veldhuis Advies B.V.", None)


def test_who_steers_from_outside_gets_both_files(sandbox: MilestonesSandbox) -> None:
    with sandbox.running() as base_url:
        control = MilestonesControl(base_url)
        first = control.process_invoice(debtor_code="0000215", invoice_date="2026-11-02")
        control.restart_counter("2027")
        second = control.process_invoice(written_off=True)
        control.close()

    assert first.document["debtor_code"] == "0000215"
    assert first.document["pdf"]["size_bytes"] == len(first.pdf_bytes)
    assert second.document["invoice_number"] == "Afgeboekte factuur: 20270001"

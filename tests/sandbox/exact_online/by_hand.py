"""What a bookkeeper types in Exact himself: a sales entry for an invoice that lies before him."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.sandbox.exact_online.entries import book_entry
from tests.sandbox.exact_online.lookup import find
from tests.sandbox.exact_online.values import Row

if TYPE_CHECKING:
    from tests.sandbox.exact_online.sandbox import ExactSandbox


def enter_invoice(sandbox: "ExactSandbox", invoice: Mapping[str, Any], journal: str) -> Row:
    """Book an invoice, given as the document of the contract, and return the entry.

    Raises:
        LookupError: its debtor or a G/L account does not exist.
        RefusedError: Exact refuses it.
    """
    world = sandbox.world
    lines = [
        {
            "AmountFC": Decimal(line["amount_excl_vat"]),
            "VATAmountFC": Decimal(line["vat_amount"]),
            "GLAccount": _id_of(sandbox, "GLAccounts", line["gl_account_code"]),
            "VATCode": line["vat_code"].ljust(3),
            "CostCenter": line["cost_center_code"],
            "CostUnit": line["cost_unit_code"],
        }
        for line in invoice["lines"]
    ]
    body: dict[str, object] = {
        "Customer": _id_of(sandbox, "Accounts", invoice["debtor_code"].rjust(18)),
        "Journal": journal,
        "EntryDate": invoice["invoice_date"],
        "YourRef": invoice["invoice_number"],
        "SalesEntryLines": lines,
    }
    with world.lock:
        return book_entry(world, sandbox.switches, sandbox.registry, body)


def _id_of(sandbox: "ExactSandbox", table: str, code: str) -> object:
    row = find(sandbox.world, table, "Code", code)
    if row is None:
        raise LookupError(f"there is no {code.strip()} in {table}")
    return row["ID"]

"""Invoicing as a person does it here: a draft is processed, and gets the next number (5.8, M36).

What is processed is handed to whoever asks: this vendor gives no invoice out by its API (M29).
"""

import json
from base64 import b64decode, b64encode
from datetime import date
from typing import Any

from tests.sandbox.common.company import COMPANY_ID
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tests.sandbox.qics_milestones.errors import RefusedError
from tests.sandbox.qics_milestones.world import World

WRITTEN_OFF = "Afgeboekte factuur: "


def give_out_number(world: World, company: str = COMPANY_ID) -> str:
    """Return the next number of a company, and raise its counter.

    Raises:
        RefusedError: the company has no counter.
    """
    with world.lock:
        record = world.record("Company", company)
        counter = record["InvoiceNumberCounter"]
        if counter is None:
            raise RefusedError(400, f"Company {company} has no counter of invoices.")
        world.change("Company", company, {"InvoiceNumberCounter": str(int(counter) + 1)})
    digits = record["InvoiceNumberLength"] or 1
    return f"{record['InvoiceNumberPrefix'] or ''}{int(counter):0{digits}}"


def process_invoice(world: World, *, written_off: bool = False, **wishes: Any) -> InvoiceFiles:  # noqa: ANN401 - those of `build_invoice`
    """Process an invoice, and return its document and its PDF, with the number that it got.

    One that is written off in full gets a number as well, within another text (M31).
    """
    if isinstance(wishes.get("invoice_date"), str):
        wishes["invoice_date"] = date.fromisoformat(wishes["invoice_date"])
    number = give_out_number(world)
    return build_invoice(f"{WRITTEN_OFF}{number}" if written_off else number, **wishes)


def restart_counter(world: World, prefix: str, company: str = COMPANY_ID) -> None:
    """Choose another prefix, as a company does in January: the counter starts at 1 again (M36)."""
    changes = {"InvoiceNumberPrefix": prefix, "InvoiceNumberCounter": "1"}
    world.change("Company", company, changes)


def files_as_json(files: InvoiceFiles) -> dict[str, str]:
    """Return both files as JSON can hold them; `files_from_json` takes them back."""
    told = {"json_key": files.json_key, "pdf_key": files.pdf_key}
    told["number"] = files.document["invoice_number"]
    told["json"] = b64encode(files.json_bytes).decode()
    return told | {"pdf": b64encode(files.pdf_bytes).decode()}


def files_from_json(told: dict[str, str]) -> InvoiceFiles:
    """Return the files of `files_as_json`."""
    content, pdf = b64decode(told["json"]), b64decode(told["pdf"])
    return InvoiceFiles(json.loads(content), content, pdf, told["json_key"], told["pdf_key"])

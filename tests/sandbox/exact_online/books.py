"""What stands in the books, for people and tests that read it back."""

from hashlib import sha256

from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.world import World


def booked_entries(world: World) -> list[Row]:
    """Return every sales entry with its lines, documents and attachments; amounts are text."""
    return [_entry(world, row) for row in world.tables["SalesEntries"]]


def _entry(world: World, entry: Row) -> Row:
    customer = world.tables["Accounts"].get(entry["Customer"]) or {}
    own = [row for row in world.tables["SalesEntryLines"] if row["EntryID"] == entry["EntryID"]]
    documents = [
        _document(world, row)
        for row in world.tables["Documents"]
        if row.get("FinancialTransactionEntryID") == entry["EntryID"]
    ]
    return {
        "entry_id": entry["EntryID"],
        "entry_number": entry["EntryNumber"],
        "your_ref": entry["YourRef"],
        "journal": entry["Journal"],
        "entry_date": f"{entry['EntryDate']:%Y-%m-%d}",
        "due_date": f"{entry['DueDate']:%Y-%m-%d}" if entry["DueDate"] else None,
        "description": entry["Description"],
        "type": entry["Type"],
        "customer_code": str(customer.get("Code", "")).strip(),
        "customer_name": entry["CustomerName"],
        "amount_excl_vat": str(entry["AmountFC"] - entry["VATAmountFC"]),
        "vat_amount": str(entry["VATAmountFC"]),
        "amount_incl_vat": str(entry["AmountFC"]),
        "lines": [_line(row) for row in sorted(own, key=lambda row: row["LineNumber"])],
        "documents": documents,
    }


def _line(line: Row) -> Row:
    return {
        "line_number": line["LineNumber"],
        "description": line["Description"],
        "gl_account_code": line["GLAccountCode"],
        "amount_excl_vat": str(line["AmountFC"]),
        "vat_code": line["VATCode"],
        "vat_amount": str(line["VATAmountFC"]),
        "cost_center": line["CostCenter"],
        "cost_unit": line["CostUnit"],
        "project": line["Project"],
    }


def _document(world: World, document: Row) -> Row:
    files = [
        row for row in world.tables["DocumentAttachments"] if row["Document"] == document["ID"]
    ]
    return {
        "id": document["ID"],
        "subject": document["Subject"],
        "type": document["Type"],
        "attachments": [
            {
                "file_name": row["FileName"],
                "size": int(row["FileSize"]),
                "sha256": sha256(world.contents[row["ID"]]).hexdigest(),
            }
            for row in files
        ],
    }

"""Books a sales entry and nothing else: no document comes of it (X106 to X121, X125, X188)."""

from decimal import Decimal

from tests.sandbox.exact_online import entry_header as header
from tests.sandbox.exact_online.body import writable
from tests.sandbox.exact_online.entry_lines import LONGEST_DESCRIPTION, LineBook
from tests.sandbox.exact_online.lookup import find
from tests.sandbox.exact_online.registry import Resource
from tests.sandbox.exact_online.switches import Switches
from tests.sandbox.exact_online.texts import Findings
from tests.sandbox.exact_online.values import Row, midnight
from tests.sandbox.exact_online.world import World

SALES, CREDIT = 20, 21  # X88
OPEN = 20


def book_entry(
    world: World, switches: Switches, registry: dict[str, Resource], raw: dict[str, object]
) -> Row:
    """Check a body, book the entry with its lines, and return the entry.

    Raises:
        RefusedError: what is wrong with it.
    """
    body = writable(raw, registry["salesentry/SalesEntries"].fields)
    line_fields = registry["salesentry/SalesEntryLines"].fields
    bodies = [writable(line, line_fields) for line in body.get("SalesEntryLines", [])]
    body["EntryDate"] = midnight(body.get("EntryDate", world.today()))
    findings = Findings(switches.language)
    journal = header.check_journal(world, body, findings)
    customer = header.check_customer(world, body, journal, findings)
    header.check_period(world, body["EntryDate"], findings)
    header.check_references(world, body, findings)
    terms = header.due_date(world, body, customer, findings)
    terms |= header.check_currency(body, journal, findings)
    if not bodies:
        findings.add("lines-missing")
    book = LineBook(world, switches, findings, body["EntryDate"])
    lines = [book.line(number, line) for number, line in enumerate(bodies, start=1)]
    _check_vat_number(world, customer, lines, findings)
    findings.close()
    if journal is None or customer is None:
        raise AssertionError("a missing journal or customer is a finding")
    entry = _header(world, body, journal, customer) | terms | _totals(lines)
    for line in lines:
        world.add("SalesEntryLines", line | {"EntryID": entry["EntryID"]})
    return world.add("SalesEntries", entry)


def _check_vat_number(
    world: World, customer: Row | None, lines: list[Row], findings: Findings
) -> None:
    used = [find(world, "VATCodes", "Code", line["VATCode"]) for line in lines]
    header.check_vat_number(customer, [code for code in used if code], findings)


def _header(world: World, body: Row, journal: Row, customer: Row) -> Row:
    """Return what does not follow from the lines.

    An own InvoiceNumber or EntryID is ignored (X113, X173); what stands here can be filtered (X58).
    """
    number = body.get("EntryNumber") or _next_number(world, journal, body["EntryDate"].year)
    return {
        "EntryID": world.new_id(),
        "EntryNumber": number,
        "InvoiceNumber": number,
        "Journal": journal["Code"],
        "JournalDescription": journal["Description"],
        "Customer": customer["ID"],
        "CustomerName": customer["Name"],
        "EntryDate": body["EntryDate"],
        "ReportingYear": body["EntryDate"].year,
        "ReportingPeriod": body["EntryDate"].month,
        "YourRef": body.get("YourRef"),
        "ExternalLinkReference": body.get("ExternalLinkReference"),
        "PaymentReference": body.get("PaymentReference"),
        "OrderNumber": body.get("OrderNumber"),
        "Description": body.get("Description", "")[:LONGEST_DESCRIPTION] or None,
        "Document": body.get("Document"),
        "Reversal": False,
        "Status": OPEN,
        "StatusDescription": "Open",
    }


def _totals(lines: list[Row]) -> Row:
    """X107: the header holds the sum including VAT."""
    vat = sum((line["VATAmountFC"] for line in lines), Decimal(0))
    total = sum((line["AmountFC"] for line in lines), vat)
    is_credit = total < 0
    return {
        "AmountFC": total,
        "AmountDC": total,
        "VATAmountFC": vat,
        "VATAmountDC": vat,
        "Type": CREDIT if is_credit else SALES,
        "TypeDescription": "Verkoopcreditnota" if is_credit else "Verkoopboeking",
    }


def _next_number(world: World, journal: Row, year: int) -> int:
    """X113: YY + journal + sequence, the next one that is free."""
    first = int(f"{year % 100:02d}{journal['Code']}0001")
    last = first + 9998
    used = [row["EntryNumber"] for row in world.tables["SalesEntries"]]
    return max((number for number in used if first <= number <= last), default=first - 1) + 1

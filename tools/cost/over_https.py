"""What handing in over HTTPS adds to a month: two calls for each invoice, and nothing else.

The bill of a month is that of who puts invoices into the bucket; this comes on top of it. The
document and the PDF are put in either case.
"""

from tools.cost.facts import Facts
from tools.cost.logged import bytes_beside_work, bytes_of_work
from tools.cost.prices import assumed, measured
from tools.cost.runtime import piece

KB, GB = 1024, 1024**3
# Where the PDF goes, and the document
CALLS_OF_INVOICE = 2


def over_https(invoices: float, facts: Facts, memory_mb: int) -> dict[str, float]:
    """Return what so many invoices use, by the names of the prices."""
    work, told = facts.handing_in, assumed()["logs"]
    calls = invoices * CALLS_OF_INVOICE
    each = piece(measured()["milliseconds"]["call_of_api"], work, CALLS_OF_INVOICE)
    lines = bytes_beside_work(facts) + told["bytes_of_a_request"] + told["bytes_beside_a_line"]
    logged = (bytes_of_work(work) * invoices + lines * calls) / GB
    return {
        "http_api_request": calls,
        "lambda_request": calls,
        "lambda_gb_second": each.seconds(memory_mb) * calls * memory_mb / KB,
        "dynamodb_read_unit": float(work.read_units) * invoices,
        "dynamodb_write_unit": work.write_units * invoices,
        "log_gb": logged,
        "log_gb_month": logged * told["kept_part"],
    }

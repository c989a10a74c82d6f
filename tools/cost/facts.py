"""What was counted, of each piece of work that a month is made of."""

from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO

from tests.environment import Environment, environment
from tests.sandbox.dynamodb import standing
from tests.sandbox.dynamodb.capacity import size
from tests.sandbox.invoices import build_invoice
from tools.cost import scenes
from tools.cost.meter import Work
from tools.cost.prices import measured

# Pulled every quarter of an hour, and every four hours
QUARTERLY = ("vat_codes", "payment_conditions", "cost_centers", "accounts", "items")
FOUR_HOURLY = ("employees", "projects")
COPIES = 200
CHANGES = 10
# DynamoDB adds so many bytes to each item that it keeps
BESIDE_AN_ITEM = 100
_BEFORE = ("20261001", "20261002")


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts per connection; `fan_out` is of one connection and of many, each for one entity."""

    empty_quarterly: Work
    empty_four_hourly: Work
    changes: Work
    invoice: Work
    handing_in: Work
    outage_read: Work
    look: Work
    numbers: Work
    numbers_moved: Work
    comparison: Work
    mail: Work
    fan_out_of_one: Work
    fan_out_of_many: Work
    document_bytes: int
    evidence_bytes: int
    invoice_item_bytes: int

    @property
    def table_bytes(self) -> float:
        """What the table keeps of a company, beside its invoices."""
        told = measured()["bytes"]
        return told["beside"] + told["account"] * scenes.USUAL_ACCOUNTS

    def metrics(self, entities: int) -> int:
        """Return how many metrics AWS bills: each name, once for each function that has its own."""
        pulled = (self.empty_quarterly, self.empty_four_hourly, self.changes)
        names = frozenset[tuple[str, ...]]().union(*(work.metrics for work in pulled))
        return sum(entities if len(name) > 1 else 1 for name in names | self.invoice.metrics)


def counted(accounts: int = 30) -> Facts:
    """Run every piece of work once, and return what it took; its log lines are not shown."""
    with redirect_stdout(StringIO()), environment(accounts=accounts) as h:
        quarterly, four_hourly = _empty_ticks(h)
        changes = scenes.changes(h, CHANGES)
        for number in _BEFORE:
            scenes.invoice(h, build_invoice(number))
        before, kept = table_bytes(), scenes.evidence_bytes(h)
        files = build_invoice("20261003")
        invoice = scenes.invoice(h, files)
        after, kept_after = table_bytes(), scenes.evidence_bytes(h)
        outage_read, look = scenes.outage_read(h), scenes.daily_look(h)
        comparison, mail = scenes.comparison(h), scenes.mail(h)
        numbers, moved = scenes.numbers(h), scenes.numbers(h, invoices=1)
        one = scenes.fan_out(h, 1)
        many = scenes.fan_out(h, COPIES)
        handing_in = scenes.handing_in(h, build_invoice("20261004"))
    with redirect_stdout(StringIO()), environment(accounts=accounts) as h:
        again = _empty_ticks(h)
    return Facts(
        empty_quarterly=_emptier(quarterly, again[0]),
        empty_four_hourly=_emptier(four_hourly, again[1]),
        changes=changes,
        invoice=invoice,
        handing_in=handing_in,
        outage_read=outage_read,
        look=look,
        numbers=numbers,
        numbers_moved=moved,
        comparison=comparison,
        mail=mail,
        fan_out_of_one=one,
        fan_out_of_many=many,
        document_bytes=len(files.json_bytes),
        evidence_bytes=kept_after - kept,
        invoice_item_bytes=after - before,
    )


def _empty_ticks(h: Environment) -> tuple[Work, Work]:
    return scenes.empty_tick(h, QUARTERLY), scenes.empty_tick_after(h, QUARTERLY)


def _emptier(one: Work, other: Work) -> Work:
    """Return the tick in which no record that waits was tried again: that comes at random."""
    return min(one, other, key=lambda work: work.write_units)


def table_bytes() -> int:
    """Return how much the table of the stack keeps."""
    items = standing().items("sync")
    return sum(size(item) + BESIDE_AN_ITEM for item in items)

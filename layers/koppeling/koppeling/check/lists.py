"""The second half of a check: the lists of both systems side by side (M47)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial

from koppeling.check.collector import FindingCollector, System
from koppeling.check.comparison import (
    VAT_PROBLEMS,
    VatMismatch,
    compare_customers,
    compare_vat_codes,
)
from koppeling.check.findings import Finding, Level
from koppeling.check.inspection import Account, Customer
from koppeling.check.ports import Systems
from koppeling.core.csv_table import Table
from koppeling.core.ids import ExactId

_MISSING = ("number", "name", "likely_number", "likely_name")
_NAMES = ("number", "name", "name_exact")
_RELATIONS = ("number", "name", "status")
_CODES = ("code", "name", "customers")
_VAT_CODES = (
    *("code", "name", "percentage_qm", "percentage_exact"),
    *("problem", "likely_code", "likely_name"),
)


@dataclass(slots=True)
class ListCheck:
    """Compares the lists of both systems, one after another."""

    systems: Systems
    collector: FindingCollector
    day: date
    receivable: ExactId | None
    _customers: Sequence[Customer] = field(default=(), init=False)

    def run(self) -> None:
        """Look at every list on which QicsMilestones and Exact must agree."""
        look, both = self.collector.run, (System.EXACT, System.MILESTONES)
        look("customers", self._check_customers, *both, needs="accounts")
        look("vat-codes", self._check_vat_codes, *both, needs="vat_codes")
        for entity in self.systems.code_lists:
            item = entity.replace("_", "-")
            look(item, partial(self._check_codes, item, entity), *both, needs=entity)

    def _check_customers(self) -> Iterator[Finding]:
        self._customers = self.systems.milestones.customers()
        if not self._customers:
            yield _nothing_visible("customers", "accounts")
            return
        accounts = self.systems.exact.accounts()
        found = compare_customers(self._customers, accounts, self.receivable)
        if not found.missing:
            yield _fine("customers", len(self._customers))
        missing = (
            (here.number, here.name, there.number if there else "", there.name if there else "")
            for here, there in found.missing
        )
        names = ((here.number, here.name, there.name) for here, there in found.other_names)
        status, receivable = _rows(found.not_customers), _rows(found.other_receivable)
        yield from _warnings("customers", "customer-only-in-milestones", _MISSING, missing)
        yield from _warnings("customers", "check-customer-other-name", _NAMES, names)
        yield from _warnings("customers", "check-customer-not-customer", _RELATIONS, status)
        item, code = "receivable-accounts", "debtor-account-mismatch"
        yield from _warnings(item, code, _RELATIONS, receivable)

    def _check_vat_codes(self) -> Iterator[Finding]:
        here = self.systems.milestones.vat_codes()
        if not here:
            yield _nothing_visible("vat-codes", "vat_codes")
            return
        found = compare_vat_codes(here, self.systems.exact.vat_codes(self.day))
        if not found:
            yield _fine("vat-codes", len(here))
        for problem in VAT_PROBLEMS:
            rows = (_vat_row(each) for each in found if each.problem == problem)
            yield from _warnings("vat-codes", problem, _VAT_CODES, rows)

    def _check_codes(self, item: str, entity: str) -> Iterator[Finding]:
        here = self.systems.milestones.codes(entity)
        if not here:
            # M13: either this role sees nothing, or the company has none
            yield Finding(Level.OK, item, "check-none-in-milestones", {"item": item})
            return
        known = self.systems.exact.codes(entity, self.day)
        missing = [each for each in here if each.code not in known]
        if not missing:
            yield _fine(item, len(here))
        used = Counter(customer.references.get(entity) for customer in self._customers)
        rows = ((each.code, each.name, str(used[each.key])) for each in missing)
        yield from _warnings(item, f"{item.removesuffix('s')}-unknown", _CODES, rows)


def _warnings(
    item: str, code: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]
) -> Iterator[Finding]:
    """Yield one warning with a table; nothing when there are no rows."""
    table = Table(columns, tuple(rows))
    if table.rows:
        yield Finding(Level.WARNING, item, code, {"count": str(len(table.rows))}, table)


def _nothing_visible(item: str, entity: str) -> Finding:
    """Return that a list is empty which no company can do without (M13)."""
    return Finding(Level.WARNING, item, "milestones-no-rights", {"entity": entity})


def _fine(item: str, count: int) -> Finding:
    return Finding(Level.OK, item, values={"count": str(count)})


def _rows(accounts: Iterable[Account]) -> Iterator[tuple[str, ...]]:
    return ((each.number, each.name, each.status) for each in accounts)


def _vat_row(mismatch: VatMismatch) -> tuple[str, ...]:
    vat, exact, likely = mismatch.vat_code, mismatch.exact, mismatch.likely
    return (
        *(vat.code, vat.name),
        _percentage(vat.percentage),
        _percentage(exact.percentage) if exact else "",
        mismatch.problem,
        *((likely.code, likely.name) if likely else ("", "")),
    )


def _percentage(value: Decimal | None) -> str:
    """Return a percentage without trailing zeros (L6)."""
    return "" if value is None else f"{value.normalize():f}"

"""The second half of a check: the lists of both systems side by side (M47)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial

from koppeling.check.collector import FindingCollector, System
from koppeling.check.comparison import (
    INCLUSIVE,
    OTHER_PERCENTAGE,
    UNKNOWN,
    UNUSABLE,
    VatMismatch,
    compare_customers,
    compare_vat_codes,
)
from koppeling.check.findings import Finding, Level, Table
from koppeling.check.inspection import Account, Customer
from koppeling.check.ports import Systems
from koppeling.core.ids import ExactId

_MISSING = ("number", "name", "likely_number", "likely_name")
_NAMES = ("number", "name", "name_exact")
_RELATIONS = ("number", "name", "status")
_LISTED = ("code", "name", "customers")
_VAT_CODES = (
    *("code", "name", "percentage_qm", "percentage_exact"),
    *("problem", "likely_code", "likely_name"),
)
_VAT_PROBLEMS = (UNKNOWN, OTHER_PERCENTAGE, INCLUSIVE, UNUSABLE)


@dataclass(slots=True)
class ListCheck:
    """Holds the lists of both systems against each other, one after another."""

    systems: Systems
    collector: FindingCollector
    day: date
    receivable: ExactId | None
    _customers: Sequence[Customer] = field(default=(), init=False)

    def run(self) -> None:
        """Look at every list of which QicsMilestones and Exact must agree."""
        look, both = self.collector.run, (System.EXACT, System.MILESTONES)
        look("customers", self._look_at_customers, *both, needs="accounts")
        look("vat-codes", self._look_at_vat_codes, *both, needs="vat_codes")
        for entity in self.systems.code_lists:
            item = entity.replace("_", "-")
            look(item, partial(self._look_at_codes, item, entity), *both, needs=entity)

    def _look_at_customers(self) -> Iterator[Finding]:
        self._customers = self.systems.milestones.customers()
        if not self._customers:
            yield _nothing_to_see("customers", "accounts")
            return
        exact = self.systems.exact.accounts()
        found = compare_customers(self._customers, exact, self.receivable)
        if found.missing:
            rows = (
                (each.customer.number, each.customer.name, *_partner(each.partner))
                for each in found.missing
            )
            yield _warning("customers", "customer-only-in-milestones", Table(_MISSING, tuple(rows)))
        else:
            yield _fine("customers", len(self._customers))
        if found.other_names:
            names = tuple((here.number, here.name, there.name) for here, there in found.other_names)
            yield _warning("customers", "check-customer-other-name", Table(_NAMES, names))
        if found.not_customers:
            table = _relations(found.not_customers)
            yield _warning("customers", "check-customer-not-customer", table)
        if found.other_receivable:
            table = _relations(found.other_receivable)
            yield _warning("receivable-accounts", "debtor-account-mismatch", table)

    def _look_at_vat_codes(self) -> Iterator[Finding]:
        here = self.systems.milestones.vat_codes()
        if not here:
            yield _nothing_to_see("vat-codes", "vat_codes")
            return
        found = compare_vat_codes(here, self.systems.exact.vat_codes(self.day))
        if not found:
            yield _fine("vat-codes", len(here))
        for problem in _VAT_PROBLEMS:
            rows = tuple(_vat_row(each) for each in found if each.problem == problem)
            if rows:
                yield _warning("vat-codes", problem, Table(_VAT_CODES, rows))

    def _look_at_codes(self, item: str, entity: str) -> Iterator[Finding]:
        here = self.systems.milestones.codes(entity)
        if not here:
            # M13: this may be a role that shows nothing, and may be a company that has none
            yield Finding(Level.OK, item, "check-none-in-milestones", {"item": item})
            return
        there = self.systems.exact.codes(entity, self.day)
        used = Counter(customer.references.get(entity) for customer in self._customers)
        rows = tuple(
            (each.code, each.name, str(used[each.key])) for each in here if each.code not in there
        )
        if rows:
            yield _warning(item, f"{item.removesuffix('s')}-unknown", Table(_LISTED, rows))
        else:
            yield _fine(item, len(here))


def _nothing_to_see(item: str, entity: str) -> Finding:
    """Return that a list is empty which no company can do without (M13)."""
    return Finding(Level.WARNING, item, "milestones-no-rights", {"entity": entity})


def _warning(item: str, code: str, table: Table) -> Finding:
    return Finding(Level.WARNING, item, code, {"count": str(len(table.rows))}, table)


def _fine(item: str, count: int) -> Finding:
    return Finding(Level.OK, item, values={"count": str(count)})


def _partner(account: Account | None) -> tuple[str, str]:
    return ("", "") if account is None else (account.number, account.name)


def _relations(accounts: Iterable[Account]) -> Table:
    return Table(_RELATIONS, tuple((each.number, each.name, each.status) for each in accounts))


def _vat_row(mismatch: VatMismatch) -> tuple[str, ...]:
    vat, exact, partner = mismatch.vat_code, mismatch.exact, mismatch.partner
    return (
        *(vat.code, vat.name),
        _percentage(vat.percentage),
        _percentage(exact.percentage) if exact else "",
        mismatch.problem,
        *((partner.code, partner.name) if partner else ("", "")),
    )


def _percentage(value: Decimal | None) -> str:
    """Return a percentage without trailing zeros (L6)."""
    return "" if value is None else f"{value.normalize():f}"

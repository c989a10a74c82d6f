"""Compares both systems: what QicsMilestones has that does not fit Exact (M47)."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from koppeling.check.inspection import (
    CUSTOMER,
    INCLUDING,
    Account,
    Customer,
    ExactVatCode,
    MilestonesVatCode,
)
from koppeling.core.ids import ExactId
from koppeling.core.text import cut

LONGEST_NAME = 50  # L5: what QicsMilestones keeps of a name
_LEGAL_FORMS = frozenset({"bv", "nv", "vof", "cv"})
# "B. V." reads as two words, and is one legal form
_SPACED_FORM = re.compile(r"\b(b|n|c) v\b|\bv o f\b")


@dataclass(frozen=True, slots=True)
class Customers:
    """What does not fit among the customers.

    The numbers of `missing` are unknown to Exact; each has the relation that may be meant.
    `other_names` have the number of a relation with another name, so perhaps of somebody else.
    `not_customers` are relations with a customer's number that have another status. The relations
    of `other_receivable` have another account for debtors than the sales journal.
    """

    missing: tuple[tuple[Customer, Account | None], ...]
    other_names: tuple[tuple[Customer, Account], ...]
    not_customers: tuple[Account, ...]
    other_receivable: tuple[Account, ...]


def compare_customers(
    customers: Sequence[Customer], accounts: Iterable[Account], receivable: ExactId | None
) -> Customers:
    """Compare customers with relations by number, of which leading zeros are a part (M25).

    The relations are streamed: only those with a number or name of a customer stay in memory.
    """
    numbers = {customer.number for customer in customers}
    names = {plain_name(customer.name) for customer in customers}
    bare = {_without_zeros(number) for number in numbers}
    found: dict[str, Account] = {}
    by_name: dict[str, Account] = {}
    by_bare_number: dict[str, Account] = {}
    for account in accounts:
        if account.number in numbers:
            found[account.number] = account
            continue
        name, number = plain_name(account.name), _without_zeros(account.number)
        if name in names or number in bare:
            by_name.setdefault(name, account)
            by_bare_number.setdefault(number, account)
    by_name.pop("", None)  # two records without a name are not the same

    def likely(customer: Customer) -> Account | None:
        same_name = by_name.get(plain_name(customer.name))
        return same_name or by_bare_number.get(_without_zeros(customer.number))

    pairs = [(each, found.get(each.number)) for each in customers]
    known = [found[number] for number in sorted(found)]
    others = (account for account in known if account.receivable not in (None, receivable))
    return Customers(
        tuple((each, likely(each)) for each, account in pairs if account is None),
        tuple((each, account) for each, account in pairs if account and _differ(each, account)),
        tuple(account for account in known if account.status != CUSTOMER),
        tuple(others) if receivable else (),
    )


def plain_name(name: str) -> str:
    """Return a name without what people vary: case, accents, punctuation, legal form."""
    decomposed = unicodedata.normalize("NFKD", cut(name.strip(), LONGEST_NAME).casefold())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = " ".join(re.sub(r"[^\w\s]|_", " ", re.sub(r"[.'\u2019]", "", letters)).split())
    joined = _SPACED_FORM.sub(lambda form: form[0].replace(" ", ""), words)
    return " ".join(word for word in joined.split() if word not in _LEGAL_FORMS) or words


def _differ(customer: Customer, account: Account) -> bool:
    names = {plain_name(customer.name), plain_name(account.name)} - {""}
    return len(names) > 1


def _without_zeros(number: str) -> str:
    return number.lstrip("0") or number


@dataclass(frozen=True, slots=True)
class VatMismatch:
    """A VAT code that cannot be used: why, what Exact has under that code, what may be meant."""

    problem: str
    vat_code: MilestonesVatCode
    exact: ExactVatCode | None
    likely: ExactVatCode | None


UNKNOWN = "vat-code-unknown"
OTHER_PERCENTAGE = "vat-percentage-mismatch"
INCLUSIVE = "vat-code-inclusive"
UNUSABLE = "check-vat-code-unusable"
VAT_PROBLEMS = (UNKNOWN, OTHER_PERCENTAGE, INCLUSIVE, UNUSABLE)


def compare_vat_codes(
    here: Sequence[MilestonesVatCode], there: Sequence[ExactVatCode]
) -> list[VatMismatch]:
    """Compare VAT codes with those of Exact: code, percentage, excluding or including (M47)."""
    known = {vat.code: vat for vat in there}
    taken = {vat.code for vat in here}
    mismatches = []
    for vat in here:
        exact = known.get(vat.code)
        problem = _problem(vat, exact)
        if problem is not None:
            mismatches.append(VatMismatch(problem, vat, exact, _likely(vat, there, taken)))
    return mismatches


def _problem(vat: MilestonesVatCode, exact: ExactVatCode | None) -> str | None:
    if exact is None:
        return UNKNOWN
    if exact.type == INCLUDING:
        return INCLUSIVE
    if not exact.takes_sales:
        return UNUSABLE
    return None if (vat.percentage or 0) == (exact.percentage or 0) else OTHER_PERCENTAGE


def _likely(
    vat: MilestonesVatCode, there: Sequence[ExactVatCode], taken: set[str]
) -> ExactVatCode | None:
    """Return a code for sales excluding VAT with the same percentage, if there is one.

    One that agrees about the reverse charge and has no code of its own here comes first.
    """
    same = [
        other
        for other in there
        if other.takes_sales
        and other.code != vat.code
        and (other.percentage or 0) == (vat.percentage or 0)
    ]
    return min(
        same,
        key=lambda other: (
            other.reverse_charge != vat.reverse_charge,
            other.code in taken,
            plain_name(other.name) != plain_name(vat.name),
            other.code,
        ),
        default=None,
    )

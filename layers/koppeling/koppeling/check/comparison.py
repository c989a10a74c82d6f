"""Both systems side by side: what stands in QicsMilestones and does not fit Exact (M47)."""

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
class Missing:
    """A customer whose number Exact does not know, and the relation that it may be there."""

    customer: Customer
    partner: Account | None


@dataclass(frozen=True, slots=True)
class Customers:
    """What does not fit among the customers.

    `other_names` have the number of a relation with another name, so perhaps of somebody else;
    `not_customers` have their number on a relation that is no customer; the relations of
    `other_receivable` have an account for debtors that is not the one of the sales journal.
    """

    missing: tuple[Missing, ...]
    other_names: tuple[tuple[Customer, Account], ...]
    not_customers: tuple[Account, ...]
    other_receivable: tuple[Account, ...]


def compare_customers(
    customers: Sequence[Customer], accounts: Iterable[Account], receivable: ExactId | None
) -> Customers:
    """Hold customers against relations by number, of which leading zeros are a part (M25).

    The relations are streamed: kept are those with a number or a name that a customer has.
    """
    numbers = {customer.number for customer in customers}
    names = {plain_name(customer.name) for customer in customers}
    bare = {_without_zeros(number) for number in numbers}
    found: dict[str, Account] = {}
    partners = _Partners()
    for account in accounts:
        if account.number in numbers:
            found[account.number] = account
        elif plain_name(account.name) in names or _without_zeros(account.number) in bare:
            partners.add(account)
    missing = tuple(
        Missing(customer, partners.of(customer))
        for customer in customers
        if customer.number not in found
    )
    pairs = [
        (customer, found[customer.number]) for customer in customers if customer.number in found
    ]
    known = [found[number] for number in sorted(found)]
    others = (account for account in known if account.receivable not in (None, receivable))
    return Customers(
        missing,
        tuple((customer, account) for customer, account in pairs if _differ(customer, account)),
        tuple(account for account in known if account.status != CUSTOMER),
        tuple(others) if receivable else (),
    )


class _Partners:
    """Relations that no customer has the number of, found by what else may tell who they are."""

    def __init__(self) -> None:
        self._by_name: dict[str, Account] = {}
        self._by_number: dict[str, Account] = {}

    def add(self, account: Account) -> None:
        """Keep a relation; the first of a name is the one that is shown."""
        if name := plain_name(account.name):
            self._by_name.setdefault(name, account)
        self._by_number.setdefault(_without_zeros(account.number), account)

    def of(self, customer: Customer) -> Account | None:
        """Return the relation of the same name, or else of the same number but for its zeros."""
        return self._by_name.get(plain_name(customer.name)) or self._by_number.get(
            _without_zeros(customer.number)
        )


def plain_name(name: str) -> str:
    """Return a name without what people write differently: case, accents, signs, legal form."""
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
    """A VAT code that cannot be used as it is: why, what Exact has under it, what may be meant."""

    problem: str
    vat_code: MilestonesVatCode
    exact: ExactVatCode | None
    partner: ExactVatCode | None


UNKNOWN = "vat-code-unknown"
OTHER_PERCENTAGE = "vat-percentage-mismatch"
INCLUSIVE = "vat-code-inclusive"
UNUSABLE = "check-vat-code-unusable"


def compare_vat_codes(
    here: Sequence[MilestonesVatCode], there: Sequence[ExactVatCode]
) -> list[VatMismatch]:
    """Hold VAT codes against those of Exact: code, percentage, excluding or including (M47)."""
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
    """Return the code for sales excluding VAT with the same percentage, when there is one.

    Preferred is one that agrees about the reverse charge, and that no other code here has taken.
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

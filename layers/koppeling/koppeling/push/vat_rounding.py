"""VAT that was rounded over the whole invoice, made to agree with the VAT of its lines.

QicsMilestones can round the VAT of each line, or only that of the sum (`VatAmountSumMode`). The
second way, the VAT of the invoice may differ from the sum of its lines. Exact books VAT by line, so
the difference is spread over the lines: by at most one smallest coin for a line, and by at most
half a coin for each line of a VAT code. A larger difference is a mistake and stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from koppeling.push.money import smallest_unit

if TYPE_CHECKING:
    from koppeling.push.invoice import InvoiceLine


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of an invoice as its document states them."""

    excl: Decimal
    vat: Decimal
    incl: Decimal

    @classmethod
    def from_document(cls, totals: Mapping[str, str]) -> Self:
        """Parse totals that follow the contract."""
        return cls(
            Decimal(totals["amount_excl_vat"]),
            Decimal(totals["vat_amount"]),
            Decimal(totals["amount_incl_vat"]),
        )


@dataclass(frozen=True, slots=True)
class _Coins:
    """The coins to spread: how many, of which size and sign."""

    count: int
    size: Decimal

    def missing(self, line: "InvoiceLine") -> Decimal:
        """Return how many coins the rounding of a line left out; 0 without a percentage."""
        if line.vat_percentage is None:
            return Decimal(0)
        return (line.amount_excl * line.vat_percentage / 100 - line.vat_amount) / self.size


def agree_with_total(
    lines: Sequence["InvoiceLine"], totals: Totals, currency: str
) -> tuple[Sequence["InvoiceLine"], tuple[str, ...]]:
    """Return the lines with the VAT to book, and a note if that differs from what they stated.

    The lines are returned unchanged when rounding cannot explain the difference, or when the totals
    do not agree with each other: then the invoice is refused.
    """
    coin = smallest_unit(currency)
    stated = sum((line.vat_amount for line in lines), Decimal(0))
    difference = (totals.vat - stated) / coin
    if not difference or difference % 1 or totals.excl + totals.vat != totals.incl:
        return lines, ()
    coins = _Coins(int(abs(difference)), coin.copy_sign(difference))
    chosen = _chosen(lines, coins)
    if len(chosen) < coins.count:
        return lines, ()
    spread = [
        replace(line, vat_amount=line.vat_amount + coins.size) if line.number in chosen else line
        for line in lines
    ]
    changed = ", ".join(str(number) for number in sorted(chosen))
    note = f"VAT was rounded over the invoice: {stated} by line is {totals.vat}; changed: {changed}"
    return spread, (note,)


def _chosen(lines: Sequence["InvoiceLine"], coins: _Coins) -> set[int]:
    """Return the numbers of the lines that get a coin: those whose own rounding lost most.

    Each coin goes to the VAT code that misses most, so that the sum of a code is that of the
    invoice. A code takes at most one coin for every two lines.
    """
    groups = _groups(lines, coins)
    missing = {code: sum(map(coins.missing, group), Decimal(0)) for code, group in groups.items()}
    room = {code: len(group) // 2 for code, group in groups.items()}
    chosen: set[int] = set()
    while len(chosen) < coins.count and (free := [code for code in groups if room[code]]):
        code = max(free, key=missing.__getitem__)
        line = max(groups[code], key=lambda each: (coins.missing(each), abs(each.amount_excl)))
        groups[code].remove(line)
        missing[code] -= 1
        room[code] -= 1
        chosen.add(line.number)
    return chosen


def _groups(lines: Sequence["InvoiceLine"], coins: _Coins) -> dict[str, list["InvoiceLine"]]:
    """Return the lines that may get a coin, by VAT code; none when the VAT of a line is wrong.

    A code with a percentage and no VAT at all is a reverse charge, which stays without (M39).
    """
    codes: dict[str, list[InvoiceLine]] = {}
    for line in lines:
        if line.amount_excl:
            codes.setdefault(line.vat_code, []).append(line)
    groups: dict[str, list[InvoiceLine]] = {}
    for code, group in codes.items():
        has_vat = any(line.vat_amount for line in group)
        is_rounded = all(2 * abs(coins.missing(line)) <= 1 for line in group)
        if has_vat and not is_rounded:
            return {}
        if has_vat or (is_rounded and any(line.vat_percentage for line in group)):
            groups[code] = group
    return groups

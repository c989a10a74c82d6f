"""Money: exact to the smallest unit of a currency. Amounts are `Decimal` from end to end (R24)."""

from decimal import Decimal

from koppeling.core.currencies import decimals_of


def smallest_unit(currency: str) -> Decimal:
    """Return the smallest amount there is in this currency."""
    return Decimal(1).scaleb(-decimals_of(currency))


def is_exact(amount: Decimal, currency: str) -> bool:
    """Say whether an amount fits the decimals of its currency; trailing zeros do not count."""
    return amount % smallest_unit(currency) == 0


def same_amount(one: Decimal, other: Decimal, currency: str) -> bool:
    """Say whether two amounts are equal to the cent: a computed one may have digits beyond it."""
    unit = smallest_unit(currency)
    return one.quantize(unit) == other.quantize(unit)


def format_amount(amount: Decimal, currency: str) -> str:
    """Return an amount as texts show it, such as `EUR 4887.51`."""
    return f"{currency} {amount.quantize(smallest_unit(currency))}"

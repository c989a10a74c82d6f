"""VAT that was rounded over the invoice is booked to the cent, and nothing larger is."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koppeling.core.errors import Reject
from koppeling.push.invoice import Invoice, InvoiceLine
from koppeling.push.invoice_checks import check_invoice
from koppeling.push.money import smallest_unit
from tests.unit.push.world import example

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KRW", "KWD", "TND"])
# A VAT code and its percentage; the last one is a reverse charge, whose VAT is always 0
RATES = {"1": Decimal(9), "2": Decimal(21), "5": Decimal("5.5"), "0": Decimal(0)}
LINES = st.lists(
    st.tuples(st.integers(-(10**7), 10**7), st.sampled_from(sorted(RATES))), min_size=1, max_size=25
)


def vat_of(amount: Decimal, code: str) -> Decimal:
    return amount * RATES[code] / 100


def invoice_of(
    currency: str, coins: list[tuple[int, str]], vat: Decimal, *, states_rates: bool = True
) -> Invoice:
    """Build an invoice whose lines are rounded one by one, with this VAT in total."""
    coin = smallest_unit(currency)
    lines: list[dict[str, Any]] = []
    for number, (count, code) in enumerate(coins, start=1):
        amount = count * coin
        line = example()["lines"][0] | {"line_number": number, "vat_code": code}
        line |= {"amount_excl_vat": str(amount), "quantity": "1", "unit_price": str(amount)}
        line["vat_amount"] = str(vat_of(amount, code).quantize(coin, ROUND_HALF_UP))
        line["vat_percentage"] = str(RATES[code]) if states_rates else None
        lines.append(line)
    excl = sum((count * coin for count, _ in coins), Decimal(0))
    totals = {"amount_excl_vat": str(excl), "vat_amount": str(vat)}
    totals["amount_incl_vat"] = str(excl + vat)
    return Invoice.from_document(example(currency=currency, lines=lines, totals=totals))


def by_line(currency: str, coins: list[tuple[int, str]]) -> Decimal:
    coin = smallest_unit(currency)
    rounded = (vat_of(n * coin, code).quantize(coin, ROUND_HALF_UP) for n, code in coins)
    return sum(rounded, Decimal(0))


def over_the_invoice(currency: str, coins: list[tuple[int, str]]) -> Decimal:
    """Return the VAT as QicsMilestones computes it from the sum of each VAT code."""
    coin = smallest_unit(currency)
    total = Decimal(0)
    for code in RATES:
        amount = sum((n * coin for n, own in coins if own == code), Decimal(0))
        total += vat_of(amount, code).quantize(coin, ROUND_HALF_UP)
    return total


def booked(lines: tuple[InvoiceLine, ...]) -> Decimal:
    return sum((line.vat_amount for line in lines), Decimal(0))


@given(currency=CURRENCIES, coins=LINES, states_rates=st.booleans())
def test_vat_of_the_sum_of_each_code_is_booked_to_the_smallest_coin(
    currency: str, coins: list[tuple[int, str]], *, states_rates: bool
) -> None:
    vat = over_the_invoice(currency, coins)
    invoice = invoice_of(currency, coins, vat, states_rates=states_rates)

    if states_rates:
        check_invoice(invoice)
        assert booked(invoice.lines) == vat
    coin = smallest_unit(currency)
    for line, (count, code) in zip(invoice.lines, coins, strict=True):
        stated = vat_of(count * coin, code).quantize(coin, ROUND_HALF_UP)
        assert abs(line.vat_amount - stated) <= coin
        assert line.vat_amount == 0 or code != "0"


@given(CURRENCIES, LINES, st.integers(-30, 30))
def test_a_difference_is_booked_up_to_half_a_coin_a_line_and_refused_beyond(
    currency: str, coins: list[tuple[int, str]], more: int
) -> None:
    coin = smallest_unit(currency)
    stated = by_line(currency, coins)
    invoice = invoice_of(currency, coins, stated + more * coin)

    with_vat = [code for count, code in coins if code != "0" and count]
    room = sum(with_vat.count(code) // 2 for code in RATES)
    if abs(more) <= room:
        assert check_invoice(invoice) == ()
        assert booked(invoice.lines) == invoice.vat_amount
        assert len(invoice.notes) == (more != 0)
    else:
        with pytest.raises(Reject, match="invoice-totals-mismatch") as refusal:
            check_invoice(invoice)
        assert Decimal(refusal.value.values["sum"].split()[-1]) == stated
        assert invoice.notes == ()


def test_a_coin_goes_to_the_code_that_misses_it_and_not_to_the_line_that_misses_most() -> None:
    # Of code 1 both lines miss 0.4 of a cent; of code 2 one misses 0.45 and one has 0.45 too much
    coins = [(60, "1"), (60, "1"), (45, "2"), (55, "2")]

    invoice = invoice_of("EUR", coins, over_the_invoice("EUR", coins))

    of_code = {
        code: sum(line.vat_amount for line in invoice.lines if line.vat_code == code)
        for code in ("1", "2")
    }
    assert of_code == {"1": Decimal("0.11"), "2": Decimal("0.21")}

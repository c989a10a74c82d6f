from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from koppeling.core.currencies import decimals_of
from koppeling.core.ids import ExactId
from koppeling.push.invoice import Invoice, InvoiceLine
from koppeling.push.invoice_checks import check_invoice
from koppeling.push.money import format_amount, is_exact, same_amount, smallest_unit
from koppeling.push.sales_entry import EntryReferences, GlAccountCard, compare, entry_body
from tests.unit.push.world import connection, example

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KRW", "KWD", "TND"])
COINS = st.integers(min_value=-(10**15), max_value=10**15)
LINES = st.lists(st.tuples(COINS, COINS), min_size=1, max_size=20)
REFERENCES = EntryReferences(
    ExactId("c-1"),
    {"8000": GlAccountCard(ExactId("gl"), 110)},
    {"2": "2  "},
    {"P26014": ExactId("p")},
)


def invoice_of(currency: str, coins: list[tuple[int, int]]) -> Invoice:
    """Build an invoice whose lines hold these numbers of the smallest coin."""
    coin = smallest_unit(currency)
    template = example()["lines"][0]
    lines = [
        template
        | {"line_number": index, "quantity": "1", "unit_price": str(excl * coin)}
        | {"amount_excl_vat": str(excl * coin), "vat_amount": str(vat * coin)}
        for index, (excl, vat) in enumerate(coins, start=1)
    ]
    excl, vat = (sum(column) * coin for column in zip(*coins, strict=True))
    totals = {
        "amount_excl_vat": str(excl),
        "vat_amount": str(vat),
        "amount_incl_vat": str(excl + vat),
    }
    document = example(currency=currency, lines=lines)
    return Invoice.from_document(document | {"totals": totals})


@given(CURRENCIES, LINES)
def test_the_sum_that_is_sent_is_the_sum_of_the_invoice_in_every_currency(
    currency: str, coins: list[tuple[int, int]]
) -> None:
    invoice = invoice_of(currency, coins)

    assert check_invoice(invoice) == ()
    lines = entry_body(invoice, REFERENCES, connection())["SalesEntryLines"]
    sent = sum((line["AmountFC"] + line["VATAmountFC"] for line in lines), Decimal(0))
    assert sent == invoice.amount_incl
    assert all(type(line["AmountFC"]) is Decimal for line in lines)


@given(CURRENCIES, LINES, st.integers(min_value=-3, max_value=3))
def test_one_coin_of_difference_in_the_answer_is_seen(
    currency: str, coins: list[tuple[int, int]], extra: int
) -> None:
    invoice = invoice_of(currency, coins)
    row = {
        "Customer": "c-1",
        "Journal": "70",
        "YourRef": invoice.number,
        "AmountFC": invoice.amount_incl + extra * smallest_unit(currency),
        "VATAmountFC": invoice.vat_amount,
    }

    expected = ("AmountFC",) if extra else ()
    assert compare(invoice, row, REFERENCES, connection()) == expected


@given(CURRENCIES, st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_an_amount_is_exact_only_without_more_decimals_than_its_currency(
    currency: str, amount: Decimal
) -> None:
    assert is_exact(amount, currency) == (round(amount, decimals_of(currency)) == amount)


@given(CURRENCIES, COINS, st.decimals(min_value="-0.4", max_value="0.4", places=3))
def test_noise_below_half_a_coin_is_no_difference(
    currency: str, coins: int, noise: Decimal
) -> None:
    coin = smallest_unit(currency)
    amount = coins * coin

    assert same_amount(amount + noise * coin, amount, currency)
    assert not same_amount(amount + coin, amount, currency)


def test_an_amount_is_shown_with_the_decimals_of_its_currency() -> None:
    assert format_amount(Decimal(5), "EUR") == "EUR 5.00"
    assert format_amount(Decimal(-5), "JPY") == "JPY -5"
    assert format_amount(Decimal("1.5"), "KWD") == "KWD 1.500"


def test_a_line_is_read_without_a_float_in_between() -> None:
    line = InvoiceLine.from_document(example()["lines"][2])

    assert line.amount_excl == Decimal("71.76")
    assert line.unit_price is not None
    assert line.unit_price * line.quantity == Decimal("71.76")

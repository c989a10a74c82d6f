"""Commands about the books: does the journal in Exact Online show every invoice of a month?"""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import Exit, UsageError
from koppeling.cli.tasks.numbers import count_of_month
from koppeling.cli.tasks.pulling import WATCH
from koppeling.push.journal import Period

_LISTS = {
    "doubled": "TWICE in Exact Online: beside another entry for the same invoice and debtor",
    "gone": "booked by us, and no longer in Exact Online",
    "moved": "in another month in Exact Online",
    "skipped": "deleted in Exact Online or refused, and left so by a person",
    "differing": "in Exact Online with another amount, currency or number of lines",
    "waiting": "not booked yet",
    "others": "in the journal, and not booked by us",
}

# What keeps a month from agreeing
_WRONG = ("doubled", "gone", "moved", "differing", "waiting")

_COMPARED = {
    "amount_invoice": "amount of the invoice",
    "amount_entry": "amount of the entry",
    "lines_invoice": "lines of the invoice",
    "lines_entry": "lines of the entry",
}


@click.command()
@click.argument("connection")
@click.option("--period", required=True, metavar="YYYY-MM", help="The month, such as 2026-11.")
@click.option("--lines", is_flag=True, help="Compare the number of lines of each entry as well.")
@with_context
def reconcile(cli: CliContext, connection: str, period: str, *, lines: bool) -> None:
    """Compare the invoices of CONNECTION in a month with the journal in Exact Online.

    To the cent, per currency, by invoice date. Nothing is written there. Ends with 1 when an
    invoice waits, was never handed in or stands there twice, or when an entry is gone, moved or
    differs from it.
    """
    try:
        month = str(Period.parse(period))
    except ValueError as error:
        raise UsageError(str(error)) from error
    found = cli.connection(connection)
    asked = {"reconcile": found.id, "period": month} | ({"lines": True} if lines else {})
    answer = cli.stack.functions.invoke(WATCH, asked)
    counts = count_of_month(cli.stack, found.id, Period.parse(month))
    result = {"connection": found.id, "period": month, "counts": asdict(counts), **answer}
    cli.answer(result, lambda: _show(cli, result))
    if counts.missing or any(answer.get(name) for name in _WRONG):
        click.get_current_context().exit(Exit.ATTENTION)


def _show(cli: CliContext, result: Mapping[str, Any]) -> None:
    _show_counts(result["counts"])
    _show_list(cli, result, "doubled")
    cli.table(
        ("currency", "invoices", "amount", "entries", "amount", "difference"),
        [
            (
                one["currency"],
                one["invoices"],
                one["amount_invoices"],
                one["entries"],
                one["amount_entries"],
                Decimal(one["amount_entries"]) - Decimal(one["amount_invoices"]),
            )
            for one in result["sums"]
        ],
        title=f"{result['connection']}, {result['period']}",
    )
    for name in _LISTS:
        if name != "doubled":
            _show_list(cli, result, name)
    if not result["sums"] and not any(result.get(name) for name in _LISTS):
        click.echo("there is nothing to compare: no invoice has a date in this month")
    elif not any(result.get(name) for name in _WRONG):
        click.echo("every invoice that was booked stands in Exact Online once, to the cent")


def _show_counts(counts: Mapping[str, int]) -> None:
    processed = counts["offered"] + counts["missing"]
    parts = [f"processed {processed}"]
    parts += [f"{name.replace('_', ' ')} {number}" for name, number in counts.items()]
    click.echo(" / ".join(parts) if processed else "there were no invoices in this month")


def _show_list(cli: CliContext, result: Mapping[str, Any], name: str) -> None:
    if result.get(name):
        cli.table(
            ("invoice", "entry", *_COMPARED.values()),
            [
                (
                    mismatch["invoice"],
                    mismatch["entry_number"],
                    *(mismatch.get(field) for field in _COMPARED),
                )
                for mismatch in result[name]
            ],
            title=_LISTS[name],
        )

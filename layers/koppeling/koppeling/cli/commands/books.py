"""Commands about the books: does the journal in Exact Online show every invoice of a month?"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import Exit, UsageError
from koppeling.push.reconciliation import Period

WATCH = "WatchFunction"
_LISTS = {
    "gone": "booked by us, and no longer in Exact Online",
    "skipped": "deleted in Exact Online or refused, and left so by a person",
    "differing": "in Exact Online with another amount or number of lines",
    "waiting": "not booked yet",
    "others": "in the journal, and not booked by us",
}

_REMARKED = {
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
def reconcile(desk: CliContext, connection: str, period: str, *, lines: bool) -> None:
    """Compare the invoices of CONNECTION in a month with the journal in Exact Online.

    To the cent, per currency. Nothing is written there. Ends with 1 when an entry is gone, or holds
    another amount or number of lines than its invoice.
    """
    try:
        month = str(Period.parse(period))
    except ValueError as error:
        raise UsageError(str(error)) from error
    found = desk.connection(connection)
    asked = {"reconcile": found.id, "period": month} | ({"lines": True} if lines else {})
    answer = desk.stack.functions.invoke(WATCH, asked)
    told = {"connection": found.id, "period": month, **answer}
    desk.answer(told, lambda: _show(desk, told))
    if answer["gone"] or answer["differing"]:
        click.get_current_context().exit(Exit.ATTENTION)


def _show(desk: CliContext, told: Mapping[str, Any]) -> None:
    desk.table(
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
            for one in told["sums"]
        ],
        title=f"{told['connection']}, {told['period']}",
    )
    for name, title in _LISTS.items():
        if told.get(name):
            desk.table(
                ("invoice", "entry", *_REMARKED.values()),
                [
                    (
                        remark["invoice"],
                        remark["entry_number"],
                        *(remark.get(field) for field in _REMARKED),
                    )
                    for remark in told[name]
                ],
                title=title,
            )
    if not told["gone"] and not told["differing"]:
        click.echo("every invoice that was booked stands in Exact Online, to the cent")

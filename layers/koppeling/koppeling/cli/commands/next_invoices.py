"""`koppeling invoices ID --next`: what would be booked now."""

import click

from koppeling.cli.context import CliContext
from koppeling.cli.tasks.next_invoices import NextInvoiceLook, NextInvoices
from koppeling.core.connection import Connection


def answer_next(cli: CliContext, found: Connection) -> None:
    """Show what would be booked now, with its total and what it lacks."""
    look = NextInvoiceLook(cli.stack).look(found)
    result = {
        "connection": found.id,
        "started": found.started,
        "invoices": look.invoices,
        "totals": look.totals,
        "not_as_agreed": look.not_as_agreed,
    }
    cli.answer(result, lambda: _show(cli, found, look))


def _show(cli: CliContext, found: Connection, look: NextInvoices) -> None:
    if not look.invoices:
        click.echo("nothing would be booked now")
    else:
        cli.table(
            ("invoice", "date", "debtor", "amount", "becomes", "journal", "lacks"),
            [
                (
                    each.number,
                    each.invoice_date,
                    each.debtor,
                    f"{each.currency} {each.amount}",
                    each.becomes,
                    each.journal,
                    ", ".join(each.lacks),
                )
                for each in look.invoices
            ],
        )
    for currency, total in look.totals.items():
        click.echo(f"together: {currency} {total}")
    for key in look.not_as_agreed:
        click.echo(f"not as agreed: {key}")
    if not found.started:
        click.echo("it is not started, so they wait; what they lack is by its last preview")

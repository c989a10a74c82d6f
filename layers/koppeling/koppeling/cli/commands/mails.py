"""Commands about mails to people: what the local stack sent, and addresses that bounced."""

from collections.abc import Mapping
from typing import Any

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.tasks.mails import clear_address, sent_mails


@click.group("mails")
def group() -> None:
    """Mails to the people of connections."""


@group.command("list")
@click.option("--to", "address", default="", help="Only those to this address.")
@with_context
def list_(cli: CliContext, address: str) -> None:
    """Show the mails that the local stack sent; nothing of it leaves the machine.

    In AWS a mail goes to its reader alone.
    """
    found = [mail for mail in sent_mails(cli.stack) if address in {"", mail["to"]}]
    cli.answer(found, lambda: _show(found))


@group.command()
@click.argument("address")
@with_context
def clear(cli: CliContext, address: str) -> None:
    """Write to ADDRESS again: mail to it came back, or its reader called it spam.

    Ask first whether the address is right now, or mail to it comes back again.
    """
    is_cleared = clear_address(cli.stack, address)
    word = "is written to again" if is_cleared else "was written to all the time"
    result = {"address": address, "cleared": is_cleared}
    cli.answer(result, lambda: click.echo(f"{address} {word}"))


def _show(found: list[Mapping[str, Any]]) -> None:
    for mail in found:
        click.echo(f"{mail['at']:%Y-%m-%d %H:%M:%S} UTC to {mail['to']}: {mail['subject']}\n")
        click.echo(mail["text"])
    if not found:
        click.echo("no mail was sent")

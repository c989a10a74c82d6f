"""Commands about the keys with which a program hands in invoices over HTTPS."""

from collections.abc import Sequence

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.tasks.keys import create_key, keys_of, revoke_key
from koppeling.intake.keys import IntakeKey


@click.group("keys")
def group() -> None:
    """Keys with which a program hands in invoices over HTTPS."""


@group.command()
@click.argument("connection")
@with_context
def create(cli: CliContext, connection: str) -> None:
    """Make a key for CONNECTION and show its text: this once, since its hash alone is kept.

    A connection has at most two. To change one: create the new key, give it to whoever hands in,
    wait until `keys list` shows that it is used, and revoke the old one.
    """
    found = cli.connection(connection)
    key, text = create_key(cli.stack, found.id)
    result = {"connection": found.id, "id": key.id, "key": text}
    cli.say("Keep it now: it is shown this once.")
    cli.answer(result, lambda: click.echo(text))


@group.command("list")
@click.argument("connection")
@with_context
def list_(cli: CliContext, connection: str) -> None:
    """Show the keys of CONNECTION: who made them, and on which day they were last used."""
    found = cli.connection(connection)
    keys = keys_of(cli.stack, found.id)
    result = [_as_json(key) for key in keys]
    cli.answer(result, lambda: _show(cli, keys))


@group.command()
@click.argument("connection")
@click.argument("key")
@with_context
def revoke(cli: CliContext, connection: str, key: str) -> None:
    """Revoke the KEY of CONNECTION with this id, as `keys list` shows it: it opens nothing more."""
    found = cli.connection(connection)
    gone = revoke_key(cli.stack, found.id, key)
    result = {"connection": found.id, "id": gone.id, "revoked": True}
    cli.answer(result, lambda: click.echo(f"{gone.id} opens nothing any more"))


def _as_json(key: IntakeKey) -> dict[str, object]:
    return {
        "id": key.id,
        "made_at": key.made_at,
        "made_by": key.made_by,
        "last_used": key.last_used,
    }


def _show(cli: CliContext, keys: Sequence[IntakeKey]) -> None:
    columns = ("id", "made", "by", "last used")
    rows = [(key.id, key.made_at, key.made_by, key.last_used or "never") for key in keys]
    cli.table(columns, rows)

"""Commands about what is kept: handing it over, and erasing it (S13)."""

import json
from pathlib import Path

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import CommandError, NotFound
from koppeling.cli.tasks.handover import write_archive
from koppeling.cli.tasks.privacy import Certificate, ConnectionEraser, exported_lines
from koppeling.cli.values import plain
from koppeling.core.connection import Connection


@click.command()
@click.argument("connection")
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; without it the lines are printed.",
)
@click.option(
    "--files",
    "archive",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Archive to write, such as acme.zip, with the files of the inbox and the evidence.",
)
@with_context
def export(cli: CliContext, connection: str, file: Path | None, archive: Path | None) -> None:
    """Hand over everything that is kept of CONNECTION, as JSON lines without secrets.

    The lines name the files that there are; --files adds the files themselves. All of it holds
    personal data: names and addresses as Exact Online sent them.
    """
    found = cli.connection(connection)
    if archive is not None:
        handed = write_archive(cli.stack, found.id, archive)
        told = ", ".join(f"{count} of {name}" for name, count in handed.files.items())
        # The lines are what a program reads
        click.echo(f"{told} ({handed.size} bytes) in {archive}", err=True)
    exported = exported_lines(cli.stack, found)
    if file is None:
        for line in exported:
            click.echo(line)
        return
    count = 0
    with file.open("w", encoding="utf-8") as written:
        for line in exported:
            written.write(f"{line}\n")
            count += 1
    result = {"connection": found.id, "file": str(file), "lines": count}
    cli.answer(result, lambda: click.echo(f"{count} lines in {file}"))


@click.command()
@click.argument("connection")
@click.option("--id", "typed", help="The id once more, in place of being asked for it.")
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of the certificate; without it erased-<connection>.json here.",
)
@with_context
def erase(cli: CliContext, connection: str, typed: str | None, certificate: Path | None) -> None:
    """Erase everything that is kept of CONNECTION, for good, and write a certificate.

    Its configuration, records, invoices, problems and inbox, and the logins that
    no other connection uses. What stands in Exact Online and QicsMilestones stays there.
    """
    found = _configured(cli, connection)
    cli.say(f"Everything of {found.id} goes: `koppeling export {found.id}` keeps a copy.")
    again = typed or click.prompt(f"Type {found.id} to erase it", err=cli.as_json)
    if again != found.id:
        raise CommandError("that is another id: nothing was erased")
    proof = ConnectionEraser(cli.stack).erase(found)
    file = certificate or Path(f"erased-{found.id}.json")
    file.write_text(json.dumps(plain(proof), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    cli.answer(proof, lambda: _show(proof, file))


def _configured(cli: CliContext, connection: str) -> Connection:
    """Return the connection: its configuration names the logins and the administration to erase."""
    try:
        return cli.connection(connection)
    except NotFound as missing:
        raise NotFound(
            f"{missing}. If its configuration was removed, apply its file once more and erase then"
        ) from missing


def _show(proof: Certificate, file: Path) -> None:
    click.echo(f"{proof.connection} was erased on {proof.erased_at:%Y-%m-%d %H:%M} UTC")
    counts = {
        **proof.sync_items,
        "of the administration": proof.division_items,
        **{f"login at {name}": count for name, count in proof.token_chains.items()},
        "versions in the inbox": proof.inbox_versions,
    }
    for name, count in counts.items():
        click.echo(f"  {count:>8}  {name}")
    for sentence in proof.kept:
        click.echo(f"Kept: {sentence}")
    click.echo(f"Certificate: {file}")

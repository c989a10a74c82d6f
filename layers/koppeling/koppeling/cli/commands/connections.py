"""Commands about connections: their configuration, their logins, and whether they run."""

from dataclasses import replace
from pathlib import Path

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import UsageError
from koppeling.cli.tasks.applying import ApplyPlan, ConfigurationApplier
from koppeling.cli.tasks.applying import remove as remove_configuration
from koppeling.cli.tasks.logins import logins, providers_to_ask
from koppeling.cli.tasks.settings_log import in_words, log_pause
from koppeling.cli.values import plain, shown
from koppeling.core.connection import Connection
from koppeling.core.people import Role

PROVIDERS = ("exact", "milestones")
_RIGHTS = {
    Role.LOOK: "may sign in and look, and gets the mails,",
    Role.DECIDE: "may sign in and decide, and gets the mails,",
}
_LANGUAGES = {"nl": "Dutch", "en": "English"}


@click.group("connections")
def group() -> None:
    """Configurations of connections, and their logins."""


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before changing something.")
@with_context
def apply(cli: CliContext, file: Path, *, yes: bool) -> None:
    """Apply the configuration in FILE: a new connection, or changes of one.

    Shows what changes, old and new, and asks before it writes. Applying the same file again changes
    nothing. docs/connection.md explains every entry.
    """
    wanted = _read(file)
    applier = ConfigurationApplier(cli.stack)
    plan = applier.plan(wanted)
    _show_plan(cli, plan)
    if not plan.is_empty:
        if not yes:
            click.confirm(f"Apply to {wanted.id}?", abort=True, err=cli.as_json)
        applier.apply(plan)
    _answer_plan(cli, plan)


@group.command("list")
@with_context
def list_(cli: CliContext) -> None:
    """List every connection."""
    found = sorted(cli.stack.stores.connections.all(), key=lambda one: one.id)
    cli.answer([_summary(one) for one in found], lambda: _show_list(cli, found))


@group.command()
@click.argument("connection")
@with_context
def show(cli: CliContext, connection: str) -> None:
    """Show the configuration of CONNECTION, as a file that `apply` takes."""
    from koppeling.cli.configuration.fields import as_document, as_yaml  # noqa: PLC0415 - needs YAML

    found = cli.connection(connection)
    cli.answer(as_document(found), lambda: click.echo(as_yaml(found), nl=False))


@group.command()
@click.argument("connection")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_context
def remove(cli: CliContext, connection: str, *, yes: bool) -> None:
    """Remove the configuration of CONNECTION; what it carried over stays.

    Cursors, links and invoices are kept, so that applying the same file takes the connection up
    where it stood, once it is started. To remove those as well, use `koppeling erase` instead: it
    needs the configuration.
    """
    found = cli.connection(connection)
    if not yes:
        click.confirm(f"Remove the configuration of {found.id}?", abort=True, err=cli.as_json)
    remove_configuration(cli.stack, found)
    result = {"connection": found.id, "removed": True}
    cli.answer(result, lambda: click.echo(f"{found.id} is removed; its records are kept"))


@group.command()
@click.argument("connection")
@click.option(
    "--provider",
    "providers",
    type=click.Choice(PROVIDERS),
    multiple=True,
    help="Where to log in; may be given twice. Without it: where no login works, or else both.",
)
@click.option("--revoke", is_flag=True, help="Let every link made until now work no more.")
@with_context
def link(cli: CliContext, connection: str, providers: tuple[str, ...], *, revoke: bool) -> None:
    """Print the link by which the customer of CONNECTION logs in.

    Send it to whoever has the OAuth users' passwords. It works once, for two weeks at most.

    With --revoke no link is made: those of CONNECTION that are on their way end at once, and so
    does a login that one of them has begun. Logins that were completed stay.
    """
    found = cli.connection(connection)
    if revoke:
        _revoke(cli, found, providers)
        return
    asked = tuple(name for name in PROVIDERS if name in providers) or providers_to_ask(
        logins(cli.stack, found)
    )
    if not cli.stack.location.outputs.get("ConnectUrl"):
        raise UsageError("the stack has no output ConnectUrl: deploy the present release first")
    address = cli.stack.wiring.login_links.link(found.id, asked)
    result = {"connection": found.id, "providers": asked, "link": address}
    cli.answer(result, lambda: click.echo(address))


def _revoke(cli: CliContext, found: Connection, providers: tuple[str, ...]) -> None:
    if providers:
        raise UsageError("--revoke ends every link of a connection: leave out --provider")
    cli.stack.stores.logins.revoke(found.id, cli.stack.now())
    result = {"connection": found.id, "revoked": True}
    cli.answer(result, lambda: click.echo(f"every login link of {found.id} has ended"))


@click.command()
@click.argument("connection")
@with_context
def pause(cli: CliContext, connection: str) -> None:
    """Pause CONNECTION: nothing is pulled or booked, and nothing is lost."""
    _set_paused(cli, connection, paused=True)


@click.command()
@click.argument("connection")
@with_context
def resume(cli: CliContext, connection: str) -> None:
    """Let CONNECTION go on after a pause."""
    _set_paused(cli, connection, paused=False)


def _set_paused(cli: CliContext, connection: str, *, paused: bool) -> None:
    found = cli.connection(connection)
    if not found.started:
        raise UsageError(
            f"{found.id} is not started, so it rests already: see what it would do with "
            f"`koppeling preview {found.id}`, and let it begin with "
            f"`koppeling start {found.id}`"
        )
    if found.paused != paused:
        cli.stack.stores.connections.save(replace(found, paused=paused))
        log_pause(cli.stack, found.id, paused=paused)
    word = "is paused" if paused else "goes on"
    result = {"connection": found.id, "paused": paused, "changed": found.paused != paused}
    cli.answer(result, lambda: click.echo(f"{found.id} {word}"))


def _read(file: Path) -> Connection:
    from koppeling.cli.configuration.reading import read  # noqa: PLC0415 - needs YAML
    from koppeling.cli.configuration.yaml_file import ConfigurationError  # noqa: PLC0415 - likewise

    try:
        return read(str(file), file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is no text in UTF-8") from error
    except ConfigurationError as error:
        raise UsageError("\n".join(error.lines())) from error


def _show_plan(cli: CliContext, plan: ApplyPlan) -> None:
    if cli.as_json:
        return
    for warning in plan.warnings:
        click.echo(f"Note: {warning}", err=True)
    rows = [(one.field, in_words(one.old), in_words(one.new)) for one in plan.changes]
    title = f"{plan.connection.id} {'is new' if plan.is_new else 'changes'}"
    if rows:
        cli.table(("entry", "old", "new"), rows, title)
    if any(one.field in {"people", "warning_mails"} for one in plan.changes):
        for person in plan.connection.everybody:
            cli.say(f"{person.mail}: {_RIGHTS[person.role]} in {_LANGUAGES[person.language]}")


def _answer_plan(cli: CliContext, plan: ApplyPlan) -> None:
    result = {
        "connection": plan.connection.id,
        "new": plan.is_new,
        "changed": not plan.is_empty,
        "changes": plan.changes,
        "warnings": plan.warnings,
    }
    word = "no change" if plan.is_empty else "applied"
    cli.answer(result, lambda: click.echo(f"{plan.connection.id}: {word}"))


def _summary(connection: Connection) -> dict[str, object]:
    return {
        "connection": connection.id,
        "started": connection.started,
        "paused": connection.paused,
        "administration": connection.division,
        "administration_name": connection.administration_name,
        "company": connection.company_id,
        "start_date": plain(connection.start_date),
    }


def _show_list(cli: CliContext, found: list[Connection]) -> None:
    rows = [tuple(map(shown, _summary(one).values())) for one in found]
    cli.table(
        ("connection", "started", "paused", "administration", "name", "company", "start date"), rows
    )

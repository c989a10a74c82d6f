"""Commands that let functions work: the check, pulls, and ticks."""

from pathlib import Path
from typing import Any

import click

from koppeling.check.findings import Finding, Level, Report, report_of
from koppeling.check.texts import RenderedFinding, level_word, render, render_table
from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import CommandError, Exit
from koppeling.cli.tasks.pulling import WATCH, ManualPull, Pulled, in_order, send_tick
from koppeling.core.csv_table import as_csv
from koppeling.pull.entities.registry import ENTITIES

_PULL_HELP = f"""Let CONNECTION catch up with Exact Online now, in all entities or in some.

In the order of a first load: {", ".join(ENTITIES)}. Ends with 1 when a pull stopped.
"""
_COUNTED = ("created", "changed", "unchanged", "parked", "read", "calls")


@click.command()
@click.argument("connection")
@click.option(
    "--csv",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder in which the tables of the findings are saved, for the customer.",
)
@with_context
def check(cli: CliContext, connection: str, folder: Path | None) -> None:
    """Check whether CONNECTION is ready: logins, rights, journals, codes on both sides.

    Nothing is written in either system. Ends with 1 when a finding is blocking.
    """
    found = cli.connection(connection)
    answer = cli.stack.functions.invoke(WATCH, {"check": found.id})
    try:
        report = report_of(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise CommandError(f"{WATCH} gave no report: is it of the present release?") from error
    files = [] if folder is None else _save_tables(report, folder, cli.language)
    result = {
        "connection": report.connection,
        "checked_at": report.checked_at,
        "calls": report.calls,
        "level": report.level,
        "findings": [_finding_json(finding, cli.language) for finding in report.findings],
        "files": [str(file) for file in files],
    }
    cli.answer(result, lambda: _show_report(cli, report, files))
    if report.level is Level.BLOCKING:
        click.get_current_context().exit(Exit.ATTENTION)


@click.command(help=_PULL_HELP)
@click.argument("connection")
@click.argument("entities", metavar="[ENTITY]...", nargs=-1)
@click.option("--full", is_flag=True, help="Compare every record, also those that did not change.")
@click.option("--dry-run", is_flag=True, help="Write nothing, and show what would be written.")
@click.option("--wait", is_flag=True, help="Wait until the whole of it is done, an hour each.")
@with_context
def pull(  # noqa: PLR0913 - each an option
    cli: CliContext,
    connection: str,
    entities: tuple[str, ...],
    *,
    full: bool,
    dry_run: bool,
    wait: bool,
) -> None:
    """Let a connection catch up; what an operator reads of it is `_PULL_HELP`."""
    found = cli.connection(connection)
    pulls = ManualPull(cli.stack)
    names = in_order(entities)
    done: list[Pulled] = []
    for name in cli.progress(names, len(names), "pulling"):
        if wait and not dry_run:
            *_, last = pulls.pull_to_the_end(found.id, name, full=full)
        else:
            last = pulls.pull(found.id, name, full=full, dry_run=dry_run)
        done.append(last)
    cli.answer(done, lambda: _show_pulls(cli, done))
    if not all(pulled.is_well for pulled in done):
        click.get_current_context().exit(Exit.ATTENTION)


@click.command()
@click.argument("entity")
@with_context
def tick(cli: CliContext, entity: str) -> None:
    """Give the tick of ENTITY's schedule now: one message for each connection that is due."""
    (name,) = in_order([entity])
    answer = send_tick(cli.stack, name)
    queued = answer["counts"]["queued"]
    cli.answer(answer, lambda: click.echo(f"{name}: {queued} connections queued"))


def _words(finding: Finding, language: str) -> RenderedFinding:
    """Return a finding in words; one that a later release has words for is shown by its names."""
    try:
        return render(finding, language)
    except KeyError:
        return RenderedFinding(finding.item, finding.code or "", "")


def _finding_json(finding: Finding, language: str) -> dict[str, Any]:
    words = _words(finding, language)
    return {
        "level": finding.level,
        "item": finding.item,
        "code": finding.code,
        "values": finding.values,
        "title": words.title,
        "text": words.text,
        "table": finding.table,
    }


def _show_report(cli: CliContext, report: Report, files: list[Path]) -> None:
    for finding in report.findings:
        words = _words(finding, cli.language)
        click.echo(f"[{level_word(finding.level, cli.language)}] {words.item}: {words.title}")
        if words.text:
            click.echo(f"    {words.text}")
        if finding.table is not None and finding.table.rows:
            table = render_table(finding.table, cli.language)
            cli.table(table.columns, table.rows)
    click.echo(f"{report.calls} calls to Exact Online")
    for file in files:
        click.echo(f"saved {file}")


def _save_tables(report: Report, folder: Path, language: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for finding in report.findings:
        if finding.table is not None and finding.table.rows:
            name = "-".join(
                part for part in (report.connection, finding.item, finding.code) if part
            )
            file = folder / f"{name}.csv"
            # The text holds its own line ends (RFC 4180)
            file.write_text(
                as_csv(render_table(finding.table, language)), encoding="utf-8", newline=""
            )
            files.append(file)
    return files


def _show_pulls(cli: CliContext, done: list[Pulled]) -> None:
    rows = [
        (one.entity, one.outcome, *(one.counts.get(name, 0) for name in _COUNTED), one.detail)
        for one in done
    ]
    cli.table(("entity", "outcome", *_COUNTED, "detail"), rows)
    changes = [
        (one.entity, change["code"], change["result"], field, old, new)
        for one in done
        for change in one.changes
        for field, (old, new) in (change["fields"] or {change["problem"]: ("", "")}).items()
    ]
    if changes:
        cli.table(("entity", "code", "result", "field", "now", "would become"), changes)
    for one in done:
        if one.left_out:
            click.echo(f"{one.entity}: {one.left_out} more are not shown here; the counts hold all")

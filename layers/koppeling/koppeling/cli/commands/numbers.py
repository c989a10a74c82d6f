"""The command about numbers of invoices: which were given out and never handed in."""

from typing import Any

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import CommandError, Exit
from koppeling.cli.tasks.deciding import decider_of, with_decider
from koppeling.cli.tasks.numbers import missing_numbers
from koppeling.push.missing_numbers import NotMissing
from koppeling.push.number_state import NumberState
from koppeling.push.numbers import Gap, ranges
from koppeling.push.outbox import Conflict


@click.command()
@click.argument("connection")
@click.option(
    "--not-an-invoice",
    "numbers",
    default="",
    metavar="NUMBERS",
    help="Say that these are no invoice: 20260507, or 20260511-20260514, or several with commas.",
)
@with_decider
@with_context
def numbers(cli: CliContext, connection: str, *, numbers: str, by: str, reason: str) -> None:
    """Show which numbers of CONNECTION were given out and not handed in (Geen factuur).

    QicsMilestones gives out numbers by a counter, which is read once an hour. What is missing for
    an hour is a problem, until it arrives or a person says that it is no invoice. Ends with 1 when
    a number is missing.
    """
    found, missing = cli.connection(connection), missing_numbers(cli.stack)
    if numbers:
        if not reason:
            raise CommandError("say why with --reason: who reads the log later wants to know")
        try:
            missing.excuse(found.id, numbers, decider_of(cli.stack, by, reason))
        except NotMissing:
            hint = f"`koppeling numbers {found.id}` shows what is"
            raise CommandError(f"{numbers} is not missing: {hint}") from None
        except Conflict:
            raise CommandError("the numbers change at this moment: try once more") from None
    state = missing.of(found.id)
    cli.answer(_json(found.id, state), lambda: _show(cli, state, paused=found.paused))
    if state.gaps:
        click.get_current_context().exit(Exit.ATTENTION)


def _json(connection: str, state: NumberState) -> dict[str, Any]:
    return {
        "connection": connection,
        "counter_is_read": state.is_counter_read and bool(state.watched),
        "series": [
            {"next": each.series.number(each.upcoming), "left_at": each.left_at}
            for each in state.watched
        ],
        "missing": [_gap_json(gap) for gap in state.gaps],
        "not_an_invoice": [
            {**_gap_json(each.gap), "at": each.at, "by": each.by, "reason": each.reason}
            for each in state.excused
        ],
    }


def _gap_json(gap: Gap) -> dict[str, Any]:
    first, last = gap.ends
    month = str(gap.period)
    return {"first": first, "last": last, "count": gap.count, "since": gap.since, "month": month}


def _show(cli: CliContext, state: NumberState, *, paused: bool) -> None:
    current = state.current
    if paused:
        click.echo("paused: the counter is not looked at")
    if not state.is_counter_read:
        click.echo(
            "the role of the user in QicsMilestones may not read the counter: only gaps between "
            "numbers that were handed in are seen"
        )
    elif current is None:
        click.echo("the counter was not read yet; that happens once an hour")
    else:
        click.echo(f"the next number is {current.series.number(current.upcoming)}")
    if not state.gaps:
        click.echo("no number is missing")
    else:
        rows = [(*ranges([gap]), gap.count, gap.since, gap.period) for gap in state.gaps]
        cli.table(("missing", "count", "since", "month"), rows)
    if state.excused:
        excused = [(*ranges([each.gap]), each.at, each.by, each.reason) for each in state.excused]
        cli.table(("not an invoice", "at", "by", "reason"), excused)

"""Commands that show how connections do: status, problems, invoices."""

from collections.abc import Mapping
from typing import Any

import click

from koppeling.cli.commands.next_invoices import answer_next
from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import Exit, NotFound
from koppeling.cli.tasks.status import Status, operator_problems, status_of
from koppeling.core.catalogue import level_of, text
from koppeling.core.connection import Connection
from koppeling.core.problems import OPERATOR, Problem
from koppeling.push.evidence import Evidence, is_whole
from koppeling.push.outbox import OutboxItem


@click.command()
@click.argument("connection", required=False)
@with_context
def status(cli: CliContext, connection: str | None) -> None:
    """Show how every connection does, or CONNECTION in detail.

    From what is kept only: neither system is asked. Ends with 1 when one needs a person.
    """
    wanted = _wanted(cli, connection)
    found = [status_of(cli.stack, one) for one in cli.progress(wanted, len(wanted), "looking")]
    results = [_status_json(one) for one in found]
    ours = operator_problems(cli.stack) if connection is None else {}
    if connection is None:
        rows = [*results, _operator_json(ours)] if ours else results
        cli.answer(rows, lambda: _show_all(cli, found, ours))
    else:
        cli.answer(results[0], lambda: _show_one(cli, found[0]))
    if ours or any(one.needs_attention for one in found):
        click.get_current_context().exit(Exit.ATTENTION)


@click.command()
@click.argument("connection", required=False)
@click.option("--fail", is_flag=True, help="End with 1 when there are any.")
@with_context
def problems(cli: CliContext, connection: str | None, *, fail: bool) -> None:
    """Show what a person has to mend, of every connection or of CONNECTION.

    Without CONNECTION also what belongs to none, under @operator: files in the inbox that lie in
    the folder of no connection. They wait there until it exists, and `koppeling retry` offers them.
    """
    store = cli.stack.stores.problems
    owners = [one.id for one in _wanted(cli, connection)]
    if connection is None:
        owners.insert(0, OPERATOR)
    found = [problem for owner in owners for problem in store.opened(owner)]
    results = [_problem_json(cli, problem) for problem in found]

    def show() -> None:
        rows = [(one["connection"], one["subject"], one["code"], one["text"]) for one in results]
        if rows:
            cli.table(("connection", "subject", "code", "text"), rows)
        else:
            click.echo("no problems")

    cli.answer(results, show)
    if fail and found:
        click.get_current_context().exit(Exit.ATTENTION)


@click.command()
@click.argument("connection")
@click.argument("number", required=False)
@click.option("--next", "is_next", is_flag=True, help="Show what would be booked now, instead.")
@with_context
def invoices(cli: CliContext, connection: str, number: str | None, *, is_next: bool) -> None:
    """Show the invoices of CONNECTION and how far each is, or one of them with its evidence.

    The evidence is what was sent to Exact Online for it, byte for byte, and what came back. With
    --next: what lies in the inbox and would become an entry or get its PDF, with the total, and
    which of them lack a debtor or a VAT code. Nothing is written or asked of Exact Online.
    """
    found, outbox = cli.connection(connection), cli.stack.stores.outbox
    if is_next:
        answer_next(cli, found)
        return
    if number is None:
        items = list(outbox.all(found.id))
        cli.answer([_invoice_json(item) for item in items], lambda: _show_invoices(cli, items))
        return
    item = outbox.get(found.id, number)
    if item is None:
        raise NotFound(f"{found.id} has no invoice {number}: `koppeling invoices {found.id}`")
    evidence = list(cli.stack.wiring.evidence.of(found.id, number))
    result = {**_invoice_json(item), "evidence": evidence, "evidence_is_whole": is_whole(evidence)}
    cli.answer(result, lambda: _show_invoice(cli, item, evidence))


def _wanted(cli: CliContext, connection: str | None) -> list[Connection]:
    if connection is not None:
        return [cli.connection(connection)]
    return sorted(cli.stack.stores.connections.all(), key=lambda one: one.id)


def _status_json(found: Status) -> dict[str, Any]:
    return {
        "connection": found.connection.id,
        "started": found.connection.started,
        "paused": found.connection.paused,
        "needs_attention": found.needs_attention,
        "logins": [
            {
                "provider": login.provider,
                "user": login.user,
                "state": login.state,
                "works": login.works,
                "ends_at": login.ends_at,
            }
            for login in found.logins
        ],
        "entities": found.entities,
        "problems": found.problems,
        "invoices": found.invoices,
        "calls_left": found.calls_left,
        "calls_a_day": found.calls_a_day,
        "exact_fails_since": found.exact_fails_since,
        "unreachable": found.unreachable,
    }


def _operator_json(problems: Mapping[str, int]) -> dict[str, Any]:
    """Return the problems that belong to no connection, in the form of a connection."""
    nothing: dict[str, Any] = dict.fromkeys(("calls_left", "calls_a_day"))
    empty = {"started": True, "paused": False, "logins": [], "entities": [], "invoices": {}}
    return {
        "connection": OPERATOR,
        "needs_attention": True,
        "problems": problems,
        **empty,
        **nothing,
    }


def _show_all(cli: CliContext, found: list[Status], ours: Mapping[str, int]) -> None:
    cli.table(
        ("connection", "runs", "logins", "entities", "problems", "invoices", "calls left"),
        [
            (
                one.connection.id,
                _running(one.connection),
                "work" if all(login.works for login in one.logins) else "a login is needed",
                _counted([entity.state for entity in one.entities]),
                sum(one.problems.values()),
                sum(one.invoices.values()),
                one.calls_left,
            )
            for one in found
        ],
    )
    _show_outages(found)
    if ours:
        click.echo(f"problems that belong to no connection: {_of(ours)} (`koppeling problems`)")


def _running(connection: Connection) -> str:
    """Say whether a connection works."""
    if not connection.started:
        return "not started"
    return "paused" if connection.paused else "running"


def _show_one(cli: CliContext, found: Status) -> None:
    connection = found.connection
    click.echo(
        f"{connection.id}: {_running(connection)}, administration {connection.division} "
        f"({connection.administration_name}), company {connection.company_id}"
    )
    cli.table(
        ("login", "user", "state", "until"),
        [(one.provider, one.user, one.state, one.ends_at) for one in found.logins],
    )
    cli.table(
        ("entity", "state", "stopped by", "every", "last day", "at work", "waiting"),
        [
            (
                one.name,
                one.state,
                one.trouble,
                f"{one.interval_minutes} min",
                one.looked_on,
                one.is_at_work,
                one.waiting,
            )
            for one in found.entities
        ],
    )
    for title, counts in (("problems", found.problems), ("invoices", found.invoices)):
        click.echo(f"{title}: {_of(counts)}")
    left = "unknown" if found.calls_left is None else found.calls_left
    click.echo(f"calls to Exact Online left today: {left} of {found.calls_a_day or 'unknown'}")
    for mail, why in found.unreachable.items():
        click.echo(f"{mail} is not written to ({why}): `koppeling mails clear {mail}`")
    _show_outages([found])


def _show_outages(found: list[Status]) -> None:
    """Say of each site of Exact whether it has an outage: then nothing here is wrong."""
    since = {one.connection.exact_host: one.exact_fails_since for one in found}
    for host, moment in sorted(since.items()):
        if moment is not None:
            click.echo(
                f"Exact Online ({host}) has a failure since {moment:%Y-%m-%d %H:%M} UTC: "
                "pulls and invoices wait, and go on by themselves"
            )


def _counted(words: list[str]) -> str:
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))


def _of(counts: Any) -> str:  # noqa: ANN401 - a mapping of counts
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"


def _problem_json(cli: CliContext, problem: Problem) -> dict[str, Any]:
    return {
        "connection": problem.connection,
        "subject": problem.subject,
        "code": problem.code,
        "level": level_of(problem, cli.stack.now()),
        "since": problem.since,
        "values": dict(problem.values),
        "text": _text(problem, cli.language),
    }


def _text(problem: Problem, language: str) -> str:
    try:
        return text(problem.code, language, problem.values)
    except KeyError:
        return ""  # a later release wrote it; its code is shown


def _invoice_json(item: OutboxItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "state": item.state,
        "code": item.code,
        "kind": item.kind,
        "amount": item.amount_incl,
        "currency": item.currency,
        "entry_number": item.entry_number,
        "entry_date": item.entry_date,
        "has_pdf": item.attachment_id is not None,
        "differences": item.differences,
        "is_skipped": item.is_skipped,
        "is_agreed": item.agreed,
        "decided": item.decided or None,
        "attempts": item.attempts,
        "history": [{"state": state, "at": at} for state, at in item.history],
    }


def _show_invoices(cli: CliContext, items: list[OutboxItem]) -> None:
    cli.table(
        ("invoice", "state", "code", "amount", "entry", "PDF", "since"),
        [
            (
                item.number,
                f"{item.state}, skipped" if item.is_skipped else item.state,
                item.code,
                f"{item.currency} {item.amount_incl}",
                item.entry_number,
                item.attachment_id is not None,
                item.history[-1][1] if item.history else None,
            )
            for item in items
        ],
    )


def _show_invoice(cli: CliContext, item: OutboxItem, evidence: list[Evidence]) -> None:
    _show_invoices(cli, [item])
    cli.table(("state", "at"), [(state.value, at) for state, at in item.history])
    if item.differences:
        click.echo(f"differs from what was booked: {', '.join(item.differences)}")
    if item.is_skipped:
        click.echo(f"left as it is, by a person on {item.decided}")
    if item.agreed:
        click.echo("agreed with by a person, though it differed")
    for piece in evidence:
        click.echo(f"\n{piece.count}. {piece.step.value}, {piece.ending.value}, {piece.at}")
        if piece.sent:
            click.echo(f"   sent    {piece.sent}")
        click.echo(f"   answer  {piece.answer}")
    if evidence and not is_whole(evidence):
        click.echo("this evidence is not whole: a piece was changed or taken away")

"""Commands that offer things to the link: what waits, an invoice, invoices from before."""

from pathlib import Path

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import Exit
from koppeling.cli.tasks.deciding import decider_of, with_decider
from koppeling.cli.tasks.invoices import HistoryOffer, WaitingDocument, invoice_upload
from koppeling.cli.tasks.retrying import Offer, Retrier
from koppeling.pull.offering import RecordOffer


@click.command()
@click.argument("connection")
@click.argument("subject", required=False, default="")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_decider
@with_context
def retry(  # noqa: PLR0913 - each an argument or option
    cli: CliContext, connection: str, subject: str, *, yes: bool, by: str, reason: str
) -> None:
    """Offer again what waits at CONNECTION: all of it, or one SUBJECT.

    A SUBJECT is one of `koppeling problems`, such as invoice/20260412 or accounts/<id>. Records
    that wait are tried at the next pull, refused invoices at once; without a SUBJECT also what the
    queue of invoices gave up on. Only when it is named, an invoice that was skipped is taken up
    again, and one whose entry was deleted in Exact Online is booked anew (invoice/20260412/entry).
    Shows first what it will do, and goes at most 10 a second.
    """
    found, retrier = cli.connection(connection), Retrier(cli.stack)
    wanted = retrier.found(found.id, subject)
    if not cli.as_json:
        cli.table(
            ("subject", "waits because of", "is tried"),
            [(one.subject, one.code, _when(one)) for one in wanted],
        )
    if wanted and not yes:
        click.confirm(f"Offer {len(wanted)} again?", abort=True, err=cli.as_json)
    offering = retrier.offer(found.id, wanted, decider_of(cli.stack, by, reason))
    done = list(cli.progress(offering, len(wanted), "offering"))
    letters = 0 if subject else cli.stack.wiring.dead_letters.offer_again(found.id)
    if letters:
        cli.say(f"{letters} that the queue had given up on were offered again")
    cli.answer(_as_json(done), lambda: _show(done))


@click.command()
@click.argument("connection")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--pdf",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The PDF that the document announces.",
)
@with_context
def push(cli: CliContext, connection: str, file: Path, pdf: Path | None) -> None:
    """Put the invoice in FILE in the inbox of CONNECTION, as QicsMilestones does.

    The document is held against the contract first; its PDF goes before it.
    """
    found = cli.connection(connection)
    content = None if pdf is None else pdf.read_bytes()
    upload = invoice_upload(found.id, file.read_bytes(), content, cli.language)
    for note in upload.notes:
        click.echo(f"not as agreed, though it will be booked: {note}", err=True)
    for key, body in upload.objects:
        cli.stack.inbox.put(key, body)
    keys = [key for key, _ in upload.objects]
    result = {"connection": found.id, "invoice": upload.number, "keys": keys}
    cli.answer(result, lambda: click.echo("\n".join(f"put {key}" for key in keys)))


@click.command()
@click.argument("connection")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_context
def history(cli: CliContext, connection: str, *, yes: bool) -> None:
    """Offer what lies in the inbox of CONNECTION and was not delivered yet.

    Invoices from before the start date are among them when the configuration wants existing
    invoices as entries or as PDFs. At most 10 a second. When it is broken off, the same command
    goes on: what was delivered is passed over. Ends with 1 when a document is not as agreed.
    """
    found, history_offer = cli.connection(connection), HistoryOffer(cli.stack)
    listed = list(history_offer.found(found))
    wanted = [one for one in listed if isinstance(one, WaitingDocument)]
    invalid = [one for one in listed if isinstance(one, str)]
    existing = sum(one.is_existing for one in wanted)
    cli.say(f"{len(wanted)} to offer, {existing} of them from before {found.start_date}")
    for key in invalid:
        click.echo(f"not as agreed: {key}", err=True)
    if wanted and not yes:
        click.confirm("Offer them?", abort=True, err=cli.as_json)
    offered = list(cli.progress(history_offer.offer(wanted), len(wanted), "offering"))
    result = {
        "connection": found.id,
        "offered": [one.number for one in offered],
        "existing": existing,
        "not_as_agreed": invalid,
    }
    cli.answer(result, lambda: click.echo(f"{len(offered)} offered"))
    if invalid:
        click.get_current_context().exit(Exit.ATTENTION)


def _when(one: Offer) -> str:
    if isinstance(one, RecordOffer):
        return "at the next pull"
    return "at once, and booked anew" if one.gone else "at once"


def _kind(one: Offer) -> str:
    return "record" if isinstance(one, RecordOffer) else "invoice"


def _as_json(done: list[tuple[Offer, bool]]) -> list[dict[str, object]]:
    return [
        {"subject": one.subject, "kind": _kind(one), "code": one.code, "offered": offered}
        for one, offered in done
    ]


def _show(done: list[tuple[Offer, bool]]) -> None:
    for one, offered in done:
        if not offered:
            click.echo(f"{one.subject} was dealt with meanwhile")
    click.echo(f"{sum(offered for _, offered in done)} offered again")

"""An entry in Exact Online beside an invoice, as `koppeling adopt` shows it before it asks."""

from koppeling.cli.context import CliContext
from koppeling.cli.exits import CommandError, NotFound
from koppeling.cli.tasks.pulling import WATCH
from koppeling.core.ids import ConnectionId
from koppeling.push.beside import LINKED, OTHER_CUSTOMER, OTHER_INVOICE

_NEVER = {
    LINKED: "it belongs to another invoice of the link",
    OTHER_CUSTOMER: "it is of another customer",
    OTHER_INVOICE: "its your-reference is that of another invoice: change it in Exact Online first",
}


def seen_beside(cli: CliContext, connection: ConnectionId, number: str, entry: str) -> str:
    """Show both beside each other, and return what the entry was like.

    Raises:
        NotFound: there is no such entry.
        CommandError: it can never be that of this invoice.
    """
    asked = {"beside": connection, "number": number, "entry": entry}
    compared = cli.stack.functions.invoke(WATCH, asked)
    if not compared.get("entry_id"):
        raise NotFound(f"there is no entry {entry} in Exact Online")
    if not cli.as_json:
        rows = [_row(each) for each in compared["parts"]]
        cli.table(("part", "invoice", "entry", ""), rows, title=f"{number} beside entry {entry}")
    if objection := compared["objection"]:
        raise CommandError(f"entry {entry} cannot be taken: {_NEVER[objection]}")
    return str(compared["seen"])


def _row(part: dict[str, str]) -> tuple[str, str, str, str]:
    ours, theirs = part["ours"], part["theirs"]
    return part["name"], ours, theirs, "" if ours == theirs else "differs"

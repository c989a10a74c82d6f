"""The command that leads into the pages of a connection, for a colleague or for a person of it."""

import click

from koppeling.cli.context import CliContext, with_context
from koppeling.cli.exits import NotFound


@click.command()
@click.argument("connection")
@click.option(
    "--for",
    "mail",
    metavar="MAIL",
    default="",
    help="Make the link for this person of CONNECTION, whose mail does not arrive.",
)
@with_context
def portal(cli: CliContext, connection: str, mail: str) -> None:
    """Print a link that signs in to the pages of CONNECTION: once, within a quarter of an hour.

    Without --for you sign in yourself: you may look and decide on CONNECTION, and see no other. The
    people of CONNECTION find in their log that you did, under the name by which AWS knows you.

    Whoever has the link gets in: hand it to nobody but the person that it is for.
    """
    from koppeling.bootstrap.pages import portal_link  # noqa: PLC0415 - slow, and help needs none

    found, caller = cli.connection(connection), cli.stack.caller
    if mail and found.person(mail) is None:
        raise NotFound(f"{found.id} has no person {mail}: its configuration names its people")
    wiring = cli.stack.wiring
    address = portal_link(wiring, found, made_by=caller, mail=mail)
    result = {"connection": found.id, "for": mail or caller, "link": address}
    cli.answer(result, lambda: click.echo(address))

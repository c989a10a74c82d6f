"""Decisions of an operator about invoices, with what a terminal says where one cannot be taken."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from koppeling.cli.exits import CommandError, NotFound
from koppeling.core.ids import ConnectionId
from koppeling.push.decider import OPERATOR_ROLE, Decider
from koppeling.push.deciding import CannotDecide, DecisionSender, Objection
from koppeling.push.invoice import key_of

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack


def decisions_of(stack: "Stack") -> DecisionSender:
    """Return what sends decisions about invoices of a stack."""
    stores = stack.stores
    return DecisionSender(
        stores.outbox, stores.problems, stack.inbox, stack.sales_entry_queue, stack.now
    )


def with_decider[**Given](command: Callable[Given, None]) -> Callable[Given, None]:
    """Give a command the options that say who decides, and why."""
    why = click.option(
        "--reason", default="", metavar="TEXT", help="Why, for who reads the invoice later."
    )
    who = click.option(
        "--by", default="", metavar="NAME", help="Who decides; else the name that AWS knows you by."
    )
    return who(why(command))


def decider_of(stack: "Stack", by: str, reason: str) -> Decider:
    """Return who decides: who was named, or else who calls AWS."""
    return Decider(by or stack.caller, OPERATOR_ROLE, reason)


@contextmanager
def saying_why(connection: ConnectionId) -> Generator[None]:
    """Tell an operator why a decision cannot be taken.

    Raises:
        NotFound: there is no such invoice.
        CommandError: it cannot be decided like this.
    """
    try:
        yield
    except CannotDecide as refused:
        if refused.objection is Objection.NO_SUCH_INVOICE:
            raise NotFound(_why(connection, refused)) from refused
        raise CommandError(_why(connection, refused)) from refused


def _why(connection: ConnectionId, refused: CannotDecide) -> str:
    number, key = refused.number, key_of(connection, refused.number)
    return {
        Objection.NO_SUCH_INVOICE: f"there is no invoice {number}: `koppeling invoices "
        f"{connection}`",
        Objection.DOES_NOT_DIFFER: f"the entry of {number} does not differ from its invoice",
        Objection.NOTHING_WAITS: f"nothing about {number} waits for a person that could be left",
        Objection.HAS_AN_ENTRY: f"{number} has an entry: {refused.entry_number}",
        Objection.NOT_IN_THE_INBOX: f"{key} no longer lies in the inbox: put it there again first",
        Objection.CHANGED: f"a newer copy of {number} lies in the inbox, and was not delivered yet",
    }[refused.objection]

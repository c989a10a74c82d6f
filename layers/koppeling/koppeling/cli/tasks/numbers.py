"""The numbers of invoices of a stack, for the command line."""

from typing import TYPE_CHECKING

from koppeling.push.missing_numbers import MissingNumbers

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack


def missing_numbers(stack: "Stack") -> MissingNumbers:
    """Return what knows which numbers are missing, and takes decisions about them."""
    stores = stack.stores
    return MissingNumbers(stores.numbers, stores.problems, stores.log, stack.now)

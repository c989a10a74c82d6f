"""The numbers of invoices of a stack, for the command line."""

from typing import TYPE_CHECKING

from koppeling.core.ids import ConnectionId
from koppeling.push.journal import Period
from koppeling.push.missing_numbers import MissingNumbers
from koppeling.push.month_count import MonthCount, month_count

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack


def missing_numbers(stack: "Stack") -> MissingNumbers:
    """Return what knows which numbers are missing, and takes decisions about them."""
    stores = stack.stores
    return MissingNumbers(stores.numbers, stores.problems, stores.log, stack.now)


def count_of_month(stack: "Stack", connection: ConnectionId, period: Period) -> MonthCount:
    """Return how many invoices of a month there are, and how many are missing."""
    numbers = missing_numbers(stack)
    missing = numbers.missing(connection, numbers.of(connection))
    return month_count(stack.stores.invoice_list.of_month(connection, period), missing, period)

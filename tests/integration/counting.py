"""Hours that pass for a connection whose counter of invoices is looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from koppeling.core.clock import Deadline
from koppeling.core.problems import Problem
from koppeling.pull.entities.registry import ENTITIES
from koppeling.push.missing_numbers import NOT_OFFERED
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.sandbox.invoices import InvoiceFiles

# The start of an hour of the window, on a Tuesday
NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@contextmanager
def counted() -> Iterator[Environment]:
    """An environment that has looked at the counter once: the next number is 20260412."""
    with environment(accounts=3) as built:
        built.pull_all()
        built.clock.advance((NINE - built.clock.now()).total_seconds())
        tick(built)
        yield built


def tick(home: Environment, entity: str = "vat_codes") -> None:
    """Carry out the tick of this moment for the connection."""
    message = {"connection": home.connection.id, "slot": home.clock.now().isoformat()}
    home.pulls(entity).handle_message(message, Deadline(lambda: MILLISECONDS_LEFT))


def an_hour_passes(home: Environment, hours: int = 1) -> None:
    """Let the hours pass, with a tick in each."""
    for _ in range(hours):
        home.clock.advance(3600)
        tick(home)


def processed(home: Environment, **wishes: bool) -> InvoiceFiles:
    """Process an invoice in QicsMilestones today; nobody hands it in yet."""
    return home.milestones.process_invoice(invoice_date=TODAY, **wishes)


def told(home: Environment) -> list[Problem]:
    """Return the open problems, but for those of records."""
    return [each for each in home.problems() if each.subject.partition("/")[0] not in ENTITIES]


def missing(home: Environment) -> str:
    """Return what the open problem names; empty without one."""
    found = [each for each in told(home) if each.code == NOT_OFFERED]
    return found[0].values["numbers"] if found else ""

"""Shows pages in tests, as a browser would get them."""

from datetime import UTC, date, datetime
from typing import Any

from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, Division
from koppeling.core.people import Person, Role
from koppeling.portal.page import PageRequest, PortalPage
from koppeling.portal.pages.renderer import Frame, PortalRenderer

NOW = datetime(2026, 11, 26, 10, 50, tzinfo=UTC)
MARIT = Person("marit@veldhuis.example", Role.DECIDE)
PIM = Person("pim@veldhuis.example", Role.LOOK)


def connection(**changes: Any) -> Connection:  # noqa: ANN401 - fields vary
    """Return a connection with people."""
    values: dict[str, Any] = {
        "id": ConnectionId("veldhuis"),
        "exact_host": "start.exactonline.nl",
        "exact_user": "koppeling@veldhuis.example",
        "division": Division(3000001),
        "administration_name": "Veldhuis Advies B.V.",
        "milestones_user": "koppeling@veldhuis.example",
        "company_id": "1",
        "sales_journal": "70",
        "debtor_gl_account": "1300",
        "start_date": date(2026, 1, 1),
        "people": (MARIT, PIM),
    }
    return Connection(**values | changes)


def asked(person: Person = MARIT, **query: str) -> PageRequest:
    """Return a request for a page."""
    return PageRequest(connection(), person, NOW, query)


def pressed(person: Person = MARIT, **form: str) -> PageRequest:
    """Return a request by a button."""
    return PageRequest(connection(), person, NOW, form=form)


def html(page: PortalPage, person: Person = MARIT, **frame: Any) -> str:  # noqa: ANN401 - fields vary
    """Return the HTML of a page for a person who is signed in."""
    renderer = PortalRenderer("https://koppeling.example/portal")
    values: dict[str, Any] = {
        "language": person.language,
        "person": person,
        "connection": connection(),
        "form_token": "token-of-the-form",
    }
    return renderer.html(page, Frame(**values | frame))

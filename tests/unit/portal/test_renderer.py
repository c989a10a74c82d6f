"""What stands around every page."""

from decimal import Decimal

import pytest

from koppeling.core.people import Person, Role
from koppeling.core.rendering import amount, count
from koppeling.portal.door import Around
from koppeling.portal.page import PortalPage
from koppeling.portal.pages.renderer import PortalRenderer
from koppeling.portal.pages.responses import PortalResponses
from tests.unit.portal.showing import PIM, connection


def test_an_amount_is_written_as_people_write_it() -> None:
    assert amount(Decimal("-1234567.5"), "EUR", "nl") == "-€\u00a01.234.567,50"
    assert amount(Decimal("1234.50"), "USD", "en") == "USD\u00a01,234.50"
    assert count(10619, "nl") == "10.619"


def test_an_address_of_warning_mails_is_a_person_who_may_look() -> None:
    of_before = connection(people=(PIM,), warning_mails=("Kees@veldhuis.example", PIM.mail.upper()))

    assert of_before.everybody == (PIM, Person("Kees@veldhuis.example", Role.LOOK))
    assert of_before.person(" kees@VELDHUIS.example") is not None
    assert of_before.person("iemand@veldhuis.example") is None


def test_a_role_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="owner"):
        Person("pim@veldhuis.example", Role("owner"))


def test_a_page_that_waits_is_asked_for_again_and_any_other_is_not() -> None:
    responses = PortalResponses(PortalRenderer("https://koppeling.example/portal"))
    values = {"ticket": "t", "mail": PIM.mail}

    waits, other = (
        responses.page(PortalPage("enter", values, refresh_seconds=seconds), Around("nl"))
        for seconds in (3, 0)
    )

    assert waits.headers["Refresh"] == "3"
    assert "Refresh" not in other.headers

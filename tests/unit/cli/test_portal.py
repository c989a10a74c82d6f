"""The link into the pages of a connection."""

import json

from koppeling.bootstrap.pages import sign_in
from koppeling.core.log import LogKind
from koppeling.core.people import Person, Role
from tests.unit.cli.conftest import CONNECT_URL, Office
from tests.unit.portal.signing import PortalBrowser

ID = "veldhuis-advies-01"
MARIT = Person("marit@veldhuis.example", Role.DECIDE)


class Pages:
    """The pages of an office, for a browser."""

    def __init__(self, office: Office) -> None:
        self.routes = office.stack.wiring.portal_routes


def link(office: Office, *arguments: str) -> str:
    answer = json.loads(office.run("portal", "--json", ID, *arguments).stdout)
    address: str = answer["link"]
    assert address.startswith(f"{CONNECT_URL}/portal/go?ticket=")
    return address


def entered(office: Office, address: str) -> PortalBrowser:
    browser = PortalBrowser(Pages(office))
    browser.open(address)
    browser.press()
    return browser


def test_a_colleague_gets_to_one_connection_alone_and_its_people_see_who_it_was(
    office: Office,
) -> None:
    connection = office.connect(people=(MARIT,))
    office.connect(id="another", people=(MARIT,))
    browser = entered(office, link(office))
    assert browser.status == 200
    browser.open("/portal/another")

    assert browser.status == 404
    (entry,) = office.stack.stores.log.page(connection.id, kind=LogKind.SIGN_IN).entries
    assert (entry.what, entry.role) == ("signed-in-by-qics", "decide")
    assert entry.who == office.stack.caller


def test_a_link_for_a_person_shows_what_that_person_may_see(office: Office) -> None:
    connection = office.connect(people=(Person(MARIT.mail),))
    browser = entered(office, link(office, "--for", MARIT.mail))

    assert MARIT.mail in browser.text
    (entry,) = office.stack.stores.log.page(connection.id, kind=LogKind.SIGN_IN).entries
    assert (entry.who, entry.role) == (MARIT.mail, "look")
    assert entry.values == {"made_by": office.stack.caller}


def test_a_link_for_somebody_who_does_not_belong_there_is_refused(office: Office) -> None:
    office.connect(people=(MARIT,))
    result = office.run("portal", ID, "--for", "iemand@elders.example")

    assert result.exit_code != 0
    assert "has no person iemand@elders.example" in result.output
    assert sign_in(office.stack.wiring).invitation("") is None

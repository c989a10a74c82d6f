"""Invoices and months on the real stores: few reads a page, and buttons that do what they say."""

import json
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from koppeling.bootstrap.portal import actions, screens
from koppeling.core.people import Person, Role
from koppeling.portal.page import Answer, Download, GoTo, PageRequest, PortalPage
from koppeling.portal.pages.renderer import Frame, PortalRenderer
from tests.aws_calls import aws_calls
from tests.environment import Environment, environment
from tests.sandbox.invoices import build_invoice
from tests.unit.portal.reading import Seen, seen

MARIT = Person("marit@veldhuis.example", Role.DECIDE)
DAY = date(2026, 10, 31)
DO = "https://koppeling.example/portal/veldhuis-advies-01/do/"
BOOKED, REFUSED = "2026/0412 A%", "20260413"


@pytest.fixture
def h() -> Iterator[Environment]:
    with environment(accounts=3) as built:
        built.change(people=(MARIT,))
        built.pull()
        built.offer(build_invoice(BOOKED, invoice_date=DAY))
        built.offer(build_invoice(REFUSED, invoice_date=DAY, debtor_code="9999"))
        yield built


def asked(h: Environment, path: str, **query: str) -> Answer:
    request = PageRequest(h.connection, MARIT, h.clock.now(), query)
    return screens(h.wiring)[path](request)


def shown(h: Environment, path: str, **query: str) -> Seen:
    page = asked(h, path, **query)
    assert isinstance(page, PortalPage)
    renderer = PortalRenderer("https://koppeling.example/portal")
    return seen(renderer.html(page, Frame("nl", MARIT, h.connection, "token")))


def test_the_list_and_the_month_say_the_same_of_two_invoices(h: Environment) -> None:
    listed = shown(h, "invoices", month="2026-10")
    month = shown(h, "month", month="2026-10")

    assert [(cells[0], cells[3]) for cells in listed.rows[1:]] == [
        (REFUSED, "Wacht op jou"),
        (BOOKED, "Geboekt"),
    ]
    assert "1 factuur van oktober 2026 wacht op jou." in listed.text
    assert "Oktober 2026 klopt nog niet: 1 factuur wacht." in month.text


@pytest.mark.parametrize(
    ("path", "query", "reads"),
    [
        ("invoices", {"month": "2026-10"}, {"Query": 1}),
        ("invoices", {"month": "2026-10", "search": "2026"}, {"Query": 2}),
        ("invoices", {"month": "all"}, {"Query": 1, "BatchGetItem": 1}),
        # Its invoices, its comparison with Exact, and the problems for what is not right
        ("month", {"month": "2026-10"}, {"Query": 2, "GetItem": 2}),
        ("month", {"month": "2026-09"}, {"Query": 1, "GetItem": 2}),
        ("invoice", {"number": BOOKED}, {"GetItem": 1, "Query": 1}),
        # What may be offered again is asked of those who offer it
        ("invoice", {"number": REFUSED}, {"GetItem": 2, "Query": 2}),
        # The problems, and the invoices that have a button to be decided about
        ("todo", {}, {"Query": 1, "BatchGetItem": 1}),
        ("todo", {"group": "debtor-not-found"}, {"Query": 1, "BatchGetItem": 1}),
        # A comparison is read only for an entry that somebody typed
        ("invoice", {"number": REFUSED, "entry": "1"}, {"GetItem": 3, "Query": 2}),
    ],
)
def test_a_page_takes_few_reads(
    h: Environment, path: str, query: dict[str, str], reads: dict[str, int]
) -> None:
    with aws_calls() as calls:
        asked(h, path, **query)

    assert calls.of("dynamodb") == reads  # P17


def test_the_evidence_of_an_invoice_with_an_odd_number_is_what_went_to_exact(
    h: Environment,
) -> None:
    file = asked(h, "invoice", number=BOOKED, file="evidence")

    assert isinstance(file, Download)
    archive = ZipFile(BytesIO(file.content))
    first = json.loads(archive.read(archive.namelist()[0]))
    assert json.loads(first["sent"])["YourRef"] == BOOKED


def test_what_a_person_decides_on_the_page_is_carried_out_and_stands_there(
    h: Environment,
) -> None:
    before = asked(h, "invoice", number=REFUSED)
    assert isinstance(before, PortalPage)
    form = {"number": REFUSED, "back": "invoice", "reason": "Staat al op een andere factuur"}
    form |= {"seen": before.values["seen"]}
    assert f"{DO}skip" in shown(h, "invoice", number=REFUSED).actions

    answer = actions(h.wiring)["skip"](PageRequest(h.connection, MARIT, h.clock.now(), form=form))
    (body,) = h.taken(h.settings.sales_entry_queue_url)
    h.wiring.invoice_worker.handle(json.dumps(body))

    assert isinstance(answer, GoTo)
    assert (answer.path, answer.notice) == ("invoice", "skipped")
    page = shown(h, "invoice", number=REFUSED)
    assert "Overgeslagen door marit@veldhuis.example. Reden: Staat al op een andere" in page.text
    assert page.actions == [f"{DO}offer"]

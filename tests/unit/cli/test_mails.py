"""Mails, for an operator: the mails of the local stack, and addresses that bounced."""

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from koppeling.cli.exits import Exit
from koppeling.core.people import Person
from tests.unit.cli.conftest import Office

GONE = "weg@veldhuis.example"
SENT = {
    "MessageId": "1",
    "To": [GONE],
    "Subject": "1 factuur wacht op je",
    "BodyText": "Er wacht iets.",
    "BodyHtml": "<p>Er wacht iets.</p>",
    "Timestamp": 1795000000.0,
}


class Emulator(BaseHTTPRequestHandler):
    """Shows the mails that were sent."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"messages": {"000000000000": [SENT]}}).encode())

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Emulator) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_mails_of_the_local_stack_are_shown(office: Office, endpoint: str) -> None:
    office.stack.location = replace(office.stack.location, endpoint=endpoint)

    all_of_them = office.run("mails", "list").output
    assert f"to {GONE}: 1 factuur wacht op je" in all_of_them
    assert "Er wacht iets." in all_of_them
    assert office.run("mails", "list", "--to", "x@y.example").output == "no mail was sent\n"


def test_in_aws_a_mail_is_for_its_reader_alone(office: Office) -> None:
    result = office.run("mails", "list")

    assert result.exit_code == Exit.USAGE
    assert "local stack" in result.output


def test_an_address_that_bounced_is_shown_and_cleared(office: Office, endpoint: str) -> None:
    connection = office.connect(people=(Person(GONE),))
    office.stack.wiring.mails.addresses.note_trouble(GONE, "bounce", office.clock.now())

    shown = office.run("status", connection.id).output
    one = json.loads(office.run("status", connection.id, "--json").stdout)
    assert f"{GONE} is not written to (bounce)" in shown.replace("\n", " ")
    assert one["unreachable"] == {GONE: "bounce"}

    office.stack.location = replace(office.stack.location, endpoint=endpoint)
    assert office.run("mails", "clear", GONE).output == f"{GONE} is written to again\n"
    assert "all the time" in office.run("mails", "clear", GONE).output

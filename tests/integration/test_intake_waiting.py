"""Invoices handed in over HTTPS for a connection that is paused, or not started."""

import pytest

from tests.environment import environment
from tests.integration.test_intake import a_key
from tests.sandbox.invoices import build_invoice
from tests.unit.intake_program import Program


@pytest.mark.parametrize(
    ("changes", "state"), [({"paused": True}, "paused"), ({"started": False}, "not-started")]
)
def test_an_invoice_of_a_connection_that_waits_is_taken_and_waits_with_it(
    changes: dict[str, bool], state: str
) -> None:
    with environment(accounts=10) as h:
        program = Program(h.wiring.intake_routes, a_key(h), h.connection.id)
        h.change(**changes)
        files = build_invoice("20260412", with_pdf=False)

        answer = program.put("20260412", files.json_bytes)

        assert (answer.status, answer.body["state"]) == (202, "received")
        assert program.status().body["state"] == state
        assert program.invoice("20260412").body["state"] == "received"

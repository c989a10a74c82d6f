"""The HTTPS API on the deployed stack: it does what its description says, and books."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any
from urllib.parse import unquote

import pytest
import requests
import schemathesis
from click.testing import CliRunner
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from koppeling.cli.context import CliContext
from koppeling.cli.main import koppeling
from koppeling.cli.stack import Stack as OperatedStack
from koppeling.cli.stack import StackLocation
from koppeling.core.ids import ConnectionId
from koppeling.intake.addresses import ADDRESSES
from tests.e2e.job import CONNECTION, Job
from tests.sandbox.invoices import build_invoice
from tools.stack.processes import eventually

pytestmark = pytest.mark.e2e

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SECONDS = (2, 30)
# Each key may make ten calls a second, and what is asked here comes faster
KEYS = 8
EXAMPLES = 8
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass(frozen=True, slots=True)
class Sender:
    """A program that hands in invoices for a connection."""

    base: str
    connection: str
    key: str

    def sends(self, method: str, path: str, **content: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        """Send a request below the address of the connection."""
        address = f"{self.base}/v1/connections/{self.connection}{path}"
        headers = {"Authorization": f"Bearer {self.key}"}
        return requests.request(method, address, headers=headers, timeout=SECONDS, **content)


def typed(job: Job, *words: str) -> Any:  # noqa: ANN401 - what a command answers
    """Have an operator type a command; returns its JSON."""
    location = StackLocation(job.stack.region, job.stack.outputs, job.stack.aws_endpoint)
    stack = OperatedStack(location, wiring=job.wiring)
    result = CliRunner().invoke(
        koppeling, [*words, "--json"], obj=CliContext(given_stack=stack), catch_exceptions=False
    )
    return json.loads(result.stdout)


def sender(job: Job, connection: str = CONNECTION) -> Sender:
    key = typed(job, "keys", "create", connection)["key"]
    return Sender(job.stack.outputs["ConnectUrl"], connection, key)


def test_a_key_of_the_command_line_hands_in_an_invoice_that_is_booked_with_its_pdf(
    job: Job,
) -> None:
    program, files = sender(job), build_invoice("2026/A001", debtor_code="1071")
    digest = hashlib.sha256(files.pdf_bytes).hexdigest()
    wanted = {"sha256": digest, "size_bytes": len(files.pdf_bytes)}
    upload = program.sends("POST", "/invoices/2026%2FA001/pdf", json=wanted).json()
    put = requests.put(
        upload["url"], data=files.pdf_bytes, headers=upload["headers"], timeout=SECONDS
    )
    assert put.status_code == 200

    document = {**files.document, "pdf": {**files.document["pdf"], "key": upload["key"]}}
    answer = program.sends("PUT", "/invoices/2026%2FA001", json=document)
    assert (answer.status_code, answer.json()["state"]) == (202, "received")

    def state() -> dict[str, Any]:
        found: dict[str, Any] = program.sends("GET", "/invoices/2026%2FA001").json()
        return found

    assert eventually(lambda: state()["state"] == "booked")
    (entry,) = job.entries("2026/A001")
    assert state()["entry_number"] == str(entry["entry_number"])
    assert program.sends("PUT", "/invoices/2026%2FA001", json=document).status_code == 200
    (key,) = typed(job, "keys", "list", CONNECTION)
    assert key["last_used"] is not None
    typed(job, "keys", "revoke", CONNECTION, key["id"])
    assert program.sends("GET", "/status").status_code == 401


def test_an_address_for_a_pdf_takes_that_file_alone(job: Job) -> None:
    program, content = sender(job), b"%PDF-1.7 made up"
    digest = hashlib.sha256(content).hexdigest()
    wanted = {"sha256": digest, "size_bytes": len(content)}
    upload = program.sends("POST", "/invoices/1/pdf", json=wanted).json()
    headers = upload["headers"]
    without = {name: value for name, value in headers.items() if "checksum" not in name}
    other = content[:-1] + b"x"
    longer = {**headers, "Content-Length": str(len(content) + 1)}
    tries = (
        (upload["url"], headers, other),
        (upload["url"], longer, content + b"x"),
        (upload["url"], without, other),
        (upload["url"].replace(".pdf", "-2.pdf"), headers, content),
        (upload["url"], headers, content),
    )

    statuses = [
        requests.put(url, data=body, headers=sent, timeout=SECONDS).status_code
        for url, sent, body in tries
    ]
    typed(job, "keys", "revoke", CONNECTION, typed(job, "keys", "list", CONNECTION)[0]["id"])
    assert statuses == [400, 403, 403, 403, 200]


@contextmanager
def senders(job: Job) -> Iterator[Iterator[Sender]]:
    """Give keys of paused connections for as long as they are needed, in turn."""
    connections, template = (
        job.wiring.stores.connections,
        job.wiring.stores.connections.get(CONNECTION),
    )
    assert template is not None
    ids = [ConnectionId(f"described-{number}") for number in range(KEYS)]
    for each in ids:
        connections.save(replace(template, id=each, paused=True))
    try:
        yield cycle([sender(job, each) for each in ids])
    finally:
        for each in ids:
            for key in job.wiring.stores.intake_keys.of(each):
                job.wiring.stores.intake_keys.remove(key)
            connections.remove(each)


def test_it_answers_as_its_description_says_whatever_it_is_asked(job: Job) -> None:
    base = job.stack.outputs["ConnectUrl"]
    description = requests.get(f"{base}/v1/openapi.json", timeout=SECONDS).json()
    read: Iterable[Any] = schemathesis.openapi.from_dict(description).get_all_operations()
    operations = [found.ok() for found in read]
    assert len(operations) == len(ADDRESSES)
    statuses: dict[str, set[int]] = {}

    with senders(job) as turns:
        for operation in operations:
            # Who asks for nothing in particular cannot ask for it wrongly
            takes_nothing = operation.label == "GET /v1/openapi.json"
            for mode in MODES[:1] if takes_nothing else MODES:
                seen = statuses.setdefault(operation.label, set())
                seen |= asked_of(operation, mode, base, turns)

    assert 200 in statuses["GET /v1/connections/{connection}/status"]
    # Whoever has a key gets further than the door; an invoice that nobody handed in is not found
    assert all(seen & {200, 404, 422} for seen in statuses.values()), statuses


def asked_of(operation: Any, mode: GenerationMode, base: str, turns: Iterator[Sender]) -> set[int]:  # noqa: ANN401 - schemathesis' own
    """Ask one operation a number of things, and check each answer; returns their statuses."""
    seen: set[int] = set()

    @settings(max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:  # noqa: ANN401 - likewise
        program, places = next(turns), case.path_parameters or {}
        # The emulator finds no route for an address with a line in it
        assume("\n" not in unquote(str(places.get("number", ""))))
        if "connection" in places:
            places["connection"] = program.connection
        headers = {"Authorization": f"Bearer {program.key}"}
        response = case.call(base_url=base, headers=headers, timeout=SECONDS[1])
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    try:
        ask()
    except Exception as error:
        raise AssertionError(f"{operation.label} {mode}") from error
    return seen

"""Who hands in invoices over HTTPS: the three steps, the examples, and many invoices.

`HANDED_IN=100` hands in a hundred, as `make soak` does: with two cores that takes minutes.
"""

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from koppeling.cli.stack import Stack as OperatedStack
from koppeling.cli.stack import StackLocation
from koppeling.cli.tasks.keys import create_key, revoke_key
from tests.e2e.hand_in import HandingProgram, percentile
from tests.e2e.job import CONNECTION, Job
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.invoices import INVOICE_DATE, InvoiceFiles, build_invoice
from tools.paths import ROOT
from tools.stack.processes import eventually

pytestmark = pytest.mark.e2e

EXAMPLES = ROOT / "docs/examples"
CONTRACT = ROOT / "docs/factuurcontract.md"
NUMBER = "20260455"
INVOICES = int(os.environ.get("HANDED_IN", "20"))
# In seconds; the emulator starts a function in more than AWS does
SLOWEST_PUT = 5.0
# Look-ups of what is not known yet, and of invoices whose outcome was unknown
SPARE_CALLS = 15
DUTCH = {"de", "het", "een", "aan", "opnieuw", "factuur", "document"}
# Each breaks another rule of the contract
MISTAKES: tuple[dict[str, object], ...] = (
    {"debtor_code": ""},
    {"currency": "euro"},
    {"invoice_date": "31-10-2026"},
    {"due_date": "2026-10-01"},
    {"totals": {"amount_excl_vat": "1.00", "vat_amount": "0.21", "amount_incl_vat": "1.21"}},
)
WRONG = len(MISTAKES)
log = logging.getLogger(__name__)


@contextmanager
def a_key(job: Job) -> Generator[str]:
    """Make a key, and revoke it afterwards."""
    location = StackLocation(job.stack.region, job.stack.outputs, job.stack.aws_endpoint)
    stack = OperatedStack(location, wiring=job.wiring)
    made, text = create_key(stack, CONNECTION)
    try:
        yield text
    finally:
        revoke_key(stack, CONNECTION, made.id)


def run(job: Job, folder: Path, *command: str) -> str:
    """Run a command as a reader of the document would, with a key of its own."""
    with a_key(job) as key:
        told = {"KOPPELING_URL": job.stack.outputs["ConnectUrl"], "KOPPELING_KEY": key}
        done = subprocess.run(  # noqa: S603 - our own examples
            command,
            cwd=folder,
            env={**os.environ, **told},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def unhurried(job: Job) -> Iterator[ExactControl]:
    """Let Exact take more calls a minute than it does: these invoices would wait for minutes."""
    job.exact.turn(minute_limit=100_000)
    yield job.exact
    job.exact.turn(minute_limit=60)
    job.exact.clear_limits()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the document, its PDF and the programs."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


def is_booked_once_with_its_pdf(job: Job, number: str) -> bool:
    return attachments(job, [number]) == {number: [1]}


def test_the_three_steps_of_the_contract_book_an_invoice_with_its_pdf(
    job: Job, folder: Path
) -> None:
    text = CONTRACT.read_text()
    section = text[text.index("## In drie stappen") : text.index("## Waar de bestanden komen")]
    steps = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert len(steps) == 3

    said = run(job, folder, "sh", "-euc", "\n".join(steps))

    assert '"state": "received"' in said
    assert eventually(lambda: is_booked_once_with_its_pdf(job, NUMBER))


def attachments(job: Job, numbers: Iterable[str]) -> dict[str, list[int]]:
    """Return how many attachments each entry has, by the invoice numbers that have entries."""
    found: dict[str, list[int]] = {}
    for entry in job.exact.entries():
        counts = [len(document["attachments"]) for document in entry["documents"]]
        found.setdefault(entry["your_ref"], []).append(sum(counts))
    return {number: found[number] for number in numbers if number in found}


PROGRAMS: dict[str, tuple[str, ...]] = {
    "curl": ("sh", "hand_in.sh"),
    "python": (sys.executable, "hand_in.py"),
}
# Where there is no .NET, `tests/infra/test_examples.py` holds it against the description alone
if shutil.which("dotnet"):
    _STEPS = "dotnet new console -o hand-in && cp HandIn.cs hand-in/Program.cs"
    PROGRAMS["c#"] = ("sh", "-ec", f'{_STEPS} && dotnet run --project hand-in -- "$0" "$1"')


@pytest.mark.parametrize("language", PROGRAMS)
def test_an_example_hands_in_a_document_and_its_pdf_and_may_be_run_again(
    job: Job, folder: Path, language: str
) -> None:
    said = run(job, folder, *PROGRAMS[language], f"{NUMBER}.json", f"{NUMBER}.pdf")

    assert f'"invoice_number": "{NUMBER}"' in said
    assert eventually(lambda: is_booked_once_with_its_pdf(job, NUMBER))


def test_many_invoices_are_booked_once_although_answers_get_lost_and_keys_change(
    job: Job, unhurried: ExactControl
) -> None:
    unhurried.clear_journal()
    files = [build_invoice(f"2026H{n:03}", debtor_code="1071") for n in range(INVOICES)]
    apart = INVOICES // WRONG
    wrong = {f"2026H{n * apart + 1:03}": mistake for n, mistake in enumerate(MISTAKES)}
    program = HandingProgram(job.stack.outputs["ConnectUrl"], CONNECTION)

    with a_key(job) as second:
        with a_key(job) as first:
            answers = handed_in(program, first, files[: INVOICES // 2], wrong)
        # The first one is revoked by now
        answers |= handed_in(program, second, files[INVOICES // 2 :], wrong)
        right = answers.keys() - wrong.keys()
        wanted = {each: [1] for each in right}
        assert eventually(lambda: attachments(job, answers) == wanted, 120)
        since = INVOICE_DATE.isoformat()
        assert eventually(lambda: right <= program.booked(since).keys())
    assert {answers[number].status_code for number in right} <= {200, 202}
    for number in wrong:
        assert answers[number].status_code == 422
        assert_says_what_to_do_in_dutch(answers[number])
    tell_figures(job, program)


def handed_in(
    program: HandingProgram,
    key: str,
    files: list[InvoiceFiles],
    wrong: Mapping[str, Mapping[str, object]],
) -> dict[str, requests.Response]:
    """Hand in invoices with a key, some of them wrong; returns the last answer about each."""
    program.key = key
    return {
        number: program.hand_in(each, **wrong.get(number, {}))
        for each in files
        for number in [each.document["invoice_number"]]
    }


def assert_says_what_to_do_in_dutch(answer: requests.Response) -> None:
    assert answer.headers["Content-Language"] == "nl"
    findings = answer.json()["findings"]
    assert findings
    for each in findings:
        assert each["pointer"] is not None
        assert each["text"].endswith(".")
        assert DUTCH & set(each["what_to_do"].lower().split())


def tell_figures(job: Job, program: HandingProgram) -> None:
    """Write down what it took; the bound is far above what a machine of any speed needs."""
    put = program.times["handIn"]
    calls = [call for call in job.exact.journal() if "/api/v1/" in call["path"]]
    p95 = percentile(put, 0.95)
    log.info(
        "%d PUT, p50 %.3f s, p95 %.3f s; %d requests, %d answers lost; %d calls to Exact",
        *(len(put), percentile(put, 0.5), p95, program.asked, program.lost, len(calls)),
    )
    assert program.lost >= INVOICES // 5
    assert p95 < SLOWEST_PUT
    # Three for each invoice with its PDF, and next to nothing beside that
    assert 3 * (INVOICES - WRONG) <= len(calls) <= 3 * (INVOICES - WRONG) + SPARE_CALLS

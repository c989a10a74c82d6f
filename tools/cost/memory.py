"""Measures how large each function's process becomes, deployed on the local stack (P11).

The emulator runs each function in a process of its own, on the real layers; the kernel tells the
most that it ever held. That needs Linux.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import requests

from tests.sandbox.common.company import CONNECTION
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tools.paths import STACK_NAME, STATE
from tools.stack.connect import connect
from tools.stack.deployed import Stack
from tools.stack.processes import eventually
from tools.stack.stack import local_stack

# What Exact takes, and we do (X130)
LARGEST_PDF = 10_000_000
ACCOUNTS = 1_000
PATIENCE = 120
_NAME, _ENDPOINT = "AWS_LAMBDA_FUNCTION_NAME", "AWS_ENDPOINT_URL"


def peaks() -> dict[str, int]:
    """Let every function do its largest work, and return the most that it held, in MB."""
    with local_stack(STATE / "cost", accounts=ACCOUNTS, say=lambda _: None) as stack:
        connect(stack)
        _push(stack, large_invoice("20261001"))
        for entity in _entities(stack):
            stack.tick(entity, datetime.now(UTC))
            eventually(partial(_is_read, stack, entity), PATIENCE)
        stack.invoke("WatchFunction", {"check": CONNECTION})
        stack.invoke("WatchFunction", {"watch": "daily"})
        requests.get(f"{stack.outputs['ConnectUrl']}/connect/{CONNECTION}?ticket=a.b", timeout=60)
        return dict(sorted(_held(stack)))


def large_invoice(number: str) -> InvoiceFiles:
    """Return an invoice whose PDF is as large as it may be."""
    made = build_invoice(number)
    pdf = made.pdf_bytes + b"%" + b" " * (LARGEST_PDF - len(made.pdf_bytes) - 1)
    part = {
        **made.document["pdf"],
        "size_bytes": len(pdf),
        "sha256": hashlib.sha256(pdf).hexdigest(),
    }
    document = {**made.document, "pdf": part}
    return InvoiceFiles(document, json.dumps(document).encode(), pdf, made.json_key, made.pdf_key)


def _entities(stack: Stack) -> list[str]:
    """Return the entities, the ones first to which others refer."""
    names = {name.removeprefix("Pull").removesuffix("Function") for name in _pulls(stack)}
    first = ("VatCodes", "PaymentConditions", "Accounts", "CostCenters", "Employees", "Items")
    return [*first, *sorted(names - {*first})]


def _pulls(stack: Stack) -> Iterator[str]:
    for name in stack.outputs:
        if name.startswith("Pull") and name.endswith("Function"):
            yield name


def _is_read(stack: Stack, entity: str) -> bool:
    return stack.waiting(f"Pull{entity}QueueUrl") == 0


def _push(stack: Stack, files: InvoiceFiles) -> None:
    inbox = stack.outputs["InboxBucket"]
    stack.objects.put_object(Bucket=inbox, Key=files.pdf_key, Body=files.pdf_bytes)
    stack.objects.put_object(Bucket=inbox, Key=files.json_key, Body=files.json_bytes)
    eventually(lambda: stack.waiting("SalesEntryQueueUrl") == 0, PATIENCE)


def _held(stack: Stack) -> Iterator[tuple[str, int]]:
    """Yield each function of a stack with the most that a process of it held."""
    logical = {
        name: output for output, name in stack.outputs.items() if output.endswith("Function")
    }
    found: dict[str, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        name, held = _process(folder, stack.aws_endpoint)
        if name.startswith(STACK_NAME):
            own = logical.get(name, name)
            found[own] = max(found.get(own, 0), held)
    yield from found.items()


def _process(folder: Path, endpoint: str) -> tuple[str, int]:
    """Return the function that a process runs, and the most it ever held in MB."""
    try:
        pairs = (folder / "environ").read_bytes().decode(errors="replace").split("\0")
        variables = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        if variables.get(_ENDPOINT) != endpoint:
            return "", 0
        lines = (folder / "status").read_text().splitlines()
    except OSError:
        return "", 0
    held = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), "0")
    return variables.get(_NAME, ""), int(held) // 1024


if __name__ == "__main__":
    os.environ.setdefault("LOCAL_STATE", ".local/cost")
    print(peaks())

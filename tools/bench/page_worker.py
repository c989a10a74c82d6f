"""A process that makes pages, as one environment of PortalFunction, for `tools.bench.pages`."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from koppeling.bootstrap.pages import sign_in
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.people import Person, Role
from koppeling.core.problems import Problem
from koppeling.push.outbox import OutboxItem, State
from tests.environment import Environment, environment
from tests.sandbox.dynamodb import standing
from tests.unit.portal.signing import PortalBrowser

A_MONTH = 150
TO_DYNAMODB = 0.006
"""Seconds on the way to DynamoDB and back for each call within a region, generously."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that a reader asks for: which reader, and its address below that of the connection."""

    reader: int
    place: str


@dataclass(frozen=True, slots=True)
class Made:
    """A page that was made: its status, the seconds of processor of our own code, and its calls."""

    status: int
    own: float
    calls: int


class Tables:
    """Measures what the tables in memory take, and adds the way to DynamoDB."""

    def __init__(self) -> None:
        self.took, self.calls, self._answer = 0.0, 0, standing().answer

    def answer(self, call: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a call."""
        began = time.process_time()
        try:
            return self._answer(call, asked)
        finally:
            self.took += time.process_time() - began
            self.calls += 1
            time.sleep(TO_DYNAMODB)


def work(pipe: Pipe, readers: int, invoices: int, problems: int) -> None:
    """Make the pages that are asked for over a pipe, until None is; its log goes nowhere."""
    nowhere = Path(os.devnull)
    with nowhere.open("w") as log, redirect_stdout(log), environment(accounts=3) as home:
        people = tuple(Person(f"lezer-{n}@veldhuis.example", Role.DECIDE) for n in range(readers))
        home.connect(replace(home.connection, people=people))
        fill(home, invoices, problems)
        world = SimpleNamespace(routes=home.wiring.portal_routes)
        browsers = [signed_in(home, world, person) for person in people]
        tables = Tables()
        standing().answer = tables.answer  # type: ignore[method-assign] # while this process lives
        pipe.send("ready")
        while (asked := pipe.recv()) is not None:
            pipe.send(_made(browsers[asked.reader], tables, f"{home.connection.id}/{asked.place}"))


def signed_in(home: Environment, world: object, person: Person) -> PortalBrowser:
    """Return a browser in which somebody is signed in."""
    browser = PortalBrowser(world)
    browser.open("/portal/go", ticket=sign_in(home.wiring).link(person.mail))
    browser.press()
    return browser


def _made(browser: PortalBrowser, tables: Tables, path: str) -> Made:
    tables.took, tables.calls = 0.0, 0
    began = time.process_time()
    browser.open(f"/portal/{path}".rstrip("/"))
    return Made(browser.status, time.process_time() - began - tables.took, tables.calls)


def fill(home: Environment, invoices: int, problems: int) -> None:
    """Write the invoices and the problems of a connection."""
    stores, connection = home.wiring.stores, home.connection.id
    for item in items(connection, home.clock.now().date(), invoices, problems // 2):
        stores.outbox.begin(item)
    for problem in _problems(connection, problems // 2):
        stores.problems.open(problem)


def items(
    connection: ConnectionId, today: date, invoices: int, waiting: int
) -> Iterator[OutboxItem]:
    """Yield invoices of the last years, 150 a month, most of them done."""
    for place in range(invoices):
        number = f"{20_200_000 + place}"
        day = today - timedelta(days=30 * (place // A_MONTH))
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        waits = place < waiting
        yield OutboxItem(
            connection=connection,
            number=number,
            state=State.REJECTED if waits else State.DONE,
            document_hash=f"{place:064}",
            kind="invoice",
            currency="EUR",
            amount_excl=Decimal("1041.25"),
            vat_amount=Decimal("218.66"),
            amount_incl=Decimal("1259.91"),
            entry_id=None if waits else ExactId(f"00000000-0000-0000-0000-{place:012}"),
            entry_number=None if waits else f"{26_700_000 + place}",
            entry_date=day,
            dated=day,
            debtor=f"{1000 + place % 400}",
            debtor_name="Bakkerij De Vries",
            code="debtor-not-found" if waits else None,
            history=((State.INTENT, at), (State.REJECTED if waits else State.DONE, at)),
        )


def _problems(connection: ConnectionId, half: int) -> Iterator[Problem]:
    for place in range(half):
        number = f"{20_200_000 + place}"
        values = {"invoice": number, "debtor": f"{1000 + place} Bakkerij De Vries", "code": "1000"}
        yield Problem(connection, f"invoice/{number}", "debtor-not-found", values)
        values = {"debtor": f"{1000 + place} Bakkerij De Vries", "value": "info@"}
        yield Problem(connection, f"accounts/{place:036}", "email-invalid", values)

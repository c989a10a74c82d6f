"""`PEOPLE=50 make bench`: people who read the pages of a connection with many invoices (P17).

    10,000 invoices, 500 problems ──► each person opens a page, reads it for some seconds, and so on

Everything goes through the deployed stack. The emulator looks at every item of a connection for
each query, so what it takes grows with the invoices, which it does not at AWS: with 600 of them a
page takes 75 to 370 ms, with 10,000 a second. Counted reads are what the tests hold.
"""

import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import median, quantiles

import requests

from koppeling.bootstrap import Wiring
from koppeling.bootstrap.pages import renderer, sign_in
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.people import Person, Role
from koppeling.core.problems import Problem
from koppeling.portal.menu import INVOICE, MENU, label_of
from koppeling.push.outbox import OutboxItem, State
from tests.sandbox.common.company import CONNECTION
from tools.paths import STATE
from tools.stack.connect import connect, wiring_of
from tools.stack.stack import local_stack

INVOICES, PROBLEMS = 10_000, 500
A_MONTH = 150
SECONDS = 60
READS_FOR = (5, 15)  # how many seconds somebody looks at a page
GOAL_MILLISECONDS = 300  # P17
_WRITERS = 8
_TIMEOUT = (5, 30)
_COOKIE = "Set-Cookie"


@dataclass(frozen=True, slots=True)
class Opened:
    """One page that was opened: which, how long it took, and what came."""

    screen: str
    milliseconds: float
    status: int


def items(connection: ConnectionId, today: date) -> Iterator[OutboxItem]:
    """Yield invoices of the last years, 150 a month, most of them done."""
    for place in range(INVOICES):
        number = f"{20_200_000 + place}"
        day = today - timedelta(days=30 * (place // A_MONTH))
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        waits = place < PROBLEMS // 2
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


def fill(wiring: Wiring, connection: ConnectionId) -> None:
    """Write the invoices and the problems."""
    stores, today = wiring.stores, datetime.now(UTC).date()
    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(stores.outbox.begin, items(connection, today)))
        list(pool.map(stores.problems.open, _problems(connection)))


def _problems(connection: ConnectionId) -> Iterator[Problem]:
    for place in range(PROBLEMS // 2):
        number = f"{20_200_000 + place}"
        values = {"invoice": number, "debtor": f"{1000 + place} Bakkerij De Vries", "code": "1000"}
        yield Problem(connection, f"invoice/{number}", "debtor-not-found", values)
        values = {"debtor": f"{1000 + place} Bakkerij De Vries", "value": "info@"}
        yield Problem(connection, f"accounts/{place:036}", "email-invalid", values)


def cookie_of(wiring: Wiring, person: Person) -> str:
    """Sign somebody in, and return what the browser then sends."""
    home = renderer(wiring).address("", "")
    form = {"ticket": sign_in(wiring).link(person.mail)}
    answer = requests.post(f"{home}/go", data=form, timeout=_TIMEOUT, allow_redirects=False)
    return answer.headers[_COOKIE].partition(";")[0]


def read_on(home: str, cookie: str, seed: int, until: float) -> list[Opened]:
    """Open one page after another, as a person who reads them."""
    random, session, opened = Random(seed), requests.Session(), []  # noqa: S311 - no secret is drawn
    session.headers["Cookie"] = cookie
    places = [*MENU, f"{INVOICE}?number={20_200_000 + seed}", "invoices?page=2", "todo?page=2"]
    time.sleep(random.uniform(0, READS_FOR[1]))
    while time.monotonic() < until:
        place = random.choice(places)
        began = time.monotonic()
        address = f"{home}/{CONNECTION}/{place}".rstrip("/")
        answer = session.get(address, timeout=_TIMEOUT)
        took = (time.monotonic() - began) * 1000
        opened.append(Opened(label_of(place.partition("?")[0]), took, answer.status_code))
        time.sleep(random.uniform(*READS_FOR))
    return opened


def main(people: int) -> int:
    """Let them read, and print what each screen took; returns 1 when it took too long."""
    with local_stack(STATE / "bench", accounts=100) as stack:
        connect(stack)
        wiring = wiring_of(stack)
        connection = ConnectionId(CONNECTION)
        readers = tuple(Person(f"lezer-{n}@veldhuis.example", Role.DECIDE) for n in range(people))
        kept = wiring.stores.connections.get(connection)
        if kept is None:
            raise LookupError(connection)
        wiring.stores.connections.save(replace(kept, people=readers))
        fill(wiring, connection)
        cookies = [cookie_of(wiring, person) for person in readers]
        home = renderer(wiring).address("", "")
        read_on(home, cookies[0], 0, time.monotonic() + READS_FOR[1] + 1)  # warm
        until = time.monotonic() + SECONDS
        with ThreadPoolExecutor(people) as pool:
            found = pool.map(lambda n: read_on(home, cookies[n], n, until), range(people))
            opened = [page for pages in found for page in pages]
    return show(opened)


def show(opened: list[Opened]) -> int:
    """Print the times of each screen; returns whether one was missing, or 95 of 100 took longer."""
    by_screen: dict[str, list[float]] = defaultdict(list)
    for page in opened:
        by_screen[page.screen].append(page.milliseconds)
    print(f"{'screen':<12} {'pages':>6} {'half':>7} {'95 %':>7}  milliseconds")
    for screen, took in sorted(by_screen.items()):
        print(f"{screen:<12} {len(took):>6} {median(took):>7.0f} {_most(took):>7.0f}")
    everything = [page.milliseconds for page in opened]
    failed = sum(page.status != requests.codes.ok for page in opened)
    half, most = median(everything), _most(everything)
    print(f"{'together':<12} {len(everything):>6} {half:>7.0f} {most:>7.0f}")
    print(f"goal: 95 % within {GOAL_MILLISECONDS} ms; {failed} pages did not come")
    return int(failed > 0 or most > GOAL_MILLISECONDS)


def _most(took: list[float]) -> float:
    return quantiles(took, n=20)[-1] if len(took) > 1 else took[0]


if __name__ == "__main__":
    sys.exit(main(int(os.environ["PEOPLE"])))

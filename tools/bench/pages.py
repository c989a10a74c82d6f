"""`PEOPLE=50 make bench`: people who read the pages of a connection with many invoices (P17).

    10,000 invoices, 500 problems ──► each person opens a page, reads it for some seconds, and so on

Two processes make the pages, as two environments of PortalFunction on two cores do. Their tables
are those in memory, which look at what a query asks for and no more, as DynamoDB does; the emulator
of `make up` looks at every item of a connection. Each call waits for the way to DynamoDB as well. A
page that finds both processes busy waits for one, and that counts. It wants an idle machine.
"""

import multiprocessing
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection as Pipe
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from random import Random
from statistics import median, quantiles

from koppeling.portal.menu import INVOICE, MENU, label_of
from tools.bench.page_worker import Asked, Made, work

INVOICES, PROBLEMS = 10_000, 500
SECONDS = 60
READS_FOR = (5.0, 15.0)  # how many seconds somebody looks at a page
GOAL_MILLISECONDS = 300  # P17
_OK = 200
_PLACES = (*MENU, f"{INVOICE}?number=20200001", f"{INVOICE}?number=20200150")
_FURTHER = ("invoices?page=2", "invoices?search=2020", "todo?group=email-invalid&page=2")
PLACES = (*_PLACES, *_FURTHER)


@dataclass(frozen=True, slots=True)
class Load:
    """How much there is to read, and for how long people do."""

    people: int
    invoices: int = INVOICES
    problems: int = PROBLEMS
    seconds: float = SECONDS
    reads_for: tuple[float, float] = READS_FOR
    workers: int = 2


@dataclass(frozen=True, slots=True)
class Opened:
    """One page: how many seconds its reader waited for it, and how it was made."""

    screen: str
    waited: float
    made: Made


@contextmanager
def workers(load: Load) -> Generator[SimpleQueue[Pipe]]:
    """Start the processes that make pages, and end them."""
    context, free = multiprocessing.get_context("spawn"), SimpleQueue[Pipe]()
    pipes, processes = list[Pipe](), list[SpawnProcess]()
    for _ in range(load.workers):
        ours, theirs = context.Pipe()
        asked = (theirs, load.people, load.invoices, load.problems)
        process = context.Process(target=work, args=asked, daemon=True)
        process.start()
        pipes.append(ours)
        processes.append(process)
    for pipe in pipes:
        pipe.recv()
        free.put(pipe)
    yield free
    for pipe, process in zip(pipes, processes, strict=True):
        pipe.send(None)
        process.join()


def open_page(free: SimpleQueue[Pipe], reader: int, place: str) -> Opened:
    """Open one page in the first worker that is free."""
    began = time.perf_counter()
    pipe = free.get()
    pipe.send(Asked(reader, place))
    made: Made = pipe.recv()
    free.put(pipe)
    return Opened(label_of(place.partition("?")[0]), time.perf_counter() - began, made)


def read_on(free: SimpleQueue[Pipe], load: Load, until: float, reader: int) -> list[Opened]:
    """Open one page after another, as a person who reads them."""
    random, opened = Random(reader), []  # noqa: S311 - no secret is drawn
    time.sleep(random.uniform(0, load.reads_for[1]))
    while time.monotonic() < until:
        opened.append(open_page(free, reader, random.choice(PLACES)))
        time.sleep(random.uniform(*load.reads_for))
    return opened


def measured(load: Load) -> list[Opened]:
    """Let people read, and return the pages that they opened."""
    with workers(load) as free:
        for place in PLACES * 2 * load.workers:  # warm
            open_page(free, 0, place)
        until = time.monotonic() + load.seconds
        with ThreadPoolExecutor(load.people) as pool:
            read = pool.map(partial(read_on, free, load, until), range(load.people))
            return [page for pages in read for page in pages]


def show(opened: list[Opened]) -> int:
    """Print the times of each screen; returns whether one was missing, or 95 of 100 took longer."""
    by_screen: dict[str, list[Opened]] = defaultdict(list)
    for page in opened:
        by_screen[page.screen].append(page)
    print("milliseconds   pages    half    95 %   own processor, half    95 %   calls of DynamoDB")
    for screen, pages in [*sorted(by_screen.items()), ("together", opened)]:
        waits = _half_and_most(pages, lambda page: page.waited)
        own = _half_and_most(pages, lambda page: page.made.own)
        calls = max(page.made.calls for page in pages)
        print(f"{screen:<12} {len(pages):>7} {waits} {own:>25} {calls:>8}")
    failed = sum(page.made.status != _OK for page in opened)
    print(f"goal: 95 % within {GOAL_MILLISECONDS} ms; {failed} pages did not come")
    most = _most([page.waited for page in opened]) * 1000
    return int(failed > 0 or most > GOAL_MILLISECONDS)


def _half_and_most(pages: list[Opened], of: Callable[[Opened], float]) -> str:
    took = [of(page) * 1000 for page in pages]
    return f"{median(took):>7.0f} {_most(took):>7.0f}"


def _most(took: list[float]) -> float:
    return quantiles(took, n=20)[-1] if len(took) > 1 else took[0]


if __name__ == "__main__":
    sys.exit(show(measured(Load(int(os.environ["PEOPLE"])))))

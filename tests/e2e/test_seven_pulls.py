"""All seven entities on the deployed template, each through a function and a queue of its own."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from koppeling.core.measures import Metric
from koppeling.pull.entities.registry import ENTITIES
from tests.e2e.job import CONNECTION, Job
from tests.infra.pulls import PULLS, Pull
from tools.stack.processes import eventually

pytestmark = pytest.mark.e2e

every_pull = pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.name)

WRITES = frozenset({"POST", "PUT"})
FORETOLD = ("created", "changed", "unchanged", "parked")


@dataclass(frozen=True, slots=True)
class First:
    """The first load of one entity: what a preview told of it, did for it, and what came of it."""

    preview: Mapping[str, Any]
    writes_of_preview: int
    summary: Mapping[str, Any]


@pytest.fixture(scope="module")
def loaded(job: Job) -> Iterator[Mapping[str, First]]:
    """Preview and pull every entity in the order of a first load (L12).

    Seven first loads and their ticks within a minute meet its limit of calls (X34), and would wait
    for the next one; `tests/integration/test_pull_limits.py` is about that.
    """
    job.exact.turn(minute_limit=1000)
    # A function that was warm at the login before this one had its old token refused once
    job.exact.clear_journal()
    by_name = {pull.name: pull.function for pull in PULLS}
    yield {name: first_load(job, by_name[name]) for name in ENTITIES}
    job.exact.turn(minute_limit=60)
    # More than 60 calls of this minute would refuse those of whoever comes next
    job.exact.clear_limits()


def first_load(job: Job, function: str) -> First:
    job.milestones.clear_journal()
    preview = job.stack.invoke(function, {"connection": CONNECTION, "dry_run": True})
    writes = sum(call.method in WRITES for call in job.milestones.journal())
    summary = job.stack.invoke(function, {"connection": CONNECTION})
    return First(preview, writes, summary)


def exact_codes(job: Job, name: str) -> set[str]:
    """Return the codes that the link owes, as QicsMilestones writes them."""
    codes = {record["Code"] for record in job.exact.importable(name)}
    return {str(int(code)) for code in codes} if name == "employees" else codes


def milestones_codes(job: Job, name: str) -> list[str]:
    entity = ENTITIES[name]
    rows = job.milestones.records(entity.target.path)
    return [str(row[entity.target.code]).strip() for row in rows]


def runs(job: Job, pull: Pull) -> list[tuple[int, int]]:
    """Return what the function of a pull measured of each run: was it missed, did Exact fail.

    A run that changed nothing leaves no other line.
    """
    lines = [json.loads(line) for line in job.stack.log_lines(pull.function) if "_aws" in line]
    return [
        each
        for line in lines
        for each in zip(
            line.get(Metric.PULL_MISSED, ()), line.get(Metric.EXACT_FAILED, ()), strict=False
        )
    ]


@every_pull
def test_a_direct_event_lets_an_entity_come_in_through_its_own_function(
    job: Job, loaded: Mapping[str, First], pull: Pull
) -> None:
    summary = loaded[pull.name].summary

    assert (summary["entity"], summary["outcome"]) == (pull.name, "done")
    codes = milestones_codes(job, pull.name)
    assert exact_codes(job, pull.name) <= set(codes)
    assert len(codes) == len(set(codes)), "nothing stands there twice"


@every_pull
def test_a_preview_tells_what_the_pull_then_does_and_writes_nothing(
    loaded: Mapping[str, First], pull: Pull
) -> None:
    first = loaded[pull.name]
    told = first.preview["summary"]

    assert (told["entity"], told["outcome"], first.writes_of_preview) == (pull.name, "done", 0)
    foretold, came = Counter(told["counts"]), Counter(first.summary["counts"])
    assert {name: foretold[name] for name in FORETOLD} == {name: came[name] for name in FORETOLD}
    changes = Counter(change["result"] for change in first.preview["changes"])
    assert (changes["created"], changes["changed"]) == (came["created"], came["changed"])


def test_a_first_load_brings_something_of_every_entity_but_the_accounts_that_were_there(
    loaded: Mapping[str, First],
) -> None:
    came = {name: Counter(first.summary["counts"]) for name, first in loaded.items()}

    assert {name for name in came if came[name]["read"]} >= set(ENTITIES) - {"accounts"}
    assert {name for name in came if came[name]["created"]} == {
        *("payment_conditions", "cost_centers", "items", "employees", "projects")
    }


def test_an_employee_whose_code_is_no_number_is_a_problem_and_stops_nobody_else(
    job: Job, loaded: Mapping[str, First]
) -> None:
    assert loaded["employees"].summary["counts"]["parked"] == 1
    assert job.has_problem("employee-number-not-numeric", "INHUUR-1")


@every_pull
def test_a_tick_queues_the_connection_and_its_function_drains_the_queue(
    job: Job, loaded: Mapping[str, First], pull: Pull
) -> None:
    assert loaded[pull.name].summary["outcome"] == "done"
    before = len(runs(job, pull))
    job.milestones.clear_journal()

    answer = job.stack.tick(pull.entity, datetime.now(UTC))

    assert answer["counts"] == {"queued": 1}
    assert eventually(lambda: len(runs(job, pull)) > before)
    assert eventually(lambda: job.stack.waiting(f"{pull.queue}Url") == 0)
    assert job.stack.waiting(f"{pull.dead_letters}Url") == 0
    assert runs(job, pull)[-1] == (0, 0)
    assert [call.method for call in job.milestones.journal() if call.method in WRITES] == []


def test_no_rule_of_either_vendor_was_broken_by_seven_pulls(
    job: Job, loaded: Mapping[str, First]
) -> None:
    assert len(loaded) == len(PULLS)
    assert job.milestones.violations() == []
    assert [call for call in job.exact.journal() if call["status"] >= 400] == []

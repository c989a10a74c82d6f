"""What the measurement of a large first load judges: each thing it looks for, it finds."""

from dataclasses import replace

from tools.bench.first_load import BUDGET_MB, Landed, findings
from tools.bench.first_load_invocation import Invocation

INVOCATION = Invocation(
    outcome="done",
    detail="",
    counts={"created": 1000},
    seconds=20.0,
    work_seconds=4.0,
    idle_mb=67.0,
    above_idle_mb=21.0,
)
LANDED = Landed(importable=1000, missing=0, doubles=0, strange=0, problems=3)


def test_a_load_that_brought_everybody_in_bounded_memory_is_in_order() -> None:
    assert list(findings([INVOCATION], LANDED)) == []


def test_one_invocation_above_the_budget_of_memory_is_found() -> None:
    large = replace(INVOCATION, above_idle_mb=BUDGET_MB + 1)

    assert list(findings([INVOCATION, large, INVOCATION], LANDED)) == [
        "121 MB above idle, of 120 MB (P11)"
    ]


def test_a_customer_who_is_missing_or_stands_twice_or_is_unknown_in_exact_is_found() -> None:
    wrong = replace(LANDED, missing=1, doubles=2, strange=3)

    assert list(findings([INVOCATION], wrong)) == [
        "1 customers in QicsMilestones: missing",
        "2 customers in QicsMilestones: doubles",
        "3 customers in QicsMilestones: strange",
    ]

"""Keys are built from parts: no number or code, whatever is in it, ends up under another's key."""

from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling.aws.dynamodb.outbox import BlockedInvoiceStore, OutboxStore
from koppeling.aws.dynamodb.problems import ProblemStore
from koppeling.aws.dynamodb.records import RecordStore
from koppeling.aws.dynamodb.references import LookupCacheStore
from koppeling.aws.dynamodb.table import SyncItem
from koppeling.core.ids import ExactId
from koppeling.core.problems import (
    ENTRY_DOUBLED,
    ENTRY_GONE,
    Problem,
    doubled_subject,
    entry_subject,
    invoice_subject,
)
from koppeling.pull.record import Record
from koppeling.push.blocked import BlockedInvoice
from tests.integration.store.test_outbox import ACME, FIRST
from tests.sandbox.common.clock import Clock

# Each holds what parts the keys of others, or continues another
HOSTILE = ("2026", "2026#1", "2026/1", "#", "day#2026", "accounts#2026", "2026#day", "2026/entries")
NUMBERS = (*HOSTILE, "2026/entry", "2026/doubled", "2026/entry/entry")
KINDS = {
    "pdf-missing": invoice_subject,
    ENTRY_GONE: entry_subject,
    ENTRY_DOUBLED: doubled_subject,
}
# Subjects of problems, with their codes
SUBJECTS = {subject_of(each): code for code, subject_of in KINDS.items() for each in NUMBERS}
# A key in S3 may have 1,024 bytes, and so may a sort key with everything around it
LONGEST = f"inbox/acme/{'é' * 500}.json"
SUBJECTS |= dict.fromkeys((LONGEST, f"{LONGEST}2"), "pdf-missing")


def test_each_number_has_its_own_item(items: type[SyncItem]) -> None:
    store = OutboxStore(items)
    for number in HOSTILE:
        store.begin(replace(FIRST, number=number))

    assert [store.get(ACME, number) for number in HOSTILE] == [
        replace(FIRST, number=number) for number in HOSTILE
    ]
    assert len(list(store.all(ACME))) == len(HOSTILE)


def test_each_number_waits_for_its_own_cause(items: type[SyncItem]) -> None:
    store = BlockedInvoiceStore(items)
    waits = [
        BlockedInvoice(number, f"acme/{number}.json", cause)
        for number in HOSTILE
        for cause in ("accounts", "day")
    ]
    for wait in waits:
        store.add(ACME, wait)

    for cause in ("accounts", "day"):
        found = {wait.number for wait in store.of(ACME, cause)}
        assert found == set(HOSTILE)


def test_each_code_stands_for_its_own_record(items: type[SyncItem], clock: Clock) -> None:
    cache, records = LookupCacheStore(items, clock.now), RecordStore(items)
    for kind in ("project", "gl_account"):
        for code in HOSTILE:
            cache.put(ACME, "exact", kind, code, {"ID": f"{kind} {code}"})
            record = Record(ExactId(f"{kind} {code}"), code=code)
            records.save_many(ACME, f"{kind}s", [record])

    for kind in ("project", "gl_account"):
        for code in HOSTILE:
            assert cache.get(ACME, "exact", kind, code) == {"ID": f"{kind} {code}"}
            found = records.find_by_code(ACME, f"{kind}s", code)
            assert found is not None
            assert found.exact_id == f"{kind} {code}"


@pytest.mark.parametrize("closed", SUBJECTS)
def test_each_subject_opens_and_closes_its_own_problems(
    items: type[SyncItem], clock: Clock, closed: str
) -> None:
    store = ProblemStore(items, clock.now)
    for subject, code in SUBJECTS.items():
        store.open(Problem(ACME, subject, code))
    clock.advance(timedelta(hours=1).total_seconds())

    store.close(ACME, closed)

    still = {problem.subject for problem in store.opened(ACME)}
    assert still == SUBJECTS.keys() - {closed}

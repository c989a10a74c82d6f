"""Waits, places before an administration, and evidence: each as the push relies on it."""

from dataclasses import replace
from datetime import timedelta

import boto3
import pytest

from koppeling.aws.dynamodb.outbox import BlockedInvoiceStore
from koppeling.aws.dynamodb.semaphore import LEASE, SemaphoreStore
from koppeling.aws.dynamodb.table import SyncItem, connection_key
from koppeling.aws.evidence_bucket import EvidenceBucket
from koppeling.core.errors import Retry
from koppeling.core.ids import ConnectionId, Division
from koppeling.push.blocked import BlockedInvoice
from koppeling.push.evidence import Ending, Evidence, Step, is_whole
from tests.integration.store.conftest import REGION
from tests.sandbox.common.clock import Clock

ACME, OTHER = ConnectionId("acme"), ConnectionId("acme-2")
HOST, DIVISION = "start.exactonline.nl", Division(987654)
PIECE = Evidence(
    connection=ACME,
    number="20260412",
    count=1,
    step=Step.ENTRY,
    ending=Ending.ANSWERED,
    at="2026-11-24T06:03:00+00:00",
    sent='{"YourRef": "20260412"}',
    answer='{"EntryNumber": 26700001, "Description": "café"}',
)


def test_waits_are_found_by_their_cause_and_by_their_connection_alone(
    items: type[SyncItem],
) -> None:
    waits = BlockedInvoiceStore(items)
    first = BlockedInvoice("1", "acme/1.json", "accounts", "1068")
    second = BlockedInvoice("2", "acme/2.json", "day")
    waits.add(ACME, first)
    waits.add(ACME, second)
    waits.add(OTHER, first)

    assert list(waits.of(ACME, "accounts")) == [first]
    assert list(waits.of(ACME)) == [first, second]
    waits.drop(ACME, next(waits.of(ACME, "accounts")))
    assert list(waits.of(ACME)) == [second]
    assert list(waits.of(OTHER)) == [first]


def test_a_wait_that_was_renewed_after_it_was_read_stays(items: type[SyncItem]) -> None:
    waits = BlockedInvoiceStore(items)
    wait = BlockedInvoice("1", "acme/1.json", "accounts", "1068")
    waits.add(ACME, wait)
    (read,) = waits.of(ACME, "accounts")
    waits.add(ACME, wait)

    waits.drop(ACME, read)

    assert list(waits.of(ACME)) == [wait]


def test_a_wait_that_the_release_before_wrote_is_dropped_unless_it_was_renewed(
    items: type[SyncItem],
) -> None:
    waits = BlockedInvoiceStore(items)
    wait = BlockedInvoice("1", "acme/1.json", "day")
    waits.add(ACME, wait)
    key = connection_key(ACME), "WAITING#day#1"
    items(*key, data=items.get(*key).data).save()
    (read,) = waits.of(ACME)

    waits.add(ACME, wait)
    waits.drop(ACME, read)
    assert list(waits.of(ACME)) == [wait]

    items(*key, data=items.get(*key).data).save()
    waits.drop(ACME, read)
    assert list(waits.of(ACME)) == []


def test_there_are_two_places_before_each_administration(
    items: type[SyncItem], clock: Clock
) -> None:
    slots = SemaphoreStore(items, clock.now)

    taken = [slots.acquire(HOST, DIVISION) for _ in range(3)]

    assert [slot is not None for slot in taken] == [True, True, False]
    assert slots.acquire(HOST, Division(1)) is not None
    assert slots.acquire("start.exactonline.be", DIVISION) is not None


def test_a_place_that_is_given_back_is_free_at_once(items: type[SyncItem], clock: Clock) -> None:
    slots = SemaphoreStore(items, clock.now)
    first = slots.acquire(HOST, DIVISION)
    slots.acquire(HOST, DIVISION)
    assert first is not None

    slots.release(first)

    assert slots.acquire(HOST, DIVISION) is not None
    assert slots.acquire(HOST, DIVISION) is None


def test_a_place_whose_push_died_is_free_after_its_lease_and_not_freed_by_the_dead(
    items: type[SyncItem], clock: Clock
) -> None:
    slots = SemaphoreStore(items, clock.now)
    dead = slots.acquire(HOST, DIVISION)
    slots.acquire(HOST, DIVISION)
    assert dead is not None
    clock.advance((LEASE + timedelta(seconds=1)).total_seconds())
    assert slots.acquire(HOST, DIVISION) is not None
    assert slots.acquire(HOST, DIVISION) is not None

    slots.release(dead)

    assert slots.acquire(HOST, DIVISION) is None


@pytest.fixture
def bucket(aws: None) -> EvidenceBucket:
    """Return an empty bucket for evidence."""
    del aws
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(
        Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return EvidenceBucket(client, "evidence")


def test_evidence_comes_back_word_for_word_and_in_its_order(bucket: EvidenceBucket) -> None:
    story = [replace(PIECE, count=count) for count in (1, 2, 10)]
    for piece in reversed(story):
        assert bucket.add(piece) is None

    assert list(bucket.of(ACME, "20260412")) == story
    assert list(bucket.of(ACME, "2026041")) == []
    assert list(bucket.of(OTHER, "20260412")) == []


def test_evidence_is_never_written_over(bucket: EvidenceBucket) -> None:
    bucket.add(PIECE)

    assert bucket.add(replace(PIECE, answer="forged")) == PIECE
    assert list(bucket.of(ACME, "20260412")) == [PIECE]


def test_evidence_that_is_stored_together_comes_back_apart_and_is_continued_after_its_last(
    bucket: EvidenceBucket,
) -> None:
    second = replace(PIECE, count=2, previous=PIECE.digest)
    third = replace(PIECE, count=3, previous=second.digest)

    assert bucket.add(PIECE, second) is None
    assert bucket.add(replace(PIECE, answer="another")) == second
    assert bucket.add(third) is None

    assert list(bucket.of(ACME, "20260412")) == [PIECE, second, third]
    assert is_whole(bucket.of(ACME, "20260412"))


NUMBERS = ("2026", "2026/0001", "2026/0001/0001", "2026%2F0001", "2026#1", "../2026", "2026/")


def test_evidence_of_one_number_never_includes_that_of_another(bucket: EvidenceBucket) -> None:
    for number in NUMBERS:
        for count in (1, 2):
            assert bucket.add(replace(PIECE, number=number, count=count)) is None

    for number in NUMBERS:
        found = list(bucket.of(ACME, number))
        assert found == [replace(PIECE, number=number, count=count) for count in (1, 2)]


def test_evidence_that_an_earlier_release_kept_in_a_folder_of_a_folder_is_found_and_continued(
    bucket: EvidenceBucket,
) -> None:
    first = replace(PIECE, number="2026/0001")
    boto3.client("s3", region_name=REGION).put_object(
        Bucket="evidence", Key="acme/2026/0001/0001.json", Body=first.as_json().encode()
    )
    second = replace(first, count=2, previous=first.digest)

    assert bucket.add(second) is None

    assert list(bucket.of(ACME, "2026/0001")) == [first, second]
    assert is_whole(bucket.of(ACME, "2026/0001"))
    assert list(bucket.of(ACME, "2026")) == []


def test_a_bucket_that_takes_nothing_is_tried_again(aws: None) -> None:
    del aws
    bucket = EvidenceBucket(boto3.client("s3", region_name=REGION), "no-such-bucket")

    with pytest.raises(Retry, match="evidence-not-kept"):
        bucket.add(PIECE)

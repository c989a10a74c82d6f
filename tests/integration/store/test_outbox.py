"""R18: one item per invoice, and every write only on what was read."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pynamodb.exceptions import PutError

from koppeling.aws.dynamodb.outbox import OutboxStore
from koppeling.aws.dynamodb.table import SyncItem, connection_key, sync_items
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.push.outbox import Conflict, OutboxItem, SentFile, State
from tests.integration.store.conftest import REGION

ACME = ConnectionId("acme")
NUMBER = "20260412"
NOW = datetime(2026, 11, 24, 6, 3, 12, 345678, tzinfo=UTC)
FIRST = OutboxItem(
    connection=ACME,
    number=NUMBER,
    state=State.INTENT,
    document_hash="h" * 64,
    kind="invoice",
    currency="EUR",
    amount_excl=Decimal("1234567890123.10"),
    vat_amount=Decimal("0.00"),
    amount_incl=Decimal(-5),
)
WHOLE = replace(
    FIRST,
    state=State.ATTACHED,
    refused_copy="v1",
    customer=ExactId("c"),
    journal="70",
    entry_date=date(2026, 11, 24),
    entry_id=ExactId("e"),
    entry_number="26700001",
    booked_amount=Decimal("1234.50"),
    differences=("amount", "vat"),
    document_id=ExactId("d"),
    attachment_id=ExactId("a"),
    pdf_sha256="p" * 64,
    code="pdf-missing",
    attempts=3,
    posted_at=NOW,
    probed_at=NOW,
    sent_at=NOW,
    sent_file=SentFile("20260412.pdf", "p" * 64, 17),
    unclear_code="exact-rejected",
    unclear_values={"message": "Timeout expired."},
    unclear_posts=2,
    held_until=NOW,
    held_copy="v1",
    version=9,
    history=((State.INTENT, NOW), (State.POSTING, NOW)),
)


@pytest.mark.parametrize("item", [FIRST, WHOLE], ids=["first", "whole"])
def test_an_item_is_read_back_as_it_was_written(items: type[SyncItem], item: OutboxItem) -> None:
    store = OutboxStore(items)
    store.begin(item)
    assert store.get(ACME, NUMBER) == item


def test_an_invoice_that_was_never_offered_has_no_item(items: type[SyncItem]) -> None:
    assert OutboxStore(items).get(ACME, NUMBER) is None


def test_an_invoice_begins_once(items: type[SyncItem]) -> None:
    store = OutboxStore(items)
    store.begin(FIRST)
    with pytest.raises(Conflict):
        store.begin(replace(FIRST, document_hash="other"))
    assert store.get(ACME, NUMBER) == FIRST


def test_the_same_number_of_another_connection_is_another_invoice(items: type[SyncItem]) -> None:
    store = OutboxStore(items)
    store.begin(FIRST)
    theirs = replace(FIRST, connection=ConnectionId("other"))
    store.begin(theirs)
    assert store.get(ConnectionId("other"), NUMBER) == theirs


def test_of_two_that_move_at_once_only_the_first_does(items: type[SyncItem]) -> None:
    store = OutboxStore(items)
    store.begin(FIRST)
    posting = FIRST.to(State.POSTING, NOW, posted_at=NOW)
    store.move(FIRST, posting)
    with pytest.raises(Conflict):
        store.move(FIRST, FIRST.to(State.REJECTED, NOW))
    assert store.get(ACME, NUMBER) == posting


def test_an_invoice_that_never_began_cannot_move(items: type[SyncItem]) -> None:
    store = OutboxStore(items)
    with pytest.raises(Conflict):
        store.move(FIRST, FIRST.to(State.POSTING, NOW))
    assert store.get(ACME, NUMBER) is None


def test_an_error_of_the_table_is_not_taken_for_somebody_else_s_step(aws: None) -> None:
    del aws
    with pytest.raises(PutError):
        OutboxStore(sync_items("not-there", REGION)).begin(FIRST)


def test_an_item_of_a_later_release_is_read_as_far_as_it_is_known(items: type[SyncItem]) -> None:
    store = OutboxStore(items)
    store.begin(WHOLE)
    stored = items.get(connection_key(ACME), f"INVOICE#{NUMBER}")
    stored.data = {**stored.data, "from_the_future": 1}
    stored.save()
    assert store.get(ACME, NUMBER) == WHOLE


def test_the_state_stands_on_the_item_itself(items: type[SyncItem]) -> None:
    OutboxStore(items).begin(WHOLE)
    stored = items.get(connection_key(ACME), f"INVOICE#{NUMBER}")
    assert (stored.state, stored.version, stored.schema) == ("ATTACHED", 9, 1)


def test_items_of_which_the_outcome_of_a_call_is_unknown_are_found_without_reading_the_others(
    items: type[SyncItem],
) -> None:
    store, other = OutboxStore(items), ConnectionId("zeta")
    store.begin(FIRST)
    store.begin(replace(FIRST, connection=other))
    posting = FIRST.to(State.POSTING, NOW, posted_at=NOW)
    store.move(FIRST, posting)
    store.begin(replace(WHOLE, number="3", connection=other))
    store.begin(replace(WHOLE, number="4", sent_at=None))

    found = {(item.connection, item.number) for item in store.unsettled()}
    assert found == {(ACME, NUMBER), (other, "3")}

    unknown = posting.to(State.UNKNOWN, NOW)
    store.move(posting, unknown)
    assert unknown in list(store.unsettled())
    store.move(unknown, unknown.to(State.ENTRY, NOW))
    assert [item.number for item in store.unsettled()] == ["3"]

"""R40: invoices, their evidence and their messages as the release before left them."""

from dataclasses import replace

from koppeling.aws.dynamodb.outbox import BlockedInvoiceStore, OutboxStore
from koppeling.aws.dynamodb.semaphore import SemaphoreStore
from koppeling.core.ids import ConnectionId
from koppeling.push.ports import Permit
from tests.integration.store.previous_release import Item, Old, Tables, each, told

ACME = ConnectionId("acme")
# What that release gives to a field that an item does not have, by the keys that it wrote
_NOTHING: tuple[str, ...] = (
    "customer",
    "journal",
    "entry_date",
    "entry_id",
    "entry_number",
    "booked_amount",
)
_NOTHING += (
    "document_id",
    "attachment_id",
    "pdf_sha256",
    "code",
    "posted_at",
    "probed_at",
    "sent_at",
)
_EMPTY = ("offered", "decided", "skipped_copy", "skipped_entry", "message", "told", "telling")
LEFT_OUT_THEN: dict[str, object] = {
    **dict.fromkeys(_NOTHING),
    **dict.fromkeys((*_EMPTY, "evidence_digest"), ""),
    **dict.fromkeys(("lines", "evidence_count", "attempts"), 0),
    **dict.fromkeys(("agreed", "anew"), False),
    "differences": [],
    "history": [],
    "version": 1,
}


@each("invoices")
def test_an_invoice_stands_where_it_stood(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store = OutboxStore(tables.items)
    found = store.get(ConnectionId(old.means["connection"]), old.means["number"])
    assert found is not None
    assert told(found) == old.means
    assert list(store.all(found.connection)) == [found]
    written = tables.written(lambda: store.begin(found))
    assert [_as_that_release_reads(item) for item in written] == old.forms


def _as_that_release_reads(item: Item) -> Item:
    """Return an item as that release takes it: it gives what is left out its default.

    What only the index has, it passes over.
    """
    data = item["data"]["S"]
    read = {name: value for name, value in item.items() if name != "code_key"}
    return {**read, "data": {"S": LEFT_OUT_THEN | data}}


@each("invoices")
def test_an_invoice_takes_its_next_step(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store = OutboxStore(tables.items)
    found = store.get(ConnectionId(old.means["connection"]), old.means["number"])
    assert found is not None
    after = replace(found, version=found.version + 1)
    store.move(found, after)
    assert store.get(found.connection, found.number) == after


@each("waits")
def test_a_refused_invoice_waits_for_the_same_change(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store = BlockedInvoiceStore(tables.items)
    (found,) = store.of(ACME, old.means["wait"]["cause"])
    assert told(found) == old.means["wait"]
    assert tables.written(lambda: store.add(ACME, found)) == old.forms


@each("places")
def test_a_place_in_use_stays_in_use_and_one_given_back_is_free(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, mine = SemaphoreStore(tables.items, tables.now), Permit(**old.means["in_use"])
    free = [store.acquire(mine.host, mine.division) for _ in range(2)]
    assert [slot and slot.place for slot in free] == [old.means["free"], None]
    store.release(mine)
    again = store.acquire(mine.host, mine.division)
    assert again == replace(mine, owner=again.owner if again else "")


@each("places")
def test_a_place_is_taken_in_the_same_form_with_its_version(tables: Tables, old: Old) -> None:
    store, mine = SemaphoreStore(tables.items, tables.now), Permit(**old.means["in_use"])

    def write() -> None:
        slots = [store.acquire(mine.host, mine.division) for _ in range(2)]
        store.release(slots[1] or mine)

    in_use, free = tables.written(write)
    assert len(in_use["state"]["S"]) == len(mine.owner)
    found = [{**in_use, "state": {"S": mine.owner}}, free]
    # The previous release wrote no version here, and looks at no attribute but those it knows
    assert found == [{**form, "schema": {"N": "1"}} for form in old.forms]

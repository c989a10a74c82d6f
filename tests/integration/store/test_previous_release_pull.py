"""R40: records, cursors and messages of the pulls as the release before left them."""

from dataclasses import replace
from datetime import date, timedelta

from koppeling.aws.dynamodb.deletions import DeletionStore
from koppeling.aws.dynamodb.links import LinkStore
from koppeling.aws.dynamodb.pulls import PullStore
from koppeling.aws.dynamodb.records import RecordStore
from koppeling.aws.dynamodb.references import LookupCacheStore
from koppeling.aws.dynamodb.retries import RetryStore
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.link_values import fingerprint
from tests.integration.store.conftest import NOW
from tests.integration.store.previous_release import Old, Tables, each, meant, told

ACME = ConnectionId("acme")
LEASE = timedelta(seconds=180)


@each("pulls")
def test_a_pull_goes_on_where_it_stopped(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, entity, is_at_work = PullStore(tables.items), old.means["entity"], old.means["at_work"]
    found = store.peek(ACME, entity)
    assert told(found) == meant(old.means["state"])
    assert store.at_work(ACME, NOW) == [entity] * is_at_work
    next_run = None if is_at_work else replace(found, fencing=found.fencing + 1)
    assert store.acquire(ACME, entity, NOW, LEASE) == next_run


@each("pulls")
def test_where_a_pull_stands_is_written_in_the_same_form(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, entity = PullStore(tables.items), old.means["entity"]
    found = store.peek(ACME, entity)

    def write() -> None:
        for days in reversed(range(found.fencing)):
            store.acquire(ACME, entity, NOW - timedelta(days=days), LEASE)
        if "data" in old.stored[0]:
            (store.save if old.means["at_work"] else store.release)(ACME, entity, found)

    assert tables.written(write) == old.forms


@each("links")
def test_a_link_belongs_to_one_record_of_exact(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, entity, links = LinkStore(tables.items), old.means["entity"], old.means["links"]
    noted = {MilestonesId(key): ExactId(owner) for key, owner in links.items()}
    assert {key: store.owner(ACME, entity, key) for key in noted} == noted
    assert store.is_complete(ACME, entity) is old.means["complete"]

    def write() -> None:
        store.note(ACME, entity, noted)
        store.mark_complete(ACME, entity)

    assert tables.written(write) == old.forms


@each("deletions")
def test_what_exact_deleted_waits_for_its_mark(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, deleted = DeletionStore(tables.items), old.means["deleted"]
    log = store.log(ACME)
    assert told(log) == old.means["log"]
    assert {entity: store.noted(ACME, entity) for entity in deleted} == deleted

    def write() -> None:
        noted = [(entity, ExactId(each)) for entity, ids in deleted.items() for each in ids]
        store.note(ACME, noted)
        store.save(ACME, log)

    assert tables.written(write) == old.forms


@each("records")
def test_a_record_has_its_rows_and_its_link(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, exact_id = RecordStore(tables.items), ExactId(old.means["record"]["exact_id"])
    found = store.get_many(ACME, "accounts", [exact_id])[exact_id]
    assert told(found) == old.means["record"]
    assert store.ids(ACME, "accounts") == [exact_id]
    assert found.code is None or store.find_by_code(ACME, "accounts", found.code) == found
    assert tables.written(lambda: store.save_many(ACME, "accounts", [found])) == old.forms


@each("records")
def test_a_record_that_did_not_change_is_not_taken_for_changed(tables: Tables, old: Old) -> None:
    tables.hold(old)
    exact_id = ExactId(old.means["record"]["exact_id"])
    found = RecordStore(tables.items).get_many(ACME, "accounts", [exact_id])[exact_id]
    assert found.fingerprint in (None, fingerprint(found.written))


@each("reviews")
def test_records_are_judged_again_on_their_day(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, today = RecordStore(tables.items), date.fromisoformat(old.means["due_on"])
    days = {ExactId(name): date.fromisoformat(day) for name, day in old.means["days"].items()}
    assert store.reviews_due(ACME, "employees", today) == old.means["due"]
    assert tables.written(lambda: store.plan_reviews(ACME, "employees", days)) == old.forms


@each("references")
def test_what_a_code_stands_for_is_remembered(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, means = LookupCacheStore(tables.items, tables.now), old.means
    looked_up = (ACME, means["system"], means["kind"], means["code"])
    assert store.get(*looked_up) == means["found"]
    assert tables.written(lambda: store.put(*looked_up, means["found"])) == old.forms


@each("parked")
def test_a_parked_change_waits_with_its_values(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store = RetryStore(tables.items)
    (found,) = store.all(ACME, "projects")
    assert told(found) == old.means["parked"]
    assert tables.written(lambda: store.park(ACME, "projects", [found])) == old.forms

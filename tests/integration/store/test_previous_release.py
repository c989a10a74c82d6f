"""R40: what the release before kept is read as it meant it, and is still written in that form."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_type_hints

from koppeling.aws import dynamodb
from koppeling.aws.dynamodb.administrations import BudgetStore, DivisionStore
from koppeling.aws.dynamodb.allowances import AllowanceStore
from koppeling.aws.dynamodb.comparisons import ComparedEntryStore, MonthStore
from koppeling.aws.dynamodb.connection_index import PEOPLE, USERS, ConnectionIndex
from koppeling.aws.dynamodb.connections import ConnectionStore
from koppeling.aws.dynamodb.deletions import DeletionStore
from koppeling.aws.dynamodb.doubles import DoubleStore
from koppeling.aws.dynamodb.holders import HolderStore
from koppeling.aws.dynamodb.intake_keys import IntakeKeyStore
from koppeling.aws.dynamodb.invoice_list import InvoiceListStore
from koppeling.aws.dynamodb.journal import JournalStore
from koppeling.aws.dynamodb.links import LinkStore
from koppeling.aws.dynamodb.log import LogStore
from koppeling.aws.dynamodb.logins import LoginStore
from koppeling.aws.dynamodb.mail_addresses import MailAddressStore
from koppeling.aws.dynamodb.mail_rounds import DueMailStore, MorningStore, PauseStore
from koppeling.aws.dynamodb.notifications import CLAIM, NotificationStore
from koppeling.aws.dynamodb.numbers import NumberStateStore
from koppeling.aws.dynamodb.outages import OutageStore
from koppeling.aws.dynamodb.outbox import BlockedInvoiceStore, OutboxStore
from koppeling.aws.dynamodb.parts import Parts
from koppeling.aws.dynamodb.portal_sessions import PortalSessionStore
from koppeling.aws.dynamodb.preferences import PreferenceStore
from koppeling.aws.dynamodb.presses import PressStore
from koppeling.aws.dynamodb.previews import ApprovalStore, PreviewStore
from koppeling.aws.dynamodb.privacy import TableEraser, TableExporter
from koppeling.aws.dynamodb.problems import ProblemStore
from koppeling.aws.dynamodb.pulls import PullStore
from koppeling.aws.dynamodb.records import RecordStore
from koppeling.aws.dynamodb.references import LookupCacheStore
from koppeling.aws.dynamodb.retries import RetryStore
from koppeling.aws.dynamodb.semaphore import SemaphoreStore
from koppeling.aws.dynamodb.snapshots import SnapshotStore
from koppeling.aws.dynamodb.table import SyncItem, SyncStore, TokenItem
from koppeling.aws.dynamodb.ticks import TickStore
from koppeling.aws.dynamodb.tokens import DynamoTokenStore
from koppeling.aws.dynamodb.webhooks import WebhookStore
from koppeling.core.ids import ConnectionId, Division
from koppeling.core.problems import Problem
from tests.integration.store.previous_release import Old, Tables, each, kept, kinds, told

ACME = ConnectionId("acme")
# Of a claim that was won: the release before noted nobody whom a mail had reached already
NOBODY = frozenset[str]()
# Of what the release before did not know of: records in parts, outages, who holds a row, pages,
# keys of the API, and what a first load shows, asks and remembers
NEWER_KEYS = {
    "PART#",
    "HOST#",
    "HOLDER#",
    "LOG#",
    "PRESSED#",
    "PREFERENCES#",
    "MONTH#",
    "COMPARED#",
    "MAIL#",
    "DAY#",
    "MORNING#",
    "INTAKE#",
    "KEY#",
    "SNAPSHOT#",
    "PREVIEW#",
    "PREVIEWROWS#",
    "JOURNAL#",
    "UNDONE#",
    "DOUBLE#",
}
# Every store, and the kinds of items it writes; those that erase and export write none
STORES: Mapping[type, tuple[str, ...]] = {
    BudgetStore: ("budgets",),
    ConnectionStore: ("connections",),
    DivisionStore: ("divisions",),
    LinkStore: ("links",),
    DeletionStore: ("deletions",),
    DueMailStore: (),
    MailAddressStore: (),
    MorningStore: (),
    PauseStore: (),
    DynamoTokenStore: ("chains", "older_chains"),
    TableEraser: (),
    TableExporter: (),
    HolderStore: (),
    JournalStore: (),
    DoubleStore: (),
    NumberStateStore: (),
    WebhookStore: (),
    AllowanceStore: (),
    PortalSessionStore: (),
    PreferenceStore: (),
    PreviewStore: (),
    ApprovalStore: (),
    InvoiceListStore: (),
    IntakeKeyStore: (),
    MonthStore: (),
    ComparedEntryStore: (),
    LoginStore: ("sessions", "attempts"),
    LogStore: (),
    OutageStore: (),
    OutboxStore: ("invoices",),
    Parts: (),
    SnapshotStore: (),
    PressStore: (),
    ProblemStore: ("problems",),
    PullStore: ("pulls",),
    RecordStore: ("records", "reviews"),
    LookupCacheStore: ("references",),
    RetryStore: ("parked",),
    SemaphoreStore: ("places",),
    BlockedInvoiceStore: ("waits",),
    ConnectionIndex: (),
    NotificationStore: ("warnings",),
    TickStore: (),
}


def stores() -> Iterator[type]:
    """Return every class that stands on one of the tables."""
    for module in iter_modules(dynamodb.__path__, f"{dynamodb.__name__}."):
        for _, found in getmembers(import_module(module.name), isclass):
            takes = get_type_hints(found.__init__).values()
            if found is not SyncStore and {type[SyncItem], type[TokenItem]} & set(takes):
                yield found


def everything() -> list[Old]:
    """Return what is kept of every store."""
    return [old for written in STORES.values() for kind in written for old in kept(kind)]


def test_of_every_store_the_items_of_the_release_before_are_kept() -> None:
    assert set(stores()) == STORES.keys()
    assert {kind for written in STORES.values() for kind in written} <= kinds()


def test_of_every_kind_of_key_that_a_store_builds_an_item_is_kept() -> None:
    texts = [path.read_text() for path in Path(dynamodb.__path__[0]).glob("*.py")]
    built = {prefix for text in texts for prefix in re.findall(r'"([A-Z-]+#)', text)}
    items = [item for old in everything() for item in old.stored]
    keys = tuple(item[name]["S"] for item in items for name in ("pk", "sk") if name in item)

    assert {"INVOICE#", "RECORD#"} < built
    unknown = {prefix for prefix in built if not any(key.startswith(prefix) for key in keys)}
    assert unknown == NEWER_KEYS


def test_everything_of_one_connection_is_exported_and_erased(tables: Tables) -> None:
    tables.hold(*everything())
    mine = [item for item in tables.all() if item["pk"]["S"] == "CONNECTION#acme"]
    exported = list(TableExporter(tables.items).items(ACME))
    assert [item["sk"] for item in exported] == [item["sk"]["S"] for item in mine]

    removed = TableEraser(tables.items, tables.tokens).erase(ACME)

    assert sum(removed.values()) == len(exported) + 1  # its listing stands elsewhere
    assert list(TableExporter(tables.items).items(ACME)) == []


@each("connections")
def test_a_connection_is_what_its_customer_chose(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store = ConnectionStore(tables.items)
    (found,), (listed,) = store.all(), store.listed()
    assert {"connection": told(found), "listed": told(listed)} == old.means
    written = tables.written(lambda: store.save(found))
    # Whose logins it uses and who its people are is newer; the release before does not look there
    assert [item for item in written if item["pk"]["S"] not in {USERS, PEOPLE}] == old.forms


@each("divisions")
def test_an_administration_is_as_it_was_last_seen(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store = DivisionStore(tables.items)
    host, division = old.means["host"], Division(old.means["division"])
    found = store.get(host, division)
    assert found is not None
    assert told(found) == old.means["facts"]
    assert tables.written(lambda: store.save(host, division, found)) == old.forms


@each("budgets")
def test_a_budget_knows_its_limits_and_counted_errors(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store = BudgetStore(tables.items)
    host, division = old.means["host"], Division(old.means["division"])
    found = store.get(host, division)
    assert told(found) == old.means["budget"]

    def write() -> None:
        if "data" in old.stored[0]:
            store.save_limits(host, division, found)
        if "errors" in old.stored[0]:
            store.save_errors(host, division, found)

    assert tables.written(write) == old.forms


@each("problems")
def test_a_problem_is_open_or_closed_with_its_values(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, problem = ProblemStore(tables.items, tables.now), Problem(**old.means["problem"])
    assert list(store.opened(ACME)) == [problem] * old.means["open"]

    def write() -> None:
        store.open(problem)
        if not old.means["open"]:
            store.close(ACME, problem.subject)

    # A closed one is kept longer than that release kept it
    written = [_without_expiry(form) for form in tables.written(write)]
    assert written == [_without_expiry(form) for form in old.forms]


@each("warnings")
def test_a_warning_that_was_told_is_not_told_again(tables: Tables, old: Old) -> None:
    store, means = NotificationStore(tables.items, tables.now), old.means
    warning = (ConnectionId(means["connection"]), means["code"], means["once"])
    tables.hold(old)
    assert (store.claim(*warning) == NOBODY) is means["may_be_claimed"]
    tables.hold(old)
    tables.clock.advance((CLAIM + timedelta(seconds=1)).total_seconds())
    assert (store.claim(*warning) == NOBODY) is means["may_be_claimed_after_a_while"]


@each("warnings")
def test_a_warning_is_noted_in_the_same_form(tables: Tables, old: Old) -> None:
    store, means = NotificationStore(tables.items, tables.now), old.means
    warning = (ConnectionId(means["connection"]), means["code"], means["once"])

    def write() -> None:
        store.claim(*warning)
        if means["may_be_claimed"]:
            store.release(*warning)
        elif not means["may_be_claimed_after_a_while"]:
            store.mark_sent(*warning)

    assert tables.written(write) == old.forms


def _without_expiry(form: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in form.items() if name != "expires_at"}

"""Servers, clients and models are kept from test to test; what a test did with them is not."""

import re
from collections.abc import Mapping

import pytest
import requests

from koppeling.aws.dynamodb.table import SyncItem
from tests.environment import MORNING, Environment, environment
from tests.sandbox.common.faults import Fault
from tests.sandbox.invoices import build_invoice
from tests.sandbox.qics_milestones.entities import ENTITIES

WEEK = 7 * 24 * 3600


def state(h: Environment) -> Mapping[str, object]:
    """Return everything that a test may change, by what it is."""
    settings, versions = h.settings, h.aws["s3"].list_object_versions
    buckets = (settings.inbox_bucket, settings.evidence_bucket)
    queues = (settings.pull_queue_url, settings.sales_entry_queue_url)
    return {
        "items": sorted(_alike(item) for item in h.wiring.aws.sync_items.scan()),
        "chains": sorted(map(str, h.wiring.stores.tokens.all_facts())),
        "objects": [[each["Key"] for each in _listed(versions(Bucket=name))] for name in buckets],
        "messages": [h.waiting(url) for url in (*queues, settings.sales_entry_dead_letters_url)],
        "mails": h.mails(),
        "time": h.clock.now(),
        "rows of exact": {name: list(rows) for name, rows in h.exact.world.tables.items()},
        "rows of milestones": [h.milestones.world.records(name) for name in ENTITIES],
        "calls to exact": h.exact.journal.calls(),
        "calls to milestones": h.milestones.journal.calls(),
        "switches": [str(h.exact.switches), str(h.milestones.switches)],
        "addresses": [requests.get(f"{url}/_sandbox/app", timeout=5).json() for url in urls(h)],
    }


def urls(h: Environment) -> list[str]:
    """Return where the sandboxes answer."""
    return [h.settings.exact_base_url, h.settings.milestones_base_url]


def healths(addresses: list[str]) -> list[int]:
    """Return the status with which servers answer."""
    paths = [f"{url}/_sandbox/health" for url in addresses]
    return [requests.get(path, timeout=5).status_code for path in paths]


def _listed(answer: Mapping[str, list[Mapping[str, str]]]) -> list[Mapping[str, str]]:
    return answer.get("Versions", [])


def _alike(item: SyncItem) -> str:
    """Return an item as text, without what is random: its mark, the end of a place in the log."""
    shown = re.sub(r"'mark': '[^']*'", "'mark'", str(item.attribute_values))
    return re.sub(r"(LOG#[^']*)#[0-9a-f]{6}'", r"\1'", shown)


def live_in(h: Environment) -> None:
    """Leave something behind everywhere, and what makes the next pull fail."""
    h.pull_all()
    h.offer(build_invoice("20260412", debtor_code="1068"))
    h.pulls().fan_out(MORNING)
    h.aws["sqs"].send_message(QueueUrl=h.settings.sales_entry_queue_url, MessageBody="{}")
    app = {"redirect_uris": ["https://elsewhere.example"]}
    requests.post(f"{urls(h)[0]}/_sandbox/app", json=app, timeout=5)
    h.exact.switches.turn(minute_limit=61)
    h.clock.advance(WEEK)
    h.exact.authority.revoke(h.connection.exact_user)
    h.pull()
    h.exact.faults.arm(Fault("503"))
    h.milestones.faults.arm(Fault("503"))


def test_a_house_shows_nothing_of_the_one_before_it() -> None:
    with environment(accounts=4) as h:
        fresh = state(h)
        live_in(h)
        used = state(h)
    with environment(accounts=4) as h:
        assert state(h) == fresh
        assert h.pull().outcome == "done"

    unused = [name for name, found in fresh.items() if used[name] == found]
    assert unused == [], "of these the comparison tells nothing"


def test_where_no_house_stands_nobody_answers() -> None:
    with environment(accounts=3) as h:
        addresses = urls(h)
        assert healths(addresses) == [200, 200]

    assert healths(addresses) == [500, 500]


def test_two_houses_never_stand_at_once() -> None:
    with environment(accounts=3), pytest.raises(RuntimeError), environment(accounts=3):
        pass

"""R40: messages, documents, evidence and digests as the release before left them."""

import json
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import boto3

from koppeling.auth.login_link import LoginLinks
from koppeling.aws.evidence_bucket import EvidenceBucket
from koppeling.core.ids import ConnectionId
from koppeling.pull.dispatch import PullDispatcher
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.events import pull_message
from koppeling.pull.record import digest_of
from koppeling.push.contract import check
from koppeling.push.entity_state import EntityState
from koppeling.push.evidence import is_whole
from koppeling.push.invoice import Invoice
from koppeling.push.messages import read_messages
from tests.integration.store.conftest import NOW, REGION
from tests.integration.store.previous_release import Old, each, told
from tests.sandbox.common.clock import Clock
from tests.unit.pull.builders import a_connection
from tests.unit.pull.fakes import Ground

ACME = ConnectionId("acme")


def invented_key() -> bytes:
    """Return the key under which the stored login links are signed."""
    return b"an invented key of the login links"


@each("list_digests")
def test_a_list_that_did_not_change_is_not_taken_for_changed(old: Old) -> None:
    assert [digest_of(old.means)] == old.stored


@each("pull_messages")
def test_a_message_of_a_tick_is_taken_and_still_sent_in_the_same_form(old: Old) -> None:
    (body,) = old.stored
    assert pull_message(body) == old.means
    ground = Ground(Clock(frozen_at=NOW))
    ground.connections.add(a_connection(id=ACME))
    pulls = PullDispatcher(
        ACCOUNTS,
        connections=ground.connections,
        stores=ground.stores,
        queue=ground.queue,
        start=ground.start,
        now=ground.clock.now,
        spread_seconds=0,
    )
    pulls.fan_out(datetime.fromisoformat(old.means["slot"]))
    assert [message for message, _ in ground.queue.sent] == [json.loads(body)]


@each("evidence")
def test_evidence_is_read_word_for_word_and_is_whole(aws: None, old: Old) -> None:
    del aws
    client = boto3.client("s3", region_name=REGION)
    for name in ("then", "now"):
        client.create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
    for piece in old.stored:
        client.put_object(Bucket="then", Key=piece["key"], Body=piece["text"].encode())
    found = list(EvidenceBucket(client, "then").of(ACME, old.means["number"]))
    assert told(found) == old.means["pieces"]
    assert is_whole(found)
    bucket = EvidenceBucket(client, "now")
    assert [bucket.add(piece) for piece in found] == [None] * len(found)
    for piece in old.stored:
        body = client.get_object(Bucket="now", Key=piece["key"])["Body"].read()
        assert body.decode() == piece["text"]


@each("offers")
def test_an_offer_asks_for_the_same_and_is_sent_in_the_same_form(old: Old) -> None:
    (body,) = old.stored
    (found,) = read_messages(body)
    assert told(found) == old.means
    assert found.as_message() == json.loads(body)


@each("documents")
def test_a_document_in_the_inbox_says_the_same_and_has_the_same_hash(old: Old) -> None:
    (document,) = old.stored
    assert told(Invoice.from_document(check(document.encode()))) == old.means


@each("told_states")
def test_what_was_told_of_an_invoice_is_not_told_again(old: Old) -> None:
    means = {**old.means, "at": datetime.fromisoformat(old.means["at"])}
    assert [EntityState(**means).digest] == old.stored


@each("login_links")
def test_a_login_link_that_is_on_its_way_still_lets_somebody_in(old: Old) -> None:
    (link,) = old.stored
    (text,) = parse_qs(urlsplit(link).query)["ticket"]
    tickets = LoginLinks(invented_key, connect_url="https://connect.example", now=lambda: NOW)
    assert told(tickets.read(text, ConnectionId(old.means["connection"]))) == old.means

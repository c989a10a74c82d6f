"""Webhooks: subscriptions, and what is sent to their addresses: X174 to X178."""

import hashlib
import hmac
import json
import re

import pytest

from tests.contract.exact_online.conftest import Caller
from tests.sandbox.common import company
from tests.sandbox.exact_online.users import GROUP_USER
from tests.sandbox.exact_online.webhooks import SECRET

PATH = "webhooks/WebhookSubscriptions"
LIST = f"{PATH}?$select=Topic,CallbackURL"
ADDRESS = "https://koppeling.example/exact/webhook"
SIGNED = re.compile(rb'{"Content":(\{.*\}),"HashCode":"([0-9A-F]{64})"}')


class Receiver:
    """What stands behind the address: it keeps what it got, and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.status = 200

    def __call__(self, address: str, body: bytes) -> int:
        """Take a message."""
        self.got.append((address, body))
        return self.status

    def contents(self) -> list[dict[str, object]]:
        """Return the contents of what was signed as Exact signs it."""
        return [json.loads(content) for content in map(self.checked, self.signed()) if content]

    def signed(self) -> list[bytes]:
        """Return what came with a body."""
        return [body for _, body in self.got if body]

    def checked(self, body: bytes) -> bytes:
        """Return the literal content; empty when the signature is that of somebody else."""
        found = SIGNED.fullmatch(body)
        assert found is not None
        right = hmac.new(SECRET.encode(), found[1], hashlib.sha256).hexdigest().upper()
        return found[1] if right == found[2].decode() else b""


@pytest.fixture
def receiver(exact: Caller) -> Receiver:
    receiving = Receiver()
    exact.sandbox.webhooks.carry = receiving
    return receiving


def subscribe(exact: Caller, topic: str = "Accounts", address: str = ADDRESS) -> int:
    return exact.post(PATH, {"Topic": topic, "CallbackURL": address}).status_code


def test_a_subscription_is_made_once_for_each_topic(exact: Caller, receiver: Receiver) -> None:
    assert [subscribe(exact), subscribe(exact, "Items")] == [201, 201]

    again = exact.post(PATH, {"Topic": "Accounts", "CallbackURL": ADDRESS})

    assert (again.status_code, exact.message(again)) == (500, "Gegeven bestaat reeds")
    rows = exact.data(LIST)["results"]
    assert sorted((row["Topic"], row["CallbackURL"]) for row in rows) == [
        ("Accounts", ADDRESS),
        ("Items", ADDRESS),
    ]
    assert len(receiver.got) == 2


@pytest.mark.parametrize(
    "address",
    [
        "http://koppeling.example/exact/webhook",
        "https://elsewhere.example/exact/webhook",
        "koppeling.example",
        "",
    ],
)
def test_the_address_is_https_and_on_the_domain_of_the_redirect_uri(
    exact: Caller, receiver: Receiver, address: str
) -> None:
    assert subscribe(exact, address=address) == 500
    assert receiver.got == []


def test_a_topic_must_be_one_that_exact_has(exact: Caller, receiver: Receiver) -> None:
    assert subscribe(exact, "CostCenters") == 500
    assert receiver.got == []


def test_a_new_subscription_is_tried_with_an_empty_body(exact: Caller, receiver: Receiver) -> None:
    subscribe(exact)
    assert receiver.got == [(ADDRESS, b"")]


def test_an_address_that_does_not_take_the_empty_body_gets_no_subscription(
    exact: Caller, receiver: Receiver
) -> None:
    receiver.status = 403
    assert subscribe(exact) == 500
    assert exact.data(LIST) == {"results": []}


def test_the_right_to_the_administration_is_needed(exact: Caller, receiver: Receiver) -> None:
    exact.sandbox.switches.turn(missing_rights=("Organization administration",))
    assert [exact.get(LIST).status_code, subscribe(exact)] == [403, 403]
    assert receiver.got == []


def test_a_change_is_told_with_a_signature_over_its_literal_text(
    exact: Caller, receiver: Receiver
) -> None:
    subscribe(exact)
    exact.sandbox.add_account(Code="4711", Name="Nieuw")
    exact.sandbox.change_account("4711", Name="Anders")
    exact.sandbox.delete("accounts", "4711")

    assert exact.sandbox.webhooks.send() == [200, 200, 200]

    told = receiver.contents()
    assert [each["Action"] for each in told] == ["Create", "Update", "Delete"]
    assert {(each["Topic"], each["Division"]) for each in told} == {("Accounts", company.DIVISION)}
    # Written anew the content would have another signature
    assert rb"\/" in receiver.signed()[0]


def test_what_nobody_subscribed_to_is_not_told(exact: Caller, receiver: Receiver) -> None:
    exact.sandbox.change_account("1068", Name="Voor die tijd")
    subscribe(exact)
    exact.sandbox.add("items")

    assert exact.sandbox.webhooks.send() == []
    assert receiver.signed() == []


def test_what_was_not_taken_is_sent_again_and_what_was_taken_can_be(
    exact: Caller, receiver: Receiver
) -> None:
    subscribe(exact)
    exact.sandbox.change_account("1068", Name="Anders")
    receiver.status = 503
    exact.sandbox.webhooks.send()
    receiver.status = 200

    assert [exact.sandbox.webhooks.send(), exact.sandbox.webhooks.send()] == [[200], []]
    assert exact.sandbox.webhooks.repeat() == [200]
    assert len(set(receiver.signed())) == 1
    assert len(receiver.signed()) == 3


def test_a_message_can_be_signed_by_somebody_else(exact: Caller, receiver: Receiver) -> None:
    subscribe(exact)
    exact.sandbox.change_account("1068", Name="Anders")

    exact.sandbox.webhooks.send(secret="geraden")

    assert [receiver.checked(body) for body in receiver.signed()] == [b""]


def test_each_administration_has_subscriptions_of_its_own(
    exact: Caller, stranger: Caller, receiver: Receiver
) -> None:
    subscribe(exact)
    stranger.connect(GROUP_USER)
    body = {"Topic": "Accounts", "CallbackURL": ADDRESS}

    other = stranger.post(f"/{company.HOLDING.division}/{PATH}", body)

    assert other.status_code == 201
    assert len(receiver.got) == 2

"""Webhooks (X174 to X178): subscriptions, and what is sent to their addresses.

Nothing is sent by itself: a test says when, so that it can be late, twice, or signed by somebody
else. `carry` takes a message to its address; by default over HTTP.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

import requests

from tests.sandbox.exact_online.body import writable
from tests.sandbox.exact_online.oauth import Authority
from tests.sandbox.exact_online.registry import Resource
from tests.sandbox.exact_online.switches import Switches
from tests.sandbox.exact_online.texts import Findings
from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.world import World

TABLE = "WebhookSubscriptions"
PATH = "webhooks/WebhookSubscriptions"
SECRET = "Zandbak-webhook-4711"  # noqa: S105 - invented, opens nothing
# X175, with the tables that are behind the topics and have a Timestamp here
TOPICS = (
    *("Accounts", "Contacts", "Items", "GLAccounts"),
    *("Documents", "DocumentAttachments", "SalesEntries"),
)
TIMEOUT = (2, 5)
_DONE = range(200, 300)

type Carry = Callable[[str, bytes], int]
"""Takes a body to an address, and returns the status of the answer."""


def over_http(address: str, body: bytes) -> int:
    """Post a body as JSON; an address that does not answer has status 0."""
    headers = {"Content-Type": "application/json"}
    try:
        return requests.post(address, data=body, headers=headers, timeout=TIMEOUT).status_code
    except requests.RequestException:
        return 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A change that a subscription has to be told of: its content as literal text."""

    address: str
    content: bytes

    def body(self, secret: str) -> bytes:
        """Return the message, signed over the literal text of its content (X177)."""
        signed = hmac.new(secret.encode(), self.content, hashlib.sha256).hexdigest().upper()
        return b'{"Content":%b,"HashCode":"%b"}' % (self.content, signed.encode())


@dataclass(slots=True)
class Webhooks:
    """The webhooks of the app, in every administration.

    `waiting` was not taken yet, and is sent again the next time (X178); `taken` got a 2xx.
    """

    client_id: str
    callbacks: Callable[[], list[str]]
    carry: Carry = over_http
    waiting: list[Delivery] = field(default_factory=list)
    taken: list[Delivery] = field(default_factory=list)

    @classmethod
    def of(cls, authority: Authority, worlds: Iterable[World]) -> "Webhooks":
        """Return the webhooks of the app, which note the changes of administrations from now on."""
        made = cls(authority.app.client_id, authority.addresses.all)
        for world in worlds:
            world.on_change.append(partial(made._note, world))
        return made

    def send(self, secret: str = SECRET) -> list[int]:
        """Send what waits; returns the status of each answer."""
        waiting, self.waiting = self.waiting, []
        statuses = [self.carry(each.address, each.body(secret)) for each in waiting]
        for delivery, status in zip(waiting, statuses, strict=True):
            (self.taken if status in _DONE else self.waiting).append(delivery)
        return statuses

    def repeat(self) -> list[int]:
        """Send again what was taken before, as when its answer got lost."""
        return [self.carry(each.address, each.body(SECRET)) for each in self.taken]

    def is_reached(self, address: str) -> bool:
        """Say whether an address takes the empty body that Exact tries it with (X176)."""
        return self.carry(address, b"") in _DONE

    def is_ours(self, address: str) -> bool:
        """Say whether an address is https and on the domain of a redirect URI (X174)."""
        hosts = {urlsplit(each).netloc for each in self.callbacks()}
        return urlsplit(address).scheme == "https" and urlsplit(address).netloc in hosts

    def _note(self, world: World, table: str, key: object, action: str) -> None:
        for row in world.tables[TABLE]:
            if row["Topic"] == table:
                content = _content(world.division, table, str(key), action, self.client_id)
                self.waiting.append(Delivery(row["CallbackURL"], content))


def keep_subscription(
    webhooks: Webhooks,
    world: World,
    switches: Switches,
    registry: dict[str, Resource],
    raw: dict[str, object],
) -> Row:
    """Make a subscription: one for each topic and administration.

    Raises:
        RefusedError: what is wrong with it.
    """
    body = writable(raw, registry[PATH].fields)
    findings = Findings(switches.language)
    address, topic = str(body.get("CallbackURL", "")), body.get("Topic")
    if topic not in TOPICS:
        findings.add("topic-unknown")
    if not webhooks.is_ours(address):
        findings.add("callback-refused")
    if any(row["Topic"] == topic for row in world.tables[TABLE]):
        findings.add("exists")
    findings.close()
    if not webhooks.is_reached(address):
        findings.add("callback-refused")
    findings.close()
    row = {"ID": world.new_id(), "Topic": topic, "CallbackURL": address, "IsInstant": False}
    return world.add(TABLE, row)


def _content(division: int, topic: str, key: str, action: str, client_id: str) -> bytes:
    """Return a content whose slashes are written as Exact may: only the literal text is signed."""
    names = {"Topic": topic, "ClientId": client_id, "Division": division, "Action": action}
    text = json.dumps(names | {"Key": key, "ExactOnlineEndpoint": f"/api/v1/{division}/{topic}"})
    return text.replace("/", r"\/").encode()

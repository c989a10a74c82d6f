"""Makes an event of `events/` fit a local stack of today, so that it does its work there.

a tick, a message of a pull ──► its moment is now: an old one is dropped (R31)
a comparison                ──► it is due
a document that arrived     ──► it lies in the inbox, and nobody has booked it
a pair that was handed on   ──► sealed by the key of this stack
a browser                   ──► with a link of this stack, or back from a login page

Everything else is used as it is; so are all events where no sandbox knows the connection.
"""

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from koppeling.auth.oauth import EXACT
from koppeling.auth.ports import HandOver
from koppeling.bootstrap import Wiring
from koppeling.core.clock import now, today
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.pull.comparison import LATEST
from tests.sandbox.common.company import CONNECTION
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.invoices import build_invoice
from tools.paths import ROOT, STATE
from tools.stack.connect import wiring_of
from tools.stack.deployed import Stack

type Json = dict[str, Any]

_LEASE = timedelta(seconds=60)
_ENTITY_OF_COMPARISON = "accounts"


def event_file(name: str) -> Json:
    """Return an event as it stands in `events/`."""
    event: Json = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return event


def event_names() -> list[str]:
    """Return the names of all events."""
    return sorted(path.stem for path in (ROOT / "events").glob("*.json"))


def write_events(stack: Stack, wiring: Wiring, state: Path) -> Path:
    """Write all of them for this stack, for whoever hands a file to `sam local invoke`."""
    folder = state / "events"
    folder.mkdir(exist_ok=True)
    events = Events(stack, wiring)
    for name in event_names():
        text = json.dumps(events.live(event_file(name)), indent=2)
        (folder / f"{name}.json").write_text(text + "\n")
    return folder


@dataclass(frozen=True, slots=True)
class Events:
    """The events of one stack, on which the invented company is connected."""

    stack: Stack
    wiring: Wiring

    def live(self, event: Json) -> Json:
        """Return an event as it would arrive at this moment; prepares what it names."""
        connection = self.wiring.stores.connections.get(ConnectionId(CONNECTION))
        if connection is None:
            return event
        if "scheduled_at" in event:
            return {**event, "scheduled_at": _moment(datetime.now(UTC))}
        if "Records" in event:
            return {**event, "Records": [self._record(one, connection) for one in event["Records"]]}
        match event.get("routeKey"):
            case "GET /connect/{connection}":
                return _asking(event, self._ticket(connection))
            case "GET /callback":
                return self._callback(event, connection)
        return event

    @staticmethod
    def invoice_number(body: str) -> str:
        """Return the number of the invoice whose document a message names."""
        (arrived,) = json.loads(body)["Records"]
        return Path(arrived["s3"]["object"]["key"]).stem

    @staticmethod
    def arrival(event: Json, key: str) -> str:
        """Return the message of an event with the key of another document."""
        body = json.loads(event["Records"][0]["body"])
        body["Records"][0]["s3"]["object"]["key"] = key
        return json.dumps(body)

    def _record(self, record: Json, connection: Connection) -> Json:
        body = json.dumps(self._body(json.loads(record["body"]), connection))
        digest = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
        return {**record, "body": body, "md5OfBody": digest}

    def _body(self, message: Json, connection: Connection) -> Json:
        if "compare" in message:
            self._make_comparison_due(connection)
        if "slot" in message:
            return {**message, "slot": _moment(datetime.now(UTC))}
        if "sealed" in message:
            return self._sealed(message, connection)
        if "Records" in message:
            return {**message, "Records": [self._arrived(one) for one in message["Records"]]}
        return {**message, "Bucket": self._inbox} if "Bucket" in message else message

    def _make_comparison_due(self, connection: Connection) -> None:
        states = self.wiring.stores.pull_stores.states
        state = states.acquire(connection.id, _ENTITY_OF_COMPARISON, now(), _LEASE)
        if state is not None:
            due = replace(state, compared_on=today(now()) - LATEST)
            states.release(connection.id, _ENTITY_OF_COMPARISON, due)

    def _sealed(self, message: Json, connection: Connection) -> Json:
        """Seal the pair that is stored already, so that writing it once more does no harm."""
        tokens = self.wiring.clients.tokens
        key = self.wiring.clients.key_of(EXACT.name, connection)
        pair = tokens.get(key)
        if pair is None:
            return message
        tokens.prepare(key)
        sealed = tokens.relay.sealed(replace(pair, granted_at=now()), HandOver.LOGIN)
        return dict(sealed)

    def _arrived(self, record: Json) -> Json:
        key = str(record["s3"]["object"]["key"])
        number = self._unbooked(Path(key).stem)
        key = self._put_quietly(number)
        place = {
            **record["s3"],
            "bucket": {
                **record["s3"]["bucket"],
                "name": self._inbox,
                "arn": f"arn:aws:s3:::{self._inbox}",
            },
            "object": {**record["s3"]["object"], "key": key},
        }
        return {**record, "s3": place}

    def _unbooked(self, number: str) -> str:
        """Return this number of an invoice, or a new one if it was offered before."""
        known = self.wiring.stores.outbox.get(ConnectionId(CONNECTION), number)
        return number if known is None else f"{datetime.now(UTC):%y%m%d%H%M%S%f}"[:14]

    def _put_quietly(self, number: str) -> str:
        """Put an invoice in the inbox, and do not notify the function that would book it first."""
        files = build_invoice(number)
        bucket = self.stack.objects
        told: Json = dict(bucket.get_bucket_notification_configuration(Bucket=self._inbox))
        del told["ResponseMetadata"]
        bucket.put_bucket_notification_configuration(
            Bucket=self._inbox, NotificationConfiguration={}
        )
        try:
            bucket.put_object(Bucket=self._inbox, Key=files.pdf_key, Body=files.pdf_bytes)
            bucket.put_object(Bucket=self._inbox, Key=files.json_key, Body=files.json_bytes)
        finally:
            bucket.put_bucket_notification_configuration(
                Bucket=self._inbox, NotificationConfiguration=cast("Any", told)
            )
        return files.json_key

    def _ticket(self, connection: Connection) -> dict[str, str]:
        link = self.wiring.login_links.link(connection.id, (EXACT.name,))
        return dict(parse_qsl(urlsplit(link).query))

    def _callback(self, event: Json, connection: Connection) -> Json:
        """Press the button of the invitation, and log in at the sandbox without its pages."""
        pressed = self._press(connection)
        # The page leads on by itself, so its address is in its text
        state = re.search(r"[?&;]state=([\w-]+)", pressed["body"])
        if state is None:
            return event
        address = f"{self.stack.outputs['ConnectUrl']}/callback"
        code = ExactControl(self.stack.exact_url).authorise(
            connection.exact_user, redirect_uri=address
        )
        cookies = [cookie.partition(";")[0] for cookie in pressed["cookies"]]
        return {**_asking(event, {"code": code, "state": state[1]}), "cookies": cookies}

    def _press(self, connection: Connection) -> Json:
        route, path = "POST /connect/{connection}", f"/connect/{connection.id}"
        event = event_file("connect_invitation")
        context = event["requestContext"]
        http = {**context["http"], "method": "POST", "path": path}
        asked = {
            **event,
            "routeKey": route,
            "rawQueryString": "",
            "queryStringParameters": {},
            "requestContext": {**context, "routeKey": route, "http": http},
            "body": urlencode(self._ticket(connection)),
        }
        answer: Json = self.stack.invoke("ConnectFunction", asked)
        return answer

    @property
    def _inbox(self) -> str:
        return self.stack.outputs["InboxBucket"]


def _asking(event: Json, query: Mapping[str, str]) -> Json:
    return {**event, "rawQueryString": urlencode(query), "queryStringParameters": dict(query)}


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def main() -> int:
    """Write all events anew for the stack of `make up`."""
    stack = Stack.load(STATE)
    if stack is None:
        print("no local stack: run `make up` first")
        return 2
    folder = write_events(stack, wiring_of(stack), STATE)
    print(f"written to {folder.relative_to(ROOT)}: slots of now, a new invoice, a new login")
    return 0


if __name__ == "__main__":
    sys.exit(main())

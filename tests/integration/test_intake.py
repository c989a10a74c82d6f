"""Invoices handed in over HTTPS, through the real stores and buckets, up to their booking."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.intake.keys import IntakeKey, digest_of, new_key_text
from koppeling.intake.pace import MOST_A_SECOND, UNCOUNTED
from koppeling.push.outbox import State
from tests.environment import Environment, environment
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tests.unit.intake_program import Program


@dataclass(frozen=True, slots=True)
class Scene:
    """The link, and a program with a key of its connection."""

    h: Environment
    program: Program

    def copies(self, number: str) -> int:
        """Return how often a document was put into the inbox."""
        key = f"{self.h.connection.id}/{number}.json"
        found = self.h.aws["s3"].list_object_versions(
            Bucket=self.h.settings.inbox_bucket, Prefix=key
        )
        return len(found.get("Versions", []))

    def delivered(self, number: str) -> None:
        """Deliver what the bucket tells of a document."""
        self.h.deliver(f"{self.h.connection.id}/{number}.json")

    def a_second_passes(self) -> None:
        """Let a key be used anew."""
        self.h.clock.advance(1)


def a_key(h: Environment, connection: ConnectionId | None = None) -> str:
    owner = connection or h.connection.id
    text = new_key_text(owner)
    h.wiring.stores.intake_keys.add(IntakeKey(owner, digest_of(text), h.clock.now()))
    return text


@pytest.fixture
def scene() -> Iterator[Scene]:
    with environment(accounts=10) as h:
        h.pull()
        yield Scene(h, Program(h.wiring.intake_routes, a_key(h), h.connection.id))


def changed(files: InvoiceFiles, **fields: object) -> dict[str, Any]:
    return {**files.document, **fields}


def test_an_invoice_that_is_handed_in_is_booked_and_its_address_tells_so(scene: Scene) -> None:
    files = build_invoice("20260412", with_pdf=False)
    answer = scene.program.put("20260412", files.json_bytes)
    assert (answer.status, answer.body["state"]) == (202, "received")
    assert answer.headers["Location"].endswith("/invoices/20260412")
    assert scene.program.invoice("20260412").body["state"] == "received"

    scene.delivered("20260412")

    found = scene.program.invoice("20260412").body
    (entry,) = scene.h.exact.world.tables["SalesEntries"]
    assert (found["state"], found["problems"]) == ("booked", [])
    assert found["entry_number"] == str(entry["EntryNumber"])


def test_the_document_lies_in_the_inbox_with_the_bytes_that_came(scene: Scene) -> None:
    content = b"\xef\xbb\xbf" + build_invoice("20260412", with_pdf=False).json_bytes
    scene.program.put("20260412", content)

    key = f"{scene.h.connection.id}/20260412.json"
    answer = scene.h.aws["s3"].get_object(Bucket=scene.h.settings.inbox_bucket, Key=key)
    assert answer["Body"].read() == content


def test_a_call_whose_answer_was_lost_is_made_again_and_puts_nothing_twice(scene: Scene) -> None:
    files = build_invoice("20260412", with_pdf=False)
    first, second = (scene.program.put("20260412", files.json_bytes) for _ in range(2))
    scene.delivered("20260412")
    third = scene.program.put("20260412", files.json_bytes)

    assert (first.status, second.status, third.status) == (202, 200, 200)
    assert (second.body["state"], third.body["state"]) == ("received", "booked")
    assert scene.copies("20260412") == 1


def test_another_content_takes_the_place_of_one_that_was_not_booked(scene: Scene) -> None:
    files = build_invoice("20260412", with_pdf=False)
    scene.program.put("20260412", files.json_bytes)
    answer = scene.program.put("20260412", changed(files, reference="PO 2"))

    assert answer.status == 202
    assert scene.copies("20260412") == 2


def test_a_booked_invoice_does_not_change(scene: Scene) -> None:
    files = build_invoice("20260412", with_pdf=False)
    scene.program.put("20260412", files.json_bytes)
    scene.delivered("20260412")
    answer = scene.program.put("20260412", changed(files, reference="PO 2"))

    assert (answer.status, answer.codes) == (409, ["invoice-changed-after-booking"])
    assert scene.copies("20260412") == 1
    assert "creditfactuur" in answer.body["findings"][0]["what_to_do"]


def test_a_refused_invoice_is_tried_again_when_it_is_handed_in_again(scene: Scene) -> None:
    files = build_invoice("20260412", debtor_code="999999", with_pdf=False)
    scene.program.put("20260412", files.json_bytes)
    scene.delivered("20260412")
    told = scene.program.invoice("20260412").body
    assert told["state"] == "waiting"
    assert [each["code"] for each in told["problems"]] == ["debtor-not-found"]

    assert scene.program.put("20260412", files.json_bytes).status == 202
    assert scene.copies("20260412") == 2


def test_a_pdf_goes_straight_into_the_inbox_under_the_key_that_its_document_names(
    scene: Scene,
) -> None:
    files = build_invoice("20260412")
    digest, size = hashlib.sha256(files.pdf_bytes).hexdigest(), len(files.pdf_bytes)
    upload = scene.program.wants_upload("20260412", digest, size)
    assert upload.status == 200
    assert upload.body["method"] == "PUT"
    assert upload.body["headers"]["Content-Length"] == str(size)
    scene.h.put(upload.body["key"], files.pdf_bytes)
    pdf = {**files.document["pdf"], "key": upload.body["key"]}
    scene.program.put("20260412", changed(files, pdf=pdf))
    scene.delivered("20260412")

    item = scene.h.wiring.stores.outbox.get(scene.h.connection.id, "20260412")
    assert item is not None
    assert (item.state, item.pdf_sha256) == (State.DONE, digest)


def test_a_corrected_pdf_of_a_booked_invoice_is_taken(scene: Scene) -> None:
    files = build_invoice("20260412", with_pdf=False)
    scene.program.put("20260412", files.json_bytes)
    scene.delivered("20260412")
    pdf = {"key": f"{scene.h.connection.id}/x.pdf", "sha256": "a" * 64, "size_bytes": 9}

    assert scene.program.put("20260412", changed(files, pdf=pdf)).status == 202


@pytest.mark.parametrize("number", ["2026/0412", "F 2026", "100%", "é&?#"])
def test_a_number_with_any_character_finds_its_way(scene: Scene, number: str) -> None:
    files = build_invoice(number, with_pdf=False)
    answer = scene.program.put(number, files.json_bytes)
    scene.delivered(number)

    assert answer.status == 202
    assert scene.program.invoice(number).body["state"] == "booked"


def test_every_address_answers_a_key_of_another_connection_as_if_there_were_none(
    scene: Scene,
) -> None:
    other = replace(scene.h.connection, id=ConnectionId("another-01"))
    scene.h.wiring.stores.connections.save(other)
    files = build_invoice("20260412", with_pdf=False)
    answers = set()
    for connection in ("another-01", "never-heard-of"):
        stranger = Program(scene.h.wiring.intake_routes, scene.program.key, connection)
        for answer in (
            stranger.put("20260412", files.json_bytes),
            stranger.wants_upload("20260412", "a" * 64, 9),
            stranger.invoice("20260412"),
            stranger.invoices(),
            stranger.status(),
            stranger.validates(files.json_bytes),
        ):
            answers.add((answer.status, json.dumps(answer.body)))
        scene.a_second_passes()

    assert len(answers) == 1
    assert answers.pop()[0] == 404
    assert scene.copies("20260412") == 0


def test_a_key_that_was_revoked_opens_nothing(scene: Scene) -> None:
    keys = scene.h.wiring.stores.intake_keys
    (key,) = keys.of(scene.h.connection.id)
    assert scene.program.status().status == 200
    keys.remove(key)

    answer = scene.program.status()
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert keys.of(scene.h.connection.id) == []


def test_a_key_may_be_used_ten_times_a_second(scene: Scene) -> None:
    assert [scene.program.status().status for _ in range(12)] == [200] * 10 + [429] * 2
    assert scene.program.status().headers["Retry-After"] == "1"

    scene.a_second_passes()
    assert scene.program.status().status == 200


def test_processes_share_the_count_of_a_key_but_for_a_few_calls_each(scene: Scene) -> None:
    second = Program(scene.h.another().intake_routes, scene.program.key, scene.h.connection.id)
    statuses = [each.status().status for _ in range(10) for each in (scene.program, second)]

    assert statuses.count(200) == MOST_A_SECOND + UNCOUNTED


def test_a_key_that_is_revoked_while_it_is_used_does_not_come_back(scene: Scene) -> None:
    keys, now = scene.h.wiring.stores.intake_keys, scene.h.clock.now()
    (key,) = keys.of(scene.h.connection.id)
    keys.remove(key)
    keys.note_use(key, now)

    assert not keys.count(key, now)
    assert keys.of(scene.h.connection.id) == []


def test_the_day_of_its_last_use_is_known_of_a_key(scene: Scene) -> None:
    keys = scene.h.wiring.stores.intake_keys
    (unused,) = keys.of(scene.h.connection.id)
    scene.program.status()
    (used,) = keys.of(scene.h.connection.id)

    assert unused.last_used is None
    assert used.last_used == scene.h.clock.now().date()


def test_invoices_are_listed_by_month_and_state(scene: Scene) -> None:
    for number in ("20260412", "20260413"):
        scene.program.put(number, build_invoice(number, with_pdf=False).json_bytes)
        scene.delivered(number)
    refused = build_invoice("20260414", debtor_code="999999", with_pdf=False)
    scene.program.put("20260414", refused.json_bytes)
    scene.delivered("20260414")

    booked = scene.program.invoices(since="2026-10-01", state="booked").body
    assert [each["invoice_number"] for each in booked["invoices"]] == ["20260412", "20260413"]
    assert booked["next"] is None
    assert scene.program.invoices().body["invoices"] == []  # of this month alone
    for wrong in ({"state": "x"}, {"since": "x"}, {"since": "1999-01-01"}, {"cursor": "x"}):
        assert scene.program.invoices(**wrong).status == 422


def test_whether_the_link_works_is_told(scene: Scene) -> None:
    assert scene.program.status().body == {
        "connection_id": scene.h.connection.id,
        "state": "active",
        "waiting": len(scene.h.problems()),
        "problems": [],
    }
    scene.h.change(paused=True)
    assert scene.program.status().body["state"] == "paused"

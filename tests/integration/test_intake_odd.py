"""Odd things that a program or a bucket may bring, and that the intake answers all the same."""

from collections.abc import Iterator

import pytest

from koppeling.core.problems import Problem, inbox_subject
from tests.environment import environment
from tests.integration.test_intake import Scene, a_key, changed
from tests.sandbox.invoices import build_invoice
from tests.unit.intake_program import Program


@pytest.fixture
def scene() -> Iterator[Scene]:
    with environment(accounts=3) as h:
        h.pull()
        yield Scene(h, Program(h.wiring.intake_routes, a_key(h), h.connection.id))


@pytest.mark.parametrize("wrong", ["a field twice", "lists without end", "a rounded number"])
def test_what_lies_there_and_cannot_be_booked_makes_way_for_what_can(
    scene: Scene, wrong: str
) -> None:
    files = build_invoice("20260412", with_pdf=False)
    right, key = files.json_bytes, f"{scene.h.connection.id}/20260412.json"
    refused = {
        "a field twice": right.replace(b"{", b'{"invoice_number": "x", ', 1),
        "lists without end": b"[" * 100_000,
        "a rounded number": right.replace(b'"line_number": 1,', b'"line_number": 1.0,'),
    }[wrong]
    scene.h.put(key, refused)
    scene.delivered("20260412")

    answer = scene.program.put("20260412", right)
    scene.delivered("20260412")

    assert refused != right
    assert (answer.status, answer.body["state"]) == (202, "received")
    assert scene.program.invoice("20260412").body["state"] == "booked"


def test_a_document_that_was_given_up_on_is_offered_anew_when_it_is_handed_in_again(
    scene: Scene,
) -> None:
    files = build_invoice("20260412", with_pdf=False)
    scene.program.put("20260412", files.json_bytes)
    subject = inbox_subject(f"{scene.h.connection.id}/20260412.json")
    given_up = Problem(scene.h.connection.id, subject, "message-unreadable", {})
    scene.h.wiring.stores.problems.open(given_up)

    assert scene.program.put("20260412", files.json_bytes).status == 202
    assert scene.copies("20260412") == 2


@pytest.mark.parametrize("length", [31, 2000])
def test_a_number_that_is_longer_than_any_is_refused_and_not_found(
    scene: Scene, length: int
) -> None:
    number = "9" * length
    answers = (
        scene.program.put(number, build_invoice(number, with_pdf=False).json_bytes),
        scene.program.wants_upload(number, "a" * 64, 9),
        scene.program.invoice(number),
    )

    assert [each.status for each in answers] == [422, 404, 404]


def test_a_pdf_in_the_folder_of_another_connection_is_pointed_at(scene: Scene) -> None:
    files = build_invoice("20260412")
    pdf = {**files.document["pdf"], "key": "another-01/20260412.pdf"}

    answer = scene.program.put("20260412", changed(files, pdf=pdf))

    assert (answer.status, answer.pointers) == (422, ["/pdf/key"])

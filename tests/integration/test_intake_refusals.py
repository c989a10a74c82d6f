"""What the HTTPS API does not do, and how it says so; and that no key is in any log."""

import logging
from collections.abc import Iterator

import pytest

from koppeling.intake.keys import IntakeKey, digest_of, new_key_text
from tests.environment import Environment, environment
from tests.sandbox.invoices import build_invoice
from tests.unit.intake_program import Program

FILES = build_invoice("20260412", with_pdf=False)


@pytest.fixture(scope="module")
def h() -> Iterator[Environment]:
    with environment(accounts=3) as built:
        yield built


@pytest.fixture
def program(h: Environment) -> Program:
    """Return a program with a key of its own, in a second of its own."""
    text = new_key_text(h.connection.id)
    h.wiring.stores.intake_keys.add(IntakeKey(h.connection.id, digest_of(text), h.clock.now()))
    h.clock.advance(1)
    return Program(h.wiring.intake_routes, text, h.connection.id)


def test_problem_details_say_what_is_wrong_in_the_language_of_the_reader(program: Program) -> None:
    wrong = {**FILES.document, "due_date": "2020-01-01"}
    dutch = program.put("20260412", wrong)
    program.language = "en"
    english = program.put("20260412", wrong)

    assert dutch.headers["Content-Type"] == "application/problem+json"
    assert (dutch.headers["Content-Language"], english.headers["Content-Language"]) == ("nl", "en")
    assert dutch.body["status"] == dutch.status == 422
    assert dutch.body["type"] == english.body["type"] == "urn:koppeling:problem:not-valid"
    assert "De vervaldatum ligt vóór de factuurdatum." in dutch.body["findings"][0]["text"]
    assert "Verbeter dit in QicsMilestones" in dutch.body["findings"][0]["what_to_do"]
    assert "due date" in english.body["findings"][0]["text"]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"\xff", {}, 400),
        (FILES.json_bytes, {"content-type": "text/plain"}, 415),
        (FILES.json_bytes, {"content-type": "application/json; charset=utf-8"}, 202),
        (b" " * 1_000_001, {}, 413),
        (b"[]", {}, 422),
    ],
)
def test_a_body_that_is_no_document_is_told_by_its_status(
    program: Program, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = program.asks("PUT", "/invoices/20260412", content, query=None, **headers)

    assert answer.status == status


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer kop_x"},
        {"authorization": f"Basic kop_veldhuis-advies-01_{'a' * 64}"},
        {"authorization": f"Bearer kop_veldhuis-advies-01_{'a' * 64}"},
        {"authorization": f"Bearer kop_never-heard-of_{'a' * 64}"},
    ],
)
def test_without_a_key_nothing_is_told(program: Program, sent: dict[str, str]) -> None:
    program.key = ""
    for path in (f"/v1/connections/{program.connection}/status", "/v1/nothing", "/v1"):
        answer = program.sends("GET", path, None, query=None, **sent)
        assert (answer.status, answer.body["findings"]) == (401, [])


def test_an_address_that_is_none_and_a_method_that_it_lacks_are_told(program: Program) -> None:
    assert program.sends("GET", "/v1/nothing").status == 404
    answer = program.asks("DELETE", "/invoices/20260412")

    assert (answer.status, answer.headers["Allow"]) == (405, "GET, PUT")


@pytest.mark.parametrize(
    ("sha256", "size", "codes"),
    [
        ("a" * 64, 10_000_001, ["upload-too-large"]),
        ("a" * 63, 9, ["upload-digest"]),
        ("A" * 64, 9, ["upload-digest"]),
        (None, True, ["upload-digest", "upload-size"]),
        ("a" * 64, 0, ["upload-size"]),
    ],
)
def test_a_pdf_that_cannot_be_is_refused_before_it_is_sent(
    program: Program, sha256: object, size: object, codes: list[str]
) -> None:
    answer = program.wants_upload("20260412", sha256, size)

    assert (answer.status, answer.codes) == (422, codes)
    assert all(each["what_to_do"] for each in answer.body["findings"])


def test_an_upload_stays_in_the_folder_of_its_connection_whatever_the_number_is(
    program: Program,
) -> None:
    keys = {
        program.wants_upload(number, "a" * 64, 9).body["key"]
        for number in ("../../another-01/1", "a/b", "x.json")
    }

    assert all(key.startswith(f"{program.connection}/") for key in keys)
    assert all(key.count("/") == 1 and ".." not in key and key.endswith(".pdf") for key in keys)


def test_no_key_and_no_signed_address_is_in_any_log(
    program: Program, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = program.key.rpartition("_")[2]
    signed = program.wants_upload("20260412", "a" * 64, 9).body["url"]
    program.put("20260412", FILES.json_bytes)
    program.status()
    program.key = program.key[:-1] + ("0" if program.key[-1] != "0" else "1")
    program.status()
    told = caplog.text + "".join(capsys.readouterr())

    assert "intake" in told
    assert secret not in told
    assert secret[:-1] not in told
    assert signed.partition("X-Amz-Signature=")[2] not in told

"""X131 to X164: what an answer means; its body decides first, its status last."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from koppeling.core.errors import (
    Consequence,
    Defer,
    Fatal,
    Reauthorise,
    Reject,
    Retry,
    Uncertain,
)
from koppeling.core.rate_limit import Limits
from koppeling.exact.answers import Asked, body_of, is_unauthorised

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
RELATIONS = ("accounts", "Relaties bekijken")
READ = Asked("sync/CRM/Accounts", False, NOW, *RELATIONS)  # noqa: FBT003
WRITE = Asked("salesentry/SalesEntries", True, NOW, "sales_entries", "Boeken")  # noqa: FBT003
HTML = "<html><head><title>Onderhoud</title></head></html>"
GATEWAY_FAULT = json.dumps({"fault": {"faultstring": "Unable to identify proxy"}})


def answer(status: int, content: str | bytes = "", kind: str = "application/json") -> Any:  # noqa: ANN401
    """Return an answer as `requests` returns it."""
    response = requests.Response()
    response.status_code = status
    response._content = content.encode() if isinstance(content, str) else content  # noqa: SLF001 - requests offers no other way in
    response.headers["Content-Type"] = kind
    return response


def envelope(text: object) -> str:
    """Return the error body of Exact."""
    return json.dumps({"error": {"code": "", "message": {"lang": "", "value": text}}})


def understood(response: requests.Response, asked: Asked = READ) -> Any:  # noqa: ANN401
    """Return the body of an answer, or the error it raises."""
    try:
        return body_of(response, asked, Limits())
    except Consequence as consequence:
        return consequence


@pytest.mark.parametrize("status", [200, 201])
def test_a_good_answer_is_its_json_with_every_fraction_exact(status: int) -> None:
    found = body_of(answer(status, '{"d": {"AmountFC": 0.1}}'), WRITE, Limits())
    assert found == {"d": {"AmountFC": Decimal("0.1")}}


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "text/json"])
def test_a_content_type_may_name_its_charset(kind: str) -> None:
    assert body_of(answer(200, "{}", kind), READ, Limits()) == {}


@pytest.mark.parametrize(
    ("limits", "code", "wait"),
    [
        (Limits(minute_remaining=0, minute_resets_in=timedelta(seconds=9)), "minute", 9),
        (Limits(), "minute", 60),
        (Limits(day_remaining=0, day_resets_in=timedelta(hours=3)), "day", 3 * 3600),
        (Limits(day_remaining=0), "day", 3600),
        (Limits(day_resets_in=timedelta(hours=3)), "day", 3 * 3600),
        (Limits(day_remaining=900, minute_remaining=0), "minute", 60),
        (Limits(day_remaining=0, minute_remaining=3), "day", 3600),
    ],
)
def test_a_429_defers_the_work_until_the_reset_of_the_limit_in_its_headers(
    limits: Limits, code: str, wait: int
) -> None:
    with pytest.raises(Defer) as put_off:
        body_of(answer(429), READ, limits)
    assert put_off.value.code == f"exact-{code}-limit"
    assert put_off.value.until == NOW + timedelta(seconds=wait)


@pytest.mark.parametrize("status", [400, 404, 408, 409, 500, 503])
def test_the_body_of_a_refused_write_decides_whatever_its_status(status: int) -> None:
    found = understood(answer(status, envelope("Ongeldige referentie: Btw-code")), WRITE)
    assert isinstance(found, Reject)
    assert found.code == "vat-code-unknown"
    assert found.values["message"] == "Ongeldige referentie: Btw-code"


def test_an_unknown_message_of_exact_is_shown_unchanged() -> None:
    found = understood(answer(400, envelope("Iets nieuws")), WRITE)
    assert (type(found), found.code, found.values) == (
        Reject,
        "exact-rejected",
        {"message": "Iets nieuws"},
    )


@pytest.mark.parametrize("status", [200, 404, 408, 409, 500, 503])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Timeout expired. The timeout period elapsed prior to completion", "exact-rejected"),
        ("Gegeven bestaat reeds", "exact-rejected"),
        ("Reeds verwerkt", "entry-already-processed"),
        ("(401) Niet gemachtigd", "exact-reconnect-needed"),
        ("(403) Forbidden", "exact-no-rights"),
    ],
)
def test_a_text_that_comes_from_no_check_of_exact_leaves_a_write_unknown(
    status: int, text: str, code: str
) -> None:
    found = understood(answer(status, envelope(text)), WRITE)
    assert (type(found), found.code) == (Uncertain, code)


def test_a_text_beside_one_of_a_check_is_part_of_that_refusal() -> None:
    text = "Iets nieuws\r\nPeriode is afgesloten: 2026-10"
    found = understood(answer(500, envelope(text)), WRITE)
    assert (type(found), found.values["message"]) == (Reject, text)


@pytest.mark.parametrize("status", [402, 403, 404, 405, 408, 409, 413, 415])
@pytest.mark.parametrize("content", ["", "<html></html>", "[]", "{}"])
def test_a_status_alone_leaves_a_write_unknown(status: int, content: str) -> None:
    found = understood(answer(status, content), WRITE)
    expected = "exact-no-rights" if status == 403 else "exact-rejected"
    assert (type(found), found.code) == (Uncertain, expected)
    assert found.values.get("message", f"HTTP {status}") == f"HTTP {status}"


@pytest.mark.parametrize("asked", [READ, WRITE])
def test_a_403_in_the_words_of_exact_is_a_missing_right(asked: Asked) -> None:
    found = understood(answer(403, envelope("Forbidden")), asked)
    assert (type(found), found.code) == (Fatal, "exact-no-rights")
    assert found.values == {"entity": asked.entity, "right": asked.right}


@pytest.mark.parametrize(
    ("reason", "code", "state"),
    [
        ("LicenseExpired", "exact-division-blocked", "de licentie is verlopen"),
        ("DivisionBlocked", "exact-division-blocked", "geblokkeerd"),
        ("NoAccess", "exact-no-rights", None),
    ],
)
@pytest.mark.parametrize("asked", [READ, WRITE])
@pytest.mark.parametrize("content", ["", envelope("Forbidden")])
def test_the_header_reason_of_a_403_says_that_the_administration_is_closed(
    reason: str, code: str, state: str | None, asked: Asked, content: str
) -> None:
    response = answer(403, content)
    response.headers["Reason"] = reason
    found = understood(response, asked)
    assert (found.code, found.values.get("state")) == (code, state)
    assert isinstance(found, Fatal) or not (state or content)


@pytest.mark.parametrize(
    "text",
    [
        "Please add a $select or a $top=1 statement to the query string.",
        "It is mandatory to provide the $select query option",
        "This endpoint has mandatory filtering applied. A GET request for this endpoint must …",
        "This $filter parameter is not supported for this resource",
        "Filtering on these fields is not supported: Remarks",
        "Unrecognized 'Edm.Guid' literal 'x'",
        "Error processing request stream. The request should be a valid top-level resource object.",
    ],
)
@pytest.mark.parametrize("asked", [READ, WRITE])
def test_a_request_that_exact_does_not_understand_is_a_mistake_of_ours(
    text: str, asked: Asked
) -> None:
    found = understood(answer(400, envelope(text)), asked)
    assert (type(found), found.code) == (Fatal, "exact-request-refused")
    assert text in found.detail


@pytest.mark.parametrize("content", ["", envelope("The request timed out")])
def test_a_408_to_a_read_is_a_mistake_of_ours_and_is_never_tried_again(content: str) -> None:
    found = understood(answer(408, content), READ)
    assert (type(found), found.code) == (Fatal, "exact-request-refused")


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("(403) Forbidden", Fatal, "exact-no-rights"),
        ("Wrong Division", Fatal, "exact-division-not-accessible"),
        ("(401) Niet gemachtigd", Reauthorise, "exact-reconnect-needed"),
    ],
)
def test_a_missing_right_stops_all_work_and_blames_no_single_record(
    text: str, kind: type[Consequence], code: str
) -> None:
    found = understood(answer(500, envelope(text)), READ)
    assert (type(found), found.code) == (kind, code)


def test_an_invoice_for_the_wrong_division_waits_and_is_not_blamed() -> None:
    found = understood(answer(500, envelope("Wrong Division")), WRITE)
    assert (type(found), found.code) == (Fatal, "exact-division-not-accessible")


def test_another_refusal_of_a_read_is_a_mistake_of_ours() -> None:
    found = understood(answer(500, envelope("Iets nieuws")), READ)
    assert (type(found), found.code) == (Fatal, "exact-request-refused")


@pytest.mark.parametrize(
    ("status", "code"), [(403, "exact-no-rights"), (404, "exact-division-not-accessible")]
)
def test_without_a_message_the_status_says_which_access_is_missing(status: int, code: str) -> None:
    found = understood(answer(status, "", "text/html"), READ)
    assert (type(found), found.code) == (Fatal, code)


@pytest.mark.parametrize(
    "response",
    [
        answer(500, HTML, "text/html"),
        answer(503, "", "text/plain"),
        answer(502, GATEWAY_FAULT),
        answer(404, GATEWAY_FAULT),
        answer(200, HTML, "text/html"),
        answer(200, ""),
        answer(200, '{"d": {"results": [{"ID": "1"'),
        answer(200, b'{"d": "\xff"}'),
        answer(200, "null"),
        answer(302, ""),
        answer(400, "[]"),
        answer(400, envelope("  ")),
        answer(400, envelope(None)),
        answer(400, json.dumps({"error": "text"})),
    ],
    # Without the characters that cannot stand in the name of a test on a command line
    ids=lambda response: f"{response.status_code} {re.sub(r'[^a-z]+', ' ', response.text[:30])}",
)
@pytest.mark.parametrize("asked", [READ, WRITE])
def test_an_answer_without_usable_content_is_an_outage(
    response: requests.Response, asked: Asked
) -> None:
    found = understood(response, asked)
    if not asked.writes:
        assert (type(found), found.code) == (Retry, "exact-unavailable")
    else:
        unclear = "exact-rejected" if response.status_code == 400 else "exact-unavailable"
        assert (type(found), found.code) == (Uncertain, unclear)


@pytest.mark.parametrize(
    ("response", "refused"),
    [
        (answer(401), True),
        (answer(200, "<html><TITLE> Object moved</title>", "text/html"), True),
        (answer(302, "<title>Object moved</title>", "text/html"), True),
        (answer(403), False),
        (answer(200, '{"d": []}'), False),
    ],
)
def test_a_refused_token_shows_as_401_or_as_the_page_object_moved(
    response: requests.Response, *, refused: bool
) -> None:
    assert is_unauthorised(response) is refused


@pytest.mark.parametrize(
    ("response", "refused"),
    [
        (answer(401), True),
        (answer(200, "<html><TITLE> Object moved</title>", "text/html"), False),
        (answer(302, "<title>Object moved</title>", "text/html"), False),
    ],
)
def test_after_a_write_only_the_status_401_says_that_the_token_was_refused(
    response: requests.Response, *, refused: bool
) -> None:
    assert is_unauthorised(response, writes=True) is refused

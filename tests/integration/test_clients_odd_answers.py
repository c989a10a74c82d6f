"""Answers that nobody promised: each means something, none is a crash (ST5)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from ssl import SSLCertVerificationError
from time import monotonic
from typing import Any

import pytest
import requests
import urllib3
from flask import Flask, Response

from koppeling.core.clock import now
from koppeling.core.errors import Consequence, Retry, Uncertain
from koppeling.core.exact_rights import ExactRights
from koppeling.core.ids import ConnectionId, Division, MilestonesId, SyncTimestamp
from koppeling.exact.books import ExactBooks
from koppeling.exact.client import ExactClient
from koppeling.milestones.client import MilestonesClient
from koppeling.milestones.pacer import Pacer
from koppeling.milestones.transport import Transport
from koppeling.pull.entities.registry import ENTITIES
from tests.sandbox.common.server import running
from tests.unit.exact.fakes import Anyone

ODD = (
    "null",
    "{}",
    "[]",
    "[1]",
    '"text"',
    "17",
    '{"d":null}',
    '{"d":{"results":null}}',
    '{"d":{"results":[null]}}',
    '{"d":{"results":"text"}}',
    '{"d":NaN}',
    '{"d":[17]}',
    '{"value":null}',
    '{"value":[null]}',
    '{"value":[{}]}',
    "{",
    "",
    "<html>Onderhoud</html>",
)


class Nothing:
    """Stored records and a cache in which nothing is found."""

    def find_by_code(self, connection: ConnectionId, entity: str, code: str) -> None:
        """Find nothing."""

    def get(self, connection: ConnectionId, system: str, kind: str, code: str) -> None:
        """Find nothing."""

    def put(
        self, connection: ConnectionId, system: str, kind: str, code: str, found: dict[str, Any]
    ) -> None:
        """Keep nothing."""

    def forget(self, connection: ConnectionId, system: str, kind: str, code: str) -> None:
        """Hold nothing to forget."""


class NoLimit:
    """A limiter at the end of its work, of which nobody wants anything."""

    def save(self) -> None:
        """Share nothing."""

    def proven(self) -> frozenset[str]:
        """Prove nothing."""
        return frozenset()


class Breaking(requests.adapters.BaseAdapter):
    """A transport that fails in one way."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self._failure = failure

    def send(self, *_: object, **__: object) -> requests.Response:
        """Fail."""
        raise self._failure

    def close(self) -> None:
        """Hold nothing open."""


@contextmanager
def server(body: str, status: int = 200, kind: str = "application/json") -> Iterator[str]:
    """Serve one answer to every call."""
    app = Flask(__name__)

    @app.route("/<path:path>", methods=["GET", "POST", "PUT"])
    def answer(path: str) -> Response:
        del path
        return Response(body, status, content_type=kind)

    with running(app) as base_url:
        yield base_url


def exact(base_url: str) -> ExactClient:
    """Return a client of Exact."""
    return ExactClient(
        requests.Session(),
        base_url=base_url,
        division=Division(1),
        bearer=Anyone(),
        limiter=Anyone(),
        rights=ExactRights(()),
        now=now,
    )


def milestones(base_url: str) -> MilestonesClient:
    """Return a client of QicsMilestones."""
    return MilestonesClient(
        Transport(base_url, Anyone(), Pacer(0, monotonic)),
        company_id="1",
        targets={name: entity.target for name, entity in ENTITIES.items()},
    )


def consequence(act: Callable[[], object]) -> Consequence | None:
    """Return the consequence of some work, None when it went well; anything else is a crash."""
    try:
        act()
    except Consequence as found:
        return found
    return None


@pytest.mark.parametrize("body", ODD)
def test_an_odd_answer_of_exact_to_a_page_is_an_outage_and_no_crash(body: str) -> None:
    with server(body) as url:
        pages = exact(url).pages("sync/CRM/Accounts", ["ID"], SyncTimestamp(1), None)
        found = consequence(lambda: list(pages))

    assert isinstance(found, Retry)
    assert found.code == "exact-unavailable"


@pytest.mark.parametrize("body", ODD)
def test_an_odd_answer_of_exact_to_a_new_record_leaves_its_fate_unknown(body: str) -> None:
    with server(body, status=201) as url:
        found = consequence(
            lambda: exact(url).create("salesentry/SalesEntries", {}, itemgetter("EntryID"))
        )

    assert isinstance(found, Uncertain)


@pytest.mark.parametrize("body", ODD)
def test_an_odd_answer_of_milestones_to_a_search_never_reads_as_not_there(body: str) -> None:
    with server(body) as url:
        found = consequence(lambda: milestones(url).find("accounts", "1068"))

    # A row of another code is one that was not asked for
    assert isinstance(found, Retry) or body in ("[]", '{"value":[{}]}')


@pytest.mark.parametrize("body", ODD)
def test_an_odd_answer_of_milestones_to_a_read_is_never_written_back(body: str) -> None:
    with server(body) as url:
        key = MilestonesId("1")
        found = consequence(lambda: milestones(url).replace("accounts", key, {"Name": "Nieuw"}))

    assert isinstance(found, Retry)


@pytest.mark.parametrize("body", ODD)
def test_an_odd_answer_of_milestones_to_a_new_record_leaves_its_fate_unknown(body: str) -> None:
    with server(body, status=201) as url:
        found = consequence(lambda: milestones(url).create("accounts", {"CustomerCode": "1"}))

    assert isinstance(found, Uncertain)


@pytest.mark.parametrize("status", [200, 201, 204])
@pytest.mark.parametrize("kind", ["application/json", "text/html"])
@pytest.mark.parametrize("row", ["[]", "{}", '{"ID":null}', '{"ID":"","FileSize":"x"}'])
def test_a_success_without_a_usable_record_leaves_its_fate_unknown(
    status: int, kind: str, row: str
) -> None:
    with server(f'{{"d":{row}}}', status, kind) as url:
        books = ExactBooks(
            ConnectionId("acme"),
            client=exact(url),
            records=Nothing(),
            cache=Nothing(),
            limiter=NoLimit(),
            logged_in_at=lambda: None,
            now=now,
        )
        for post in (books.post_entry, books.post_document, books.post_attachment):
            found = consequence(lambda post=post: post({}))  # type: ignore[misc] # bound at once
            assert isinstance(found, Uncertain), (post, found)


def test_a_connection_that_was_never_made_proves_that_nothing_was_sent() -> None:
    found = consequence(lambda: exact("http://127.0.0.1:1").create("x/Y", {}, dict))

    assert type(found) is Retry


def test_an_error_of_tls_after_the_connection_proves_nothing() -> None:
    client = exact("http://127.0.0.1:1")
    client._session.mount("http://", Breaking(requests.exceptions.SSLError("EOF in a record")))  # noqa: SLF001 - the way in

    found = consequence(lambda: client.create("x/Y", {}, dict))

    assert isinstance(found, Uncertain)


def test_an_error_of_tls_proves_nothing_to_milestones_either() -> None:
    for failure, kind in (
        (requests.exceptions.SSLError("EOF in a record"), Uncertain),
        (_refused_certificate(), Retry),
    ):
        client = milestones("http://127.0.0.1:1")
        session = client._transport._session()  # noqa: SLF001 - the way in
        session.mount("http://", Breaking(failure))

        found = consequence(lambda client=client: client.create("accounts", {"CustomerCode": "1"}))  # type: ignore[misc] # bound at once

        assert type(found) is kind


def _refused_certificate() -> requests.exceptions.SSLError:
    cause = urllib3.exceptions.SSLError(SSLCertVerificationError("expired"))
    pool = urllib3.HTTPConnectionPool("start.exactonline.nl")
    return requests.exceptions.SSLError(urllib3.exceptions.MaxRetryError(pool, "/", cause))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 408, 409, 412, 429, 500, 502, 504])
@pytest.mark.parametrize("body", ["", "{}", "[]", '{"odata.error":{}}', json.dumps({"error": 1})])
def test_every_status_with_any_body_means_something(status: int, body: str) -> None:
    with server(body, status) as url:
        pages = exact(url).pages("sync/CRM/Accounts", ["ID"], SyncTimestamp(1), None)
        assert consequence(lambda: list(pages)) is not None
        assert consequence(lambda: milestones(url).find("accounts", "1")) is not None
        assert consequence(lambda: milestones(url).create("accounts", {})) is not None


@pytest.mark.parametrize("row", ["null", "17", '{"Code":NaN}', '{"Amount":1e99999999999999999999}'])
def test_a_look_up_with_a_row_that_cannot_be_read_never_reads_as_found_or_not_there(
    row: str,
) -> None:
    with server(f'{{"d":{{"results":[{{"Code":"1"}},{row}]}}}}') as url:
        found = consequence(lambda: exact(url).rows("crm/Accounts", ["Code"], "Code eq '1'"))

    assert isinstance(found, Retry)


@pytest.mark.parametrize("row", ["null", "17", '{"ID":"a","Name":NaN}'])
def test_an_odd_row_leaves_the_others_of_its_page_readable(row: str) -> None:
    with server(f'{{"d":{{"results":[{row},{{"ID":"b"}}]}}}}') as url:
        (page,) = exact(url).pages("sync/CRM/Accounts", ["ID"], SyncTimestamp(1), None)

    assert (len(page.rows), page.rows[1]) == (2, {"ID": "b"})

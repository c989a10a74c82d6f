"""A call to Exact: what is sent, who is told of its answer, and which links are followed."""

from datetime import timedelta

import pytest
import requests

from koppeling.core.errors import Defer, Fatal, Reauthorise, Retry, Uncertain
from koppeling.core.ids import SyncTimestamp
from koppeling.core.rate_limit import Limits
from koppeling.exact.client import READ_TIMEOUT, UPLOAD_TIMEOUT
from koppeling.pull.ports import Page
from tests.unit.exact.calls import ACCOUNTS, ENTRIES, failed, post, read
from tests.unit.exact.wire import HOST, ROOT, Limiter, Wire, answer, client_of, results

OBJECT_MOVED = "<html><head><title>Object moved</title></head></html>"


def test_a_read_asks_for_json_with_the_token_and_sends_no_body() -> None:
    found, wire, limiter = read(results({"ID": "a"}))

    assert found == [{"ID": "a"}]
    assert wire.asked == ["crm/Accounts?$select=ID&$filter=Code eq '1'"]
    (sent,) = wire.sent
    assert (sent.method, sent.body) == ("GET", None)
    assert sent.headers["Accept"] == "application/json"
    assert sent.headers["Authorization"] == "Bearer first"
    assert "Prefer" not in sent.headers
    assert "Content-Type" not in sent.headers
    assert wire.timeouts == [READ_TIMEOUT] == [(10.0, 30.0)]
    assert limiter.told == [
        ("check", ACCOUNTS),
        ("token",),
        ("start",),
        ("record", ACCOUNTS, 200),
        ("answered", ACCOUNTS, False),
    ]


def test_a_post_sends_json_and_asks_for_the_record_in_the_answer() -> None:
    made, wire, limiter = post(answer({"d": {"EntryID": "e-1"}}, 201))

    assert made == "e-1"
    assert wire.asked == ["salesentry/SalesEntries"]
    (sent,) = wire.sent
    assert (sent.method, sent.body) == ("POST", b'{"AmountFC": 0.10, "YourRef": "20260412"}')
    assert sent.headers["Accept"] == "application/json"
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["Prefer"] == "return=representation"
    assert wire.timeouts == [UPLOAD_TIMEOUT] == [(10.0, 60.0)]
    assert limiter.told == [
        ("check_post", ENTRIES),
        ("check", ENTRIES),
        ("token",),
        ("start",),
        ("record", ENTRIES, 201),
        ("answered", ENTRIES, True),
    ]


def test_the_limits_of_every_answer_are_shared() -> None:
    _, _, limiter = read(
        answer(
            {"d": []},
            Date="Tue, 24 Nov 2026 06:03:00 GMT",
            X_RateLimit_Limit="5000",
            X_RateLimit_Remaining="4999",
            X_RateLimit_Reset="1795503600000",
            X_RateLimit_Minutely_Remaining="59",
            X_RateLimit_Minutely_Reset="1795500189000",
        )
    )

    assert limiter.limits == [Limits(5000, 4999, timedelta(seconds=3420), 59, timedelta(seconds=9))]


def test_a_day_without_calls_puts_the_work_off_until_the_reset_in_the_headers() -> None:
    meant, limiter = failed(answer({}, 429, X_RateLimit_Remaining="0"))

    assert isinstance(meant, Defer)
    assert meant.code == "exact-day-limit"
    assert limiter.told[-1] == ("available",)


@pytest.mark.parametrize(
    "first", [answer({}, 401), answer(OBJECT_MOVED, kind="text/html")], ids=["401", "moved"]
)
def test_a_refused_token_is_renewed_once_and_the_call_repeated(first: requests.Response) -> None:
    found, wire, limiter = read(first, results({"ID": "a"}))

    assert found == [{"ID": "a"}]
    assert [each.headers["Authorization"] for each in wire.sent] == [
        "Bearer first",
        "Bearer second",
    ]
    assert [(each.method, each.url) for each in wire.sent[:1]] == [
        (each.method, each.url) for each in wire.sent[1:]
    ]
    assert ("renewed", "first") in limiter.told
    assert [each for each in limiter.told if each[0] == "record"] == [
        ("record", ACCOUNTS, first.status_code),
        ("record", ACCOUNTS, 200),
    ]


def test_a_post_with_a_refused_token_is_repeated_with_the_same_body() -> None:
    made, wire, _ = post(answer({}, 401), answer({"d": {"EntryID": "e-1"}}, 201))

    assert made == "e-1"
    assert [each.method for each in wire.sent] == ["POST", "POST"]
    assert wire.sent[0].body == wire.sent[1].body
    assert wire.sent[1].headers["Authorization"] == "Bearer second"
    assert wire.timeouts == [UPLOAD_TIMEOUT, UPLOAD_TIMEOUT]


@pytest.mark.parametrize("writes", [False, True])
def test_a_token_that_is_refused_twice_needs_a_new_login(*, writes: bool) -> None:
    meant, _ = failed(answer({}, 401), answer({}, 401), writes=writes)

    assert isinstance(meant, Reauthorise)
    assert meant.code == "exact-reconnect-needed"


def test_a_page_after_a_post_is_no_refused_token_so_it_is_not_posted_again() -> None:
    meant, limiter = failed(answer(OBJECT_MOVED, kind="text/html"), writes=True)

    assert isinstance(meant, Uncertain)
    assert ("renewed", "first") not in limiter.told


def test_a_redirect_is_not_followed() -> None:
    moved = answer({}, 302, Location="https://evil.example/api/v1/987654/crm/Accounts")

    meant, _ = failed(moved)

    assert isinstance(meant, Retry)


def test_a_look_up_follows_the_links_of_its_own_administration() -> None:
    found, wire, _ = read(
        results({"ID": "a"}, following=f"{ROOT}crm/Accounts?$skiptoken=2"), results({"ID": "b"})
    )

    assert found == [{"ID": "a"}, {"ID": "b"}]
    assert wire.asked[1] == "crm/Accounts?$skiptoken=2"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/v1/987654/crm/Accounts",
        f"{HOST}/api/v1/987655/crm/Accounts",
        f"{ROOT}crm/Accounts?$select=ID&$filter=Code%20eq%20%271%27",
    ],
)
def test_a_link_that_leads_away_is_not_followed(link: str) -> None:
    wire, limiter = Wire(results({"ID": "a"}, following=link), results()), Limiter()

    with pytest.raises(Fatal) as meant:
        client_of(wire, limiter).rows(ACCOUNTS, ("ID",), "Code eq '1'")

    assert meant.value.code == "exact-request-refused"
    assert len(wire.sent) == 1


def test_lines_are_asked_for_within_their_entry() -> None:
    wire = Wire(results())

    client_of(wire).rows(ENTRIES, ("EntryID",), "Journal eq '70'", "SalesEntryLines")

    (asked,) = wire.asked
    assert asked == (
        "salesentry/SalesEntries?$select=EntryID,SalesEntryLines&$expand=SalesEntryLines"
        "&$filter=Journal eq '70'"
    )


def test_a_feed_starts_at_its_timestamp_or_goes_on_where_it_stopped() -> None:
    link = f"{ROOT}sync/CRM/Accounts?$skiptoken=5"
    wire = Wire(results({"ID": "a"}, following=link), results({"ID": "b"}), results({"ID": "c"}))
    client = client_of(wire)

    pages = list(client.pages("sync/CRM/Accounts", ("ID", "Code"), SyncTimestamp(7), None))
    resumed = list(client.pages("sync/CRM/Accounts", ("ID", "Code"), SyncTimestamp(7), link))

    assert pages == [Page([{"ID": "a"}], link), Page([{"ID": "b"}], None)]
    assert resumed == [Page([{"ID": "c"}], None)]
    assert wire.asked == [
        "sync/CRM/Accounts?$select=Code,ID&$filter=Timestamp gt 7L",
        "sync/CRM/Accounts?$skiptoken=5",
        "sync/CRM/Accounts?$skiptoken=5",
    ]


def test_a_whole_list_is_asked_for_without_a_filter() -> None:
    wire = Wire(results({"ID": "a"}))

    assert list(client_of(wire).whole("vat/VATCodes", ("ID",))) == [Page([{"ID": "a"}], None)]
    assert wire.asked == ["vat/VATCodes?$select=ID"]


def test_the_answer_of_a_function_comes_unchanged() -> None:
    wire, limiter = Wire(answer({"d": {"UserHasRights": True}})), Limiter()

    told = client_of(wire, limiter).ask("users/UserHasRights", {"endpoint": "crm/Accounts"})

    assert told == {"d": {"UserHasRights": True}}
    assert wire.asked == ["users/UserHasRights?endpoint='crm/Accounts'"]
    assert wire.sent[0].method == "GET"
    assert limiter.told[-1] == ("answered", "users/UserHasRights", False)

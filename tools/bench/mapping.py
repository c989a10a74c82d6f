"""The work that a pull does on every page: parse it, map its records, hash their link fields."""

from datetime import date
from http.client import OK

from koppeling.core.decimal_json import loads
from koppeling.core.ids import ExactId, SyncTimestamp
from koppeling.exact.odata import newer_than, query, rows_of
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.link_values import fingerprint
from koppeling.pull.meaning import meaning_of
from koppeling.pull.record import Record
from koppeling.pull.rows import storable
from tests.sandbox.common import company
from tests.sandbox.connecting import company_connection
from tests.sandbox.exact_online.sandbox import ExactSandbox

_CONTEXT = MappingContext(company_connection(), date(2026, 11, 24))


def page_of_accounts(count: int) -> bytes:
    """Return one page of a sync endpoint, byte for byte as the sandbox sends it."""
    sandbox = ExactSandbox(accounts=count)
    client_id, client_secret, redirect_uri = sandbox.app_credentials
    http = sandbox.app.test_client()
    form = {
        "grant_type": "authorization_code",
        "code": sandbox.authorise(),
        "redirect_uri": redirect_uri,
        "client_id": client_id,
        "client_secret": client_secret,
    }
    token = http.post("/api/oauth2/token", data=form).get_json()["access_token"]
    feed = next(feed for feed in ACCOUNTS.feeds if feed.name == "accounts")
    answer = http.get(
        f"/api/v1/{company.DIVISION}/{feed.endpoint}",
        query_string=query(feed.select, newer_than(SyncTimestamp(1))),
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
    )
    if answer.status_code != OK:
        raise RuntimeError(f"the sandbox refused the page: {answer.get_data(as_text=True)}")
    return answer.get_data()


def take_over(page: bytes) -> int:
    """Do what a pull does with a page, up to the decision to write; returns how many records."""
    rows, _ = rows_of(loads(page))
    for row in rows:
        record = Record(ExactId(row["ID"]), {"accounts": {row["ID"]: storable(row)}})
        mapped = meaning_of(ACCOUNTS, record, _CONTEXT)
        if mapped is not None:
            fingerprint(mapped.values)
    return len(rows)

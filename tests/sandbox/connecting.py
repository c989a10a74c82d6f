"""Connecting the invented company: its configuration, and a login without a browser."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Protocol

import requests

from koppeling.auth.oauth import Provider
from koppeling.auth.token_pair import Grant, TokenKey, TokenPair
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId, Division
from tests.sandbox.common import company

USER = "koppeling@veldhuis.example"
EXACT_HOST = "start.exactonline.nl"


class Tokens(Protocol):
    """Where the first pair of a chain is kept."""

    def connect(self, pair: TokenPair) -> None:
        """Write it."""


def company_connection() -> Connection:
    """Return the connection of the invented company, as it is set up at first."""
    return Connection(
        id=ConnectionId(company.CONNECTION),
        exact_host=EXACT_HOST,
        exact_user=USER,
        division=Division(company.DIVISION),
        administration_name=company.ADMINISTRATION,
        milestones_user=USER,
        company_id=company.COMPANY_ID,
        sales_journal="70",
        debtor_gl_account="1300",
        start_date=date(2026, 1, 1),
    )


def log_in(  # noqa: PLR0913 - what a login needs, each by name
    tokens: Tokens,
    provider: Provider,
    *,
    host: str,
    base_url: str,
    app: Mapping[str, str],
    code: str,
    now: datetime,
) -> None:
    """Exchange a code and keep the first pair of the chain."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app["redirect_uri"],
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
    }
    answer = requests.post(f"{base_url}{provider.token_path}", data=form, timeout=(5, 5))
    answer.raise_for_status()
    told = answer.json()
    life = timedelta(seconds=int(told["expires_in"]))
    grant = Grant(told["access_token"], told["refresh_token"], life)
    empty = TokenPair(TokenKey(provider.name, USER, host), "", "", granted_at=now, refresh_from=now)
    tokens.connect(empty.renewed(grant, now, provider.rules))

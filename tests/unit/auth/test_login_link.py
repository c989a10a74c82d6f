import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from koppeling.auth.login_link import LoginLinks
from koppeling.auth.session import TICKET_LIFE, Ticket
from koppeling.aws.secrets import LinkSecret
from koppeling.core.errors import Fatal
from koppeling.core.ids import ConnectionId

ACME, OTHER = ConnectionId("acme"), ConnectionId("other")
NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
URL = "https://koppeling.example"
BOTH = ("exact", "milestones")


class Secrets:
    """Secrets Manager with one secret; notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - boto3's own name
        self.asked.append(SecretId)
        return {"SecretString": "from-the-vault"}


def tickets(key: str = "a-key") -> LoginLinks:
    return LoginLinks(key.encode, connect_url=URL, now=lambda: NOW)


def text_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["ticket"][0]


def read(text: str, connection: ConnectionId = ACME) -> Ticket | None:
    return tickets().read(text, connection)


def test_a_link_leads_to_its_connection_and_its_ticket_says_what_it_is_for() -> None:
    link = tickets().link(ACME, BOTH)
    ticket = read(text_of(link))

    assert link.startswith(f"{URL}/connect/acme?ticket=")
    assert ticket is not None
    assert (ticket.connection, ticket.providers) == (ACME, BOTH)
    assert ticket.ends_at == NOW + TICKET_LIFE == NOW + timedelta(days=14)


def test_a_link_may_be_for_one_login_and_the_order_of_two_is_always_the_same() -> None:
    one = read(text_of(tickets().link(ACME, ("milestones",))))
    turned = read(text_of(tickets().link(ACME, ("milestones", "exact"))))

    assert one is not None
    assert turned is not None
    assert (one.providers, turned.providers) == (("milestones",), BOTH)


@pytest.mark.parametrize("providers", [(), ("exact", "elsewhere")])
def test_a_link_for_an_unknown_login_cannot_be_made(providers: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="one or both of exact, milestones"):
        tickets().link(ACME, providers)


def test_no_link_lives_for_longer_than_two_weeks() -> None:
    assert tickets().link(ACME, BOTH, TICKET_LIFE)
    with pytest.raises(ValueError, match="14 days at most"):
        tickets().link(ACME, BOTH, TICKET_LIFE + timedelta(seconds=1))


@pytest.mark.parametrize(("seconds", "revoked"), [(-1, False), (0, True), (1, True)])
def test_what_was_made_until_then_is_revoked(seconds: int, *, revoked: bool) -> None:
    ticket = read(text_of(tickets().link(ACME, BOTH)))
    assert ticket is not None
    assert ticket.issued_at == NOW
    moment = NOW + timedelta(seconds=seconds)
    assert ticket.is_revoked(moment) is revoked
    assert replace(ticket, issued_at=None).is_revoked(moment) is revoked  # R40
    assert not ticket.is_revoked(None)


def test_no_two_tickets_are_the_same() -> None:
    made = {text_of(tickets().link(ACME, BOTH)) for _ in range(50)}

    assert len(made) == 50


def test_a_ticket_of_another_connection_is_none() -> None:
    assert read(text_of(tickets().link(OTHER, BOTH))) is None


def test_a_ticket_that_another_key_signed_is_none() -> None:
    assert read(text_of(tickets("another-key").link(ACME, BOTH))) is None


def test_a_ticket_with_other_contents_under_its_signature_is_none() -> None:
    contents, _, signature = text_of(tickets().link(ACME, ("exact",))).partition(".")
    fields = json.loads(base64.urlsafe_b64decode(contents + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(fields | {"ends_at": 9e9}).encode()).decode()

    assert read(f"{forged.rstrip('=')}.{signature}") is None


@pytest.mark.parametrize("text", ["", ".", "x", "x.", ".x", "é.ü", "a.b.c", "%00.%00"])
def test_what_is_no_ticket_is_none(text: str) -> None:
    assert read(text) is None


def test_a_ticket_cut_short_at_any_place_is_none() -> None:
    text = text_of(tickets().link(ACME, BOTH))

    assert [n for n in range(len(text)) if read(text[:n]) is not None] == []


def test_the_key_is_asked_for_once() -> None:
    secrets = Secrets()
    secret = LinkSecret(secrets, "arn")

    assert [secret.key(), secret.key()] == [b"from-the-vault"] * 2
    assert secrets.asked == ["arn"]


def test_a_stack_without_a_key_says_which_setting_is_missing() -> None:
    with pytest.raises(Fatal, match="LINK_SECRET_ARN"):
        LinkSecret(Secrets(), "").key()

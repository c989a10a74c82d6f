from datetime import UTC, datetime, timedelta

from koppeling.auth.session import Attempt, Session, Ticket
from koppeling.aws.dynamodb.logins import LoginStore
from koppeling.aws.dynamodb.table import SyncItem
from koppeling.core.ids import ConnectionId

ACME = ConnectionId("acme")
NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
SOON = NOW + timedelta(minutes=10)
TICKET = Ticket(ACME, ("exact", "milestones"), NOW + timedelta(days=14), "number-1")


def session(digest: str = "session") -> Session:
    return Session(digest, ACME, TICKET.providers, SOON)


def attempt(digest: str = "attempt") -> Attempt:
    return Attempt(digest, "session", ACME, "exact", SOON)


def test_a_ticket_opens_one_session(items: type[SyncItem]) -> None:
    logins = LoginStore(items)
    assert not logins.is_used(TICKET)

    assert logins.open_session(TICKET, session("first"))
    assert logins.is_used(TICKET)
    assert not logins.open_session(TICKET, session("second"))


def test_a_used_ticket_is_remembered_as_long_as_it_would_have_worked(
    items: type[SyncItem],
) -> None:
    LoginStore(items).open_session(TICKET, session())
    (mark,) = [item for item in items.scan() if "TICKET" in item.sk]

    assert mark.expires_at == TICKET.ends_at.timestamp()


def test_a_session_is_found_until_it_ends(items: type[SyncItem]) -> None:
    logins = LoginStore(items)
    logins.open_session(TICKET, session())

    assert logins.session("session", NOW) == session()
    assert logins.session("session", SOON) is None
    assert logins.session("another", NOW) is None


def test_an_attempt_comes_back_once(items: type[SyncItem]) -> None:
    logins = LoginStore(items)
    logins.begin(attempt())

    assert logins.end("attempt", NOW) == attempt()
    assert logins.end("attempt", NOW) is None
    assert logins.known("attempt") == attempt()


def test_an_attempt_that_is_too_old_or_none_does_not_come_back(items: type[SyncItem]) -> None:
    logins = LoginStore(items)
    logins.begin(attempt())

    assert logins.end("attempt", SOON) is None
    assert logins.end("another", NOW) is None
    assert logins.known("another") is None


def test_the_table_forgets_sessions_and_attempts_when_they_are_over(
    items: type[SyncItem],
) -> None:
    logins = LoginStore(items)
    logins.open_session(TICKET, session())
    logins.begin(attempt())

    ends = {item.sk: item.expires_at for item in items.scan() if "LOGIN" in item.sk}
    assert ends == dict.fromkeys(("LOGIN-SESSION", "LOGIN-ATTEMPT"), SOON.timestamp())

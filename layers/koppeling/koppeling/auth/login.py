"""Logging in with the browser: from a link in a mail to a chain of tokens.

link ──► landing page ──button──► ticket used up, session begins ──► login page of the provider
                                        ▲                                        │ callback
         page ◄── verified, stored ◄────┼── code exchanged ◄── state and cookie checked
           └──── try again, or the next provider ──┘

Opening a link does not use up its ticket, since mail scanners open links. The button does. The
session that it opens lasts long enough to try again without another link. Only the provider sees
the password.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from koppeling.auth.login_link import LoginLinks
from koppeling.auth.login_verifier import TokenKeeper
from koppeling.auth.new_links import NewLinks
from koppeling.auth.oauth import TokenEndpoint
from koppeling.auth.ports import Accepted, LoginSessions, Refused, View
from koppeling.auth.session import (
    JUDGED_WITHIN,
    SECRET_BYTES,
    SESSION_LIFE,
    STATE_LIFE,
    Attempt,
    Session,
    Ticket,
    administration_of,
)
from koppeling.auth.token_pair import Grant
from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence, Defer, Reauthorise, Retry, Uncertain
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Connections

_FORBIDDEN, _NOT_FOUND, _GONE, _BAD, _LATER = 403, 404, 410, 400, 503


@dataclass(frozen=True, slots=True)
class LoginProvider:
    """A provider at which people log in; `verify` decides whether a login is the agreed one."""

    endpoint: TokenEndpoint
    keeper: TokenKeeper
    verify: Callable[[Connection, Grant], Accepted | Refused]
    redirect_uri: str

    def login_url(self, connection: Connection, state: str) -> str:
        """Return the login page for a connection."""
        return self.endpoint.login_url(connection.exact_host, self.redirect_uri, state)

    def exchange(self, connection: Connection, code: str) -> Grant:
        """Exchange the code of a login, once what storing its tokens needs is at hand.

        Raises:
            Consequence: the code could not be exchanged.
        """
        self.keeper.prepare(connection)
        return self.endpoint.exchange(connection.exact_host, code, self.redirect_uri)


@dataclass(frozen=True, slots=True)
class LoginFlow:
    """Takes a browser from a login link to a connection that works."""

    login_links: LoginLinks
    sessions: LoginSessions
    connections: Connections
    providers: Mapping[str, LoginProvider]
    new_links: NewLinks
    now: Now

    def landing(self, connection_id: str, ticket_text: str, cookie: str) -> View:
        """Show what a link is for; its ticket is not used up."""
        connection, ticket = self._invited(connection_id, ticket_text)
        if connection is None or ticket is None:
            return View("ticket-invalid", _NOT_FOUND)
        session = self._session(connection.id, cookie)
        if ticket.is_revoked(self.sessions.revoked_at(connection.id)):
            return _over("ticket-revoked", ticket)
        if session is None and ticket.ends_at <= self.now():
            return _over("ticket-expired", ticket)
        if session is None and self.sessions.is_used(ticket):
            return _over("ticket-used", ticket)
        return View(
            "invitation",
            connection=connection,
            providers=ticket.providers,
            login=ticket.providers[0],
            ticket="" if session else ticket_text,
        )

    def start(self, connection_id: str, ticket_text: str, cookie: str) -> View:
        """Use up a ticket, and send the browser to the first login page."""
        connection, ticket = self._invited(connection_id, ticket_text)
        if connection is None or ticket is None:
            return View("ticket-invalid", _NOT_FOUND)
        if ticket.is_revoked(self.sessions.revoked_at(connection.id)):
            return _over("ticket-revoked", ticket)
        if ticket.ends_at <= self.now():
            return _over("ticket-expired", ticket)
        session_id = secrets.token_urlsafe(SECRET_BYTES)
        ends_at = self.now() + SESSION_LIFE
        session = Session(_digest(session_id), connection.id, ticket.providers, ends_at)
        if not self.sessions.open_session(ticket, session):
            # The button was pressed twice, or "back": the session that it opened goes on
            held = self._session(connection.id, cookie)
            return self._redirect(connection, held) if held else _over("ticket-used", ticket)
        return self._redirect(connection, session, session_id=session_id)

    def resume(self, connection_id: str, provider: str, cookie: str) -> View:
        """Send the browser of a session to a login page: the next one, or the same again."""
        session = self._session(ConnectionId(connection_id), cookie)
        connection = self.connections.get(session.connection) if session else None
        if session is None or connection is None or provider not in session.providers:
            return View("session-gone", _FORBIDDEN, ask_anew=connection_id)
        kept = self.sessions.taken_up(session, provider, self.now())
        if kept is not None:
            grant = self.providers[provider].keeper.opened(kept)
            return self._judge(connection, session, provider, grant)
        return self._redirect(connection, session, provider)

    def ask_anew(self, connection_id: str, providers: str, source: str) -> View:
        """Have a new link mailed to who may decide; the answer is the same whether there is one."""
        self.new_links.ask(connection_id, tuple(providers.split()), source)
        return View("link-asked")

    def callback(self, query: Mapping[str, str], cookies: Mapping[str, str]) -> View:
        """Receive a browser that comes back from a login page (S4)."""
        state = query.get("state", "")
        digest = _digest(state)
        attempt = self.sessions.end(digest, self.now()) if state else None
        if attempt is None:
            return self._unexpected(digest, cookies)
        session = self._session_of(attempt, cookies)
        if session is None:
            return View("other-browser", _FORBIDDEN)
        connection = self.connections.get(attempt.connection)
        if connection is None:
            return View("session-gone", _FORBIDDEN, ask_anew=attempt.connection)
        return self._log_in(connection, session, attempt.provider, query)

    def _log_in(
        self, connection: Connection, session: Session, provider: str, query: Mapping[str, str]
    ) -> View:
        code = query.get("code", "")
        if query.get("error") or not code:
            return _not_connected(connection, provider)
        try:
            grant = self.providers[provider].exchange(connection, code)
        except Consequence as failure:
            return _failed(connection, provider, failure)
        return self._judge(connection, session, provider, replace(grant, at=self.now()))

    def _judge(self, connection: Connection, session: Session, provider: str, grant: Grant) -> View:
        """Show what a login turns out to be; the button of the page judges it once more.

        The consent may have ended the chain before it (X18), so a pair that cannot be judged at
        the moment is not lost: it is kept for this browser, sealed, while its token works.
        """
        try:
            decision = self.providers[provider].verify(connection, grant)
        except (Retry, Uncertain, Defer) as failure:
            return self._put_aside(connection, session, provider, grant, failure)
        except Consequence as failure:
            self.sessions.forget(session, provider)
            return _failed(connection, provider, failure)
        self.sessions.forget(session, provider)
        if self.connections.get(connection.id) is None:  # erased during the visit
            return View("session-gone", _FORBIDDEN, ask_anew=connection.id)
        if isinstance(decision, Accepted):
            self.sessions.note_connected(session, provider)
            return View(
                "connected",
                connection=connection,
                provider=provider,
                providers=session.providers,
                values=decision.values,
                login=session.next_after(provider) or "",
            )
        page, values = decision.page, decision.values
        return View(page, _FORBIDDEN, connection, provider, decision.code, values, login=provider)

    def _put_aside(
        self,
        connection: Connection,
        session: Session,
        provider: str,
        grant: Grant,
        failure: Consequence,
    ) -> View:
        until = (grant.at or self.now()) + JUDGED_WITHIN
        try:
            sealed = self.providers[provider].keeper.sealed(connection, grant)
        except Retry:
            return _failed(connection, provider, failure)
        self.sessions.put_aside(session, provider, sealed, until)
        values = {
            "reason": str(failure),
            "minutes": str(int(JUDGED_WITHIN.total_seconds()) // 60),
        }
        return View("unverified", _LATER, connection, provider, values=values, login=provider)

    def _redirect(
        self, connection: Connection, session: Session, provider: str = "", session_id: str = ""
    ) -> View:
        chosen = provider or session.providers[0]
        state = secrets.token_urlsafe(SECRET_BYTES)
        ends_at = self.now() + STATE_LIFE
        attempt = Attempt(_digest(state), session.digest, connection.id, chosen, ends_at)
        self.sessions.begin(attempt)
        return View(
            "redirect",
            connection=connection,
            provider=chosen,
            session=session_id,
            redirect_to=self.providers[chosen].login_url(connection, state),
        )

    def _invited(self, connection_id: str, text: str) -> tuple[Connection | None, Ticket | None]:
        ticket = self.login_links.read(text, ConnectionId(connection_id))
        return (self.connections.get(ticket.connection), ticket) if ticket else (None, None)

    def _session(self, connection: ConnectionId, cookie: str | None) -> Session | None:
        """Return the session of a cookie, if it is one of this connection (S8)."""
        if not cookie:
            return None
        session = self.sessions.session(_digest(cookie), self.now())
        if session is None or session.connection != connection:
            return None
        return None if session.is_revoked(self.sessions.revoked_at(connection)) else session

    def _session_of(self, attempt: Attempt, cookies: Mapping[str, str]) -> Session | None:
        """Return the session in which an attempt began, if this browser has it."""
        session = self._session(attempt.connection, cookies.get(cookie_name(attempt.connection)))
        if session is None or not hmac.compare_digest(session.digest, attempt.session):
            return None
        return session

    def _unexpected(self, digest: str, cookies: Mapping[str, str]) -> View:
        """Answer a used, expired or unknown state; the browser of its session may try again."""
        known = self.sessions.known(digest)
        session = None if known is None else self._session_of(known, cookies)
        if known is None or session is None:
            return View("login-unknown", _BAD)
        connection = self.connections.get(known.connection)
        if self.sessions.is_connected(session, known.provider):
            following = session.next_after(known.provider) or ""
            if following and self.sessions.is_connected(session, following):
                following = ""
            return View(
                "connected-before",
                _BAD,  # S4: a state works once, also when its login succeeded
                connection,
                provider=known.provider,
                providers=session.providers,
                login=following,
            )
        return View("login-over", _BAD, connection=connection, login=known.provider)


def cookie_name(connection: str) -> str:
    """Return the name of a session's cookie: one per connection, so that two links can be open.

    The prefix makes browsers insist on TLS, on this host alone, and on the path `/`.
    """
    return f"__Host-login-{_digest(connection)[:12]}"


def _over(page: str, ticket: Ticket) -> View:
    """Answer a link that works no more, for which a new one may be asked."""
    return View(page, _GONE, providers=ticket.providers, ask_anew=ticket.connection)


def _not_connected(connection: Connection, provider: str) -> View:
    """Answer a login that was cancelled, or whose code came too late (X9, X29)."""
    code = "exact-connect-failed" if provider == "exact" else ""
    values = {"division": administration_of(connection)}
    return View("not-connected", _FORBIDDEN, connection, provider, code, values, login=provider)


def _failed(connection: Connection, provider: str, failure: Consequence) -> View:
    """Answer a login that ended in an outage, a refused code, or a mistake of ours."""
    if isinstance(failure, Reauthorise):
        return _not_connected(connection, provider)
    values = {"reason": str(failure)}
    if isinstance(failure, Retry | Uncertain | Defer):
        return View("unavailable", _LATER, connection, provider, values=values, login=provider)
    return View("failure", 500, connection, provider, values=values)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

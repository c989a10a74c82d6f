"""What every request passes: who is signed in, which connection, which screen or button."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import NoReturn

from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.people import Person
from koppeling.portal.access import Access
from koppeling.portal.page import (
    Action,
    Answer,
    GoTo,
    LeaveFor,
    NoSuchPage,
    PageRequest,
    PortalPage,
    Screen,
)
from koppeling.portal.refused import PageRefused, SignInFirst, Trouble
from koppeling.portal.session import PortalSession, form_token, is_token_of

# An office may keep the books of fifty customers, each with a read of its own
_SIDE_BY_SIDE = 8
# A reason of a decision is read by people
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around an answer: who asked, and where."""

    language: str
    person: Person | None = None
    connection: Connection | None = None
    form_token: str = ""
    others: tuple[str, ...] = ()
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class BrowserRequest:
    """A request of a browser. `language` is what it prefers, `source` where it comes from.

    `session_id` and `notice` are what its cookies hold.
    """

    session_id: str = ""
    language: str = "nl"
    notice: str = ""
    source: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)


def nothing_waits(_connection: ConnectionId) -> int:
    """Return no number beside *Te doen*."""
    return 0


@dataclass(frozen=True, slots=True)
class Door:
    """Lets a person in to one screen or one button of a connection.

    `actions` are for people who may decide, `own_actions` for everybody: they change nothing but
    what the person chose for himself. `waiting` counts what stands beside *Te doen*, unless a page
    has counted it already.
    """

    access: Access
    screens: Mapping[str, Screen]
    actions: Mapping[str, Action]
    own_actions: Mapping[str, Action] = field(default_factory=dict)
    waiting: Callable[[ConnectionId], int] = nothing_waits

    def around(self, asked: BrowserRequest) -> Around:
        """Return what stands around a page that belongs to no connection."""
        session = self.access.session(asked.session_id)
        if session is None:
            return Around(asked.language)
        person = Person(session.mail, language=asked.language)
        return Around(asked.language, person, form_token=form_token(asked.session_id))

    def home(self, asked: BrowserRequest) -> tuple[Answer, Around]:
        """Show which connections there are, or go to the only one.

        Raises:
            SignInFirst: nobody is signed in, or this person belongs to no connection any more.
        """
        session = self._session(asked)
        seen = list(self.access.all(session))
        if not seen:
            self._end(session)
        around = replace(self.around(asked), language=seen[0][1].language)
        if len(seen) == 1:
            connection, person = seen[0]
            return GoTo(""), replace(around, connection=connection, person=person)
        connections = [connection for connection, _ in seen]
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            counts = pool.map(self.waiting, [each.id for each in connections])
            rows = list(zip(connections, counts, strict=True))
        return PortalPage("chooser", {"rows": rows}), around

    def show(self, asked: BrowserRequest, connection_id: str, path: str) -> tuple[Answer, Around]:
        """Show a screen.

        Raises:
            SignInFirst: nobody is signed in.
            NoSuchPage: there is no such screen, or this person may not see the connection.
        """
        session = self._session(asked)
        request = self._request(session, asked, connection_id)
        screen = self.screens.get(path)
        if screen is None:
            raise NoSuchPage(path)
        answer = screen(request)
        around = self._around(session, asked, request)
        if isinstance(answer, PortalPage):
            known = answer.waiting_count
            number = self.waiting(request.connection.id) if known is None else known
            around = replace(around, waiting=number)
        return answer, around

    def press(
        self, asked: BrowserRequest, connection_id: str, name: str
    ) -> tuple[GoTo | LeaveFor, Around]:
        """Do what a button does.

        Raises:
            PageRefused: the session is over, the form is none of ours, or this person may not.
            NoSuchPage: there is no such button, or this person may not see the connection.
        """
        session = self.checked(asked)
        request = self._request(session, asked, connection_id)
        action = self.own_actions.get(name) or self.actions.get(name)
        if action is None:
            raise NoSuchPage(name)
        if name not in self.own_actions and not request.may_decide:
            raise PageRefused(Trouble.LOOK_ONLY)
        if len(asked.form.get("reason", "")) > LONGEST_REASON:
            raise PageRefused(Trouble.TOO_LONG)
        return action(request), self._around(session, asked, request)

    def checked(self, asked: BrowserRequest) -> PortalSession:
        """Return the session of a form that came from a page of it.

        Raises:
            PageRefused: the session is over, or the form is none of ours.
        """
        session = self.access.session(asked.session_id)
        if session is None:
            raise PageRefused(Trouble.SESSION_OVER)
        if not is_token_of(asked.session_id, asked.form.get("form_token", "")):
            raise PageRefused(Trouble.FORGED)
        return session

    def _session(self, asked: BrowserRequest) -> PortalSession:
        session = self.access.session(asked.session_id)
        if session is None:
            raise SignInFirst
        return session

    def _request(
        self, session: PortalSession, asked: BrowserRequest, connection_id: str
    ) -> PageRequest:
        try:
            connection, person = self.access.enter(session, connection_id)
        except NoSuchPage:
            if not any(self.access.all(session)):
                self._end(session)
            raise
        return PageRequest(connection, person, self.access.now(), asked.query, asked.form)

    def _end(self, session: PortalSession) -> NoReturn:
        """End the session of who belongs to no connection any more."""
        self.access.sessions.end(session.digest)
        raise SignInFirst

    def _around(
        self, session: PortalSession, asked: BrowserRequest, request: PageRequest
    ) -> Around:
        return Around(
            request.language,
            request.person,
            request.connection,
            form_token(asked.session_id),
            tuple(each for each in session.connections if each != request.connection.id),
        )

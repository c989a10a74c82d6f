"""The routes of the bookkeeper's pages: a browser's request, handed to the door, and its page.

    GET  /portal                          the connections of who is signed in
    GET  /portal/in    POST               ask for a link by mail
    GET  /portal/go    POST               the link of that mail, and its button
    POST /portal/sign-out
    GET  /portal/<connection>[/<screen>]  a screen
    POST /portal/<connection>/do/<action> a button, answered with a redirect

An id of a connection has at least three characters, so that none is `in` or `go`.
"""

import re
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from koppeling.core.summary import Summary
from koppeling.core.web import LONGEST_FORM, cookies_in, fields_of, language_of
from koppeling.portal.destination import own_path
from koppeling.portal.door import Around, BrowserRequest, Door
from koppeling.portal.page import GoTo, NoSuchPage, PortalPage
from koppeling.portal.pages.responses import NOTICE_COOKIE, PortalResponses, session_cookie
from koppeling.portal.refused import PageRefused, SignInFirst, Trouble
from koppeling.portal.session import SESSION_COOKIE
from koppeling.portal.sign_in import SignIn

SIGN_IN, LINK, SIGN_OUT = "in", "go", "sign-out"
_METHODS = {"GET", "POST"}
_NAME = re.compile("[a-z/-]{1,40}")
# What a browser says of a form that stands on a page of ours, or of one that it made itself
_FROM_HERE = {"", "same-origin", "none"}

type Reply = Response[str | bytes]
type InTime = Callable[[Callable[[], Reply]], Reply]
"""Makes an answer; raises PageRefused when a service of ours does not answer in time."""


class PortalRoutes:
    """Answers the requests of browsers."""

    def __init__(
        self,
        door: Door,
        sign_in: SignIn,
        responses: PortalResponses,
        report: Callable[[Summary], object],
        in_time: InTime,
    ) -> None:
        self._door = door
        self._sign_in = sign_in
        self._responses = responses
        self._report = report
        self._in_time = in_time
        self._app = app = APIGatewayHttpResolver()
        app.get("/portal")(self._home)
        app.get(f"/portal/{SIGN_IN}")(self._ask_for_mail)
        app.post(f"/portal/{SIGN_IN}")(self._send_link)
        app.get(f"/portal/{LINK}")(self._invitation)
        app.post(f"/portal/{LINK}")(self._enter)
        app.post(f"/portal/{SIGN_OUT}")(self._leave)
        app.get("/portal/<connection>")(self._screen)
        app.get("/portal/<connection>/<path>")(self._screen)
        app.post("/portal/<connection>/do/<name>")(self._press)
        app.not_found(self._not_found)

    def answer(self, event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own objects
        """Answer one request of the HTTP API."""
        return self._app.resolve(event, context)

    def _home(self) -> Reply:
        return self._respond(
            "home", lambda asked: self._responses.answer(*self._door.home(asked), asked.notice)
        )

    def _screen(self, connection: str, path: str = "") -> Reply:
        def make(asked: BrowserRequest) -> Reply:
            return self._responses.answer(*self._door.show(asked, connection, path), asked.notice)

        return self._respond(path or "overview", make, connection)

    def _press(self, connection: str, name: str) -> Reply:
        def make(asked: BrowserRequest) -> Reply:
            return self._responses.answer(*self._door.press(asked, connection, name))

        return self._respond(f"do/{name}", make, connection)

    def _ask_for_mail(self) -> Reply:
        def make(asked: BrowserRequest) -> Reply:
            page = PortalPage("sign-in", {"leads_to": own_path(asked.query.get("next", ""))})
            return self._responses.page(page, Around(asked.language), notice=asked.notice)

        return self._respond("sign-in", make)

    def _send_link(self) -> Reply:
        def make(asked: BrowserRequest) -> Reply:
            form = asked.form
            self._sign_in.ask(form.get("mail", ""), asked.source, form.get("next", ""))
            return self._responses.page(PortalPage("sign-in-sent"), Around(asked.language))

        return self._respond("ask", make)

    def _invitation(self) -> Reply:
        def make(asked: BrowserRequest) -> Reply:
            ticket = asked.query.get("ticket", "")
            link = self._sign_in.invitation(ticket)
            if link is None:
                raise PageRefused(Trouble.LINK_OVER)
            page = PortalPage("enter", {"ticket": ticket, "mail": link.mail})
            return self._responses.page(page, Around(asked.language))

        return self._respond("invitation", make)

    def _enter(self) -> Reply:
        def make(asked: BrowserRequest) -> Reply:
            entered = self._sign_in.enter(asked.form.get("ticket", ""))
            if entered is None:
                raise PageRefused(Trouble.LINK_OVER)
            session_id, leads_to = entered
            address = f"{self._responses.renderer.address()}{leads_to}"
            return self._responses.redirect(address, session_cookie(session_id))

        return self._respond("enter", make)

    def _leave(self) -> Reply:
        def make(asked: BrowserRequest) -> Reply:
            session = self._door.checked(asked)
            self._door.access.sessions.end(session.digest)
            to, around = GoTo(SIGN_IN, notice="signed-out"), Around(asked.language)
            response = self._responses.answer(to, around)
            response.cookies.append(session_cookie(""))
            return response

        return self._respond("sign-out", make)

    def _not_found(self, _error: NotFoundError) -> Reply:
        method = self._event.http_method
        trouble = Trouble.NOT_FOUND if method in _METHODS else Trouble.NOT_ALLOWED

        def make(_asked: BrowserRequest) -> Reply:
            raise PageRefused(trouble)

        return self._respond("nothing", make)

    def _respond(
        self, what: str, make: Callable[[BrowserRequest], Reply], connection: str = ""
    ) -> Reply:
        asked = BrowserRequest()
        # S13: anybody may put an address of mail, or pages of text, into a path
        what = what if _NAME.fullmatch(what) else "other"
        try:
            asked = read = self._asked()
            response, outcome = self._in_time(lambda: make(read)), "shown"
        except SignInFirst:
            response, outcome = self._to_sign_in(), "sign-in-first"
        except NoSuchPage:
            response, outcome = self._trouble(Trouble.NOT_FOUND, asked), Trouble.NOT_FOUND.value
        except PageRefused as refused:
            response, outcome = self._trouble(refused.trouble, asked), refused.trouble.value
            what = _told(what, refused.__cause__)
        except Exception as error:  # noqa: BLE001 - a browser gets a page, whatever happened
            response, outcome = self._trouble(Trouble.FAILURE, asked), Trouble.FAILURE.value
            what = _told(what, error)
        self._report(
            Summary("portal", outcome, connection if outcome == "shown" else "", detail=what)
        )
        return response

    def _asked(self) -> BrowserRequest:
        """Return the request, as far as it is one of ours.

        Raises:
            PageRefused: it is too long, unreadable, or a form of another site.
        """
        event = self._event
        form = {}
        if event.http_method == "POST":
            if event.headers.get("sec-fetch-site", "") not in _FROM_HERE:
                raise PageRefused(Trouble.FORGED)
            form = fields_of(_body_of(event))
        cookies = cookies_in([*event.cookies, event.headers.get("cookie", "")])
        return BrowserRequest(
            session_id=cookies.get(SESSION_COOKIE, ""),
            notice=cookies.get(NOTICE_COOKIE, ""),
            source=event.request_context.http.source_ip,
            language=language_of(event.headers.get("accept-language", "")),
            query=_printable(fields_of(event.raw_query_string)),
            form=_printable(form),
        )

    def _trouble(self, trouble: Trouble, asked: BrowserRequest) -> Reply:
        reference = self._event.request_context.request_id
        try:
            around = self._door.around(asked)
        except Exception:  # noqa: BLE001 - the page about an outage may not depend on what is out
            around = Around(asked.language)
        return self._responses.trouble(trouble, around, reference)

    def _to_sign_in(self) -> Reply:
        query = self._event.raw_query_string
        _, _, path = self._event.path.partition("/portal")
        leads_to = own_path(f"{path}?{query}")
        address = self._responses.renderer.address("", SIGN_IN, next=leads_to)
        return self._responses.redirect(address)

    @property
    def _event(self) -> APIGatewayProxyEventV2:
        return self._app.current_event


def _told(what: str, error: BaseException | None) -> str:
    """Add the type of an error alone: the message of a library's may hold a secret (S3)."""
    return what if error is None else f"{what} {type(error).__name__}"


def _body_of(event: APIGatewayProxyEventV2) -> str:
    body = event.body or ""
    if len(body) > 2 * LONGEST_FORM:
        raise PageRefused(Trouble.TOO_LONG)
    try:
        text = event.decoded_body or ""
    except ValueError:
        raise PageRefused(Trouble.UNREADABLE) from None
    if len(text) > LONGEST_FORM:
        raise PageRefused(Trouble.TOO_LONG)
    return text


def _printable(fields: dict[str, str]) -> dict[str, str]:
    """Return the fields without characters that nobody types, such as a null byte."""
    return {
        name: "".join(each for each in value if each.isprintable() or each in "\n\t")
        for name, value in fields.items()
    }

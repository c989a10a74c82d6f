"""The routes of the login pages: what a browser asks, put to the use case, and its answer."""

from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Protocol
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from koppeling.auth.login import cookie_name
from koppeling.auth.pages.pages import PageRenderer, language_of
from koppeling.auth.ports import View
from koppeling.auth.session import SESSION_LIFE
from koppeling.core.summary import Summary

# A form of ours holds one ticket; whatever is longer is none
_LONGEST_FORM = 8192


class Connecting(Protocol):
    """Takes a browser from a login link to a connection that works."""

    def landing(self, connection_id: str, ticket_text: str, cookie: str) -> View:
        """Show what a link is for."""
        ...

    def start(self, connection_id: str, ticket_text: str, cookie: str) -> View:
        """Use a ticket up."""
        ...

    def resume(self, connection_id: str, provider: str, cookie: str) -> View:
        """Pass the browser on to a login page."""
        ...

    def callback(self, query: Mapping[str, str], cookies: Mapping[str, str]) -> View:
        """Take a browser back from a login page."""
        ...


class LoginRoutes:
    """Answers the requests of browsers."""

    def __init__(
        self, flow: Connecting, pages: PageRenderer, report: Callable[[Summary], Summary]
    ) -> None:
        self._flow = flow
        self._pages = pages
        self._report = report
        self._app = app = APIGatewayHttpResolver()
        app.get("/connect/<connection>")(self._landing)
        app.post("/connect/<connection>")(self._start)
        app.post("/connect/<connection>/<provider>")(self._resume)
        app.get("/callback")(self._callback)
        app.not_found(self._not_found)

    def answer(self, event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own objects
        """Answer one request of the HTTP API."""
        return self._app.resolve(event, context)

    def _landing(self, connection: str) -> Response[str]:
        ticket = self._query().get("ticket", "")
        cookie = self._cookies().get(cookie_name(connection), "")
        return self._shown(lambda: self._flow.landing(connection, ticket, cookie))

    def _start(self, connection: str) -> Response[str]:
        ticket = self._form().get("ticket", "")
        cookie = self._cookies().get(cookie_name(connection), "")
        return self._shown(lambda: self._flow.start(connection, ticket, cookie))

    def _resume(self, connection: str, provider: str) -> Response[str]:
        cookie = self._cookies().get(cookie_name(connection), "")
        return self._shown(lambda: self._flow.resume(connection, provider, cookie))

    def _callback(self) -> Response[str]:
        query, cookies = self._query(), self._cookies()
        return self._shown(lambda: self._flow.callback(query, cookies))

    def _not_found(self, _error: NotFoundError) -> Response[str]:
        return self._page(View("not-found", 404))

    def _shown(self, make: Callable[[], View]) -> Response[str]:
        try:
            view = make()
        except Exception as error:  # noqa: BLE001 - a browser gets a page, whatever happened
            # By its kind alone: what a stranger's exception says may hold a code or a token (S3)
            view = View("failure", 500, values={"reason": type(error).__name__})
        self._report(_summary(view))
        return self._page(view)

    def _page(self, view: View) -> Response[str]:
        language = language_of(self._event.headers.get("accept-language", ""))
        reference = self._event.request_context.request_id
        return Response(
            status_code=view.status,
            content_type="text/html; charset=utf-8",
            body=self._pages.html(view, language, reference),
            headers=dict(self._pages.headers),
            cookies=[_cookie(view)] if view.session else [],
        )

    def _query(self) -> dict[str, str]:
        """Return the query, decoded once: the code of Exact holds signs that are encoded (X9)."""
        return dict(parse_qsl(self._event.raw_query_string))

    def _form(self) -> dict[str, str]:
        body = self._event.decoded_body or ""
        return dict(parse_qsl(body)) if len(body) <= _LONGEST_FORM else {}

    def _cookies(self) -> dict[str, str]:
        """Return the cookies; AWS lists them apart, the local emulator leaves them in a header."""
        sent = [*self._event.cookies, self._event.headers.get("cookie", "")]
        try:
            jar: SimpleCookie = SimpleCookie("; ".join(filter(None, sent)))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in jar.items()}

    @property
    def _event(self) -> APIGatewayProxyEventV2:
        return self._app.current_event


def _cookie(view: View) -> Cookie:
    connection = "" if view.connection is None else view.connection.id
    return Cookie(
        name=cookie_name(connection),
        value=view.session,
        path="/",
        secure=True,
        http_only=True,
        max_age=int(SESSION_LIFE.total_seconds()),
        # Lax and not Strict: the way back from a login page starts at another site
        same_site=SameSite.LAX_MODE,
    )


def _summary(view: View) -> Summary:
    outcome = {"connected": "connected"}.get(view.page, "shown" if view.status < 400 else "refused")  # noqa: PLR2004 - HTTP's own number
    told = (view.provider, view.page, view.code, view.values.get("reason", ""))
    return Summary(
        "connect",
        outcome,
        "" if view.connection is None else view.connection.id,
        detail=" ".join(part for part in told if part),
    )

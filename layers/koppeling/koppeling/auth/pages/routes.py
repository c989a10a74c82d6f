"""The routes of the login pages: a browser's request, handed to the login flow, and its page."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from koppeling.auth.login import LoginFlow, cookie_name
from koppeling.auth.pages.pages import ASK_ANEW, PageRenderer
from koppeling.auth.ports import View
from koppeling.auth.session import SESSION_LIFE
from koppeling.core.summary import Summary
from koppeling.core.web import LONGEST_FORM, cookies_in, fields_of, language_of


class LoginRoutes:
    """Answers the requests of browsers."""

    def __init__(
        self,
        flow: LoginFlow,
        pages: PageRenderer,
        report: Callable[[Summary], object],
        begin_visit: Callable[[], object],
    ) -> None:
        self._flow = flow
        self._pages = pages
        self._report = report
        self._begin_visit = begin_visit
        self._app = app = APIGatewayHttpResolver()
        app.get("/connect/<connection>")(self._landing)
        app.post("/connect/<connection>")(self._start)
        app.post(f"/connect/<connection>/{ASK_ANEW}")(self._ask_anew)
        app.post("/connect/<connection>/<provider>")(self._resume)
        app.get("/callback")(self._callback)
        app.not_found(self._not_found)

    def answer(self, event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own objects
        """Answer one request of the HTTP API, before that gives up."""
        self._begin_visit()
        return self._app.resolve(event, context)

    def _landing(self, connection: str) -> Response[str]:
        ticket, cookie = self._query().get("ticket", ""), self._session_cookie(connection)
        return self._respond(lambda: self._flow.landing(connection, ticket, cookie))

    def _start(self, connection: str) -> Response[str]:
        ticket, cookie = self._form().get("ticket", ""), self._session_cookie(connection)
        return self._respond(lambda: self._flow.start(connection, ticket, cookie))

    def _resume(self, connection: str, provider: str) -> Response[str]:
        cookie = self._session_cookie(connection)
        return self._respond(lambda: self._flow.resume(connection, provider, cookie))

    def _ask_anew(self, connection: str) -> Response[str]:
        providers = self._form().get("providers", "")
        source = self._event.request_context.http.source_ip
        return self._respond(lambda: self._flow.ask_anew(connection, providers, source))

    def _callback(self) -> Response[str]:
        query, cookies = self._query(), self._cookies()
        return self._respond(lambda: self._flow.callback(query, cookies))

    def _not_found(self, _error: NotFoundError) -> Response[str]:
        return self._page(View("not-found", 404))

    def _respond(self, make: Callable[[], View]) -> Response[str]:
        try:
            view = make()
        except Exception as error:  # noqa: BLE001 - a browser gets a page, whatever happened
            # Its type alone: the message of a library's exception may hold a code or a token (S3)
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
        """Return the query, decoded once: Exact's code contains percent-encoded characters (X9)."""
        return fields_of(self._event.raw_query_string)

    def _form(self) -> dict[str, str]:
        body = self._event.decoded_body or ""
        return fields_of(body) if len(body) <= LONGEST_FORM else {}

    def _session_cookie(self, connection: str) -> str:
        return self._cookies().get(cookie_name(connection), "")

    def _cookies(self) -> dict[str, str]:
        return cookies_in([*self._event.cookies, self._event.headers.get("cookie", "")])

    @property
    def _event(self) -> APIGatewayProxyEventV2:
        return self._app.current_event


def _cookie(view: View) -> Cookie:
    return Cookie(
        name=cookie_name(_id_of(view)),
        value=view.session,
        path="/",
        secure=True,
        http_only=True,
        max_age=int(SESSION_LIFE.total_seconds()),
        # Lax, not Strict: the redirect back from a login page starts at another site
        same_site=SameSite.LAX_MODE,
    )


def _summary(view: View) -> Summary:
    outcome = "shown" if view.status < HTTPStatus.BAD_REQUEST else "refused"
    if view.page == "connected":
        outcome = "connected"
    parts = (view.provider, view.page, view.code, view.values.get("reason", ""))
    return Summary("connect", outcome, _id_of(view), detail=" ".join(filter(None, parts)))


def _id_of(view: View) -> str:
    return "" if view.connection is None else view.connection.id

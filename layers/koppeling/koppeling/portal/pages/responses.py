"""What a browser is sent: pages, files and redirects, with their cookies."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from koppeling.core import rendering
from koppeling.portal.door import Around
from koppeling.portal.page import Answer, Download, GoTo, LeaveFor, PortalPage
from koppeling.portal.pages.renderer import Frame, PortalRenderer
from koppeling.portal.refused import STATUS, Trouble
from koppeling.portal.session import PORTAL_SESSION_LIFE, SESSION_COOKIE

# The sentence about what a button did, for the page after it
NOTICE_COOKIE = "__Host-notice"
_NOTICE_SECONDS = 60
_LONGEST_VALUE = 200
_SEE_OTHER = 303
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class PortalResponses:
    """Makes the responses of one stack."""

    renderer: PortalRenderer
    support_mail: str = ""

    def answer(self, answer: Answer, around: Around, notice: str = "") -> Response[str | bytes]:
        """Return what a screen or a button answered; `notice` is the cookie of one."""
        match answer:
            case PortalPage():
                return self.page(answer, around, notice=notice)
            case Download():
                return self._file(answer)
            case GoTo():
                return self._go_to(answer, around)
            case LeaveFor():
                return self.redirect(answer.address)

    def page(
        self, page: PortalPage, around: Around, *, reference: str = "", notice: str = ""
    ) -> Response[str | bytes]:
        """Return a page; the notice on it is shown once."""
        frame = Frame(
            language=around.language,
            person=around.person,
            connection=around.connection,
            form_token=around.form_token,
            notice=said(notice, around.language),
            waiting=around.waiting,
            others=around.others,
            reference=reference,
            support_mail=self.support_mail,
        )
        refresh = {"Refresh": str(page.refresh_seconds)} if page.refresh_seconds else {}
        return Response(
            page.status,
            _HTML,
            self.renderer.html(page, frame),
            headers={**self.renderer.headers, **refresh},
            cookies=[cookie(NOTICE_COOKIE, "", 0)] if notice else [],
        )

    def trouble(self, trouble: Trouble, around: Around, reference: str) -> Response[str | bytes]:
        """Return the page about what was not done, and what helps."""
        texts = rendering.load("portal/trouble", around.language)[trouble]
        page = PortalPage(
            "trouble",
            {"trouble": trouble.value},
            STATUS[trouble],
            {"title": rendering.fill(texts["title"], {})},
        )
        around = replace(around, connection=None)
        response = self.page(page, around, reference=reference)
        if trouble is Trouble.NOT_ALLOWED:
            response.headers["Allow"] = "GET, POST"
        return response

    def redirect(self, address: str, *cookies: Cookie) -> Response[str | bytes]:
        """Return a redirect that is followed with GET."""
        headers = {**self.renderer.headers, "Location": address}
        return Response(_SEE_OTHER, _HTML, "", headers=headers, cookies=list(cookies))

    def _go_to(self, to: GoTo, around: Around) -> Response[str | bytes]:
        connection = "" if around.connection is None else around.connection.id
        address = self.renderer.address(connection, to.path, **to.query)
        return self.redirect(address, *_notice_of(to))

    def _file(self, download: Download) -> Response[str | bytes]:
        headers = {
            **self.renderer.headers,
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Disposition": f'attachment; filename="{_file_name(download.name)}"',
        }
        return Response(200, download.media_type, download.content, headers=headers)


def cookie(name: str, value: str, seconds: int) -> Cookie:
    """Return a cookie of this host alone, which no script reads."""
    return Cookie(
        name=name,
        value=value,
        path="/",
        secure=True,
        http_only=True,
        max_age=seconds,
        # Lax, not Strict: a link in a mail leads to a page of somebody who is signed in already
        same_site=SameSite.LAX_MODE,
    )


def session_cookie(session_id: str) -> Cookie:
    """Return the cookie of a session; that of no session removes it."""
    seconds = int(PORTAL_SESSION_LIFE.total_seconds()) if session_id else 0
    return cookie(SESSION_COOKIE, session_id, seconds)


def _notice_of(to: GoTo) -> list[Cookie]:
    if not to.notice:
        return []
    values = {name: value[:_LONGEST_VALUE] for name, value in to.values.items()}
    told = {"notice": to.notice, "values": values}
    # Not as \u escapes: a browser drops a cookie of more than 4,096 bytes
    text = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    held = base64.urlsafe_b64encode(text.encode()).decode()
    return [cookie(NOTICE_COOKIE, held, _NOTICE_SECONDS)]


def said(notice: str, language: str) -> str:
    """Return the sentence of a notice; empty for a cookie that is none of ours."""
    try:
        held = json.loads(base64.urlsafe_b64decode(notice.encode()))
        text: str = rendering.load("portal/notices", language)[held["notice"]]
        values: Mapping[str, str] = {name: str(each) for name, each in held["values"].items()}
        return rendering.fill(text, values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""


def _file_name(name: str) -> str:
    return "".join(
        each if each.isascii() and (each.isalnum() or each in "._-") else "-" for each in name
    )

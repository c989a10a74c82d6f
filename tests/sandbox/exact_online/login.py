"""The pages on which a user logs in and consents, in a browser (X8 to X10, X29)."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox.common.pages import Pages
from tests.sandbox.common.sessions import Sessions
from tests.sandbox.exact_online import answers
from tests.sandbox.exact_online.oauth import Divisions
from tests.sandbox.exact_online.users import User
from tests.sandbox.exact_online.values import Row

if TYPE_CHECKING:
    from tests.sandbox.exact_online.sandbox import ExactSandbox

AUTH = "/api/oauth2/auth"
CONSENT = "/api/oauth2/consent"
WRONG_LOGIN = "De gebruikersnaam of het wachtwoord klopt niet."
NO_DIVISION = "Kies ten minste één administratie."
VENDOR = {"vendor": "Exact Online", "look": "exact"}


def login_routes(sandbox: "ExactSandbox") -> Blueprint:
    """Build the routes of the login."""
    desk = LoginDesk(sandbox)
    routes = Blueprint("login", __name__)
    for path, method, view in (
        (AUTH, "GET", desk.ask),
        (AUTH, "POST", desk.log_in),
        (CONSENT, "GET", desk.consent),
        (CONSENT, "POST", desk.decide),
    ):
        routes.add_url_rule(path, view_func=view, methods=[method], endpoint=view.__name__)
    return routes


class LoginDesk:
    """Asks who somebody is and what the app may do; the app's own query goes along all the way."""

    def __init__(self, sandbox: "ExactSandbox") -> None:
        self._sandbox = sandbox
        self._users = sandbox.world.users
        self._pages = Pages(Path(__file__).parent / "pages")
        self._sessions = Sessions("ExactZandbak")

    def ask(self) -> AnyResponse:
        """Show the login page, unless this browser is known and the app does not insist (X8).

        `login=` and `deny=1` are short cuts for tests: the user who consents, or who says no.
        """
        if mistake := self._mistake():
            return mistake
        if "login" in request.args or "deny" in request.args:
            return self._short_cut()
        known = self._sessions.user_of(request)
        if known is not None and request.args.get("force_login") != "1":
            return redirect(f"{CONSENT}?{_query()}")
        return self._login_page()

    def log_in(self) -> AnyResponse:
        """Take a name and a password, and go on to the consent."""
        if mistake := self._mistake():
            return mistake
        name = request.form.get("user", "").strip().lower()
        user = self._users.get(name)
        if user is None or request.form.get("password") != user.password:
            return self._login_page(name, WRONG_LOGIN)
        response = Response(status=303, headers={"Location": f"{CONSENT}?{_query()}"})
        self._sessions.begin(response, user.name)
        return response

    def consent(self) -> AnyResponse:
        """Show which app asks, and which administrations it may use (X31)."""
        if mistake := self._mistake():
            return mistake
        known = self._sessions.user_of(request)
        if known is None:
            return redirect(f"{AUTH}?{_query()}")
        return self._consent_page(self._users[known])

    def decide(self) -> AnyResponse:
        """Send the browser back with a code, or with the user's no (X29)."""
        if mistake := self._mistake():
            return mistake
        known = self._sessions.user_of(request)
        if known is None:
            return redirect(f"{AUTH}?{_query()}")
        if request.form.get("answer") != "allow":
            return _sent_back({"error": "access_denied"})
        user = self._users[known]
        ticked = {int(code) for code in request.form.getlist("division") if code.isdecimal()}
        chosen = tuple(code for code in user.divisions if code in ticked)
        if user.divisions and not chosen:
            return self._consent_page(user, NO_DIVISION)
        return self._allowed(user.name, chosen)

    def _mistake(self) -> Response | None:
        """X10: nobody is sent to an address that is not exactly a registered one."""
        authority, asked = self._sandbox.authority, request.args
        reasons = {
            "client_id": (
                asked.get("client_id") == authority.app.client_id,
                "deze app is onbekend",
            ),
            "redirect_uri": (
                asked.get("redirect_uri") in authority.addresses.all(),
                "dit adres is niet bij de app geregistreerd",
            ),
            "response_type": (asked.get("response_type") == "code", "alleen 'code' kan hier"),
        }
        for parameter, (is_right, reason) in reasons.items():
            if not is_right:
                about = {"parameter": parameter, "reason": reason}
                return self._pages.page("refused.html", 400, **about, **VENDOR)
        return None

    def _short_cut(self) -> AnyResponse:
        if request.args.get("deny"):
            return _sent_back({"error": "access_denied"})
        if request.args["login"] not in self._users:
            return answers.bare(401)
        return self._allowed(request.args["login"], None)

    def _allowed(self, user: str, divisions: Divisions) -> AnyResponse:
        address = request.args["redirect_uri"]
        return _sent_back({"code": self._sandbox.authorise(user, address, divisions)})

    def _login_page(self, user: str = "", message: str = "") -> Response:
        shown = {"user": user, "message": message, "people": self._users.values()}
        return self._pages.page(
            "login.html", app=self._sandbox.authority.app.name, **shown, **VENDOR
        )

    def _consent_page(self, user: User, message: str = "") -> Response:
        return self._pages.page(
            "consent.html",
            app=self._sandbox.authority.app.name,
            user=user,
            message=message,
            rights=self._sandbox.app_rights,
            divisions=self._divisions_of(user),
            other=f"{AUTH}?{urlencode(request.args.to_dict() | {'force_login': '1'})}",
            **VENDOR,
        )

    def _divisions_of(self, user: User) -> list[Row]:
        table = self._sandbox.world.tables["Divisions"]
        return [row for code in user.divisions if (row := table.get(code))]


def _query() -> str:
    return request.query_string.decode("latin-1")


def _sent_back(outcome: dict[str, str]) -> Response:
    """Return to the app with what came of it and its own state; a code must be encoded (X9)."""
    address = request.args["redirect_uri"]
    state = {"state": request.args["state"]} if "state" in request.args else {}
    joint = "&" if "?" in address else "?"
    location = f"{address}{joint}{urlencode(state | outcome)}"
    return Response(status=302, headers={"Location": location})

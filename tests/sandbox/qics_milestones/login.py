"""The pages on which a QM user logs in and consents, in a browser (M7 to M9)."""

from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from tests.sandbox.common.pages import Pages
from tests.sandbox.common.sessions import Sessions
from tests.sandbox.qics_milestones.state import AUTH_PATH, State
from tests.sandbox.qics_milestones.users import USERS, User

APP = "Koppeling Exact Online"
WRONG_LOGIN = "De gebruikersnaam of het wachtwoord klopt niet."
VENDOR = {"vendor": "QicsMilestones", "look": "milestones"}
_OWN = {"response_type", "client_id", "redirect_uri"}


def blueprint(state: State) -> Blueprint:
    """Return the routes of the pages: one address, which asks what it does not know yet."""
    desk = LoginDesk(state)
    routes = Blueprint("login", __name__)
    routes.add_url_rule(AUTH_PATH, view_func=desk.ask, methods=["GET"], endpoint="ask")
    routes.add_url_rule(AUTH_PATH, view_func=desk.answer, methods=["POST"], endpoint="answer")
    return routes


class LoginDesk:
    """Asks who somebody is, and then whether the app may act for them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._pages = Pages(Path(__file__).parent / "pages")
        self._sessions = Sessions("MilestonesZandbak")

    def ask(self) -> AnyResponse:
        """Show the login page, or the consent page to a browser that is logged in."""
        if mistake := self._mistake():
            return mistake
        user = self._user()
        return self._login_page() if user is None else self._consent_page(user)

    def answer(self) -> AnyResponse:
        """Take a login or a decision."""
        if mistake := self._mistake():
            return mistake
        if "answer" not in request.form:
            return self._log_in()
        user = self._user()
        if user is None:
            return redirect(_here())
        match request.form["answer"]:
            case "allow":
                address = request.args["redirect_uri"]
                return _sent_back({"code": self._state.oauth.authorise(user.name, address)})
            case "other":
                response = redirect(_here(), 303)
                self._sessions.end(request, response)
                return response
            case _:
                return _sent_back({"error": "access_denied"})

    def _log_in(self) -> AnyResponse:
        name = request.form.get("user", "").strip().lower()
        user = USERS.get(name)
        if user is None or request.form.get("password") != user.password:
            return self._login_page(name, WRONG_LOGIN)
        response = redirect(_here(), 303)
        self._sessions.begin(response, user.name)
        return response

    def _user(self) -> User | None:
        return USERS.get(self._sessions.user_of(request) or "")

    def _mistake(self) -> Response | None:
        """M9: nobody is sent to an address that the customer did not register."""
        oauth, asked = self._state.oauth, request.args
        reasons = {
            "response_type": (asked.get("response_type") == "code", "alleen 'code' kan hier"),
            "client_id": (
                asked.get("client_id") == oauth.app.client_id,
                "deze applicatie is onbekend",
            ),
            "redirect_uri": (
                oauth.knows_address(asked.get("redirect_uri", "")),
                "dit adres is niet bij de applicatie geregistreerd",
            ),
        }
        for parameter, (is_right, reason) in reasons.items():
            if not is_right:
                about = {"parameter": parameter, "reason": reason}
                return self._pages.page("refused.html", 400, **about, **VENDOR)
        return None

    def _login_page(self, user: str = "", message: str = "") -> Response:
        shown = {"user": user, "message": message, "people": USERS.values()}
        return self._pages.page("login.html", app=APP, **shown, **VENDOR)

    def _consent_page(self, user: User) -> Response:
        companies = [row["Name"] for row in self._state.world.records("Company")]
        return self._pages.page("consent.html", app=APP, user=user, companies=companies, **VENDOR)


def _here() -> str:
    return f"{AUTH_PATH}?{request.query_string.decode('latin-1')}"


def _sent_back(outcome: dict[str, str]) -> AnyResponse:
    # M9: extra parameters are kept, so `state` survives.
    address = request.args["redirect_uri"]
    extra = {name: value for name, value in request.args.items() if name not in _OWN}
    joint = "&" if "?" in address else "?"
    return redirect(f"{address}{joint}{urlencode({**extra, **outcome})}")

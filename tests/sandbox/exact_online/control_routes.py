"""Control over HTTP, for other processes: demo and end-to-end tests."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from tests.sandbox.common.faults import Fault
from tests.sandbox.exact_online import answers
from tests.sandbox.exact_online.books import booked_entries
from tests.sandbox.exact_online.by_hand import enter_invoice
from tests.sandbox.exact_online.errors import RequestError
from tests.sandbox.exact_online.values import Row

if TYPE_CHECKING:
    from tests.sandbox.exact_online.sandbox import ExactSandbox


def control_routes(sandbox: "ExactSandbox") -> Blueprint:
    """Build the routes below /_sandbox/."""
    routes = Blueprint("control", __name__)
    routes.register_error_handler(ValueError, _refused)
    routes.register_error_handler(LookupError, _refused)
    routes.register_error_handler(RequestError, _refused)
    routes.register_error_handler(TypeError, _refused)
    _add_state(routes, sandbox)
    _add_people(routes, sandbox)
    _add_faults(routes, sandbox)
    _add_company(routes, sandbox)
    _add_books(routes, sandbox)
    _add_division(routes, sandbox)
    _add_set_up(routes, sandbox)
    return routes


def _refused(error: Exception) -> Response:
    return answers.plain_json({"error": str(error)}, 400)


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body


def _done() -> Response:
    return answers.plain_json({"done": True})


def _add_state(routes: Blueprint, sandbox: "ExactSandbox") -> None:
    @routes.get("/health")
    def health() -> Response:
        return answers.plain_json({"healthy": True, "at": sandbox.clock.now().isoformat()})

    @routes.get("/journal")
    def journal() -> Response:
        return answers.plain_json(sandbox.journal.as_json())

    @routes.delete("/journal")
    def clear_journal() -> Response:
        sandbox.journal.clear()
        return _done()

    @routes.delete("/limits")
    def clear_limits() -> Response:
        sandbox.limits.clear()
        return _done()

    @routes.post("/clock")
    def move_clock() -> Response:
        sandbox.clock.advance(float(_body()["advance"]))
        return answers.plain_json({"at": sandbox.clock.now().isoformat()})

    @routes.get("/app")
    def app() -> Response:
        names = ("client_id", "client_secret", "redirect_uri")
        credentials = dict(zip(names, sandbox.app_credentials, strict=True))
        return answers.plain_json(
            credentials | {"redirect_uris": sandbox.authority.addresses.all()}
        )

    @routes.post("/app")
    def register() -> Response:
        sandbox.authority.addresses.register([str(uri) for uri in _body()["redirect_uris"]])
        return app()


def _add_people(routes: Blueprint, sandbox: "ExactSandbox") -> None:
    @routes.get("/users")
    def users() -> Response:
        shown = ("name", "full_name", "password", "divisions", "lacks", "is_portal")
        people = sandbox.world.users.values()
        return answers.plain_json([{name: getattr(p, name) for name in shown} for p in people])

    @routes.post("/authorise")
    def authorise() -> Response:
        wishes = _body()
        if wishes.get("divisions") is not None:
            wishes["divisions"] = tuple(wishes["divisions"])
        return answers.plain_json({"code": sandbox.authorise(**wishes)})


def _add_faults(routes: Blueprint, sandbox: "ExactSandbox") -> None:
    @routes.post("/faults")
    def arm() -> Response:
        sandbox.faults.arm(Fault(**_body()))
        return _done()

    @routes.delete("/faults")
    def disarm() -> Response:
        sandbox.faults.disarm()
        return _done()

    @routes.post("/switches")
    def turn() -> Response:
        sandbox.switches.turn(**_body())
        return _done()


def _card(row: Row) -> Row:
    """Return what people call a record by: its code without the padding, and its name."""
    name = row.get("Name") or row.get("Description") or row.get("FullName")
    card = {"ID": row["ID"], "Timestamp": row["Timestamp"], "Name": name}
    return card | {"Code": row["Code"].strip()}


def _add_company(routes: Blueprint, sandbox: "ExactSandbox") -> None:
    @routes.get("/accounts")
    def importable_accounts() -> Response:
        return importable("accounts")

    @routes.patch("/accounts/<code>")
    def change_account(code: str) -> Response:
        return change("accounts", code)

    @routes.post("/accounts")
    def add_account() -> Response:
        return add("accounts")

    @routes.get("/importable/<entity>")
    def importable(entity: str) -> Response:
        return answers.plain_json([_card(row) for row in sandbox.world.importable(entity)])

    @routes.route("/change/<entity>/<path:code>", methods=["PATCH", "POST"])
    def change(entity: str, code: str) -> Response:
        return answers.plain_json(_card(sandbox.change(entity, code, **_body())))

    @routes.post("/add/<entity>")
    def add(entity: str) -> Response:
        return answers.plain_json(_card(sandbox.add(entity, **_body())))

    @routes.route("/delete/<entity>/<path:code>", methods=["DELETE", "POST"])
    def delete(entity: str, code: str) -> Response:
        sandbox.delete(entity, code)
        return _done()


def _add_books(routes: Blueprint, sandbox: "ExactSandbox") -> None:
    @routes.get("/entries")
    def entries() -> Response:
        with sandbox.world.lock:
            sandbox.world.settle()
            return answers.plain_json(booked_entries(sandbox.world))

    @routes.post("/entries")
    def enter() -> Response:
        asked = _body()
        entry = enter_invoice(sandbox, asked["invoice"], asked["journal"])
        return answers.plain_json({"entry_number": str(entry["EntryNumber"])})


def _add_division(routes: Blueprint, sandbox: "ExactSandbox") -> None:
    @routes.post("/move-division")
    def move_division() -> Response:
        sandbox.move_division()
        return _done()

    @routes.patch("/division")
    def set_division() -> Response:
        sandbox.set_division(**_body())
        return _done()

    @routes.post("/division")
    def add_division() -> Response:
        sandbox.world.add_division(**_body())
        return _done()

    @routes.post("/hide-rows")
    def hide_rows() -> Response:
        sandbox.hide_rows(**_body())
        return _done()


def _add_set_up(routes: Blueprint, sandbox: "ExactSandbox") -> None:
    @routes.route("/set-up/<table>/<path:code>", methods=["PATCH", "POST"])
    def set_up(table: str, code: str) -> Response:
        row = sandbox.set_up.change(table, code, _body())
        return answers.plain_json({"ID": row["ID"], "Timestamp": row["Timestamp"]})

    @routes.post("/period")
    def period() -> Response:
        sandbox.set_up.close_period(**_body())
        return _done()

    @routes.post("/year")
    def add_year() -> Response:
        sandbox.set_up.add_year(**_body())
        return _done()

    @routes.delete("/year")
    def remove_year() -> Response:
        sandbox.set_up.remove_year(**_body())
        return _done()

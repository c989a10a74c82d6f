"""Control over HTTP, for tests and people outside this process: everything under `/_sandbox/`."""

from datetime import datetime

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from tests.sandbox.common.clock import Clock
from tests.sandbox.common.faults import Fault
from tests.sandbox.qics_milestones.errors import RefusedError
from tests.sandbox.qics_milestones.gate import read_object
from tests.sandbox.qics_milestones.invoicing import (
    files_as_json,
    process_invoice,
    restart_counter,
)
from tests.sandbox.qics_milestones.state import CONTROL_PATH, State
from tests.sandbox.qics_milestones.users import DEFAULT_USER, USERS

_NOTHING = ("", 204)


def blueprint(state: State) -> Blueprint:
    """Return the control routes."""
    routes = Blueprint("control", __name__, url_prefix=CONTROL_PATH.rstrip("/"))
    _add_watching(routes, state)
    _add_steering(routes, state)
    _add_people(routes, state)
    _add_records(routes, state)
    _add_invoicing(routes, state)

    @routes.errorhandler(ValueError)
    def misused(error: ValueError) -> ResponseReturnValue:
        return jsonify(error=str(error)), 400

    @routes.errorhandler(RefusedError)
    def refused(refusal: RefusedError) -> ResponseReturnValue:
        return jsonify(error=refusal.message), refusal.status

    return routes


def _add_watching(routes: Blueprint, state: State) -> None:
    @routes.get("/health")
    def health() -> Response:
        return jsonify(status="ok", now=state.clock.now().isoformat())

    @routes.get("/journal")
    def journal() -> Response:
        return jsonify(state.journal.as_json())

    @routes.delete("/journal")
    def clear_journal() -> ResponseReturnValue:
        state.journal.clear()
        return _NOTHING

    @routes.get("/violations")
    def violations() -> Response:
        return jsonify(state.violations)


def _add_steering(routes: Blueprint, state: State) -> None:
    @routes.post("/clock")
    def move_clock() -> Response:
        _move(state.clock, read_object())
        return jsonify(now=state.clock.now().isoformat())

    @routes.post("/faults")
    def arm() -> ResponseReturnValue:
        try:
            fault = Fault(**read_object())  # type: ignore[arg-type]  # JSON; a wrong kind is refused
        except TypeError as error:
            raise ValueError(str(error)) from None
        state.faults.arm(fault)
        return _NOTHING

    @routes.delete("/faults")
    def disarm() -> ResponseReturnValue:
        state.faults.disarm()
        return _NOTHING

    @routes.post("/switches")
    def turn() -> ResponseReturnValue:
        state.switches.turn(read_object())
        return _NOTHING


def _add_people(routes: Blueprint, state: State) -> None:
    @routes.post("/authorise")
    def authorise() -> Response:
        wishes = request.get_json(silent=True) or {}
        user, redirect_uri = wishes.get("user", DEFAULT_USER), wishes.get("redirect_uri")
        return jsonify(code=state.oauth.authorise(user, redirect_uri))

    @routes.get("/app")
    def app() -> Response:
        return jsonify({**state.oauth.app._asdict(), "redirect_uris": state.oauth.addresses.all()})

    @routes.post("/app")
    def register() -> Response:
        state.oauth.addresses.register(_addresses(read_object()))
        return app()

    @routes.get("/users")
    def users() -> Response:
        shown = ("name", "full_name", "password", "role", "rights")
        return jsonify([{name: getattr(user, name) for name in shown} for user in USERS.values()])


def _add_records(routes: Blueprint, state: State) -> None:
    @routes.get("/records/<entity>")
    def records(entity: str) -> Response:
        return jsonify(state.world.records(_known(state, entity)))

    @routes.post("/records/<entity>")
    def add(entity: str) -> ResponseReturnValue:
        return jsonify(state.world.add(_known(state, entity), read_object())), 201

    @routes.patch("/records/<entity>/<key>")
    def change(entity: str, key: str) -> Response:
        return jsonify(state.world.change(_known(state, entity), key, read_object()))


def _add_invoicing(routes: Blueprint, state: State) -> None:
    @routes.post("/invoices")
    def process() -> ResponseReturnValue:
        try:
            files = process_invoice(state.world, **read_object())  # type: ignore[arg-type]  # as above
        except TypeError as error:
            raise ValueError(str(error)) from None
        return jsonify(files_as_json(files)), 201

    @routes.post("/numbering")
    def restart() -> ResponseReturnValue:
        restart_counter(state.world, str(read_object().get("prefix", "")))
        return _NOTHING


def _known(state: State, entity: str) -> str:
    if entity not in state.world.entities:
        raise RefusedError(404, f"No entity is named {entity}.")
    return entity


def _addresses(wishes: dict[str, object]) -> list[str]:
    match wishes:
        case {"redirect_uris": [*addresses], **rest} if not rest:
            return [str(address) for address in addresses]
        case _:
            raise ValueError("say redirect_uris (a list)")


def _move(clock: Clock, wishes: dict[str, object]) -> None:
    match wishes:
        case {"advance": int() | float() as seconds, **rest} if not rest:
            clock.advance(seconds)
        case {"freeze": str() as moment, **rest} if not rest:
            clock.freeze(datetime.fromisoformat(moment))
        case {"release": True, **rest} if not rest:
            clock.release()
        case _:
            raise ValueError("say advance (seconds), freeze (ISO 8601) or release (true)")

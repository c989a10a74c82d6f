"""The API and the token endpoint, with faults around them and a journal of everything (X193)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl

from flask import Response

from tests.sandbox.common.faults import Faults
from tests.sandbox.common.journal import Call, Journal
from tests.sandbox.exact_online import answers
from tests.sandbox.exact_online.calls import Incoming, Target, target
from tests.sandbox.exact_online.error_quota import Desk
from tests.sandbox.exact_online.faults import INSTEAD, SPOILING, DroppedError, other_answer, spoil
from tests.sandbox.exact_online.gate import Gate
from tests.sandbox.exact_online.oauth_answers import GATEWAY_FAULT, TokenAnswer, invalid_request

FORM = "application/x-www-form-urlencoded"
A_MOMENT = timedelta(seconds=2)
TOKEN = "oauth2/token"  # noqa: S105 - the name of an endpoint


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one request; a dropped one has no answer on the wire."""

    response: Response
    fault: str | None = None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Api:
    """Takes calls one at a time, as the lock of the world demands."""

    gate: Gate
    faults: Faults
    journal: Journal

    def call(self, call: Incoming) -> Outcome:
        """Answer a call below /api/v1/."""
        found = target(call.path, self.gate.service.registry)
        return self._recorded(call, found.endpoint, lambda: self._api(call, found))

    def token(self, call: Incoming) -> Outcome:
        """Answer a token call."""
        return self._recorded(call, TOKEN, lambda: self._token(call))

    def _recorded(self, call: Incoming, endpoint: str, answer: Callable[[], Outcome]) -> Outcome:
        world = self.gate.world
        with world.lock:
            world.settle()
            world.forget_old_deletions()
            try:
                outcome = self._broken(call.method, endpoint) or answer()
            except DroppedError as drop:
                outcome = Outcome(Response(status=200), drop.kind, dropped=True)
            status = outcome.response.status_code
            if outcome.fault in ("no-answer", "late-commit"):
                status = 0  # nothing was done, so nothing has a status
            now = world.clock.now()
            self.journal.write(
                Call(
                    method=call.method,
                    path=call.path,
                    query=call.query,
                    endpoint=endpoint,
                    status=status,
                    at=now.isoformat(),
                    fault=outcome.fault,
                )
            )
        shown = now + timedelta(seconds=self.gate.switches.clock_skew_seconds)
        if abs(shown - datetime.now(UTC)) > A_MOMENT:
            # X37: told only when it differs, since the server underneath tells the real time.
            outcome.response.headers["Date"] = format_datetime(shown, usegmt=True)
        return outcome

    def _broken(self, method: str, endpoint: str) -> Outcome | None:
        """Return the outcome of a fault that strikes before anything is done."""
        slow = self.faults.strike("slow", method, endpoint)
        if slow is not None:
            time.sleep(slow.options["seconds"])
        if self.faults.strike("no-answer", method, endpoint):
            raise DroppedError("no-answer")
        for kind, make in INSTEAD.items():
            if self.faults.strike(kind, method, endpoint):
                return Outcome(make(), kind)
        return None

    def _api(self, call: Incoming, found: Target) -> Outcome:
        limits = self.gate.limits
        for kind, spent in (("minute", limits.minute_headers), ("day", limits.day_headers)):
            if self.faults.strike(f"429-{kind}", call.method, found.endpoint):
                headers = spent(found.division, spent=True)
                return Outcome(answers.bare(429, headers), f"429-{kind}")
        return self._carried_out(call, found)

    def _carried_out(self, call: Incoming, found: Target) -> Outcome:
        other = self.faults.strike("other-answer", call.method, found.endpoint)
        if other is not None and not other.options.get("committed"):
            return Outcome(other_answer(other), "other-answer")
        response = self.gate.answer(call, found)
        if other is not None:
            return Outcome(_with_headers_of(response, other_answer(other)), "other-answer")
        if self.faults.strike("answer-lost", call.method, found.endpoint):
            return Outcome(response, "answer-lost", dropped=True)
        if response.content_type != answers.JSON or response.status_code not in (200, 201):
            return Outcome(response)
        for kind in SPOILING:
            fault = self.faults.strike(kind, call.method, found.endpoint)
            if fault is not None:
                return Outcome(_with_headers_of(response, spoil(fault, response, call.url)), kind)
        return Outcome(response)

    def _token(self, call: Incoming) -> Outcome:
        if self.faults.strike("token-gateway", call.method, TOKEN):
            return Outcome(answers.plain_json(GATEWAY_FAULT, 404), "token-gateway")  # X28
        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        desk = Desk(self.gate.authority.user_of(form), 0, TOKEN)
        if self.gate.quota.is_blocked(desk):
            return Outcome(answers.bare(self.gate.switches.block_status))
        answer = self._token_answer(call, form)
        self.gate.quota.note(desk, answer.status)  # X14: a call that comes too early counts
        for kind in ("token-answer-lost", "answer-lost"):
            if self.faults.strike(kind, call.method, TOKEN):
                return Outcome(_written(answer), kind, dropped=True)  # X181
        if self.faults.strike("token-empty", call.method, TOKEN):
            return Outcome(answers.bare(200), "token-empty")  # X27
        return Outcome(_written(answer))

    def _token_answer(self, call: Incoming, form: dict[str, str]) -> TokenAnswer:
        if call.bearer:
            return TokenAnswer(401, None)  # X12
        if call.method != "POST" or not call.content_type.startswith(FORM):
            return invalid_request()  # X11
        return self.gate.authority.answer(form)


def _written(answer: TokenAnswer) -> Response:
    if answer.body is None:
        return answers.bare(answer.status, answer.headers)
    response = answers.plain_json(answer.body, answer.status)
    response.headers.update(answer.headers)
    return response


def _with_headers_of(good: Response, spoiled: Response) -> Response:
    for name, value in good.headers.items():
        if name.startswith("X-RateLimit"):
            spoiled.headers[name] = value
    return spoiled

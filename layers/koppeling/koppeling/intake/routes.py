"""The HTTPS API: a program's request, who may ask it, and its answer.

Written without a router: seven addresses need none, and one costs 70 ms of each cold start (P9).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from koppeling.core.summary import Summary
from koppeling.intake.access import KeyAccess
from koppeling.intake.addresses import ApiCall, Operation, asked_for
from koppeling.intake.answers import Answers
from koppeling.intake.http import PROBLEM, ApiAnswer, ApiRequest, read_request, sent
from koppeling.intake.openapi import description
from koppeling.intake.problem import STATUS, ApiTrouble, RequestRefused, body_of
from koppeling.push.numbers import NUMBER_LENGTH

# Seconds after which the same call may be made again
_RETRY_AFTER = {ApiTrouble.TOO_FAST: "1", ApiTrouble.BUSY: "5"}

type InTime = Callable[[Callable[[], ApiAnswer]], ApiAnswer]
"""Makes an answer; raises RequestRefused when a service of ours does not answer."""


@dataclass(frozen=True, slots=True)
class IntakeRoutes:
    """Answers the requests of programs."""

    access: KeyAccess
    answers: Answers
    report: Callable[[Summary], object]
    in_time: InTime

    def answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one request of the HTTP API."""
        request = read_request(event)
        asked = asked_for(request.method, request.path)
        connection = detail = ""
        try:
            answer, outcome = self.in_time(lambda: self._answer(request, asked)), "answered"
            # Before that nobody knows whether this is a connection, or what a stranger typed (S13)
            connection = asked.connection if isinstance(asked, ApiCall) else ""
        except RequestRefused as refused:
            answer, outcome = _problem(refused, request), refused.trouble.value
            detail = _kind(refused.__cause__) if refused.trouble is ApiTrouble.BUSY else ""
        except Exception as error:  # noqa: BLE001 - a program gets a problem, whatever happened
            answer = _problem(RequestRefused(ApiTrouble.FAILURE), request)
            outcome, detail = ApiTrouble.FAILURE.value, _kind(error)
        what = asked.operation if isinstance(asked, ApiCall) else "other"
        told = " ".join(part for part in (what, detail) if part)
        self.report(Summary("intake", outcome, connection, detail=told))
        return sent(answer, request.language)

    def _answer(self, request: ApiRequest, asked: ApiCall | list[str]) -> ApiAnswer:
        if isinstance(asked, ApiCall) and asked.operation is Operation.DESCRIBE:
            return ApiAnswer(HTTPStatus.OK, description(self.answers.base))
        # Who has no key hears nothing, not even which addresses there are
        key = self.access.key_of(request.authorization)
        if not isinstance(asked, ApiCall):
            raise RequestRefused(ApiTrouble.NOT_ALLOWED if asked else ApiTrouble.NOT_FOUND)
        connection = self.access.connection(key, asked.connection)
        if len(asked.number) > NUMBER_LENGTH and asked.operation is not Operation.HAND_IN:
            # Neither table nor bucket can look for it; who hands it in hears what is wrong
            raise RequestRefused(ApiTrouble.NOT_FOUND)
        return self.answers.of[asked.operation](connection, asked, request)


def _kind(error: BaseException | None) -> str:
    """Return the type of an error alone: the message of a library's may hold a secret (S3)."""
    return "" if error is None else type(error).__name__


def _problem(refused: RequestRefused, request: ApiRequest) -> ApiAnswer:
    trouble = refused.trouble
    body = body_of(trouble, refused.findings, request.language, request.reference)
    return ApiAnswer(STATUS[trouble].value, body, _headers(trouble, request), PROBLEM)


def _headers(trouble: ApiTrouble, request: ApiRequest) -> dict[str, str]:
    """Return what the status of a problem asks for beside its body."""
    match trouble:
        case ApiTrouble.NO_KEY:
            return {"WWW-Authenticate": "Bearer"}
        case ApiTrouble.NOT_ALLOWED:
            allowed = asked_for(request.method, request.path)
            return {} if isinstance(allowed, ApiCall) else {"Allow": ", ".join(allowed)}
        case ApiTrouble.TOO_FAST | ApiTrouble.BUSY:
            return {"Retry-After": _RETRY_AFTER[trouble]}
        case _:
            return {}

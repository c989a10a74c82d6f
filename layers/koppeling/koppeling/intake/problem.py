"""What an answer says when it is not what was asked for: problem details by RFC 9457."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from koppeling.core import catalogue, rendering
from koppeling.core.errors import Reject

_TEXTS = "intake/problems"


class ApiTrouble(StrEnum):
    """Why a request was not answered with what it asked for."""

    NO_JSON = "no-json"
    NO_KEY = "no-key"
    NOT_FOUND = "not-found"
    NOT_ALLOWED = "not-allowed"
    CHANGED = "changed"
    TOO_LARGE = "too-large"
    NO_JSON_TYPE = "no-json-type"
    NOT_VALID = "not-valid"
    TOO_FAST = "too-fast"
    FAILURE = "failure"
    BUSY = "busy"


STATUS: Mapping[ApiTrouble, HTTPStatus] = {
    ApiTrouble.NO_JSON: HTTPStatus.BAD_REQUEST,
    ApiTrouble.NO_KEY: HTTPStatus.UNAUTHORIZED,
    ApiTrouble.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ApiTrouble.NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    ApiTrouble.CHANGED: HTTPStatus.CONFLICT,
    ApiTrouble.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ApiTrouble.NO_JSON_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ApiTrouble.NOT_VALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    ApiTrouble.TOO_FAST: HTTPStatus.TOO_MANY_REQUESTS,
    ApiTrouble.FAILURE: HTTPStatus.INTERNAL_SERVER_ERROR,
    ApiTrouble.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
}


def explained(code: str, values: Mapping[str, str], language: str) -> tuple[str, str]:
    """Return what a code of the catalogue means, and what to do."""
    parts = (catalogue.title, catalogue.cause, catalogue.cure)
    title, cause, cure = (rendering.plain(part(code, language, values)) for part in parts)
    return f"{title} {cause}".strip(), cure


@dataclass(frozen=True, slots=True)
class ApiFinding:
    """One thing that is wrong with what was sent: a code, and where it stands.

    `pointer` is a JSON pointer into the body (RFC 6901); empty means the whole of it.
    """

    code: str
    pointer: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def shown(self, language: str) -> Mapping[str, str]:
        """Return it as the body of an answer has it."""
        text, cure = self._said(language)
        return {"code": self.code, "pointer": self.pointer, "text": text, "what_to_do": cure}

    def _said(self, language: str) -> tuple[str, str]:
        """Return what is wrong, and what to do: in words of the intake, or of the catalogue."""
        own = rendering.load(_TEXTS, language)["findings"].get(self.code)
        if own is not None:
            return rendering.fill(own["text"], self.values), own["what_to_do"]
        return explained(self.code, self.values, language)


class RequestRefused(Exception):  # noqa: N818 - it names what happened
    """A request that is not answered with what it asked for."""

    def __init__(self, trouble: ApiTrouble, findings: Sequence[ApiFinding] = ()) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.findings = tuple(findings)


def body_of(
    trouble: ApiTrouble, findings: Sequence[ApiFinding], language: str, reference: str
) -> dict[str, Any]:
    """Return the body of a problem, in the language of its reader.

    `reference` is what an operator finds the request by.
    """
    texts = rendering.load(_TEXTS, language)[trouble]
    return {
        "type": f"urn:koppeling:problem:{trouble}",
        "title": texts["title"],
        "status": STATUS[trouble].value,
        "detail": texts["detail"],
        "instance": f"urn:koppeling:request:{reference}",
        "findings": [each.shown(language) for each in findings],
    }


def finding_of(refusal: Reject, pointer: str) -> ApiFinding:
    """Return what a check of the push refuses."""
    return ApiFinding(refusal.code, pointer, refusal.values)

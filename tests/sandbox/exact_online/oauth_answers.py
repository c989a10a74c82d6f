"""What the token endpoint answers when it says no (X23 to X28)."""

from dataclasses import dataclass, field

TOO_EARLY = "Rate limit exceeded: access_token not expired"
GATEWAY_FAULT = {
    "fault": {
        "faultstring": (
            "Unable to identify proxy for host: start.exactonline.nl:443 and url: /api/oauth2/token"
        ),
        "detail": {"errorcode": "messaging.adaptors.http.flow.ApplicationNotFound"},
    }
}


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """An answer of the token endpoint; a body of None is an empty one."""

    status: int
    body: dict[str, object] | None
    headers: dict[str, str] = field(default_factory=dict)


def too_early() -> TokenAnswer:
    """X23: less than 570 s after the previous grant; the token in hand stays valid."""
    body: dict[str, object] = {"error": "access_denied", "error_description": TOO_EARLY}
    reason = f"TooEarlyToRefreshTokens: {TOO_EARLY}"
    return TokenAnswer(400, body, {"Reason": reason})


def old_token() -> TokenAnswer:
    """X24: this refresh token was used before."""
    body: dict[str, object] = {
        "error": "unauthorized_client",
        "error_description": "Old refresh token used.",
    }
    return TokenAnswer(401, body)


def invalid_request() -> TokenAnswer:
    """X25: the client id or the secret is wrong, or the request is no form."""
    return TokenAnswer(400, {"error": "invalid_request"})


def invalid_grant() -> TokenAnswer:
    """X26: the code or the refresh token is unknown, expired or revoked."""
    body: dict[str, object] = {
        "error": "invalid_grant",
        "error_description": "Refresh token is invalid.",
    }
    return TokenAnswer(400, body)

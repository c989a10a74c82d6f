"""Several tenants of QicsMilestones behind one address, as its host serves them (M 5.6)."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from tests.sandbox.qics_milestones.sandbox import MilestonesSandbox
from tests.sandbox.qics_milestones.state import TOKEN_PATH

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Tenants:
    """Passes each call on to the tenant that gave out its token or its code.

    What no tenant gave out goes to the first one, which refuses it. One application is known to
    all of them.
    """

    def __init__(self, tenants: Sequence[MilestonesSandbox]) -> None:
        self._tenants = tenants
        for tenant in tenants:
            tenant.oauth.app = tenants[0].oauth.app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer as the tenant does whose secret it is."""
        secrets = _secrets(environ)
        knowing = (each for each in self._tenants if any(map(each.oauth.gave_out, secrets)))
        return next(knowing, self._tenants[0]).app(environ, start_response)


def _secrets(environ: "WSGIEnvironment") -> list[str]:
    if environ["PATH_INFO"] != TOKEN_PATH:
        return [environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    form = parse_qs(body.decode())
    return [*form.get("code", ()), *form.get("refresh_token", ())]

"""Who is logged in in which browser, so that a second consent can go without a password (X8)."""

from secrets import token_urlsafe

from flask import Request
from werkzeug.wrappers import Response


class Sessions:
    """The browsers that have logged in; each sandbox has a cookie of its own name.

    A cookie belongs to a host, whatever the port: with one name for both sandboxes, a login at the
    one would end that at the other.
    """

    def __init__(self, cookie: str) -> None:
        self._cookie = cookie
        self._users: dict[str, str] = {}

    def user_of(self, request: Request) -> str | None:
        """Return who is logged in in the browser that asks."""
        return self._users.get(request.cookies.get(self._cookie, ""))

    def begin(self, response: Response, user: str) -> None:
        """Let a browser be remembered as that of a user."""
        session = token_urlsafe()
        self._users[session] = user
        response.set_cookie(self._cookie, session, httponly=True, samesite="Lax")

    def end(self, request: Request, response: Response) -> None:
        """Forget the browser that asks."""
        self._users.pop(request.cookies.get(self._cookie, ""), None)
        response.delete_cookie(self._cookie, httponly=True, samesite="Lax")

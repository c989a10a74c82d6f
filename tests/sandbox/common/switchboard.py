"""One server for many sandboxes after each other: starting one takes longer than many a test."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Switchboard:
    """Passes requests on to the sandbox of the present test."""

    def __init__(self) -> None:
        self._app: WSGIApplication | None = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer as the present sandbox does."""
        if self._app is None:
            raise RuntimeError("no test is running")
        return self._app(environ, start_response)

    @contextmanager
    def connected(self, app: "WSGIApplication") -> Iterator[None]:
        """Let an app answer while the block runs; before and after it nobody answers.

        Raises:
            RuntimeError: another one answers: two tests at a time would see one another.
        """
        if self._app is not None:
            raise RuntimeError("another test is running")
        self._app = app
        try:
            yield
        finally:
            self._app = None

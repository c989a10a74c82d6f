"""A WSGI app as a real HTTP server: in a thread for tests, in the foreground for people."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class QuietHandler(WSGIRequestHandler):
    """Speaks HTTP/1.1, one call per connection, and logs nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    _dated = False

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin an answer without the server's own date: that of the sandbox's clock may follow."""
        self._dated = False
        self.send_response_only(code, message)
        self.send_header("Server", self.version_string())

    def send_header(self, keyword: str, value: str) -> None:
        """Send a header, and remember whether it was the date."""
        self._dated = self._dated or keyword.lower() == "date"
        super().send_header(keyword, value)

    def end_headers(self) -> None:
        """End the headers, with the real date where the app named none."""
        if not self._dated:
            self.send_header("Date", self.date_time_string())
        super().end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep quiet: the journal is the log of a sandbox."""


def free_port() -> int:
    """Return a port on the loopback address that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(app: "WSGIApplication", port: int = 0) -> Iterator[str]:
    """Serve the app in a thread while the block runs; yields its base URL, without a slash."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)
    # the server looks this often, in seconds, whether it has to stop
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def serve(app: "WSGIApplication", port: int, host: str = "127.0.0.1") -> None:
    """Serve the app in the foreground until the process ends."""
    make_server(host, port, app, threaded=True, request_handler=QuietHandler).serve_forever()


def drop_connection(environ: dict[str, object]) -> None:
    """Break the caller's connection without an answer, as a network that fails would."""
    wire = environ["werkzeug.socket"]
    if not isinstance(wire, socket.socket):
        raise TypeError("this server does not hand out its socket")
    wire.shutdown(socket.SHUT_RDWR)

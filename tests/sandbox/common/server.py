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


def serve(app: "WSGIApplication", port: int) -> None:
    """Serve the app in the foreground until the process ends."""
    make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler).serve_forever()


def drop_connection(environ: dict[str, object]) -> None:
    """Break the caller's connection without an answer, as a network that fails would."""
    wire = environ["werkzeug.socket"]
    if not isinstance(wire, socket.socket):
        raise TypeError("this server does not hand out its socket")
    wire.shutdown(socket.SHUT_RDWR)

"""A small page that says whether a worker still looks for runs, for whoever watches processes over HTTP."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from pacc.exceptions import ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


@contextmanager
def healthcheck(host: str, port: int, is_well: Callable[[], bool]) -> Generator[int, None, None]:
    """Answer `GET /health` with 200 or 503 for the length of the block, and give the port.

    Args:
        host: the address to listen on.
        port: the port; 0 for any that is free.
        is_well: says whether all is well; called in a thread of its own.

    Raises:
        ServerError: nobody can listen there.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            well = is_well()
            known = self.path.split("?", 1)[0] == "/health"
            body = json.dumps({"message": "OK" if well else "Worker may be unresponsive"}).encode()
            self.send_response((200 if well else 503) if known else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body) if known else 0))
            self.end_headers()
            if known:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing of each request."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        raise ServerError(f"nobody can listen on {host}:{port}: {error.strerror}") from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="pacc-health", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

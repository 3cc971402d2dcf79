"""Services on loopback that notifications are sent to: one over HTTP, one over SMTP, as good or bad as a test wants them."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import threading
import time
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Heard:
    """What a service has heard so far."""

    def __init__(self):
        self.messages = []
        self._more = threading.Condition()

    def note(self, message):
        with self._more:
            self.messages.append(message)
            self._more.notify_all()

    def wait(self, count=1, seconds=60):
        """Wait until so many were heard, and return all that were."""
        with self._more:
            self._more.wait_for(lambda: len(self.messages) >= count, seconds)
        assert len(self.messages) >= count, f"{len(self.messages)} of {count} messages came"
        return self.messages


class HttpService(Heard):
    """Answers with `status` to whatever it is sent, after `delay` seconds."""

    def __init__(self):
        super().__init__()
        self.status = 200
        self.delay = 0.0
        self.headers = {}
        self.text = b"ok"
        service = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                service.note(
                    {"method": self.command, "path": self.path, "body": body, "headers": self.headers}
                )
                time.sleep(service.delay)
                with contextlib.suppress(OSError):  # who asked may have gone
                    self.send_response(service.status)
                    for name, value in {"content-length": len(service.text), **service.headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(service.text)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - the library asks for these names

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def values(self, count=1):
        """What was sent as JSON, once so many messages have come."""
        return [json.loads(each["body"]) for each in self.wait(count)]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class SmtpService(Heard):
    """Takes mail as RFC 5321 has it, no more of it than a client needs; `password` lets in only who has it."""

    def __init__(self):
        super().__init__()
        self.password = None
        service = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(f"{line}\r\n".encode())

            def handle(self):
                mail = {}
                self.say("220 loopback ESMTP")
                while line := self.rfile.readline().decode().strip():
                    verb = line[:4].upper()
                    if verb in ("EHLO", "HELO"):
                        self.say("250-loopback\r\n250 AUTH PLAIN" if service.password else "250 loopback")
                    elif verb == "AUTH":
                        known = b64decode(line.split()[-1]).decode().rpartition("\0")[2] == service.password
                        self.say("235 welcome" if known else "535 nobody knows you")
                    elif verb == "MAIL":
                        mail = {"to": []}
                        mail["from"] = line.partition(":")[2].partition(">")[0].strip("<")
                        self.say("250 ok")
                    elif verb == "RCPT":
                        mail["to"].append(line.partition(":")[2].partition(">")[0].strip("<"))
                        self.say("250 ok")
                    elif verb == "DATA":
                        self.say("354 go on")
                        lines = iter(self.rfile.readline, b".\r\n")
                        mail["data"] = b"".join(each.removeprefix(b".") for each in lines)
                        self.say("250 taken")
                        service.note(mail)
                    elif verb == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    close = HttpService.close


def unused_port():
    """A port of this machine that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]

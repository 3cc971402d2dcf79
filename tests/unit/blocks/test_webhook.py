"""`Webhook` calls a real server on loopback with what it was given, and says in a sentence why it could not."""

from __future__ import annotations

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pacc.blocks.webhook import Webhook, WebhookError
from pacc.exceptions import InvalidValueError


@pytest.fixture
def server():
    """A server that remembers what it was asked and answers as it was told."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked.append((self.command, self.path, dict(self.headers.items()), body))
            self.send_response(418 if self.path == "/teapot" else 200)
            self.send_header("X-Kind", "test")
            self.end_headers()
            self.wfile.write(b'{"ok": true}')

        def log_message(self, *_):
            pass

    for method in ("GET", "POST", "PUT"):
        setattr(Handler, f"do_{method}", Handler.answer)
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    made.asked = asked
    made.url = f"http://127.0.0.1:{made.server_port}"
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def test_a_payload_arrives_with_the_headers_of_the_block(server):
    Webhook(url=f"{server.url}/hook?token=t", headers={"X-Token": "t-1"}).save("it")
    answer = Webhook.load("it").call({"text": "done"})
    assert (answer.status_code, answer.json(), answer.headers["x-kind"]) == (200, {"ok": True}, "test")
    ((method, path, headers, body),) = server.asked
    assert (method, path, json.loads(body)) == ("POST", "/hook?token=t", {"text": "done"})
    assert (headers["x-token"], headers["content-type"]) == ("t-1", "application/json")


def test_text_is_sent_as_it_is_and_nothing_is_too(server):
    Webhook(url=server.url, method="PUT").call("plain")
    Webhook(url=server.url, method="GET").call()
    assert [(method, body) for method, _, _, body in server.asked] == [("PUT", b"plain"), ("GET", b"")]


def test_an_answer_that_is_an_error_is_one_only_when_that_is_asked(server):
    answer = Webhook(url=f"{server.url}/teapot").call()
    assert (answer.status_code, answer.is_success) == (418, False)
    with pytest.raises(WebhookError, match="status 418"):
        answer.raise_for_status()


def test_in_async_code_it_is_awaited(server):
    async def use():
        block = Webhook(url=server.url)
        return (await block.call()).status_code, (await block.acall()).status_code

    assert asyncio.run(use()) == (200, 200)


def test_a_server_that_is_down_is_one_sentence_without_the_address():
    with pytest.raises(WebhookError, match="could not be called: Connection refused") as caught:
        Webhook(url="http://127.0.0.1:9/token-canary").call()
    assert "canary" not in str(caught.value)


def test_a_private_address_is_refused_where_those_are_not_allowed(server):
    with pytest.raises(InvalidValueError, match="private address"):
        Webhook(url=server.url, allow_private_urls=False).call()
    assert server.asked == []


@pytest.mark.parametrize("url", ["ftp://host/", "host/path", "http://", "file:///etc/passwd"])
def test_what_is_no_address_of_http_is_refused(url):
    with pytest.raises(InvalidValueError, match="begins with http"):
        Webhook(url=url).call()


def test_a_method_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="method"):
        Webhook(url="http://here", method="BREW")

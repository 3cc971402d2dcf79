"""G21: webhooks over HTTP: bounded, told apart by nobody who may not call, and what was answered is stored, whatever is killed."""

from __future__ import annotations

import concurrent.futures
import hashlib
import hmac
import http.client
import json
import socket
import sys
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from pacc.exceptions import ServerError, StoreReadOnly
from pacc.loops import http_server, server
from pacc.loops.http_server import HttpServer, Throttle
from pacc.schemas.webhooks import DEFAULT_TEMPLATE
from pacc.services import events, webhooks
from pacc.store.database import Store

SECRET = "open-sesame"


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


@contextmanager
def serving(home, **options):
    """A store and a server that answers for it."""
    store = Store(home)
    answering = HttpServer(store, "127.0.0.1", 0, **options)
    answering.start()
    try:
        yield store, answering
    finally:
        answering.stop()
        store.close()
        store.leave()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One server for many tests, each of which makes its own webhooks."""
    with serving(tmp_path_factory.mktemp("served") / "home") as found:
        yield found


def port_of(answering):
    return urlsplit(answering.url).port


def ask(answering, path, body=b"", method="POST", **headers):
    """Call an address and return the status and what was said."""
    connection = http.client.HTTPConnection("127.0.0.1", port_of(answering), timeout=30)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=named)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def raw(answering, text, *, then=b"", pause=0.0):
    """Send bytes as they are and return what comes until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port_of(answering)), timeout=30) as connection:
        connection.sendall(text)
        time.sleep(pause)
        connection.sendall(then)
        got = b""
        while chunk := connection.recv(65536):
            got += chunk
        return got


def signature(body):
    return f"sha256={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}"


def told(store, name):
    return [each for each in events.select(store, limit=5000) if each.event == name]


def hook(store, name, template=None, **shown):
    written = template or DEFAULT_TEMPLATE.replace("webhook.called", f"{name}.called")
    return webhooks.create(store, name, template=written, **shown)


# -- who may call --------------------------------------------------------------------------------------------------------


def test_a_signed_push_is_an_event_and_what_became_of_calls_is_counted(served):
    store, answering = served
    made = hook(store, "signed", authentication="signature", secret=SECRET)
    body = json.dumps({"ref": "refs/heads/main"}).encode()
    path = f"/hooks/{made.slug}"
    for _ in range(2):
        headers = {"x_hub_signature_256": signature(body), "x_github_delivery": "d-1"}
        assert ask(answering, path, body, **headers) == (204, b"")
    assert ask(answering, path, body + b" ", x_hub_signature_256=signature(body))[0] == 404
    (event,) = told(store, "signed.called")
    assert event.payload["body"] == {"ref": "refs/heads/main"}
    found = wait_until(lambda: (each := webhooks.find(store, "signed")).refused and each)
    assert (found.received, found.refused) == (2, 1)
    assert "does not show that it may call" in found.refusal


def test_who_may_not_call_learns_nothing(served):
    store, answering = served
    there = hook(store, "there", authentication="token", secret=SECRET)
    off = hook(store, "off")
    webhooks.toggle(store, "off")
    paths = (
        f"/hooks/{there.slug}",
        f"/hooks/{off.slug}",
        "/hooks/nobody",
        "/hooks/",
        "/",
        "/hooks/a/b",
        "/%ff%00",
    )
    bodies = (b"", b"{", b"x" * http_server.LARGEST_BODY)
    answers = {ask(answering, path, body, authorization="Bearer wrong") for path in paths for body in bodies}
    answers |= {
        ask(answering, path, method=method) for path in paths[:3] for method in ("GET", "OPTIONS", "TRACE")
    }
    assert answers == {(404, b'{"detail":"Not Found"}')}
    too_large = {ask(answering, path, b"x" * (http_server.LARGEST_BODY + 1))[0] for path in paths[:3]}
    assert too_large == {413}


@pytest.mark.parametrize("method", http_server.METHODS)
def test_an_address_may_be_called_in_any_way(served, method):
    store, answering = served
    made = hook(store, f"by-{method}")
    assert ask(answering, f"/hooks/{made.slug}?a=1", method=method)[0] == 204
    assert [each.payload["method"] for each in told(store, f"by-{method}.called")] == [method]


def test_a_page_that_made_up_a_name_for_this_machine_is_not_answered(served, tmp_path):
    store, answering = served
    made = hook(store, "named")
    for name, status in (
        ("evil.org", 404),
        ("localhost:1", 204),
        ("[::1]", 204),
        ("127.0.0.1", 204),
        ("", 404),
    ):
        assert ask(answering, f"/hooks/{made.slug}", host=name)[0] == status, name
    with serving(tmp_path / "home", hosts=["Hooks.example.org"]) as (_, named):
        assert ask(named, "/health", method="GET", host="hooks.example.org")[0] == 200
        assert ask(named, "/health", method="GET", host="evil.org")[0] == 404


# -- bounds --------------------------------------------------------------------------------------------------------------


def test_a_body_in_pieces_that_does_not_end_in_time_is_cut_off(served, monkeypatch):
    store, answering = served
    made = hook(store, "slow")
    monkeypatch.setattr(http_server, "MOST_SECONDS", 0.2)
    begun = f"POST /hooks/{made.slug} HTTP/1.1\r\nHost: localhost\r\n"
    slow = raw(answering, f"{begun}Content-Length: 10\r\n\r\nabc".encode())
    assert slow.startswith(b"HTTP/1.1 408 ")
    assert raw(answering, begun.encode()) == b""
    assert raw(answering, b"") == b""
    assert told(store, "slow.called") == []


def test_a_body_that_does_not_say_how_large_it_is_is_bounded_too(served):
    store, answering = served
    made = hook(store, "chunked")
    head = (
        f"POST /hooks/{made.slug} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    piece = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    assert raw(answering, head + piece * 33).startswith(b"HTTP/1.1 413 ")
    assert raw(answering, b"GET /health HTTP/1.1\r\nX: " + b"x" * 70_000).startswith(b"HTTP/1.1 4")


def test_a_template_that_makes_no_event_is_said_to_the_right_caller(served):
    store, answering = served
    made = hook(store, "wrong", "{{ body.a.b }}")
    status, said = ask(answering, f"/hooks/{made.slug}", b"{}")
    assert (status, "the template cannot be filled" in json.loads(said)["detail"]) == (422, True)
    failed = [each.resource.id for each in told(store, "pacc.webhook.failed")]
    assert failed.count(f"pacc.webhook.{made.id}") == 1


def test_so_many_calls_a_second_are_allowed_to_each_address_and_twice_as_many_at_once():
    now = 0.0
    throttle = Throttle(lambda: now)
    assert [throttle.allows("a", most=2) for _ in range(5)] == [True] * 4 + [False]
    assert throttle.allows("b", most=2)
    now = 0.5
    assert [throttle.allows("a", most=2) for _ in range(2)] == [True, False]
    for number in range(2000):
        throttle.allows(str(number))
    assert len(throttle._left) <= 1000


def test_calls_that_come_too_often_are_sent_away(served, monkeypatch):
    store, answering = served
    made = hook(store, "often")
    monkeypatch.setattr(Throttle.allows, "__kwdefaults__", {"most": 0.5})
    answers = [ask(answering, f"/hooks/{made.slug}")[0] for _ in range(3)]
    assert answers[0] == 204
    assert 429 in answers


def test_a_store_that_cannot_be_written_is_no_answer(served, monkeypatch):
    store, answering = served
    made = hook(store, "read-only")

    def refuse(*_, **__):
        raise StoreReadOnly

    monkeypatch.setattr(store.journal, "flush", refuse)
    assert ask(answering, f"/hooks/{made.slug}")[0] == 503
    monkeypatch.setattr(store, "read", refuse)
    assert ask(answering, "/ready", method="GET")[0] == 503
    assert ask(answering, "/health", method="GET") == (200, b'{"status":"ok"}')
    monkeypatch.undo()
    assert ask(answering, "/api/ready", method="GET") == (200, b'{"status":"ready"}')


def many_malformed(served, count):
    store, answering = served
    made = hook(store, f"malformed-{count}")
    path = f"/hooks/{made.slug}"
    connection = http.client.HTTPConnection("127.0.0.1", port_of(answering), timeout=30)
    kinds = ["application/json", "application/x-www-form-urlencoded", "text/plain", "nonsense", ""]
    piece = strategies.one_of(
        strategies.binary(max_size=200),
        strategies.text(max_size=50).map(lambda text: json.dumps({"a": [text, {text: None}]}).encode()[:-1]),
        strategies.integers(1, 3000).map(lambda depth: b"[" * depth + b"]" * depth),
        strategies.sampled_from(
            [b"NaN", b"1e999", b'"\\ud800"', b"9" * 5000, b"a=1&" * 1500, b"\xff\xfe", b"null"]
        ),
    )

    @settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(body=piece, kind=strategies.sampled_from(kinds))
    def post(body, kind):
        connection.request("POST", path, body=body, headers={"content-type": kind})
        answer = connection.getresponse()
        answer.read()
        assert answer.status in {204, 422, 429}
        if answer.status == 429:
            time.sleep(0.05)

    try:
        post()
    finally:
        connection.close()
    assert ask(answering, path, b"{}")[0] == 204


def test_whatever_is_sent_is_answered_in_words_and_the_server_goes_on(served):
    many_malformed(served, 200)


@pytest.mark.soak
def test_ten_thousand_malformed_bodies_do_no_harm(served):
    many_malformed(served, 10_000)


# -- starting and ending -------------------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_a_sentence(served):
    store, answering = served
    with pytest.raises(ServerError, match=r"nobody can listen on 127\.0\.0\.1:\d+: Address already in use\n"):
        HttpServer(store, "127.0.0.1", port_of(answering))
    with pytest.raises(ServerError, match=r"nobody can listen on 192\.0\.2\.1:0"):
        HttpServer(store, "192.0.2.1", 0)  # an address that no machine has


def test_packages_that_are_missing_are_named(served, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ServerError, match="starlette and uvicorn, which are not installed") as error:
        HttpServer(served[0], "127.0.0.1", 0)
    assert "pip install 'pacc[server]'" in error.value.hint


def test_many_at_once_are_all_stored(served):
    store, answering = served
    made = hook(store, "many")
    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda n: ask(answering, f"/hooks/{made.slug}", b"%d" % n)[0], range(100)))
    assert answers == [204] * 100
    assert {each.payload["body"] for each in told(store, "many.called")} == {str(n) for n in range(100)}


def test_what_was_answered_is_stored_when_the_server_is_killed(processes, pacc_home):
    """Posts come in all the time; the server begins with the first webhook, and is killed in the middle of them."""
    process = processes.start(sys.executable, "-m", "pacc", "server", "start", "--port", "0", "--no-services")
    url = wait_until(lambda: (server.running(pacc_home) or {}).get("url"))
    store = Store(pacc_home)
    made = hook(store, "killed")
    answered, tried = [], 0
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=30)
    with concurrent.futures.ThreadPoolExecutor(1) as threads:

        def post():
            nonlocal tried
            while True:
                tried += 1
                try:
                    connection.request("POST", f"/hooks/{made.slug}", body=b"%d" % tried)
                    answer = connection.getresponse()
                    answer.read()
                except (OSError, http.client.HTTPException):
                    return
                if answer.status == 204:
                    answered.append(str(tried))

        posting = threads.submit(post)
        wait_until(lambda: len(answered) >= 20 or posting.done())
        process.kill()
        posting.result()
    process.wait()
    connection.close()
    stored = {each.payload["body"] for each in told(store, "killed.called")}
    assert set(answered) <= stored
    assert len(stored) <= tried
    assert server.running(pacc_home) is None
    store.close()
    store.leave()


def test_a_server_in_the_background_that_cannot_answer_says_why_and_what_to_do(served, pacc_home):
    port = str(port_of(served[1]))
    with pytest.raises(ServerError, match="the server did not start: nobody can listen on") as error:
        server.start(pacc_home, ["--port", port, "--no-services"])
    assert error.value.hint == "Choose another: pacc server start --port PORT"

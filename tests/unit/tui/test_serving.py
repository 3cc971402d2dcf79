"""Who is answered by the server of dashboards, and that a tab shows one and changes nothing."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSMsgType
from aiohttp.test_utils import TestClient, TestServer
from textual.screen import ModalScreen

from pacc.exceptions import StoreReadOnly
from pacc.services import concurrency_limits, flow_runs, variables
from pacc.store import close_store, open_store
from pacc.tui.serving import Serving, command_of_a_tab

TOKEN = "a-token"


def answered(asks, words=("false",)):
    """Ask a server something, given a client and the address it thinks it has, and return what came of it."""

    async def go():
        async with TestClient(TestServer(Serving(words, token=TOKEN).application())) as client:
            return await asks(client, f"{client.host}:{client.port}")

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (f"/{TOKEN}/", {}, 200),
        (f"/{TOKEN}/static/css/xterm.css", {}, 200),
        ("/", {}, 403),
        ("/another-token/", {}, 403),
        (f"/{TOKEN}", {}, 403),
        (f"/{TOKEN}/", {"Host": "evil.example"}, 403),
        (f"/{TOKEN}/", {"Origin": "http://evil.example"}, 403),
        (f"/{TOKEN}/", {"Origin": "null"}, 403),
    ],
)
def test_only_who_has_the_token_and_comes_from_our_own_page_is_answered(path, headers, status):
    async def asks(client, _):
        async with client.get(path, headers=headers) as answer:
            return answer.status

    assert answered(asks) == status


@pytest.mark.parametrize("origin", [None, "http://evil.example", "https://{host}"])
def test_a_socket_of_another_page_or_of_none_is_refused(origin):
    async def asks(client, host):
        headers = {"Connection": "Upgrade", "Upgrade": "websocket"}
        if origin is not None:
            headers["Origin"] = origin.format(host=host)
        async with client.get(f"/{TOKEN}/ws", headers=headers) as answer:
            return answer.status

    assert answered(asks) == 403


def test_the_page_needs_nothing_from_the_network_and_tells_nobody_its_address():
    async def asks(client, host):
        async with client.get(f"/{TOKEN}/?fontsize=<script>") as answer:
            return host, await answer.text(), dict(answer.headers)

    host, text, headers = answered(asks)
    assert f"ws://{host}/{TOKEN}/ws" in text
    assert "https://" not in text
    assert 'data-font-size="15"' in text
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"


def test_a_tab_shows_the_dashboard_and_changes_nothing(pacc_home):
    variables.put(open_store(pacc_home), "city", "Ulm")

    async def asks(client, host):
        origin = {"Origin": f"http://{host}"}
        async with client.ws_connect(f"/{TOKEN}/ws?width=100&height=24", headers=origin) as socket:
            await _until(socket, "city")
            await socket.send_json(["stdin", "D"])
            await _until(socket, "is read only")
            await socket.send_json(["stdin", "\x03"])
            while (await socket.receive()).type not in (WSMsgType.CLOSE, WSMsgType.CLOSED):
                pass

    answered(asks, command_of_a_tab("variables", allow_actions=False))
    assert variables.read(open_store(pacc_home), "city").value == "Ulm"


async def _until(socket, text):
    """Wait until a text is drawn; a screen whose clock goes on says something every second, so that alone ends nothing."""
    seen = ""
    try:
        async with asyncio.timeout(60):
            while text not in seen:
                message = await socket.receive()
                assert message.type in (WSMsgType.BINARY, WSMsgType.TEXT), (message, seen)
                data = message.data
                seen += data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    except TimeoutError:
        raise AssertionError(f"{text!r} was not drawn: {seen}") from None


def test_a_store_that_is_only_looked_at_is_read_and_never_written(pacc_home):
    concurrency_limits.put(open_store(pacc_home), "db", 1)
    close_store(pacc_home)
    store = open_store(pacc_home)
    store.only_look()
    assert [each.name for each in concurrency_limits.select(store)] == ["db"]
    with pytest.raises(StoreReadOnly):
        variables.put(store, "city", "Ulm")
    with pytest.raises(StoreReadOnly), store.transaction():
        pass
    close_store(pacc_home)


def test_a_read_only_dashboard_refuses_what_its_keys_would_do(runs, look):
    async def what(seen):
        await seen.until("read only")
        for keys in (["T"], ["3", "r"], ["6", "n"]):
            await seen.press(*keys)
            await seen.until("This dashboard is read only.")
            assert not isinstance(seen.dashboard.screen, ModalScreen)
        assert not variables.select(runs)
        assert len(flow_runs.select(runs)) == before

    before = len(flow_runs.select(runs))
    look(what, size=(120, 40), read_only=True)


def children_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def lives(pid):
    """Say whether a process goes on; one that only nobody has asked about its end does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP], ids=["killed", "terminal closed"])
def test_the_process_of_a_tab_ends_when_its_server_is_gone(pacc_home, number):
    server = subprocess.Popen(
        [sys.executable, "-m", "pacc", "dashboard", "--serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address = server.stdout.readline().strip()
    origin = address[: address.index("/", len("http://"))]

    async def open_a_tab():
        async with (
            ClientSession(headers={"Origin": origin}) as session,
            session.ws_connect(f"{address.replace('http', 'ws', 1)}ws") as socket,
        ):
            await _until(socket, "Home")
            (tab,) = children_of(server.pid)
            server.send_signal(number)
            return tab

    tab = asyncio.run(open_a_tab())
    server.wait(timeout=60)
    server.stdout.close()
    deadline = time.monotonic() + 60
    while lives(tab):
        assert time.monotonic() < deadline
        time.sleep(0.05)

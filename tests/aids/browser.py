"""A real browser without a window, driven over its DevTools protocol: what a page shows, what is typed, what it asks the network for."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
from contextlib import contextmanager, suppress

from aiohttp import ClientSession
from waiting import PATIENCE, wait_until

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--remote-debugging-port=0",
    "--window-size=1000,620",
)
TERMINAL = """
Object.defineProperty(Object.prototype, "fitAddon", {
  set(value) {
    window.terminal = this.terminal;
    Object.defineProperty(this, "fitAddon", {value, writable: true});
  },
});
"""
"""The page's script keeps its terminal to itself; the first thing it does with it shows us where it is."""
SHOWN = """
(() => {
  if (!window.terminal) return document.body ? document.body.innerText : "";
  const {rows, cols, buffer: {active}} = window.terminal;
  return [...Array(rows).keys()].map(row => active.getLine(row).translateToString(true, 0, cols)).join("\\n");
})
"""
"""What the page's terminal shows, or the page itself where it has none."""
WAIT = """
new Promise(resolve => {
  const end = Date.now() + %d, shown = %s;
  const look = () => { const found = %s; found || Date.now() > end ? resolve(found) : setTimeout(look, 30); };
  look();
})
"""


def executable():
    """Return the path of a browser that can be driven, nothing where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launched(profile):
    """Start a browser with an empty profile, and yield where it is driven; it is gone afterwards.

    Args:
        profile: an empty folder.
    """
    process = subprocess.Popen(
        [executable(), *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "HOME": str(profile)},
    )
    try:
        yield wait_until(lambda: _address(profile / "DevToolsActivePort"))
    finally:
        process.terminate()  # it takes its own processes along
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _address(file):
    with suppress(OSError, ValueError):
        port, path = file.read_text().splitlines()
        return f"ws://127.0.0.1:{port}{path}"
    return None


class Browser:
    """A browser that was launched.

    Args:
        address: where it is driven.
    """

    def __init__(self, address):
        self._address = address
        self._answers = {}
        self._number = 0
        self.asked = []
        """The addresses all pages have asked the network for."""

    async def __aenter__(self):
        self._session = ClientSession()
        self._socket = await self._session.ws_connect(self._address, max_msg_size=0)
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_):
        await self._socket.close()
        await self._reading
        await self._session.close()

    async def _read(self):
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            elif told["method"] == "Network.requestWillBeSent":
                self.asked.append(told["params"]["request"]["url"])
            elif told["method"] == "Network.webSocketCreated":
                self.asked.append(told["params"]["url"])

    async def send(self, method, page=None, **params):
        """Have the browser, or one of its pages, do something, and return what it answers."""
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        session = {} if page is None else {"sessionId": page}
        await self._socket.send_json({"id": self._number, "method": method, "params": params, **session})
        told = await asyncio.wait_for(answer, PATIENCE)
        assert "error" not in told, (method, told)
        return told["result"]

    async def open(self, address):
        """Open a tab with an address."""
        target = (await self.send("Target.createTarget", url="about:blank"))["targetId"]
        session = (await self.send("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        tab = Tab(self, target, session)
        for domain in ("Page", "Network", "Runtime"):
            await tab.send(f"{domain}.enable")
        await tab.send("Page.addScriptToEvaluateOnNewDocument", source=TERMINAL)
        await tab.send("Page.navigate", url=address)
        return tab


class Tab:
    """One tab of a browser."""

    def __init__(self, browser, target, session):
        self._browser = browser
        self._target = target
        self._session = session

    async def send(self, method, **params):
        """Have it do something, and return what it answers."""
        return await self._browser.send(method, self._session, **params)

    async def value(self, script):
        """Return what a script comes to in the page."""
        told = await self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return told["result"].get("value")

    async def until(self, text):
        """Wait until a text is in the page's terminal, or in the page, and return all that is there."""
        text = json.dumps(text)
        return await self.holds(f"shown().includes({text}) && shown()")

    async def holds(self, condition):
        """Wait until a condition holds in the page, and return what it comes to; that it never does fails the test."""
        found = await self.value(WAIT % (PATIENCE * 500, SHOWN, condition))
        assert found, f"{condition} does not hold in:\n{await self.value(SHOWN + '()')}"
        return found

    async def type(self, text):
        """Type a text into whatever of the page has the focus."""
        for char in text:
            key = {"key": char, "windowsVirtualKeyCode": ord(char.upper())}
            await self.send("Input.dispatchKeyEvent", type="keyDown", text=char, **key)
            await self.send("Input.dispatchKeyEvent", type="keyUp", **key)

    async def close(self):
        """Close it."""
        await self._browser.send("Target.closeTarget", targetId=self._target)

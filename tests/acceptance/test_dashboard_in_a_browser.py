"""What somebody sees who opens the dashboard in a real browser, and who else sees nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from browser import Browser, executable, launched
from waiting import wait_until

from pacc import flow
from pacc.services import flow_runs
from pacc.store import open_store

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(executable() is None, reason="no Chromium is installed: apt-get install chromium"),
    pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc"),
]


@flow
def etl():
    raise ValueError("no room")


@pytest.fixture
def served(pacc_home):
    """A server over a store with one failed run; returns its process and its address."""
    with pytest.raises(ValueError, match="no room"):
        etl.with_options(flow_run_name="brave-otter")()
    open_store(pacc_home).journal.flush()
    server = subprocess.Popen(
        [sys.executable, "-m", "pacc", "dashboard", "--serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield server, server.stdout.readline().strip()
    server.terminate()
    server.wait()
    server.stdout.close()


def tabs_of(server):
    return Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()


def test_a_browser_shows_the_dashboard_to_whoever_has_its_address_and_to_nobody_else(
    served, pacc_home, tmp_path
):
    server, address = served
    origin = address[: address.index("/", len("http://"))]

    async def shows_the_store_and_obeys_keys(browser):
        tab = await browser.open(address)
        assert "brave-otter" in await tab.until("1 failed")
        await tab.type("2")
        await tab.until("1 flow run")
        return tab

    async def only_looks(tab):
        await tab.type("D")
        await tab.until("This dashboard is read only.")

    async def fits_the_window(tab):
        wide = await tab.value("window.terminal.cols")
        await tab.send(
            "Emulation.setDeviceMetricsOverride", width=700, height=400, deviceScaleFactor=1, mobile=False
        )
        await tab.holds(f"window.terminal.cols < {wide}")
        await tab.until("? help")

    async def asks_no_other_host(browser):
        here = (f"{origin}/", f"{origin.replace('http', 'ws', 1)}/")
        assert len(browser.asked) >= 4
        assert [each for each in browser.asked if not each.startswith((*here, "data:", "about:"))] == []

    async def ends_with_its_tab(tab):
        (process,) = tabs_of(server)
        await tab.close()
        await asyncio.to_thread(wait_until, lambda: process not in tabs_of(server))

    async def needs_the_token(browser):
        tab = await browser.open(f"{origin}/")
        await tab.until("Open the address that pacc dashboard --serve has printed")
        assert await tab.value("fetch('/').then(answer => answer.status)") == 403
        return tab

    async def refuses_other_pages(tab):
        await tab.send("Page.navigate", url="about:blank")
        socket = f"{address.replace('http', 'ws', 1)}ws"
        asks = "new Promise(end => {{ const it = new WebSocket('{}'); it.onopen = () => end('in'); it.onclose = () => end('out'); }})"
        assert await tab.value(asks.format(socket)) == "out"
        assert await tab.value(f"fetch('{address}').then(() => 'in', () => 'out')") == "out"
        assert tabs_of(server) == []

    async def go(where):
        async with Browser(where) as browser:
            tab = await shows_the_store_and_obeys_keys(browser)
            await only_looks(tab)
            await fits_the_window(tab)
            await asks_no_other_host(browser)
            await ends_with_its_tab(tab)
            await refuses_other_pages(await needs_the_token(browser))

    with launched(tmp_path) as where:
        asyncio.run(go(where))
    assert len(flow_runs.select(open_store(pacc_home))) == 1

"""A dashboard over real runs, on no terminal: keys are pressed, the thread is waited for, and the screen is read as text."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from textual import events
from textual._styles_cache import StylesCache

from pacc import flow, get_run_logger, task
from pacc.services import deployments
from pacc.store import open_store
from pacc.tui.app import Dashboard
from pacc.tui.opening import frozen

SMALL, LARGE = (80, 24), (120, 40)


@task
def fetch(number):
    return number


@task
def load(rows, well):
    if not well:
        raise RuntimeError("no room [bold]left[/bold] \x1b[31m")
    return sum(rows)


@flow
def calendar(day):
    return fetch(day)


@flow
def etl(well=True):
    get_run_logger().warning("a line [red]with markup[/red]\nand a second one")
    calendar(1)
    return load([fetch(number) for number in range(3)], well)


@flow
def sync(number=1):
    return number


class Looked:
    """A dashboard that is being looked at."""

    def __init__(self, dashboard, pilot):
        self.dashboard = dashboard
        self.pilot = pilot

    async def settle(self):
        """Wait until what was asked for was read and is drawn; what is read first decides what is read next."""
        for _ in range(3):
            await self.pilot._wait_for_screen()
            assert await asyncio.to_thread(self.dashboard.following.settle)
            await self.pilot._wait_for_screen()
        await self.pilot.pause()

    async def until(self, text):
        """Wait until a text is on the screen; that it never comes fails the test."""
        for _ in range(200):
            if text in self.text:
                return
            await self.settle()
        raise AssertionError(f"{text!r} is not on the screen:\n{self.text}")

    def post(self, key):
        """Press a key and don't wait."""
        self.dashboard.post_message(events.Key(key, key if len(key) == 1 else None))

    async def press(self, *keys):
        for key in keys:
            self.post(key)
            await self.settle()

    async def type(self, text):
        for char in text:
            self.dashboard.post_message(events.Key(_KEYS.get(char, char), char))
        await self.settle()

    async def fill_in(self, *texts):
        """Type a text into each field; the next one has the focus once enter has been answered."""
        for text in texts:
            for char in text:
                self.dashboard.post_message(events.Key(_KEYS.get(char, char), char))
            self.post("enter")
            await self.pilot.pause()
        await self.settle()

    @property
    def text(self):
        """The whole screen, a line a row."""
        strips = self.dashboard.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    def lines(self, part):
        return [line for line in self.text.splitlines() if part in line]


_KEYS = {
    ":": "colon", "@": "at", ",": "comma", ".": "full_stop", "_": "underscore", "/": "slash", "-": "minus", " ": "space",
    "[": "left_square_bracket",
}  # fmt: skip


@pytest.fixture
def runs(pacc_home):
    """The store of one run that went well, one that failed, and a deployment with a schedule."""
    etl()
    with pytest.raises(RuntimeError):
        etl.with_options(flow_run_name="no-room")(well=False)  # so short that no notice of it is wrapped
    store = open_store(pacc_home)
    sync.to_deployment(name="hourly", interval=3600).apply()
    store.journal.flush()
    return store


@pytest.fixture(autouse=True)
def _forgotten_widgets():
    """Textual remembers the last thousand widgets it drew, with every line of them: here that is most of all memory."""
    yield
    StylesCache.get_inner_outer.cache_clear()


@pytest.fixture
def look(pacc_home):
    """Open a dashboard, do something with it, and close it."""

    def looked(what, *, size=SMALL, moved=timedelta(0), **options):
        async def go():
            moment = datetime.now(UTC) + moved
            dashboard = Dashboard(open_store(pacc_home), now=frozen(moment), reaps=False, **options)
            async with dashboard.run_test(size=size, notifications=True) as pilot:
                seen = Looked(dashboard, pilot)
                await seen.settle()
                for _ in range(200):
                    if "reading" not in seen.text:
                        break
                    await seen.settle()
                await what(seen)

        asyncio.run(go())

    return looked


@pytest.fixture
def deployment_of(runs):
    return lambda: deployments.find(runs, "sync/hourly")

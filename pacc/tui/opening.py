"""How a dashboard is opened: on a terminal, or on none, for a picture."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pacc.tui.app import Dashboard

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc.store import Store

_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""Where the picture would have its font from; a monospaced one of the reader's does."""


def frozen(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that stands still, for pictures and tests.

    Example:
        >>> frozen(datetime(2026, 11, 21, tzinfo=UTC))().day
        21
    """
    return lambda: moment


def draw(
    store: Store,
    size: tuple[int, int],
    *,
    first: str,
    profile: str,
    glyphs: bool,
    no_color: bool,
    theme: str = "textual-dark",
    at: datetime | None = None,
) -> str:
    """Return a picture of the dashboard as it is at one moment, as SVG that needs nothing from the network.

    Args:
        store: what is shown.
        size: columns and rows.
        first: the first screen: the name of a place, or the id of a flow run.
        profile: the name of the profile.
        glyphs: false where only ASCII may be drawn.
        no_color: draw without colour.
        theme: the name of its colours.
        at: what the clock says; the present moment unless given.
    """
    dashboard = Dashboard(
        store,
        first=first,
        profile=profile,
        glyphs=glyphs,
        no_color=no_color,
        theme=theme,
        now=frozen(at or datetime.now(UTC)),
        reaps=False,
    )
    return _FONTS.sub("", asyncio.run(_drawn(dashboard, size)))


async def _drawn(dashboard: Dashboard, size: tuple[int, int]) -> str:
    async with dashboard.run_test(size=size) as pilot:
        for _ in range(3):  # what is read first decides what is read next
            await asyncio.to_thread(dashboard.following.settle)
            await pilot.pause()
        return dashboard.export_screenshot(title="pacc dashboard")

"""How a dashboard is opened: on a terminal, or on none, for a picture."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pacc.tui.app import Dashboard

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc.store import Store


def frozen(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that stands still, for pictures and tests.

    Example:
        >>> frozen(datetime(2026, 11, 21, tzinfo=UTC))().day
        21
    """
    return lambda: moment


def draw(
    store: Store, size: tuple[int, int], *, first: str, profile: str, glyphs: bool, no_color: bool
) -> str:
    """Return a picture of the dashboard as it is at this moment, as SVG.

    Args:
        store: what is shown.
        size: columns and rows.
        first: the first screen: `home`, `runs`, `deployments` or the id of a flow run.
        profile: the name of the profile.
        glyphs: false where only ASCII may be drawn.
        no_color: draw without colour.
    """
    dashboard = Dashboard(
        store,
        first=first,
        profile=profile,
        glyphs=glyphs,
        no_color=no_color,
        now=frozen(datetime.now(UTC)),
        reaps=False,
    )
    return asyncio.run(_drawn(dashboard, size))


async def _drawn(dashboard: Dashboard, size: tuple[int, int]) -> str:
    async with dashboard.run_test(size=size) as pilot:
        for _ in range(3):  # what is read first decides what is read next
            await asyncio.to_thread(dashboard.following.settle)
            await pilot.pause()
        return dashboard.export_screenshot(title="pacc dashboard")

"""`pacc dashboard`."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from pacc._internal.terminals import is_terminal
from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.services import flow_runs
from pacc.settings import read_settings

_SIZE = re.compile(r"(\d{2,3})x(\d{2,3})")


def command(
    *,
    screen: Annotated[
        str,
        typer.Option(
            "--screen",
            metavar="NAME",
            help="Begin with home, runs, deployments, pools or another screen, or a flow run: its name, its id, @last.",
        ),
    ] = "home",
    screenshot: Annotated[
        Path | None,
        typer.Option("--screenshot", metavar="FILE.svg", help="Write a picture of the screen, and no more."),
    ] = None,
    size: Annotated[
        str, typer.Option("--size", metavar="COLUMNSxROWS", help="How large the picture is.")
    ] = "120x40",
) -> None:
    """Watch flow runs and deployments, see why they are as they are, and act on them; ? shows the keys."""
    room = _size(size)
    if screenshot is None:
        _require_terminal()
    store = open_for_command(reap=screenshot is not None)
    settings = read_settings()
    first = screen if screen in _places() else str(flow_runs.find(store, screen).id)
    glyphs = terminal.glyphs and settings.tui.glyphs != "ascii"
    no_color = terminal.no_color or bool(os.environ.get("NO_COLOR"))
    if screenshot is None:
        from pacc.tui.actions import remapped  # start-up: as above
        from pacc.tui.app import Dashboard  # start-up: Textual is for the dashboard alone

        keys = remapped(settings.tui.keys)
        Dashboard(
            store, first=first, profile=settings.profile_name, glyphs=glyphs, no_color=no_color, keys=keys
        ).run()
        return
    from pacc.tui.opening import draw  # start-up: as above

    drawn = draw(store, room, first=first, profile=settings.profile_name, glyphs=glyphs, no_color=no_color)
    screenshot.write_text(drawn, encoding="utf-8")
    terminal.remark(f'Wrote "{screenshot}".')


def _places() -> set[str]:
    from pacc.tui.places import PLACES  # start-up

    return {place.name for place in PLACES}


def _size(text: str) -> tuple[int, int]:
    found = _SIZE.fullmatch(text)
    if found is None or int(found[1]) < 40 or int(found[2]) < 12:
        raise UsageError(f'--size: "{text}" is no size from 40x12 to 999x999, such as 80x24')
    return int(found[1]), int(found[2])


def _require_terminal() -> None:
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)) or os.environ.get("TERM") == "dumb":
        raise UsageError("the dashboard needs a terminal", hint="pacc flow-run ls, or pacc flow-run watch")

"""`pacc dashboard`."""

from __future__ import annotations

import os
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc._internal.terminals import is_terminal
from pacc.cli._exits import CommandError, UsageError
from pacc.cli._options import past_moment
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.services import flow_runs
from pacc.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc.store import Store

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
    at: Annotated[
        datetime | None,
        typer.Option(
            "--at",
            metavar="TIME",
            parser=past_moment,
            help='What the clock of the picture says: "5 minutes ago", 2026-11-20T09:30.',
        ),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Change nothing, whatever is pressed.")
    ] = False,
    serve: Annotated[
        bool,
        typer.Option(
            "--serve", help="Let browsers of this machine show it, read-only, until Ctrl-C; needs pacc[web]."
        ),
    ] = False,
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help="Where it is served; 0 for any port that is free."),
    ] = 0,
    allow_actions: Annotated[
        bool, typer.Option("--allow-actions", help="Let browsers do what the keys do, and not only look.")
    ] = False,
) -> None:
    """Watch flow runs and deployments, see why they are as they are, and act on them; ? shows the keys."""
    room = _size(size)
    _check_together(at=at, screenshot=screenshot, serve=serve, port=port, allow_actions=allow_actions)
    if screenshot is None and not serve:
        _require_terminal()
    store = open_for_command(reap=screenshot is not None)
    first = screen if screen in _places() else str(flow_runs.find(store, screen).id)
    if serve:
        _serve(first, port, allow_actions=allow_actions)
    elif screenshot is None:
        _watch(store, first, read_only=read_only)
    else:
        from pacc.tui.opening import draw  # start-up: Textual is for the dashboard alone

        screenshot.write_text(draw(store, room, first=first, at=at, **_look()), encoding="utf-8")
        terminal.remark(f'Wrote "{screenshot}".')


def _look() -> dict[str, Any]:
    """Return how the dashboard is drawn, as the terminal and the settings have it."""
    settings = read_settings()
    return {
        "profile": settings.profile_name,
        "glyphs": terminal.glyphs and settings.tui.glyphs != "ascii",
        "no_color": terminal.no_color or bool(os.environ.get("NO_COLOR")),
        "theme": settings.tui.theme,
    }


def _watch(store: Store, first: str, *, read_only: bool) -> None:
    """Show the dashboard until it is left, or nobody looks any more."""
    from pacc.tui.actions import remapped  # start-up: Textual is for the dashboard alone
    from pacc.tui.app import Dashboard  # start-up: as above
    from pacc.tui.leaving import end_when  # start-up: as above

    settings = read_settings().tui
    keys = remapped(settings.keys)
    end_when(_leaving())
    Dashboard(store, first=first, read_only=read_only, keys=keys, **_look()).run(mouse=settings.mouse)


def _check_together(
    *, at: datetime | None, screenshot: Path | None, serve: bool, port: int, allow_actions: bool
) -> None:
    if at is not None and screenshot is None:
        raise UsageError("--at is the time of a picture: give --screenshot as well")
    if serve and screenshot is not None:
        raise UsageError("--serve and --screenshot are two things: give one of them")
    if not serve and (port or allow_actions):
        raise UsageError("--port and --allow-actions are for browsers: give --serve as well")


def _serve(first: str, port: int, *, allow_actions: bool) -> None:
    """Serve browsers until Ctrl-C or a signal ends it."""
    import asyncio  # start-up: for browsers alone

    try:
        from pacc.tui.serving import Serving, command_of_a_tab  # start-up: as above
    except ImportError:
        raise CommandError(
            "browsers are served by an extra that is not installed", hint="pip install 'pacc[web]'"
        ) from None

    def tell(address: str) -> None:
        terminal.line(address)
        terminal.out.flush()
        terminal.remark("Whoever has this address can look in. Ctrl-C ends it.")

    serving = Serving(command_of_a_tab(first, allow_actions=allow_actions))
    try:
        asyncio.run(serving.until_stopped(port, tell))
    except OSError as error:
        raise CommandError(
            f"port {port} cannot be had: {error.strerror}", hint="pacc dashboard --serve --port 0"
        ) from None


def _places() -> set[str]:
    from pacc.tui.places import PLACES  # start-up

    return {place.name for place in PLACES}


def _size(text: str) -> tuple[int, int]:
    found = _SIZE.fullmatch(text)
    if found is None or int(found[1]) < 40 or int(found[2]) < 12:
        raise UsageError(f'--size: "{text}" is no size from 40x12 to 999x999, such as 80x24')
    return int(found[1]), int(found[2])


def _is_a_tab() -> bool:
    """Say whether this process draws for a browser."""
    return "web_driver" in os.environ.get("TEXTUAL_DRIVER", "")


def _leaving() -> Callable[[], bool]:
    """Return what says whether nobody looks any more: the server of a tab is gone, or the terminal."""
    parent = os.getppid()
    return (lambda: os.getppid() != parent) if _is_a_tab() else (lambda: not is_terminal(sys.__stdin__))


def _require_terminal() -> None:
    if _is_a_tab():
        return  # a browser is the terminal
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)) or os.environ.get("TERM") == "dumb":
        raise UsageError("the dashboard needs a terminal", hint="pacc flow-run ls, or pacc flow-run watch")

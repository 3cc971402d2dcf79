"""Programs of the person's own that take the terminal, and give it back when they end; a browser has none to give."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from pacc._internal.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from textual.app import App

    from pacc.tui.screens.page import Page


def shell(page: Page, folder: Path) -> None:
    """Open a shell in a folder.

    Args:
        page: the screen it is opened from.
        folder: where it begins.
    """
    command = [os.environ.get("SHELL") or "/bin/sh"]
    _give_terminal(page, "A shell", lambda: subprocess.run(command, cwd=folder, check=False))  # noqa: S603 - the person's own


def page(page: Page, *words: str) -> None:
    """Read with the person's pager what a command of pacc prints.

    Args:
        page: the screen it is read from.
        words: the command, behind `pacc`.
    """
    pager = os.environ.get("PAGER") or shutil.which("less") or "more"
    told = f"pacc {' '.join(words)} | {pager}"
    dash = page.dashboard
    environ = {**os.environ, "PACC_HOME": str(dash.store.home)}
    if dash.read_only:
        environ["LESSSECURE"] = "1"  # it starts programs otherwise

    def read() -> None:
        os.write(2, f"$ {told}\n".encode())  # it stays on the terminal when the pager has gone
        with subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "pacc", *words],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as printing:
            subprocess.run(pager, shell=True, stdin=printing.stdout, env=environ, check=False)  # noqa: S602 - as git and man do
            if printing.stdout is not None:
                printing.stdout.close()  # one who has read enough leaves the rest

    _give_terminal(page, "A pager", read)


def _give_terminal(page: Page, what: str, run: Callable[[], object]) -> None:
    try:
        with given_terminal(page.app):
            run()
    except SuspendNotSupported:
        page.notify(f"{what} needs a terminal of its own.", severity="warning", markup=False)
    except OSError as problem:
        page.notify(visible(str(problem)), severity="warning", markup=False)


@contextmanager
def given_terminal(app: App[None]) -> Iterator[None]:
    """Give the terminal away for as long as something else wants it.

    Args:
        app: the app that lies down meanwhile.

    Raises:
        SuspendNotSupported: it has no terminal to give away, as in a browser.
    """
    with app.suspend(), _interruptions_are_for_others():
        yield


@contextmanager
def _interruptions_are_for_others() -> Iterator[None]:
    """Let Ctrl-C reach the program and not end the dashboard; one that is ignored would be ignored by the program, too."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

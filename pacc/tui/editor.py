"""Text in the editor of the person's own, which takes the terminal for so long."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from pacc.tui.outside import given_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

USUAL = "vi"


class EditorFailed(Exception):
    """The editor could not be started, or said that it had failed."""


def edited(app: App[None], text: str, *, suffix: str = ".yaml") -> str:
    """Return what a text has become in `$VISUAL`, `$EDITOR` or vi. It lies in a file that only its owner can read, for so long.

    Args:
        app: the app that lies down meanwhile.
        text: what there is to edit.
        suffix: the end of the file's name, from which editors know what it is.

    Raises:
        SuspendNotSupported: the app has no terminal to give away, as in a browser.
        EditorFailed: there is no such editor, or it ended with an error.
    """
    words = _words(os.environ.get("VISUAL") or os.environ.get("EDITOR") or USUAL)
    with tempfile.TemporaryDirectory(prefix="pacc-") as folder:
        path = Path(folder) / f"values{suffix}"
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        with given_terminal(app):
            try:
                code = subprocess.run([*words, str(path)], check=False).returncode  # noqa: S603 - the person's own
            except OSError as error:
                raise EditorFailed(
                    f'the editor "{words[0]}" cannot be started: {error.strerror}; set EDITOR to one that can'
                ) from error
        if code:
            raise EditorFailed(f'the editor "{words[0]}" ended with code {code}; nothing was taken over')
        return path.read_text(encoding="utf-8", errors="replace")


def _words(editor: str) -> list[str]:
    try:
        return shlex.split(editor) or [USUAL]
    except ValueError as error:
        raise EditorFailed(f"EDITOR is no command: {error} in {editor}") from None


def have_written(
    app: App[None], title: str, text: str, wrong: Callable[[str], str | None], take: Callable[[str], None]
) -> None:
    """Have a text written in the person's editor, or on a page where there is no terminal to give away.

    What the editor gives back and is wrong is put on the page as well, so that nothing is lost.

    Args:
        app: the app.
        title: what is written.
        text: what there is to begin with.
        wrong: says what is wrong with a text, if anything.
        take: gets the text, unless the person leaves it.

    Raises:
        EditorFailed: there is no such editor, or it ended with an error.
    """
    try:
        text = edited(app, text)
        if wrong(text) is None:
            take(text)
            return
    except SuspendNotSupported:
        pass
    from pacc.tui.screens.writing import Writing  # start-up: only to write on one

    app.push_screen(Writing(title, text, wrong), lambda now: None if now is None else take(now))

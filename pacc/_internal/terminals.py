"""Whether a stream is a terminal, and whether it is to be coloured: the customs of the shell, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person looks at the stream; one that is missing or closed has nobody."""
    try:
        return stream is not None and stream.isatty()
    except (AttributeError, ValueError):
        return False


def wants_color(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether colour may be written to a stream.

    A `NO_COLOR` that is not empty wins, then `FORCE_COLOR` and `CLICOLOR_FORCE`, then `TERM=dumb`, then whether the stream is a
    terminal.
    """
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return environ.get("TERM") != "dumb" and is_terminal(stream)

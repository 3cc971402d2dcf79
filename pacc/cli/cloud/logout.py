"""`pacc cloud logout`."""

from __future__ import annotations

from pacc.cli._terminal import terminal


def command() -> None:
    """Say that nobody is logged in: to leave a store, use another profile."""
    terminal.remark("Nobody is logged in; to use another store: pacc cloud workspace set")

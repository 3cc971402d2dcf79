"""Artifacts drawn on a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from pacc.cli._terminal import terminal
from pacc.presentation.artifacts import artifact_text
from pacc.presentation.drawn_artifacts import drawn


def draw(kind: str | None, data: Any) -> None:
    """Draw an artifact's content on standard output."""
    console = Console(file=terminal.out, no_color=not terminal.colored(terminal.out), highlight=False)
    found = drawn(kind, data)
    if found is None:
        terminal.lines(artifact_text(kind, data))
        return
    console.print(found)

"""Runs started by others: a supervisor for each, and the runner that starts them when they are due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pacc.runner.runner import Runner

__all__ = ["Runner"]


def __getattr__(name: str) -> Any:
    if name != "Runner":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pacc.runner.runner import Runner  # start-up: a supervisor needs none

    return Runner

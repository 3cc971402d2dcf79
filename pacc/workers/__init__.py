"""Workers: processes that take the runs of a work pool, each type in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pacc.workers.process import ProcessWorker

__all__ = ["ProcessWorker"]


def __getattr__(name: str) -> Any:
    """Load the worker when it is asked for."""
    if name == "ProcessWorker":
        from pacc.workers.process import ProcessWorker  # start-up

        return ProcessWorker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

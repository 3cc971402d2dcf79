"""Which types of workers there are: pacc's own, and those that installed packages bring.

A package names its workers in the entry points `pacc.workers`, by type, or modules that define them in `pacc.collections`.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from pacc.exceptions import ObjectNotFound

if TYPE_CHECKING:
    from pacc.workers.base import BaseWorker

_known: dict[str, type[BaseWorker[Any, Any, Any]]] = {}


def register(worker: type[BaseWorker[Any, Any, Any]]) -> None:
    """Let a class of workers be found by its type; a later one of the same type takes its place."""
    if getattr(worker, "type", None):
        _known[worker.type] = worker


def worker_class(type: str) -> type[BaseWorker[Any, Any, Any]]:
    """Return the class of workers of a type.

    Raises:
        ObjectNotFound: there is none.

    >>> worker_class("process").__name__
    'ProcessWorker'
    """
    known = worker_classes()
    if type not in known:
        raise ObjectNotFound(f'no worker of type "{type}"; there are {", ".join(sorted(known))}')
    return known[type]


def worker_classes() -> dict[str, type[BaseWorker[Any, Any, Any]]]:
    """Return every class of workers by its type, those of installed packages loaded."""
    from pacc.workers import process  # start-up: which registers itself

    _load_installed()
    return {process.ProcessWorker.type: process.ProcessWorker, **_known}


@cache
def _load_installed() -> None:
    """Load what installed packages name; one that cannot be loaded is said and passed over."""
    for group in ("pacc.workers", "pacc.collections"):
        for entry in entry_points(group=group):
            try:
                loaded = entry.load()
            except Exception:
                logging.getLogger("pacc.workers").warning(
                    "The entry point %r of %s cannot be loaded", entry.name, group, exc_info=True
                )
                continue
            if group == "pacc.workers":
                register(loaded)

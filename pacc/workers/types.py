"""Which types of workers there are: pacc's own, and those that installed packages bring.

A package names its workers in the entry points `pacc.workers`, by type, or modules that define them in `pacc.collections`.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from pacc.exceptions import ObjectNotFound
from pacc.schemas.plugins import Plugin

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

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

    for plugin in installed():
        if plugin.error is not None:
            _warn(plugin)
    return {process.ProcessWorker.type: process.ProcessWorker, **_known}


@cache
def _warn(plugin: Plugin) -> None:
    logging.getLogger("pacc.workers").warning(
        "The entry point %r of %s cannot be loaded: %s", plugin.name, plugin.group, plugin.error
    )


@cache
def installed() -> tuple[Plugin, ...]:
    """Load what installed packages name, once, and return what became of each."""
    return tuple(
        _loaded(entry)
        for group in ("pacc.workers", "pacc.collections")
        for entry in entry_points(group=group)
    )


def _loaded(entry: EntryPoint) -> Plugin:
    told: dict[str, Any] = {"group": entry.group, "name": entry.name, "value": entry.value}
    told["package"] = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else ""
    try:
        loaded = entry.load()
    except Exception as error:  # noqa: BLE001 - whatever the package's code does; the command and a warning tell it
        return Plugin(**told, error=f"{type(error).__name__}: {error}")
    if entry.group == "pacc.workers":
        register(loaded)
    workers, blocks = _brought(loaded)
    return Plugin(**told, workers=workers, blocks=blocks)


def _brought(loaded: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The types of workers and the slugs of blocks that a class, or a module with classes, brings."""
    from pacc.blocks.core import Block  # start-up: pydantic, and only where something is installed
    from pacc.workers.base import BaseWorker  # start-up: as above

    own = [loaded] if isinstance(loaded, type) else list(vars(loaded).values())
    kinds = [each for each in own if isinstance(each, type)]
    workers = {each.type for each in kinds if issubclass(each, BaseWorker) and getattr(each, "type", None)}
    blocks = {each.get_block_type_slug() for each in kinds if issubclass(each, Block) and each is not Block}
    return tuple(sorted(workers)), tuple(sorted(blocks))

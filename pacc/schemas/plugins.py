"""What installed packages bring to pacc."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """An entry point of an installed package, and what became of loading it."""

    package: str
    """The package, with its version."""
    group: str
    """The group of entry points: `pacc.workers` or `pacc.collections`."""
    name: str
    """The entry point's name."""
    value: str
    """Where it leads: `module` or `module:Class`."""
    workers: tuple[str, ...] = ()
    """The types of workers it brings."""
    blocks: tuple[str, ...] = ()
    """The slugs of the block types it brings."""
    error: str | None = None
    """Why it could not be loaded."""

"""File systems: blocks that say where files are kept. They are loaded when they are first named; runs that keep none need none."""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`

if TYPE_CHECKING:
    from typing import Any

    from pacc.filesystems.blocks import (
        SMB,
        LocalFileSystem,
        NullFileSystem,
        ReadableDeploymentStorage,
        ReadableFileSystem,
        RemoteFileSystem,
        WritableDeploymentStorage,
        WritableFileSystem,
    )

__all__ = [
    "SMB",
    "LocalFileSystem",
    "NullFileSystem",
    "ReadableDeploymentStorage",
    "ReadableFileSystem",
    "RemoteFileSystem",
    "WritableDeploymentStorage",
    "WritableFileSystem",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pacc.filesystems import blocks  # start-up: they need pydantic

    return getattr(blocks, name)

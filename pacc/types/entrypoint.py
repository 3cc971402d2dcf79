"""How an entrypoint names a flow."""

from __future__ import annotations

from enum import Enum


class EntrypointType(Enum):
    """By the path of its file, or by the dotted name of its module."""

    FILE_PATH = "file_path"
    MODULE_PATH = "module_path"

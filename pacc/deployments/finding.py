"""The flows of a folder, found without importing anything: a function under `@flow` in a file of Python."""

from __future__ import annotations

import ast
import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_FILES = 2000


def flows_in(folder: Path) -> list[str]:
    """Return the entrypoints of the flows in a folder and below it, `file.py:function`, by file and place.

    Folders of hidden names, of virtual environments and of packages of others are passed over, and files that are no Python.

    Args:
        folder: where to look.

    >>> flows_in(Path("a folder that is not there"))
    []
    """
    found = []
    for file in islice(_files(folder), _MOST_FILES):
        place = file.relative_to(folder).as_posix()
        found += [f"{place}:{name}" for name in _flows_of(file)]
    return found


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if name[0] not in "._" and name not in ("node_modules", "site-packages", "build", "dist")
            and not os.path.exists(os.path.join(here, name, "pyvenv.cfg"))
        )  # fmt: skip
        yield from (Path(here, name) for name in sorted(files) if name.endswith(".py"))


def _flows_of(file: Path) -> Iterator[str]:
    try:
        text = file.read_text("utf-8")
        tree = ast.parse(text) if "flow" in text else None
    except (OSError, ValueError, SyntaxError, RecursionError):
        return
    for node in tree.body if tree is not None else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            map(_is_flow, node.decorator_list)
        ):
            yield node.name


def _is_flow(decorator: ast.expr) -> bool:
    """`@flow`, `@flow(...)`, `@pacc.flow`, and the like."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", None)) == "flow"

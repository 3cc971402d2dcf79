"""Help without what a command works with: to show a page, what it does its work by is not loaded.

A command's module imports services, tables and the like at its top, and a page needs none of them. While a process shows help and
nothing else, they are stood in for: `from pacc.services import flow_runs` gives a name that nobody may use.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORK = tuple(
    f"pacc.{name}."
    for name in (
        "at_boot", "automations", "blocks", "client", "deployments", "engine", "events", "flows", "logging", "loops", "results",
        "services", "settings", "store", "task_runners", "tasks", "tui", "workers",
    )
)  # fmt: skip
"""What commands do their work by, whole packages of it."""
_SHELVES = ("pacc.presentation.", "pacc.schemas.")
"""Packages of which pages need little ..."""
_NAMED = {
    "pacc.presentation.folding", "pacc.schemas.choices", "pacc.schemas.sorting", "pacc.schemas.webhooks",
}  # fmt: skip
"""... namely these, of which they name a constant."""


def is_all_that_is_asked(words: Sequence[str]) -> bool:
    """Say whether a command line asks for a page of help for certain, and not for that of a flow.

    Example:
        >>> is_all_that_is_asked(["flow-run", "ls", "--help"]), is_all_that_is_asked(["shell", "add", "--", "ls", "--help"])
        (True, False)
    """
    *before, last = words or [""]
    may_be_of_a_flow = "run" in before and (before[0] == "run" or before[0].startswith("-"))
    may_be_a_value = "--" in before or "".join(before[-1:]).startswith("-")
    return last == "--help" and not may_be_of_a_flow and not may_be_a_value


def load_nothing_else() -> None:
    """Stand in for what commands work with, for the rest of this process."""
    sys.meta_path.insert(0, _Finder())


def is_loaded_alone() -> bool:
    """Say whether this process shows help and nothing else."""
    return any(isinstance(each, _Finder) for each in sys.meta_path)


class _Finder:
    """Finds and loads alike; `importlib.abc`, which has both in writing, takes 3 ms to load."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        del path, target
        if f"{fullname}.".startswith(_WORK) or (fullname.startswith(_SHELVES) and fullname not in _NAMED):
            return ModuleSpec(fullname, self, is_package=True)  # type: ignore[arg-type]  # as said above
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Unneeded(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        del module


class _Unneeded(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Unneeded(f"{self.__name__}.{name}")

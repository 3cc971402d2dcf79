"""Entrypoints: text that names a function in a file or a module."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

from pacc.exceptions import MissingFlowError, ScriptError

LOADED_PREFIX = "__pacc_loaded_"
"""What the names of modules made from files begin with."""


def load_object(entrypoint: str) -> Any:
    """Return what an entrypoint names, loading its file or module.

    Raises:
        MissingFlowError: the file, the module or the name in it is missing. ScriptError: loading it raised an error.
    """
    place, separator, name = entrypoint.rpartition(":")
    if not separator:
        place, separator, name = entrypoint.rpartition(".")
        if not separator or place.endswith(("/", ".py")) or name == "py":
            raise MissingFlowError(
                f"the entrypoint {entrypoint!r} names no function; write 'file.py:function'"
            )
    module = load_file(place) if place.endswith(".py") or os.sep in place else load_module(place)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise MissingFlowError(
                f"there is no {name!r} in {place!r}; look at the entrypoint {entrypoint!r}"
            )
        found = getattr(found, part)
    return found


def load_file(path: str) -> Any:
    """Return the module made from a Python file; its folder is importable while it loads and afterwards.

    Raises:
        MissingFlowError: there is no such file. ScriptError: it raised an error.
    """
    file = Path(path).expanduser().resolve()
    if not file.is_file():
        raise MissingFlowError(f"there is no file {str(path)!r} (looked for {str(file)!r})")
    name = f"{LOADED_PREFIX}{abs(hash(str(file))):x}__"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise MissingFlowError(f"{str(path)!r} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    _make_importable(str(file.parent))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        sys.modules.pop(name, None)
        raise ScriptError(user_exc=error, path=str(file)) from error
    return module


def load_module(name: str) -> Any:
    """Return a module by its dotted name, found from the current folder too.

    Raises:
        MissingFlowError: there is no such module. ScriptError: it raised an error.
    """
    _make_importable(os.getcwd())
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and name.startswith(error.name):
            raise MissingFlowError(
                f"there is no module {name!r}; for a file write 'file.py:function'"
            ) from None
        raise ScriptError(user_exc=error, path=name) from error
    except Exception as error:
        raise ScriptError(user_exc=error, path=name) from error


def _make_importable(folder: str) -> None:
    if folder not in sys.path:
        sys.path.insert(0, folder)

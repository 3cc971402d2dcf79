"""Entrypoints: text that names a function in a file or a module."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc._internal.near_files import instead_of
from pacc.engine import place
from pacc.exceptions import MissingFlowError, ScriptError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOADED_PREFIX = "__pacc_loaded_"
"""What the names of modules made from files begin with."""
_LISTED = 5


def load_object(entrypoint: str) -> Any:
    """Return what an entrypoint names, loading its file or module.

    Raises:
        MissingFlowError: the file, the module or the name in it is missing. ScriptError: loading it raised an error.
    """
    place, separator, name = entrypoint.rpartition(":")
    if not separator:
        place, separator, name = entrypoint.rpartition(".")
        if not separator or place.endswith(("/", ".py")) or name == "py":
            raise _names_nothing(entrypoint)
    if not place or not name:
        raise _names_nothing(entrypoint)
    module = load_file(place) if place.endswith(".py") or os.sep in place else load_module(place)
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise MissingFlowError(
                f"there is no {name!r} in {place!r}", hint=_named_instead(found, part, place)
            )
        found = getattr(found, part)
    return found


def _names_nothing(entrypoint: str) -> MissingFlowError:
    return MissingFlowError(f"the entrypoint {entrypoint!r} names no function; write 'file.py:function'")


def _named_instead(found: Any, name: str, place: str) -> str:
    """Return what may have been meant by a name that is not in a module: a flow or a task of it, or a function that is neither yet."""
    from difflib import get_close_matches  # start-up: only a mistake needs it

    public = {each: value for each, value in vars(found).items() if not each.startswith("_")}
    decorated = [each for each, value in public.items() if hasattr(value, "fn")]
    near = get_close_matches(
        name, decorated or [each for each, value in public.items() if callable(value)], n=1
    )
    if near:
        return f"Did you mean '{place}:{near[0]}'?"
    if not decorated:
        return "It has neither a flow nor a task: decorate a function with @flow or @task."
    more = ", ..." if len(decorated) > _LISTED else ""
    return f"It has {', '.join(decorated[:_LISTED])}{more}."


def entrypoint_of(flow: Any) -> str | None:
    """Return what names a flow in the file it is written in, `None` where it could not be found again by that.

    That is so for flows defined in a notebook, with `python -c`, inside a function, or bound to an instance. Found once for each flow.
    """
    known: str | None = flow.__dict__.get("_entrypoint", "")
    if known == "":
        known = flow.__dict__["_entrypoint"] = _found_at(flow)
    return known


def _found_at(flow: Any) -> str | None:
    module = sys.modules.get(flow.__module__)
    file = getattr(module, "__file__", None)
    if file is None or not file.endswith(".py") or (flow.ismethod and not flow.isclassmethod):
        return None
    name = next((name for name, value in vars(module).items() if value is flow), flow.__qualname__)
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is None or getattr(found, "fn", None) is not flow.fn or found.name != flow.name:
        return None
    path = os.path.abspath(file)
    return f"{path}:{name}" if os.path.isfile(path) else None


def load_file(path: str) -> Any:
    """Return the module made from a Python file; its folder is importable while it loads and afterwards.

    Raises:
        MissingFlowError: there is no such file. ScriptError: it raised an error.
    """
    file = Path(path).expanduser().resolve()
    if not file.is_file():
        found = "" if str(path) == str(file) else f" (looked for {str(file)!r})"
        raise MissingFlowError(f"there is no file {str(path)!r}{found}", hint=instead_of(path))
    name = f"{LOADED_PREFIX}{abs(hash(str(file))):x}__"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise MissingFlowError(f"{str(path)!r} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    _make_importable(str(file.parent))
    try:
        with _loading():
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        sys.modules.pop(name, None)
        if isinstance(error, ImportError) and "relative import" in str(error):
            return _load_from_package(file)
        raise ScriptError(user_exc=error, path=str(file)) from error
    return module


@contextmanager
def _loading() -> Iterator[None]:
    """Load a program up to where it calls a flow, as one without `if __name__ == "__main__"` does."""
    thread = threading.get_ident()
    outermost = thread not in place.loading
    place.loading.add(thread)
    try:
        with suppress(place.CalledWhileLoading):
            yield
    finally:
        if outermost:
            place.loading.discard(thread)


def _load_from_package(file: Path) -> Any:
    """Return a file that is a module of a package as that: it imports its neighbours by relative names."""
    root, parts = file.parent, [file.stem]
    while (root / "__init__.py").is_file():
        parts.insert(0, root.name)
        root = root.parent
    _make_importable(str(root))
    return load_module(".".join(parts))


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
                f"there is no module {name!r}; for a file write 'file.py:function'",
                hint=f"It is looked for in {os.getcwd()!r} and among what is installed.",
            ) from None
        raise ScriptError(user_exc=error, path=name) from error
    except Exception as error:
        raise ScriptError(user_exc=error, path=name) from error


def _make_importable(folder: str) -> None:
    if folder not in sys.path:
        sys.path.insert(0, folder)

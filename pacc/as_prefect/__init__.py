"""Scripts written for Prefect, run as they stand: `import prefect` leads to pacc, in this process and in its children.

>>> install()
>>> from prefect import flow
>>> from prefect.futures import PrefectFuture
>>> PrefectFuture
<class 'pacc.futures.PaccFuture'>

The modules under Prefect's names stand in for those of pacc: what is asked of them is looked up there, with `Prefect` in a name read
as `Pacc`. That holds where Prefect is installed as well.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pacc._internal.aliases import run_as_prefect
from pacc._internal.near_files import instead_of
from pacc.as_prefect._finder import Finder
from pacc.exceptions import ConfigurationError, MissingFlowError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

__all__ = ["install", "module", "script", "take_place"]

SHIM = Path(__file__).with_name("shim")
"""A folder of packages with Prefect's names, by which child processes find pacc."""

_UNLIKE_PACC = {"PACC_FLOWS_UNOBSERVED_FAILURES": "ignore"}
"""Settings by which pacc differs from Prefect on purpose, as Prefect has them."""


def install() -> None:
    """Let `prefect` and its integrations lead to pacc, from here on and in processes started from here.

    `PREFECT_` variables of the environment count as those of pacc that are not set.

    Raises:
        ConfigurationError: the real Prefect was imported already.
    """
    if any(isinstance(finder, Finder) for finder in sys.meta_path):
        return
    real = sys.modules.get("prefect")
    if real is not None and not str(getattr(real, "__file__", "")).startswith(str(SHIM)):
        raise ConfigurationError(
            "Prefect itself was imported already, so this process cannot run as Prefect on pacc",
            hint="Start over with: pacc run --as-prefect SCRIPT",
        )
    sys.meta_path.insert(0, Finder())
    run_as_prefect()
    _set_environment()


def _set_environment() -> None:
    from pacc.settings import refresh_settings  # start-up: only here are all names needed
    from pacc.settings.declared import BY_ANY_NAME

    for name, value in list(os.environ.items()):
        ours = name.replace("PREFECT_", "PACC_", 1)
        if name.startswith("PREFECT_") and ours in BY_ANY_NAME:
            os.environ.setdefault(ours, value)
    for name, value in _UNLIKE_PACC.items():
        os.environ.setdefault(name, value)
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    if str(SHIM) not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join([str(SHIM), *paths])
    refresh_settings()


def take_place(name: str) -> ModuleType:
    """Put the module that leads to pacc where a package of the shim is being imported, and return it."""
    from importlib import import_module

    install()
    del sys.modules[name]
    return import_module(name)


def script(path: str, arguments: Sequence[str] = ()) -> Callable[[], None]:
    """Return what runs a script written for Prefect, as `python script.py` would.

    Args:
        path: the script.
        arguments: what it finds in `sys.argv` behind its own name.

    Raises:
        MissingFlowError: there is no such file. ConfigurationError: see `install`.

    >>> script("etl.py", ["--day", "monday"])()  # doctest: +SKIP
    """
    if not Path(path).is_file():
        raise MissingFlowError(
            f'there is no script "{path}" (looked for "{Path(path).resolve()}")', hint=instead_of(path)
        )
    install()

    def run() -> None:
        sys.argv = [path, *arguments]
        sys.path.insert(0, str(Path(path).resolve().parent))
        runpy.run_path(path, run_name="__main__")

    return run


def module(name: str, arguments: Sequence[str] = ()) -> Callable[[], None]:
    """Return what runs a module written for Prefect, as `python -m module` would; see `script`.

    Raises:
        MissingFlowError: there is no such module. ConfigurationError: see `install`.
    """
    install()
    sys.path.insert(0, os.getcwd())
    if not _is_there(name):
        raise MissingFlowError(
            f'there is no module "{name}"',
            hint=f'It is looked for in "{os.getcwd()}" and among what is installed.',
        )

    def run() -> None:
        sys.argv = [name, *arguments]
        runpy.run_module(name, run_name="__main__", alter_sys=True)

    return run


def _is_there(name: str) -> bool:
    from importlib.util import find_spec  # start-up

    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False

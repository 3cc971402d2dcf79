"""The examples in docstrings are run, so they are true."""

from __future__ import annotations

import doctest
import linecache
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages

import pytest

import pacc
from pacc import flow, task
from pacc._internal.clock import now

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL

EXTRAS = {"pacc.integrations.dask": "distributed", "pacc.integrations.ray": "ray"}
"""Modules that need what is not installed everywhere."""


def examples():
    """Return every docstring with an example, by the name of what it documents."""
    found = []
    for module in walk_packages(pacc.__path__, "pacc."):
        if module.name != "pacc.__main__" and (module.name not in EXTRAS or find_spec(EXTRAS[module.name])):
            found += doctest.DocTestFinder().find(import_module(module.name))
    linecache.clearcache()  # or each run of an example looks whether any of these files has changed
    return [each for each in found if each.examples]


@flow
def greet(name: str) -> str:
    return f"Hello, {name}"


@task
def fetch(number: int) -> int:
    return 2 * number


def call_the_flow() -> None:
    greet("Ada")


NAMES = {
    "Path": Path,
    "call_the_flow": call_the_flow,
    "fetch": fetch,
    "flow": flow,
    "greet": greet,
    "my_task": fetch,
    "now": now,
    "task": task,
}
"""What docstrings may speak of without saying where it comes from."""


@pytest.fixture(autouse=True)
def _as_it_was():
    """What an example does to the process, such as running it as Prefect, is undone."""
    environment, finders, modules = dict(os.environ), list(sys.meta_path), set(sys.modules)
    yield
    os.environ.clear()
    os.environ.update(environment)
    sys.meta_path[:] = finders
    for name in set(sys.modules) - modules:
        if name.partition(".")[0] == "prefect":
            del sys.modules[name]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_is_true(example, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    example.globs = {**NAMES, **example.globs}
    doctest.DocTestRunner(optionflags=FLAGS).run(example, clear_globs=False)
    said = capsys.readouterr().out
    assert "Failed example" not in said, said

"""What a fresh interpreter loads, and what it leaves alone. (The names `from pacc import` offers: `test_public_names.py`.)"""

from __future__ import annotations

import importlib
import json
import sys

import pytest

REPORT = """
import json, logging, signal, sys
before = repr((logging.root.level, logging.root.handlers, signal.getsignal(signal.SIGTERM)))
{code}
after = repr((logging.root.level, logging.root.handlers, signal.getsignal(signal.SIGTERM)))
print(json.dumps([before == after, sorted({{name.partition(".")[0] for name in sys.modules}})]))
"""

DECLARE = (
    "from pacc import flow, task\n@task\ndef one(x): return x\n@flow\ndef f(*args, **kwargs): return one(1)\n"
)
NEVER = {
    "pydantic",
    "rich",
    "typer",
    "textual",
    "tomlkit",
    "yaml",
    "coolname",
    "croniter",
    "cloudpickle",
    "cryptography",
}


@pytest.fixture
def loaded(run_python):
    """Run code in a fresh interpreter; returns which modules it loaded, having left logging and signals alone."""

    def load(code):
        finished = run_python(REPORT.format(code=code))
        assert finished.code == 0, finished.output
        untouched, modules = json.loads(finished.stdout.splitlines()[-1])
        assert untouched
        return set(modules)

    return load


@pytest.mark.parametrize("code", ["import pacc", "from pacc import flow, task", DECLARE])
def test_declaring_loads_nothing_that_costs(loaded, code):
    assert loaded(code) & (NEVER | {"asyncio", "sqlite3", "concurrent"}) == set()


def test_an_untyped_flow_runs_without_validating_anything(loaded):
    assert loaded(DECLARE + "f(1, 2, x=3)") & ((NEVER - {"coolname"}) | {"asyncio"}) == set()


def test_values_that_are_what_their_hints_say_need_no_validation(loaded):
    code = "from pacc import flow\n@flow\ndef f(number: int, city: str = 'Ulm'): return number\nf(3)"
    assert "pydantic" not in loaded(code)


def test_a_value_that_has_to_be_coerced_does(loaded):
    code = "from pacc import flow\n@flow\ndef f(number: int): return number\nassert f('3') == 3"
    assert "pydantic" in loaded(code)


def test_an_async_flow_loads_no_more_than_its_loop(loaded):
    code = "import asyncio\nfrom pacc import flow\n@flow\nasync def f(): return 1\nasyncio.run(f())"
    assert loaded(code) & (NEVER - {"coolname"}) == set()


def test_the_dashboard_is_drawn_before_it_loads_what_reads_the_store(run_python):
    code = (
        "import sys, pacc.store, pacc.tui.app\n"
        "from pacc.tui.places import PLACES\n"
        "print(*(place.load().name_of_screen for place in PLACES[:2]))\n"
        "print(*(name for name in sys.modules if name.startswith('pacc.services.')))"
    )
    assert run_python(code).stdout == "home runs\n\n"


@pytest.mark.parametrize("name", ["context", "exceptions", "flows", "runtime", "states", "tasks"])
def test_modules_people_reach_through_the_package_are_there(loaded, name):
    loaded(f"import pacc\nassert pacc.{name}.__name__ == 'pacc.{name}'")


@pytest.mark.parametrize("name", ["dask", "ray"])
def test_an_integration_without_its_packages_says_what_to_install(monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, f"pacc.integrations.{name}", raising=False)
    with pytest.raises(ModuleNotFoundError, match=rf"pip install 'pacc\[{name}\]'") as caught:
        importlib.import_module(f"pacc.integrations.{name}")
    assert caught.value.name == name

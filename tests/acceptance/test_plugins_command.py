"""`pacc plugins diagnose`: packages that bring workers and blocks, as they lie where packages are installed."""

from __future__ import annotations

import json
import sys

import pytest

from pacc.cli.root import main
from pacc.workers import types

ENTRIES = """
[pacc.workers]
mine = demo_plugin:MyWorker

[pacc.collections]
good = demo_plugin
broken = demo_plugin_that_is_not_there
"""
MODULE = """
from pacc.blocks.core import Block
from pacc.workers.base import BaseWorker

class MyBlock(Block):
    x: int = 1

class MyWorker(BaseWorker):
    type = "demo-type"

    async def run(self, flow_run, configuration, task_status=None):
        ...
"""


@pytest.fixture
def pacc(capsys, monkeypatch):
    """Run `pacc plugins diagnose` in this process; the types of workers are as before when the test ends."""
    monkeypatch.setattr(types, "_known", dict(types._known))
    types.installed.cache_clear()
    yield lambda *words: (int(main(["plugins", "diagnose", *words])), *capsys.readouterr())
    types.installed.cache_clear()
    sys.modules.pop("demo_plugin", None)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package with entry points."""
    folder = tmp_path / "packages"
    (folder / "demo-1.0.dist-info").mkdir(parents=True)
    (folder / "demo-1.0.dist-info" / "METADATA").write_text("Name: demo\nVersion: 1.0\n")
    (folder / "demo-1.0.dist-info" / "entry_points.txt").write_text(ENTRIES)
    (folder / "demo_plugin.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(folder))


def test_where_nothing_is_installed_that_is_said(pacc):
    assert pacc() == (0, "", "no installed package brings anything to pacc\n")
    assert pacc("-o", "json")[1] == "[]\n"


def test_what_a_package_brings_and_what_keeps_it_from_it(package, pacc):
    code, out, _ = pacc("-o", "json")
    found = {each["name"]: each for each in json.loads(out)}
    assert (code, {each["package"] for each in found.values()}) == (0, {"demo 1.0"})
    assert (found["mine"]["workers"], found["good"]["blocks"]) == (["demo-type"], ["myblock"])
    assert found["broken"]["error"].startswith("ModuleNotFoundError: No module named")
    assert types.worker_class("demo-type").__name__ == "MyWorker"
    assert "cannot be loaded: ModuleNotFoundError" in pacc()[1]

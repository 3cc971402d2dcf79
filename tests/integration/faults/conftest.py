"""What the fault tests share: the programs they start, and the checker of stores those programs use too."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture(scope="session")
def checking():
    """The checker of stores; see programs/checking.py."""
    spec = importlib.util.spec_from_file_location("faults_checking", PROGRAMS / "checking.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run_program(run_python):
    """Run one of the programs to its end; it must end well. Returns what it wrote."""

    def run(name, *arguments, timeout=60, env=None):
        finished = run_python(PROGRAMS / name, *map(str, arguments), timeout=timeout, env=env)
        assert finished.code == 0, finished.output
        return finished.output

    return run

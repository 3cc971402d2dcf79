"""One file that holds pacc and all it needs. Making it asks a package index, so this runs with the full counts alone."""

from __future__ import annotations

import json
import os
import subprocess
import time
import venv
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOW = """
from pacc import flow

@flow
def add(number: int = 1):
    return number + 1

if __name__ == "__main__":
    add.serve("here")
"""

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def one_file(tmp_path_factory):
    """`pacc.pyz`, made as docs/installing.md says, and a bare interpreter to start it with."""
    folder = tmp_path_factory.mktemp("one_file")
    venv.create(folder / "tools", with_pip=True)
    venv.create(folder / "bare")
    tools = folder / "tools/bin"
    subprocess.run([tools / "pip", "install", "-q", "shiv"], check=True)
    options = ["--console-script", "pacc", "--compile-pyc", "--extend-pythonpath"]
    subprocess.run([tools / "shiv", *options, "--output-file", folder / "pacc.pyz", ROOT], check=True)
    return [folder / "bare/bin/python", folder / "pacc.pyz"]


@pytest.fixture
def carried(one_file, processes, tmp_path):
    """Run the file without network settings, without this checkout on the path."""
    environment = {
        "PYTHONPATH": None,
        "SHIV_ROOT": str(one_file[1].parent / "unpacked"),
        "HOME": str(tmp_path),
    }

    def run(*words, **variables):
        started = processes.start(*one_file, *words, env=environment | variables)
        return processes.finish(started, timeout=120)

    run.start = lambda *words, **variables: processes.start(*one_file, *words, env=environment | variables)
    return run


def test_it_says_its_version_at_once(carried):
    assert carried("--version").code == 0
    spent = []
    for _ in range(5):
        before = os.times()
        carried("--version")
        after = os.times()
        spent.append(
            after.children_user + after.children_system - before.children_user - before.children_system
        )
    assert median(spent) < 0.2


def test_it_runs_flows_and_commands_of_the_shell(carried, tmp_path):
    (tmp_path / "file.py").write_text(FLOW)
    assert carried("run", "file.py", "--number", "3").code == 0
    assert carried("shell", "watch", "echo hello").code == 0
    assert len(json.loads(carried("flow-run", "ls", "-o", "json").stdout)) == 2
    assert carried("completion", "bash").stdout.startswith("#")


def test_what_it_serves_runs_in_processes_that_find_pacc(carried, tmp_path):
    (tmp_path / "file.py").write_text(FLOW)
    serving = carried.start("file.py", SHIV_INTERPRETER="1")
    deadline = time.monotonic() + 60
    while not json.loads(carried("deployment", "ls", "-o", "json").stdout) and time.monotonic() < deadline:
        time.sleep(0.2)
    ended = carried("deployment", "run", "add/here", "--watch")
    assert (ended.code, "Completed" in ended.output) == (0, True)
    serving.terminate()
    serving.wait(timeout=30)


def test_it_was_made_by_the_documented_command():
    page = (ROOT / "docs/installing.md").read_text()
    assert "shiv --console-script pacc --compile-pyc --extend-pythonpath --output-file pacc.pyz" in page

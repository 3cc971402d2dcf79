"""Processes are counted, measured and ended, and how one ended is put into words."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from pacc._internal import process_tree as tree
from pacc.orchestration.run_limits import Limits, parsed_size
from pacc.runner import endings
from pacc.runner.memory import MemoryKills


@pytest.fixture
def family():
    """A shell with a child, in a group of their own."""
    shell = subprocess.Popen(
        ["sh", "-c", "sleep 100 & echo $!; wait"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, tree.MARK: "some-run"},
    )
    child = int(shell.stdout.readline())
    yield shell.pid, child
    os.killpg(shell.pid, signal.SIGKILL)
    shell.communicate()


@pytest.mark.parametrize("with_proc", [True, False], ids=["/proc", "ps"])
def test_the_processes_below_one_are_found_with_what_they_use(family, monkeypatch, with_proc):
    shell, child = family
    monkeypatch.setattr(tree, "IS_LINUX", with_proc)
    [member] = tree.below(shell)
    assert (member.pid, member.parent, member.group) == (child, shell, shell)
    assert 0 <= member.memory < 1_000_000_000
    assert member.cpu_seconds < 5
    assert {shell, child} <= {each.pid for each in tree.below(os.getpid())}


def test_processes_that_carry_a_runs_id_are_found(family):
    assert set(tree.carrying("some-run")) == set(family)
    assert tree.carrying("some") == []


def test_memory_of_a_process(family):
    assert tree.memory_of(family[0]) >= tree.proportional_memory_of(family[0]) > 0
    assert tree.memory_of(-1) == tree.proportional_memory_of(-1) == 0


@pytest.mark.parametrize(
    ("text", "size"),
    [("2GiB", 2 << 30), ("500MB", 500_000_000), ("1.5 k", 1500), ("1KIB", 1024), (77, 77), ("77b", 77)],
)
def test_sizes_are_read_as_people_write_them(text, size):
    assert parsed_size(text) == size


@pytest.mark.parametrize(
    "variables",
    [{"memory": "plenty"}, {"memory": True}, {"memory": "-1"}, {"cpu_seconds": "long"}, {"cpu_seconds": 0}],
)
def test_a_limit_that_is_none_is_refused_by_name(variables):
    [name] = variables
    with pytest.raises(ValueError, match=f"job variable '{name}' is"):
        Limits.of(variables)


def test_a_limit_is_passed_only_beyond_it():
    limits = Limits.of({"memory": 100, "cpu_seconds": 1})
    assert limits.exceeded_by(100, 1.0) is None
    assert "memory" in limits.exceeded_by(101, 1.0)
    assert "cpu_seconds" in limits.exceeded_by(100, 1.1)
    assert not Limits.of({"env": {}})


def test_a_kill_for_memory_is_told_from_others(tmp_path):
    vmstat, events = tmp_path / "vmstat", tmp_path / "memory.events"
    vmstat.write_text("nr_free_pages 7\noom_kill 4\n")
    events.write_text("low 0\noom_kill 0\n")
    kills = MemoryKills((str(vmstat), str(events), str(tmp_path / "missing")))
    assert not kills.happened()
    events.write_text("low 0\noom_kill 1\n")
    assert kills.happened()
    said = endings.of_process(signal.SIGKILL, 7, memory_ran_out=True, peak=4 << 30)
    assert said == (
        "The flow's process (7) was killed by the system because memory ran out; "
        "the run had used up to 4.0 GiB."
    )


def test_this_system_counts_kills_for_memory():
    assert not MemoryKills().happened()

"""A supervisor stands by each run: it tells how the run ended when the run cannot, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pacc.services import flow_runs, task_runs, variables
from pacc.services.reaping import reap


def test_a_stored_run_is_executed_and_what_it_used_is_kept(runs):
    run = runs.executed("fine", number=4)
    assert runs.recorded.history(run) == ["Scheduled", "Pending", "Running", "Completed"]
    assert run.usage["exit_code"] == 0
    assert 0 < run.usage["cpu_seconds"] < 10
    assert 1_000_000 < run.usage["peak_memory"] < 1_000_000_000
    assert run.infrastructure_pid == str(runs.supervisors[0])


def test_a_failure_is_the_flows_own_to_tell(runs):
    run = runs.executed("failing")
    assert (run.state_name, run.usage["exit_code"]) == ("Failed", 0)


@pytest.mark.parametrize(
    ("how", "said", "usage"),
    [
        ("SIGKILL", "was killed by SIGKILL, by a person or another program.", {"signal": "SIGKILL"}),
        ("SIGSEGV", "was killed by SIGSEGV.", {"signal": "SIGSEGV"}),
        ("exit", "exited with code 3 before the run had ended.", {"exit_code": 3}),
    ],
)
def test_a_run_whose_process_died_says_how_and_its_hooks_are_called(runs, how, said, usage):
    run = runs.executed("ending", how=how)
    assert run.state_name == "Crashed"
    assert run.state.message.endswith(said)
    assert usage.items() <= run.usage.items()
    assert runs.lines(str(run.id)).count("hook saw Crashed") == 1


@pytest.fixture
def small_group():
    """A control group whose processes may have 100 MiB together, where one can be made."""
    own = re.search(r":memory:(.*)", Path("/proc/self/cgroup").read_text())
    group = Path(f"/sys/fs/cgroup/memory{own[1]}" if own else "/sys/fs/cgroup") / f"pacc-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        pytest.skip("no control group can be made here")
    try:
        (group / ("memory.limit_in_bytes" if own else "memory.max")).write_text(str(100 << 20))
        yield group
    except OSError:
        pytest.skip("control groups cannot limit memory here")
    finally:
        group.rmdir()


def test_a_run_that_the_system_killed_for_memory_says_so(runs, small_group):
    run = runs.executed("eating", group=str(small_group))
    assert run.state_name == "Crashed"
    assert "was killed by the system because memory ran out; the run had used up to " in run.state.message
    assert run.usage["signal"] == "SIGKILL"


def test_what_a_dead_process_was_executing_has_crashed_with_it(runs):
    run = runs.executed("nesting")
    assert {each.state_name for each in runs.recorded.flow_runs()} == {"Crashed"}
    assert {each.state_name for each in task_runs.select(runs.recorded.store)} == {"Crashed"}
    assert "SIGKILL" in run.state.message


def test_everything_the_processes_write_is_in_the_log(runs):
    run = runs.executed("saying")
    lines = runs.lines(str(run.id))
    assert {"to standard output", "to standard error", "from a child", "unended"} <= {
        part for line in lines for part in line.split("x" * 3000)
    }
    assert any("through the root logger" in line for line in lines)
    assert "True True" in lines
    assert sum("Finished in state" in line for line in lines) == 1


def test_a_killed_run_keeps_every_line_it_wrote(runs):
    run = runs.executed("talking_until_killed")
    assert run.state_name == "Crashed"
    assert runs.lines(str(run.id))[:5000] == [f"line {number}" for number in range(5000)]


def test_a_line_that_is_too_long_is_cut_and_says_so(runs):
    run_id = runs.made("saying")
    runs.begin(run_id, "--quiet", wait=True, PACC_LOGGING_TO_API_MAX_LOG_SIZE="600")
    [long] = [line for line in runs.lines(run_id) if "xxx" in line]
    assert len(long) <= 600
    assert "bytes in all" in long


@pytest.mark.parametrize(
    ("entrypoint", "why"),
    [
        ("no_such_file.py:main", "there is no file 'no_such_file.py'"),
        (
            "broken.py:main",
            "raised ModuleNotFoundError while it was loaded: No module named 'nothing_like_it'",
        ),
        ("plain.py:main", "not a flow"),
        ("plain.py:missing", "there is no 'missing'"),
    ],
)
def test_code_that_cannot_be_loaded_crashes_the_run_with_the_reason_in_its_log(
    runs, tmp_path, entrypoint, why
):
    (tmp_path / "broken.py").write_text("import nothing_like_it")
    (tmp_path / "plain.py").write_text("def main(): ...")
    place = entrypoint if "no_such" in entrypoint else f"{tmp_path}/{entrypoint}"
    run_id = runs.made("lost", entrypoint=place)
    assert runs.begin(run_id, "--quiet", wait=True)[1] == 0
    run = runs.run(run_id)
    assert run.state_name == "Crashed"
    assert why in run.state.message
    assert why in "\n".join(runs.lines(run_id))


def test_a_run_is_executed_once(runs):
    run_id = runs.made("fine")
    assert runs.begin(run_id, "--quiet", wait=True)[1] == 0
    assert runs.begin(run_id, "--quiet", wait=True)[1] == 1
    assert runs.begin(run_id, "--quiet", "--claimed-by", "another", wait=True)[1] == 0
    assert runs.run(run_id).run_count == 1


def test_the_flow_ends_with_a_supervisor_that_is_killed(runs, begun):
    run_id, supervisor, [flow] = begun(how="wait")
    os.kill(supervisor, signal.SIGKILL)
    runs.eventually(lambda: not runs.is_there(flow))
    assert runs.nursery.poll() is None
    runs.eventually(lambda: reap(runs.recorded.store))
    assert runs.run(run_id).state_name == "Crashed"


def test_a_termination_signal_to_the_supervisor_ends_the_run_as_one_to_the_flow_does(runs, begun):
    run_id, supervisor, _ = begun(how="wait")
    os.kill(supervisor, signal.SIGTERM)
    run = runs.until(run_id, "Crashed")
    assert run.state.message == "Execution was aborted by a termination signal."
    runs.said(run_id, "hook saw Crashed")
    runs.eventually(lambda: not runs.is_there(supervisor))
    assert runs.lines(run_id).count("hook saw Crashed") == 1


def test_a_second_termination_signal_kills(runs, begun):
    run_id, supervisor, [*pids] = begun("surrounded", said="started")
    os.kill(supervisor, signal.SIGTERM)
    runs.until(run_id, "Crashed")
    os.kill(supervisor, signal.SIGTERM)
    runs.eventually(lambda: not any(map(runs.is_there, [supervisor, *pids])))


def test_what_a_completed_run_leaves_behind_is_ended(runs, begun):
    run_id, supervisor, pids = begun("surrounded", said="started", then="return")
    runs.until(run_id, "Completed")
    os.kill(supervisor, signal.SIGTERM)
    time.sleep(0.05)  # two of a kind that arrive at once are one
    os.kill(supervisor, signal.SIGTERM)
    runs.eventually(lambda: not runs.is_there(supervisor))
    assert not any(map(runs.is_there, pids))
    assert runs.run(run_id).state_name == "Completed"


def test_a_flow_that_does_not_heed_its_timeout_is_killed(runs):
    run_id = runs.made("deaf")
    began = time.monotonic()
    runs.begin(run_id, "--quiet", wait=True, PACC_RUNNER_GRACE_SECONDS="0.3")
    assert time.monotonic() - began < 60
    run = runs.run(run_id)
    assert (run.state_name, run.state_type) == ("TimedOut", "FAILED")
    assert run.state.message.startswith("Flow run exceeded timeout of 0.2 second(s)")


@pytest.mark.parametrize(
    ("how", "limit", "why"),
    [
        ("memory", {"memory": "100MiB"}, "of memory, and job variable 'memory' allows 100.0 MiB."),
        ("cpu", {"cpu_seconds": 0.2}, "s of CPU time, and job variable 'cpu_seconds' allows 0.2 s."),
    ],
)
def test_a_run_that_uses_more_than_it_may_is_ended_and_says_so(runs, how, limit, why):
    run_id = runs.made("ending", how=how)
    flow_runs.update(runs.recorded.store, run_id, job_variables=limit)
    runs.begin(run_id, "--quiet", wait=True)
    run = runs.run(run_id)
    assert run.state_name == "Crashed"
    assert run.state.message.endswith(why)
    assert run.usage["signal"] == "SIGKILL"


def test_a_limit_that_is_none_crashes_the_run_before_it_begins(runs):
    run_id = runs.made("fine")
    variables.put(runs.recorded.store, "size", "plenty")
    flow_runs.update(runs.recorded.store, run_id, job_variables={"memory": "{{ prefect.variables.size }}"})
    runs.begin(run_id, "--quiet", wait=True)
    run = runs.run(run_id)
    assert (run.state_name, run.run_count) == ("Crashed", 0)
    assert "job variable 'memory' is 'plenty'" in run.state.message


def test_job_variables_say_what_is_in_the_environment_and_where_the_flow_runs(runs, tmp_path):
    run_id = runs.made("placed")
    variables = {"env": {"CITY": "Kyiv"}, "working_dir": str(tmp_path)}
    flow_runs.update(runs.recorded.store, run_id, job_variables=variables)
    runs.begin(run_id, "--quiet", wait=True)
    assert f"Kyiv {tmp_path}" in runs.lines(run_id)


def test_the_command_executes_a_run_before_its_time_and_has_it_end_when_told_to(runs, processes):
    run = runs.made("ending", due=datetime.now(UTC) + timedelta(hours=1), how="wait")
    command = processes.start(sys.executable, "-m", "pacc", "flow-run", "execute", run)
    pid = int(runs.said(run, "waiting"))
    command.send_signal(signal.SIGTERM)
    assert processes.finish(command, 30).code == 1
    assert runs.run(run).state_name == "Crashed"
    assert not runs.is_there(pid)


def test_the_command_executes_a_waiting_run_and_tells_how_it_ended(runs, pacc_process):
    well, badly = runs.made("fine"), runs.made("ending", how="exit")
    finished = pacc_process("flow-run", "execute", well)
    assert finished.code == 0, finished.output
    assert "Finished in state Completed()" in finished.stderr
    finished = pacc_process("flow-run", "execute", env={"PACC__FLOW_RUN_ID": badly})
    assert finished.code == 1
    assert "ended in state Crashed" in finished.stderr
    assert re.search(
        r" \| ERROR   \| Flow run '[\w-]+' - Crashed: The flow's process .* exited with code 3",
        finished.stderr,
    )
    finished = pacc_process("flow-run", "execute", well)
    assert finished.code == 1
    assert "is in state 'Completed' and not waiting to be executed" in finished.stderr

"""A process forked inside a flow is not the flow: whatever becomes of it, the run's story is told by the one that began it."""

from __future__ import annotations

import pytest

SCRIPT = """
import os, signal, sys, time
from pacc import flow, task

def hook(flow, flow_run, state):
    print("hook in", "child" if os.getpid() != parent else "parent", flush=True)

parent = os.getpid()

@task
def step(): ...

@flow(retries=2, on_completion=[hook], on_failure=[hook], on_crashed=[hook])
def pipeline():
    step()
    child = os.fork()
    if child == 0:
        {in_child}
    {in_parent}
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    step()
    return code

print(pipeline(), flush=True)
"""

WAYS = {
    "exits": ("sys.exit(3)", "pass", 3),
    "raises": ("raise ValueError('in the child')", "pass", 1),
    "returns": ("return 'child'", "pass", 0),
    "is terminated": ("time.sleep(30)", "time.sleep(0.2); os.kill(child, signal.SIGTERM)", -15),
    "is interrupted": ("time.sleep(30)", "time.sleep(0.2); os.kill(child, signal.SIGINT)", -2),
}


@pytest.mark.parametrize(("in_child", "in_parent", "code"), WAYS.values(), ids=WAYS.keys())
def test_a_child_that_comes_back_through_the_engine_tells_nothing(
    run_python, recorded, in_child, in_parent, code
):
    finished = run_python(SCRIPT.format(in_child=in_child, in_parent=in_parent))
    assert finished.code == 0, finished.output
    assert [line for line in finished.stdout.splitlines() if line != "child"] == ["hook in parent", str(code)]
    assert recorded.history(recorded.flow_run()) == ["Pending", "Running", "Completed"]
    assert [run.state_name for run in recorded.task_runs()] == ["Completed", "Completed"]


def test_a_child_forked_inside_a_task_tells_nothing_either(run_python, recorded):
    source = SCRIPT.replace("{in_child}", "raise ValueError('in the child')").replace("{in_parent}", "pass")
    source = source.replace(
        "@flow(retries=2, on_completion=[hook], on_failure=[hook], on_crashed=[hook])", "@task(retries=2)"
    )
    finished = run_python(source)
    assert finished.stdout == "1\n", finished.output
    assert [recorded.history(run) for run in recorded.task_runs("pipeline")] == [
        ["Pending", "Running", "Completed"]
    ]


def test_a_child_may_have_runs_of_its_own(run_python, recorded):
    child = "other(); step(); sys.exit(0)"
    source = SCRIPT.replace("print(pipeline", "@flow\ndef other(): step()\n\nprint(pipeline")
    finished = run_python(source.format(in_child=child, in_parent="pass"))
    assert finished.code == 0, finished.output
    assert {run.state_name for run in recorded.flow_runs()} == {"Completed"}
    assert len(recorded.flow_runs()) == 2
    assert [run.state_name for run in recorded.task_runs("step")] == ["Completed"] * 4

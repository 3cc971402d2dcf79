"""Several runs at once: tasks in one event loop, flows in several threads, each with its own context."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading

import pytest

from pacc import flow, get_run_logger, runtime, tags, task


@task
async def double(number):
    await asyncio.sleep(0.001 * (10 - number))
    return 2 * number, runtime.task_run.parameters["number"], runtime.flow_run.id


def test_tasks_gathered_in_one_loop_keep_apart(recorded):
    @flow
    async def pipeline():
        return await asyncio.gather(*(double(number) for number in range(10)))

    answers = asyncio.run(pipeline())
    assert [answer[:2] for answer in answers] == [(2 * number, number) for number in range(10)]
    assert {answer[2] for answer in answers} == {str(recorded.flow_run().id)}
    assert {run.state_name for run in recorded.task_runs()} == {"Completed"}


def test_flows_gathered_in_one_loop_keep_apart(recorded):
    @flow
    async def pipeline(number):
        with tags(str(number)):
            await double(number)
        return runtime.flow_run.parameters["number"]

    async def main():
        return await asyncio.gather(*(pipeline(number) for number in range(5)))

    assert asyncio.run(main()) == [0, 1, 2, 3, 4]
    by_id = {run.id: run.parameters["number"] for run in recorded.flow_runs()}
    assert all(run.tags == [str(by_id[run.flow_run_id])] for run in recorded.task_runs())


def test_flows_in_threads_keep_apart(recorded):
    step = task(lambda number: runtime.flow_run.parameters["number"] == number, name="step")
    same = []

    @flow
    def pipeline(number):
        same.extend(step(number) for _ in range(20))

    threads = [threading.Thread(target=pipeline, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert same == [True] * 100
    assert len(recorded.flow_runs()) == 5
    assert {run.state_name for run in [*recorded.flow_runs(), *recorded.task_runs()]} == {"Completed"}


def test_a_cancelled_coroutine_is_a_crash_with_its_reason(recorded):
    @flow
    async def pipeline():
        await asyncio.sleep(60)

    async def main():
        running = asyncio.ensure_future(pipeline())
        await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.wait([running])
        return running.cancelled()

    assert asyncio.run(main()) is True
    assert recorded.flow_run().state.message == "Execution was cancelled by the runtime environment."


def test_one_task_that_fails_leaves_its_companions_alone(recorded):
    @task
    async def fail():
        raise ValueError("no such city")

    @flow
    async def pipeline():
        return await asyncio.gather(double(1), fail(), return_exceptions=True)

    well, ill = asyncio.run(pipeline())
    assert well[0] == 2
    assert isinstance(ill, ValueError)
    assert recorded.task_run("fail").state_name == "Failed"


def test_an_async_flow_may_call_sync_tasks_and_flows(recorded):
    child = flow(lambda: 1, name="child")
    step = task(lambda: 2, name="step")

    @flow
    async def pipeline():
        return child() + step()

    assert asyncio.run(pipeline()) == 3
    assert [run.state_name for run in recorded.flow_runs()] == ["Completed", "Completed"]


def test_a_sync_flow_may_run_inside_a_running_loop(recorded):
    async def main():
        return flow(lambda: 1, on_completion=[told])()

    async def told(flow, flow_run, state):
        get_run_logger().info("told from a loop of its own")

    assert asyncio.run(main()) == 1
    assert recorded.flow_run().state_name == "Completed"


TWO = """
import asyncio
from pacc import flow

@flow
async def short(): await asyncio.sleep(0.1)

@flow
async def long():
    await asyncio.sleep(0.3)
    print("ready", flush=True)
    await asyncio.sleep(60)

async def main(): await asyncio.gather(short(), long())

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_reaches_the_flow_that_is_still_running(processes, recorded, number):
    process = processes.start(sys.executable, processes.script(TWO))
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    assert processes.finish(process).code == -number
    assert sorted(run.state_name for run in recorded.flow_runs()) == ["Completed", "Crashed"]
    [crashed] = [run for run in recorded.flow_runs() if run.state_name == "Crashed"]
    assert "signal" in crashed.state.message

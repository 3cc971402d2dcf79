"""Task runners: threads that never wait for each other in vain, one task after the other, and runners of your own."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacc import flow, task
from pacc.context import FlowRunContext
from pacc.exceptions import UnfinishedRun
from pacc.futures import as_completed, wait
from pacc.settings import temporary_settings
from pacc.task_runners import (
    ConcurrentTaskRunner,
    SequentialTaskRunner,
    TaskRunner,
    ThreadPoolTaskRunner,
)


@task
def double(number):
    return 2 * number


@pytest.fixture(
    params=[
        SequentialTaskRunner(),
        ThreadPoolTaskRunner(max_workers=1),
        ThreadPoolTaskRunner(max_workers=2),
        ThreadPoolTaskRunner(),
        ConcurrentTaskRunner(),
    ],
    ids=["sequential", "one", "two", "many", "concurrent"],
)
def runner(request):
    return request.param


# ------------------------------------------------------------------------------------------ every runner


def test_tasks_submit_tasks_however_few_the_workers(runner, recorded):
    @task
    def fibonacci(number):
        if number < 2:
            return number
        first, second = fibonacci.submit(number - 1), fibonacci.submit(number - 2)
        return first.result() + second.result()

    assert flow(task_runner=runner)(lambda: fibonacci.submit(6).result())() == 8
    assert {run.state_name for run in recorded.task_runs()} == {"Completed"}


@pytest.mark.parametrize(
    "gathered",
    [
        lambda futures: [future.result(timeout=20) for future in futures],
        lambda futures: sorted(future.result() for future in as_completed(futures)),
        lambda futures: sorted(future.result() for future in as_completed(futures, timeout=20)),
        lambda futures: sorted(future.result() for future in wait(futures, timeout=20).done),
        lambda futures: futures.result(timeout=20),
    ],
)
def test_waiting_inside_a_task_never_waits_in_vain(runner, gathered):
    @task
    def around():
        return gathered(double.map([1, 2, 3]))

    assert flow(task_runner=runner)(lambda: around.submit().result())() == [2, 4, 6]


def test_async_tasks_wait_for_tasks_too(runner):
    @task
    async def leaf(number):
        await asyncio.sleep(0)
        return number + 1

    @task
    async def around(number):
        blocking = leaf.submit(number).result()
        return await leaf.submit(blocking).result_async() + await leaf(leaf.submit(10))

    assert flow(task_runner=runner)(lambda: around.submit(1).result())() == 15


def test_nested_flows_in_tasks_have_workers_of_their_own(runner):
    @flow(task_runner=runner)
    def inner(future_of_outer):
        return double.submit(3, wait_for=[future_of_outer]).result()

    @task
    def around(future):
        return inner(future.value if hasattr(future, "value") else future)

    @flow(task_runner=runner)
    def outer():
        return around.submit(double.submit(1)).result()

    assert outer() == 6


@st.composite
def graphs(draw):
    """For each task: which earlier ones it takes as arguments, and how many it submits itself."""
    size = draw(st.integers(1, 7))
    return [
        (draw(st.lists(st.integers(0, place - 1), max_size=3)) if place else [], draw(st.integers(0, 2)))
        for place in range(size)
    ]


def expected(graph):
    values = []
    for inputs, children in graph:
        values.append(1 + sum(values[place] for place in inputs) + children)
    return values


@settings(max_examples=25)
@given(graph=graphs(), workers=st.integers(1, 3))
def test_any_graph_of_tasks_comes_to_its_end(graph, workers):
    @task
    def one():
        return 1

    @task
    def node(inputs, children):
        return 1 + sum(inputs) + sum(one.submit().result() for _ in range(children))

    @flow(task_runner=ThreadPoolTaskRunner(max_workers=workers))
    def around():
        futures = []
        for inputs, children in graph:
            futures.append(node.submit([futures[place] for place in inputs], children))
        return [future.result(timeout=30) for future in reversed(futures)][::-1]

    with temporary_settings({"PACC_LOGGING_LEVEL": "ERROR"}):
        assert around() == expected(graph)


# ------------------------------------------------------------------------------------------------ threads


def test_no_more_run_at_once_than_there_are_workers():
    running, most = [], []

    @task
    def busy(_):
        running.append(1)
        most.append(len(running))
        time.sleep(0.01)
        running.pop()

    flow(task_runner=ThreadPoolTaskRunner(max_workers=3))(lambda: busy.map(range(12)).wait())()
    assert max(most) == 3


def test_many_tasks_that_wait_wait_together():
    meeting = threading.Barrier(100, timeout=20)

    @task
    def meet(_):
        return meeting.wait() >= 0

    assert all(flow(lambda: meet.map(range(100)).result())())


def test_the_number_of_threads_can_be_a_setting():
    with temporary_settings({"PACC_TASKS_RUNNER_THREAD_POOL_MAX_WORKERS": 3}):
        assert repr(ThreadPoolTaskRunner()) == "ThreadPoolTaskRunner(max_workers=3)"
    assert repr(ThreadPoolTaskRunner()) == "ThreadPoolTaskRunner(max_workers=256)"


@pytest.mark.parametrize(("number", "error"), [(0, ValueError), (-1, ValueError), (1.5, TypeError)])
def test_a_number_of_workers_is_one(number, error):
    with pytest.raises(error, match="`max_workers` is"):
        ThreadPoolTaskRunner(number)


def test_no_thread_is_left_when_a_flow_has_ended():
    before = set(threading.enumerate())
    flow(lambda: double.map(range(20)).wait())()
    assert [
        thread.name for thread in set(threading.enumerate()) - before if "threadpool" in thread.name
    ] == []


LET_GO = """
import gc, time, weakref
from pacc import flow, task
from pacc.context import FlowRunContext

class Large:
    pass

seen = []

@task
def make(_):
    large = Large()
    seen.append(weakref.ref(large))
    return large

@flow
def around():
    context = FlowRunContext.get()
    for number in range(300):
        make.submit(number)
        if number % 50 == 49:
            while context.submissions.open:
                time.sleep(0.01)
            context.store.journal.flush()
    gc.collect()
    return sum(ref() is not None for ref in seen)

print(around())
"""


def test_results_nobody_holds_are_let_go(run_python):
    ended = run_python(LET_GO, env={"PACC_LOGGING_LEVEL": "ERROR"})
    assert int(ended.stdout) < 150


def test_what_is_queued_can_be_cancelled(recorded):
    go_on = threading.Event()

    @task
    def held(_):
        assert go_on.wait(20)

    @flow(task_runner=ThreadPoolTaskRunner(max_workers=1))
    def around():
        first, second = held.submit(1), held.submit(2)
        while first.state.name != "Running":
            time.sleep(0.01)
        FlowRunContext.get().task_runner.cancel_all()
        assert second.state.name == "Cancelled"
        go_on.set()

    around()
    assert [run.state_name for run in recorded.task_runs()] == ["Completed", "Cancelled"]


def test_submitting_to_threads_loads_nothing_that_processes_need(run_python):
    source = "import sys\nfrom pacc import flow, task\nflow(lambda: task(lambda: 1).submit().result())()\n"
    ended = run_python(
        source + "print(sorted({'multiprocessing', 'cloudpickle', 'asyncio'} & set(sys.modules)))"
    )
    assert ended.stdout == "[]\n"


def test_one_runner_serves_many_flow_runs_at_once():
    runner = ThreadPoolTaskRunner(max_workers=2)
    inner = flow(task_runner=runner)(lambda number: double.submit(number).result())
    outer = flow(task_runner=runner)(lambda: [inner(number) for number in range(3)])
    assert outer() == [0, 2, 4]
    assert outer.task_runner is runner


def test_a_crashing_task_is_its_own_business(recorded):
    @task
    def leave():
        sys.exit(3)

    @flow
    def around():
        crashed = leave.submit()
        crashed.wait()
        return crashed.state.name, double.submit(1).result()

    assert around() == ("Crashed", 2)


# -------------------------------------------------------------------------------------- options, your own


def test_a_runner_is_given_as_a_class_or_an_instance():
    assert isinstance(flow(task_runner=SequentialTaskRunner)(print).task_runner, SequentialTaskRunner)
    assert isinstance(flow(print).task_runner, ThreadPoolTaskRunner)
    changed = flow(print).with_options(task_runner=SequentialTaskRunner())
    assert isinstance(changed.task_runner, SequentialTaskRunner)
    assert changed.with_options(name="other").task_runner is changed.task_runner
    with pytest.raises(TypeError, match="`task_runner` takes a task runner"):
        flow(task_runner=4)(print)


class Backwards(TaskRunner):
    """Executes what it has when it holds three, the last one first."""

    def __init__(self):
        super().__init__()
        self.kept = []

    def duplicate(self):
        return Backwards()

    def submit(self, task, parameters, wait_for=None, dependencies=None):
        future = self.prepare(task, parameters, wait_for)
        self.kept.append(future)
        if len(self.kept) == 3:
            for each in reversed(self.kept):
                if each.claim():
                    each.execute()
        return future


def test_a_runner_of_your_own_decides_when(recorded):
    order = []
    note = task(order.append)
    assert flow(task_runner=Backwards())(lambda: note.map([1, 2, 3]).result())() == [None] * 3
    assert order == [3, 2, 1]


def test_a_runner_works_by_itself_inside_with():
    with ThreadPoolTaskRunner(max_workers=2) as runner:
        assert runner.submit(double, {"number": 4}).result() == 8
        assert runner.map(double, {"number": [1, 2]}).result() == [2, 4]
        with pytest.raises(RuntimeError, match="running already"):
            runner.__enter__()
    with pytest.raises(RuntimeError, match="is not running"):
        runner.submit(double, {"number": 4})


def test_a_sequential_runner_has_finished_when_submit_returns():
    @task
    def leave():
        raise SystemExit

    @flow(task_runner=SequentialTaskRunner())
    def around():
        assert double.submit(1).state.is_completed()
        assert leave.submit().state.is_crashed()
        crashed = leave.submit()
        with pytest.raises(UnfinishedRun):
            double.submit(crashed).result()
        assert crashed.state.is_crashed()
        return [future.state for future in [double.submit(3)]]

    assert around()[0].result() == 6


# ------------------------------------------------------------------------------------------ interruptions

INTERRUPTED = """
import os, sys, threading, time
from pacc import flow, task
from pacc.task_runners import ThreadPoolTaskRunner

go_on = threading.Event()

@task
def held(number):
    os.write(1, b"started\\n")
    go_on.wait({seconds})

@flow(task_runner=ThreadPoolTaskRunner(max_workers=1))
{colour}def around():
    held.map([1, 2])
    os.write(1, b"mapped\\n")
    {sleep}

if {is_async}:
    import asyncio
    asyncio.run(around())
else:
    around()
"""


@pytest.mark.parametrize("colour", ["", "async "])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, -signal.SIGINT)]
)
def test_an_interrupted_flow_starts_nothing_more(processes, recorded, colour, number, code):
    sleep = "import asyncio; await asyncio.sleep(60)" if colour else "time.sleep(60)"
    source = INTERRUPTED.format(seconds=0.5, colour=colour, sleep=sleep, is_async=bool(colour))
    process = processes.start(sys.executable, processes.script(source))
    assert {process.stdout.readline(), process.stdout.readline()} == {"started\n", "mapped\n"}
    process.send_signal(number)
    ended = processes.finish(process)
    assert ended.code in (code, 130 if number == signal.SIGINT else 143), ended.output
    assert recorded.flow_run().state_name == "Crashed"
    first, second = recorded.task_runs()
    assert (first.state_name, second.state_name) == ("Completed", "Crashed")
    assert recorded.states(second)[-1].message == "Not started: its flow run was interrupted."


def test_what_goes_on_too_long_is_left_behind(processes, recorded):
    source = INTERRUPTED.format(seconds=60, colour="", sleep="time.sleep(60)", is_async=False)
    source = "from pacc.engine import submissions\nsubmissions.GRACE = 0.2\n" + source
    process = processes.start(sys.executable, processes.script(source))
    assert {process.stdout.readline(), process.stdout.readline()} == {"started\n", "mapped\n"}
    process.send_signal(signal.SIGTERM)
    assert processes.finish(process).code in (143, -signal.SIGTERM)
    first, second = recorded.task_runs()
    assert (first.state_name, second.state_name) == ("Crashed", "Crashed")
    assert (
        recorded.states(first)[-1].message
        == "Left behind while it was running: its flow run was interrupted."
    )

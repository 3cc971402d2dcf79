"""Tasks submitted: futures, what they bring along and wait for, and what becomes of a flow whose tasks failed."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from dataclasses import dataclass

import pytest

from pacc import allow_failure, flow, opaque, quote, tags, task
from pacc.context import FlowRunContext, TaskRunContext
from pacc.exceptions import FailedRun, ParameterBindError, UnfinishedRun
from pacc.futures import as_completed, wait
from pacc.settings import temporary_settings
from pacc.states import Completed, Failed


@task
def double(number):
    return 2 * number


@task
def fail(*_):
    raise ValueError("no such city")


def in_a_flow(body, **options):
    """The state of a flow run made of this body."""
    return flow(**options)(body)(return_state=True)


# ---------------------------------------------------------------------------------------------- submit


def test_submit_gives_a_future_at_once_and_the_result_later(colour, recorded):
    go_on = threading.Event()

    @colour.task
    def fetch(city):
        go_on.wait(5)
        return f"{city}: 10.4"

    @colour.flow
    def weather():
        future = fetch.submit("Ulm")
        assert not future.state.is_final()
        run_id = future.task_run_id
        go_on.set()
        return future.result(), run_id

    answer, run_id = colour.call(weather)
    assert answer == "Ulm: 10.4"
    run = recorded.task_run()
    assert run.id == run_id
    assert recorded.history(run) == ["Pending", "Running", "Completed"]


def test_submit_outside_a_flow_is_an_error():
    with pytest.raises(RuntimeError, match="tasks are submitted inside flows"):
        double.submit(1)
    with pytest.raises(RuntimeError, match="tasks are submitted inside flows"):
        double.map([1])


def test_submit_takes_only_arguments_that_fit(recorded):
    with pytest.raises(ParameterBindError):
        flow(lambda: double.submit(1, 2, 3))()
    assert recorded.task_runs() == []


def test_submit_with_return_state_waits():
    state = in_a_flow(lambda: double.submit(4, return_state=True))
    assert state.is_completed()
    [inner] = state.data
    assert inner.result() == 8


def test_an_async_task_is_submitted_without_await():
    @task
    async def fetch(city):
        await asyncio.sleep(0)
        return city.upper()

    assert flow(lambda: fetch.submit("ulm").result())() == "ULM"

    @flow
    async def around():
        futures = fetch.map(["ulm", "bonn"])
        return [await future.result_async() for future in futures]

    assert asyncio.run(around()) == ["ULM", "BONN"]


def test_submitted_tasks_run_at_the_same_time():
    meeting = threading.Barrier(3, timeout=10)

    @task
    def meet(_):
        return meeting.wait() >= 0

    assert flow(lambda: meet.map(range(3)).result())() == [True] * 3


def test_a_submitted_generator_is_gathered(colour):
    @colour.flow
    def numbers():
        @task
        def count(limit):
            yield from range(limit)

        @task
        async def acount(limit):
            for number in range(limit):
                yield number

        return count.submit(3).result(), acount.submit(2).result()

    assert colour.call(numbers) == ([0, 1, 2], [0, 1])


def test_a_submitted_task_sees_its_runs_and_tags(recorded):
    seen = {}

    @task
    def look():
        seen.update(task=TaskRunContext.get().run.id, flow=FlowRunContext.get().run.id)

    @flow
    def around():
        with tags("a"):
            look.submit().result()

    around()
    run = recorded.task_run()
    assert seen == {"task": str(run.id), "flow": str(run.flow_run_id)}
    assert run.tags == ["a"]


def test_submit_works_for_methods():
    class Station:
        def __init__(self, degrees):
            self.degrees = degrees

        @task
        def measure(self, offset):
            return self.degrees + offset

    assert flow(lambda: Station(10).measure.submit(2).result())() == 12


# --------------------------------------------------------------------------------- futures as arguments


@dataclass
class Pair:
    left: object
    right: object


@pytest.mark.parametrize(
    ("wrap", "expected"),
    [
        (lambda future: future, 2),
        (lambda future: [future, 5], [2, 5]),
        (lambda future: {"deep": [{"deeper": (future,)}]}, {"deep": [{"deeper": (2,)}]}),
        (lambda future: {future}, {2}),
        (lambda future: Pair(future, 1), Pair(2, 1)),
        (lambda future: opaque(future), 2),
        (lambda future: allow_failure([future]), [2]),
    ],
)
def test_a_future_anywhere_in_an_argument_becomes_its_result(recorded, wrap, expected):
    @task
    def passed(value):
        return value

    @flow
    def around():
        first = double.submit(1)
        return passed.submit(wrap(first)).result(), passed(wrap(first))

    assert around() == (expected, expected)
    first, *others = recorded.task_runs()
    for run in others:
        assert str(first.id) in str(run.task_inputs["value"])


def test_what_is_quoted_is_passed_as_it_is():
    @task
    def passed(value):
        return type(value).__name__

    assert flow(lambda: passed.submit(quote([double.submit(1)])).result())() == "list"


def test_a_list_that_map_gave_is_resolved_like_any_list():
    total = task(sum)
    assert flow(lambda: total.submit(double.map([1, 2, 3])).result())() == 12


def test_futures_are_arguments_of_nested_flows_too(colour, recorded):
    @colour.flow
    def inner(number):
        return number + 1

    @colour.flow
    def outer():
        return inner(double.submit(3))

    assert colour.call(outer) == 7
    assert recorded.flow_runs()[1].parameters == {"number": 6}


def test_a_task_whose_upstream_failed_is_not_run(recorded):
    @flow
    def around():
        failed = fail.submit()
        after = double.submit(failed)
        waited = double.submit(1, wait_for=[failed])
        with pytest.raises(UnfinishedRun):
            after.result()
        waited.wait()
        assert after.state.name == waited.state.name == "NotReady"
        assert double(failed) is None
        failed.state  # noqa: B018 - looked at

    around()
    assert [run.state_name for run in recorded.task_runs("double")] == ["NotReady"] * 3
    assert "did not reach a 'COMPLETED' state" in recorded.states(recorded.task_runs("double")[0])[-1].message


def test_allow_failure_passes_the_error_and_what_was_not_ready():
    @task
    def tidy(value):
        return type(value).__name__

    @flow
    def around():
        failed = fail.submit()
        not_ready = double.submit(failed)
        return tidy.submit(allow_failure(failed)).result(), tidy.submit(allow_failure(not_ready)).result()

    assert around() == ("ValueError", "NoneType")


def test_wait_for_holds_a_task_back_without_passing_anything(colour):
    order = []

    @task
    def first():
        time.sleep(0.05)
        order.append("first")

    @colour.task
    def second():
        order.append("second")

    @colour.flow
    def around():
        future = first.submit()
        second.submit(wait_for=[future]).wait()
        return second(wait_for=future)

    colour.call(around)
    assert order == ["first", "second", "second"]


def test_a_direct_call_of_an_async_task_waits_for_futures_without_stopping_the_loop():
    go_on = threading.Event()

    @task
    def slow():
        assert go_on.wait(10)
        return 1

    @task
    async def after(value):
        return value + 1

    @flow
    async def around():
        waiting = asyncio.create_task(after(slow.submit()))
        await asyncio.sleep(0)
        go_on.set()
        return await waiting

    assert asyncio.run(around()) == 2


# ------------------------------------------------------------------------- what the flow makes of them


def test_a_flow_waits_for_what_it_submitted(colour, recorded):
    @task
    def slow():
        time.sleep(0.2)

    @colour.flow
    def around():
        slow.submit()

    assert colour.call(around) is None
    assert recorded.task_run().end_time <= recorded.flow_run().end_time


def test_waiting_for_the_rest_lets_the_loop_go_on():
    go_on = threading.Event()

    @task
    def slow():
        assert go_on.wait(10)

    @flow
    async def inner():
        slow.submit()

    async def main():
        running = asyncio.create_task(inner())
        await asyncio.sleep(0.05)
        go_on.set()
        await running

    asyncio.run(main())


def test_a_failure_nobody_looked_at_fails_the_flow(colour, recorded):
    @colour.flow
    def around():
        fail.submit()

    with pytest.raises(
        FailedRun, match=r"failed and nothing looked at its result or state: 'fail-.*no such city"
    ):
        colour.call(around)
    assert recorded.flow_run().state_name == "Failed"
    assert "fail-" in recorded.states(recorded.flow_run())[-1].message


@pytest.mark.parametrize(
    "look",
    [
        lambda future: future.result(raise_on_failure=False),
        lambda future: (future.wait(), future.state),
        lambda future: wait([future]).done.pop().state,
        lambda future: next(as_completed([future])).result(raise_on_failure=False),
        lambda future: double.submit(allow_failure(future), return_state=True).name,
        lambda _: fail.submit(return_state=True),
    ],
)
def test_a_failure_somebody_looked_at_is_the_flows_business(look):
    def body():
        look(fail.submit() if look.__code__.co_varnames[0] == "future" else None)

    assert in_a_flow(body).is_completed()


def test_waiting_and_passing_on_is_not_looking():
    def body():
        future = fail.submit()
        wait([future])
        double.submit(future)

    assert in_a_flow(body).is_failed()


def test_prefects_way_is_to_ignore_it(caplog):
    with temporary_settings({"PACC_FLOWS_UNOBSERVED_FAILURES": "ignore", "PACC_TEST_MODE": True}):
        assert in_a_flow(lambda: fail.submit() and None).is_completed()
    assert "nothing looked at its result" in caplog.text


def test_an_unseen_failure_is_tried_again_with_the_flow(recorded):
    tries = []

    @task
    def second_time():
        tries.append(1)
        if len(tries) == 1:
            raise OSError("no answer")

    assert in_a_flow(lambda: second_time.submit() and None, retries=1).is_completed()
    assert [run.flow_run_run_count for run in recorded.task_runs()] == [1, 2]


@pytest.mark.parametrize(
    ("returned", "name", "message"),
    [
        (lambda: double.submit(1), "Completed", "All states completed."),
        (lambda: fail.submit(), "Failed", "1/1 states failed."),
        (lambda: [double.submit(1), fail.submit()], "Failed", "1/2 states failed."),
        (lambda: double.map([1, 2]), "Completed", "All states completed."),
        (lambda: {"a": fail.submit()}, "Completed", None),
        (lambda: [double.submit(1), 3], "Completed", None),
    ],
)
def test_futures_in_the_return_value_count_as_their_states(returned, name, message):
    state = in_a_flow(returned)
    assert (state.name, state.message) == (name, message)


def test_a_returned_failed_future_is_raised_and_a_list_is_not():
    with pytest.raises(ValueError, match="no such city"):
        flow(lambda: fail.submit())()
    [state] = flow(lambda: [fail.submit()])()
    assert state.is_failed()


def test_futures_deep_in_the_return_value_become_states():
    assert flow(lambda: {"a": [double.submit(2)], "b": 1})()["a"][0].result() == 4


def test_hand_made_states_of_submitted_tasks_count():
    @task
    def judge(good):
        return Completed(message="fine") if good else Failed(message="poor")

    @flow
    def around():
        return [judge.submit(good, return_state=True).message for good in (True, False)]

    assert around() == ["fine", "poor"]


def test_the_error_of_a_flow_comes_after_its_tasks(recorded):
    @task
    def slow():
        time.sleep(0.1)

    @flow
    def around():
        slow.submit()
        raise KeyError("flow")

    with pytest.raises(KeyError):
        around()
    assert recorded.history(recorded.task_run()) == ["Pending", "Running", "Completed"]


def test_a_flow_that_takes_too_long_does_not_start_what_is_queued(recorded, monkeypatch):
    from pacc.engine import submissions
    from pacc.task_runners import ThreadPoolTaskRunner

    monkeypatch.setattr(submissions, "GRACE", 0.2)
    go_on = threading.Event()

    @task
    def slow(_):
        go_on.wait(5)

    def body():
        slow.map(range(2))
        time.sleep(5)

    state = in_a_flow(body, timeout_seconds=0.3, task_runner=ThreadPoolTaskRunner(1))
    go_on.set()
    assert state.name == "TimedOut"
    assert [run.state_name for run in recorded.task_runs()] == ["Crashed", "Crashed"]
    messages = [recorded.states(run)[-1].message for run in recorded.task_runs()]
    assert messages == [
        "Left behind while it was running: its flow run exceeded its timeout.",
        "Not started: its flow run exceeded its timeout.",
    ]


def test_a_flows_timeout_counts_while_it_waits_for_its_tasks(colour, recorded, monkeypatch):
    from pacc.engine import submissions

    monkeypatch.setattr(submissions, "GRACE", 0.1)
    go_on = threading.Event()

    @task
    def slow():
        go_on.wait(20)

    @colour.flow(timeout_seconds=0.3)
    def around():
        slow.submit()

    state = colour.call(around, return_state=True)
    go_on.set()
    assert (state.name, state.message) == ("TimedOut", "Flow run exceeded timeout of 0.3 second(s)")
    assert recorded.task_run().state_name == "Crashed"


def test_a_forked_child_has_a_runner_of_its_own():
    def body():
        future = double.submit(1)
        child = os.fork()
        if not child:
            os._exit(double.submit(20).result() + 2)
        return future.result(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert flow(body)() == (2, 42)


def test_results_are_traced_through_futures(recorded):
    @task
    def measure():
        return {"degrees": [10.4]}

    @task
    def show(value):
        return str(value)

    flow(lambda: show.submit(measure.submit().result()).result())()
    first, second = recorded.task_runs()
    assert second.task_inputs["value"][0]["id"] == str(first.id)

"""Flows and tasks that yield: values pass through, and stopping early counts as a good end."""

from __future__ import annotations

import asyncio
import time

import pytest

from pacc import flow, runtime, task
from pacc.context import FlowRunContext, TaskRunContext


@pytest.fixture(params=["flow", "task"])
def make(request):
    """The decorator of either kind."""
    return {"flow": flow, "task": task}[request.param]


@pytest.fixture
def only_run(recorded, make):
    """The only run of that kind."""
    return lambda: recorded.flow_run() if make is flow else recorded.task_run()


async def listed(source):
    return [value async for value in source]


def test_every_value_passes_through(make, only_run, recorded):
    @make
    def numbers(count):
        yield from range(count)

    assert list(numbers(3)) == [0, 1, 2]
    assert recorded.history(only_run()) == ["Pending", "Running", "Completed"]


def test_every_value_of_an_async_generator_passes_through(make, only_run, recorded):
    @make
    async def numbers(count):
        for number in range(count):
            await asyncio.sleep(0)
            yield number

    assert asyncio.run(listed(numbers(3))) == [0, 1, 2]
    assert recorded.history(only_run()) == ["Pending", "Running", "Completed"]


def test_nothing_happens_before_the_first_value_is_asked_for(make, recorded):
    called = []

    @make
    def numbers():
        called.append(1)
        yield 1

    source = numbers()
    assert called == []
    assert next(source) == 1
    source.close()


def test_closing_early_is_a_good_end_and_lets_the_generator_tidy_up(make, only_run):
    tidied = []

    @make
    def numbers():
        try:
            yield 1
            yield 2
        finally:
            tidied.append(1)

    source = numbers()
    assert next(source) == 1
    source.close()
    assert tidied == [1]
    assert only_run().state_name == "Completed"


def test_leaving_a_loop_early_is_a_good_end_too(make, only_run):
    @make
    def numbers():
        yield 1
        yield 2

    for _ in numbers():
        break
    assert only_run().state_name == "Completed"


def test_closing_an_async_generator_early_is_a_good_end(make, only_run):
    tidied = []

    @make
    async def numbers():
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)
            tidied.append(1)

    async def first():
        source = numbers()
        value = await anext(source)
        await source.aclose()
        return value

    assert asyncio.run(first()) == 1
    assert tidied == [1]
    assert only_run().state_name == "Completed"


def test_an_error_halfway_fails_the_run_and_reaches_the_loop(make, only_run):
    @make
    def numbers():
        yield 1
        raise ValueError("no more")

    source = numbers()
    assert next(source) == 1
    with pytest.raises(ValueError, match="no more"):
        next(source)
    assert only_run().state_name == "Failed"


def test_an_error_halfway_reaches_an_async_loop(make, only_run):
    @make
    async def numbers():
        yield 1
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        asyncio.run(listed(numbers()))
    assert only_run().state_name == "Failed"


def test_what_is_sent_in_reaches_the_generator_and_its_return_value_comes_out(make):
    @make
    def adding():
        received = yield "ready"
        return received * 2

    source = adding()
    assert next(source) == "ready"
    with pytest.raises(StopIteration) as end:
        source.send(21)
    assert end.value.value == 42


def test_what_is_thrown_in_can_be_answered(make, only_run):
    @make
    def patient():
        try:
            yield "ready"
        except KeyError as error:
            yield f"caught {error}"

    source = patient()
    next(source)
    assert source.throw(KeyError("x")) == "caught 'x'"
    assert list(source) == []
    assert only_run().state_name == "Completed"


def test_the_run_is_known_inside_and_does_not_leak_to_the_loop(make, recorded):
    @make
    def numbers():
        yield runtime.flow_run.id or runtime.task_run.id
        yield runtime.flow_run.id or runtime.task_run.id

    inside = set()
    for value in numbers():
        inside.add(value)
        assert FlowRunContext.get() is None
        assert TaskRunContext.get() is None
    assert len(inside) == 1


def test_two_generators_may_be_iterated_in_turns(make, recorded):
    @make
    def numbers(start):
        yield start, runtime.flow_run.id or runtime.task_run.id
        yield start, runtime.flow_run.id or runtime.task_run.id

    pairs = [pair for both in zip(numbers("a"), numbers("b"), strict=True) for pair in both]
    assert len(set(pairs)) == 2


def test_a_generator_is_retried_from_its_start(make, only_run):
    calls = []

    @make(retries=1)
    def numbers():
        calls.append(1)
        yield len(calls)
        if len(calls) == 1:
            raise ValueError("once")

    assert list(numbers()) == [1, 2]
    assert only_run().run_count == 2


def test_a_generator_that_takes_too_long_is_timed_out(make, only_run):
    @make(timeout_seconds=0.05)
    def numbers():
        yield 1
        time.sleep(5)

    source = numbers()
    next(source)
    with pytest.raises(TimeoutError):
        next(source)
    assert only_run().state_name == "TimedOut"


def test_a_task_that_yields_inside_a_flow_that_yields(recorded):
    @task
    def halves(number):
        yield number / 2
        yield number / 2

    @flow
    def pipeline():
        for number in (2, 4):
            yield from halves(number)

    assert list(pipeline()) == [1.0, 1.0, 2.0, 2.0]
    assert [run.state_name for run in recorded.task_runs()] == ["Completed", "Completed"]
    assert {run.flow_run_id for run in recorded.task_runs()} == {recorded.flow_run().id}


def test_methods_may_yield(recorded):
    class Reader:
        def __init__(self, lines):
            self.lines = lines

        @flow
        def read(self):
            yield from self.lines

    assert list(Reader(["a", "b"]).read()) == ["a", "b"]

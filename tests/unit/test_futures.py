"""Futures by themselves: waiting with and without an end, callbacks, many at once."""

from __future__ import annotations

import asyncio
import threading

import pytest

from pacc import flow, task
from pacc.futures import (
    PaccConcurrentFuture,
    PaccFuture,
    PaccFutureList,
    PrefectConcurrentFuture,
    PrefectFuture,
    PrefectFutureList,
    as_completed,
    resolve_futures_to_results,
    resolve_futures_to_states,
    wait,
)


class Gate:
    """Tasks that go on one by one."""

    def __init__(self):
        self.events = {}

    def task(self):
        @task
        def held(name):
            assert self.event(name).wait(20)
            if name == "bad":
                raise ValueError(name)
            return name

        return held

    def event(self, name):
        return self.events.setdefault(name, threading.Event())

    def open(self, *names):
        for name in names:
            self.event(name).set()


@pytest.fixture
def gate():
    made = Gate()
    yield made
    made.open(*list(made.events))


def in_a_flow(body):
    return flow(body)()


def test_waiting_ends_with_its_time(gate):
    def body():
        future = gate.task().submit("a")
        future.wait(timeout=0.01)
        assert not future.state.is_final()
        with pytest.raises(TimeoutError, match=r"was not over after 0.01 second"):
            future.result(timeout=0.01)
        gate.open("a")
        return future.result(timeout=20)

    assert in_a_flow(body) == "a"


def test_waiting_again_and_again_leaves_nothing_behind(gate):
    def body():
        future = gate.task().submit("a")
        for _ in range(3):
            future.wait(timeout=0)
        left = list(future._callbacks)
        gate.open("a")
        return left

    assert in_a_flow(body) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda future: future.wait(-1),
        lambda future: future.result(timeout=-1),
        lambda future: wait([future], timeout=-1),
        lambda future: next(as_completed([future], timeout=-1)),
        lambda future: PaccFutureList([future]).wait(-1),
        lambda future: PaccFutureList([future]).result(-1),
        lambda future: asyncio.run(future.wait_async(-1)),
    ],
)
def test_a_timeout_is_not_negative(gate, ask):
    def body():
        future = gate.task().submit("a")
        with pytest.raises(ValueError, match="a timeout is zero or more seconds"):
            ask(future)
        gate.open("a")

    in_a_flow(body)


def test_callbacks_are_called_once_with_the_future(gate):
    called = []

    def body():
        future = gate.task().submit("a")
        future.add_done_callback(called.append)
        gate.open("a")
        future.wait()
        future.add_done_callback(called.append)
        assert called[-1] is future

    in_a_flow(body)
    assert len(called) == 2


def test_a_callback_that_raises_harms_nobody(gate):
    called = []

    def body():
        future = gate.task().submit("a")
        future.add_done_callback(lambda _: 1 / 0)
        future.add_done_callback(called.append)
        gate.open("a")
        return future.result()

    assert in_a_flow(body) == "a"
    assert len(called) == 1


def test_wait_tells_what_is_done_from_what_is_not(gate):
    def body():
        futures = [gate.task().submit(name) for name in "ab"]
        gate.open("a")
        futures[0].wait()
        done, not_done = wait(futures, timeout=0.01)
        gate.open("b")
        assert wait(futures).not_done == set()
        return [future.result() for future in done], [future.result() for future in not_done]

    assert in_a_flow(body) == (["a"], ["b"])


def test_as_completed_goes_by_the_end(gate):
    def body():
        futures = [gate.task().submit(name) for name in "abc"]
        order = []
        gate.open("c")
        for future in as_completed([*futures, futures[0]], timeout=20):
            order.append(future.result())
            gate.open({"c": "a", "a": "b"}.get(order[-1], "end"))
        return order

    assert in_a_flow(body) == ["c", "a", "b"]


def test_as_completed_gives_up_in_time(gate):
    def body():
        futures = [gate.task().submit(name) for name in "ab"]
        gate.open("a")
        with pytest.raises(TimeoutError, match="1 of 2 futures are not done"):
            list(as_completed(futures, timeout=0.1))
        gate.open("b")

    in_a_flow(body)


def test_a_list_fails_with_the_first_failure(gate):
    def body():
        futures = PaccFutureList([gate.task().submit(name) for name in ("slow", "bad")])
        gate.open("bad")
        with pytest.raises(ValueError, match="bad"):
            futures.result(timeout=20)
        with pytest.raises(TimeoutError):
            futures.result(timeout=0.01, raise_on_failure=False)
        gate.open("slow")

    in_a_flow(body)


def test_waiting_in_a_loop_is_possible(gate):
    @flow
    async def around():
        future = gate.task().submit("a")
        with pytest.raises(TimeoutError):
            await future.result_async(timeout=0.01)
        asyncio.get_running_loop().call_later(0.02, gate.open, "a")
        return await future.result_async()

    assert asyncio.run(around()) == "a"


def test_futures_anywhere_in_a_value_can_be_resolved(gate):
    gate.open("a")

    def body():
        future = gate.task().submit("a")
        [state] = resolve_futures_to_states({"x": [future]})["x"]
        return state.name, resolve_futures_to_results([(future, 1)])

    assert in_a_flow(body) == ("Completed", [("a", 1)])


def test_a_future_says_what_it_is(gate):
    def body():
        future = gate.task().submit("a")
        gate.open("a")
        future.wait()
        return future.name, repr(future)

    name, shown = in_a_flow(body)
    assert name.startswith("held-")
    assert shown == f"<PaccConcurrentFuture {name!r} Completed>"


def test_the_names_people_know_are_there():
    assert PrefectFuture is PaccFuture
    assert PrefectConcurrentFuture is PaccConcurrentFuture
    assert PrefectFutureList is PaccFutureList

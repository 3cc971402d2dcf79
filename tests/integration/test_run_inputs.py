"""Flow runs send each other input, and receive it as it comes."""

from __future__ import annotations

import asyncio
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from pacc import flow
from pacc.client.orchestration import get_client
from pacc.exceptions import InvalidValueError, ObjectNotFound
from pacc.input import (
    RunInput,
    create_flow_run_input,
    delete_flow_run_input,
    filter_flow_run_input,
    keyset_from_base_key,
    keyset_from_paused_state,
    read_flow_run_input,
    receive_input,
    send_input,
)
from pacc.runtime import flow_run
from pacc.services import run_inputs
from pacc.states import Paused, Running, Suspended


class Greeting(RunInput):
    name: str


class Plain(BaseModel):
    number: int


@pytest.fixture
def run_id(recorded):
    """A flow run that something can be sent to."""

    @flow
    def receiver(): ...

    receiver()
    return recorded.flow_run().id


def test_what_is_sent_is_received_in_its_order_each_once(run_id):
    for name in ("Ada", "Bob"):
        send_input(Greeting(name=name), run_id)
    handler = Greeting.receive(flow_run_id=run_id, timeout=0.05)
    assert [each.name for each in handler] == ["Ada", "Bob"]
    assert list(handler) == []
    known = handler.exclude_keys
    send_input(Greeting(name="Eve"), run_id)
    again = Greeting.receive(flow_run_id=run_id, timeout=0.05, exclude_keys=known)
    assert [each.name for each in again] == ["Eve"]


@pytest.mark.parametrize(("kind", "value"), [(int, 5), (str, "five"), (dict, {"a": [1]}), (bool, False)])
def test_plain_values_are_sent_and_received(run_id, kind, value):
    send_input(value, run_id)
    assert receive_input(kind, flow_run_id=run_id, timeout=1).next() == value
    whole = receive_input(kind, flow_run_id=run_id, timeout=1, with_metadata=True).next()
    assert (whole.value, whole.metadata.receiver, whole.metadata.sender) == (value, run_id, None)


def test_models_are_sent_and_received(run_id):
    send_input(Plain(number=3), run_id)
    [received] = receive_input(Plain, flow_run_id=run_id, timeout=0.05)
    assert isinstance(received, Plain)
    assert received.number == 3


def test_no_input_in_time_ends_the_iteration_or_is_an_error(run_id):
    assert list(receive_input(int, flow_run_id=run_id, timeout=0.02)) == []
    with pytest.raises(TimeoutError, match="no input came within"):
        next(receive_input(int, flow_run_id=run_id, timeout=0.02, raise_timeout_error=True))


def test_two_flow_runs_talk_to_each_other(recorded):
    ids = {}
    ready = threading.Event()

    @flow
    def waiter():
        ids["waiter"] = flow_run.id
        ready.set()
        greeting = Greeting.receive(timeout=10).next()
        greeting.respond(f"hello {greeting.name}")

    @flow
    def greeter():
        Greeting(name="Ada").send_to(ids["waiter"])
        return receive_input(str, timeout=10).next()

    thread = threading.Thread(target=waiter)
    thread.start()
    assert ready.wait(10)
    assert greeter() == "hello Ada"
    thread.join(10)
    assert {run.state_name for run in recorded.flow_runs()} == {"Completed"}


def test_coroutines_receive_without_blocking_the_loop(run_id):
    async def go():
        handler = receive_input(int, flow_run_id=run_id, timeout=10)
        waiting = asyncio.ensure_future(handler.anext())
        await asyncio.sleep(0.02)
        await send_input(1, run_id)
        found = [await waiting]
        await send_input.aio(2, run_id)
        async for value in handler:
            found.append(value)
            break
        return found

    assert asyncio.run(go()) == [1, 2]


def test_an_input_that_no_flow_sent_has_nobody_to_respond_to(run_id):
    send_input(Greeting(name="Ada"), run_id, sender="somebody")
    greeting = Greeting.receive(flow_run_id=run_id, timeout=1).next()
    with pytest.raises(RuntimeError, match="nobody to respond to"):
        greeting.respond("hello")


def test_values_under_keys_are_made_read_filtered_and_deleted(run_id):
    create_flow_run_input("a-1", {"x": 1}, run_id)
    create_flow_run_input("a-2", 2, run_id, sender="me")
    create_flow_run_input("a-1", {"x": 3}, run_id)
    assert read_flow_run_input("a-1", run_id) == {"x": 3}
    assert [each.key for each in filter_flow_run_input("a", 9, None, run_id)] == ["a-1", "a-2"]
    assert [each.sender for each in filter_flow_run_input("a", 9, {"a-1"}, run_id)] == ["me"]
    delete_flow_run_input("a-1", run_id)
    with pytest.raises(ObjectNotFound):
        read_flow_run_input("a-1", run_id)
    with pytest.raises(ObjectNotFound):
        delete_flow_run_input("a-1", run_id)
    with pytest.raises(RuntimeError, match="no flow is running here"):
        read_flow_run_input("a-1")


def test_the_client_has_them_too(run_id):
    with get_client(sync_client=True) as client:
        client.create_flow_run_input(run_id, "k", '{"a": 1}')
        assert client.read_flow_run_input(run_id, "k") == '{"a": 1}'
        [found] = client.filter_flow_run_input(run_id, "k", 1, set())
        assert found.decoded_value == {"a": 1}
        client.delete_flow_run_input(run_id, "k")


@pytest.mark.parametrize("key", ["", "a/b", "a b", "x" * 501, "a\n"])
def test_a_key_that_is_none_is_refused(run_id, key):
    with pytest.raises(InvalidValueError, match="letters, digits"):
        create_flow_run_input(key, 1, run_id)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_any_value_comes_back_as_it_was(run_id, value):
    create_flow_run_input("any", value, run_id)
    assert read_flow_run_input("any", run_id) == value


def test_what_was_sent_goes_with_its_run(run_id, recorded):
    from pacc.services import flow_runs

    send_input(1, run_id)
    flow_runs.delete(recorded.store, run_id)
    assert run_inputs.select(recorded.store, run_id, "", limit=9) == []
    with pytest.raises(ObjectNotFound):
        send_input(1, run_id)


def test_the_keys_of_a_pause_name_its_state():
    assert keyset_from_base_key("b") == {
        "description": "b-description",
        "response": "b-response",
        "schema": "b-schema",
    }
    assert keyset_from_paused_state(Paused(pause_key="1"))["schema"] == "paused-1-schema"
    assert keyset_from_paused_state(Suspended(pause_key="k"))["response"] == "suspended-k-response"
    with pytest.raises(RuntimeError, match="not paused"):
        keyset_from_paused_state(Running())

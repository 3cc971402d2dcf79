"""A program waits for the end of a flow run that something else executes."""

from __future__ import annotations

import asyncio
import threading

import pytest

from pacc import flow
from pacc.client.orchestration import get_client
from pacc.exceptions import FlowRunWaitTimeout, ObjectNotFound
from pacc.flow_runs import wait_for_flow_run


@pytest.fixture
def begun():
    """A run that a thread executes until it is told to end, and what tells it."""
    inside, go_on, ids = threading.Event(), threading.Event(), []

    @flow
    def patient():
        from pacc.runtime import flow_run

        ids.append(flow_run.id)
        inside.set()
        go_on.wait(30)

    thread = threading.Thread(target=patient)
    thread.start()
    assert inside.wait(30)
    yield ids[0], go_on
    go_on.set()
    thread.join()


def test_the_run_is_returned_as_soon_as_it_has_ended(begun):
    run_id, go_on = begun

    async def wait():
        waiting = asyncio.create_task(wait_for_flow_run(run_id, timeout=30))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        go_on.set()
        return await waiting

    run = asyncio.run(wait())
    assert (str(run.id), run.state_name) == (str(run_id), "Completed")


def test_a_run_that_has_ended_is_not_waited_for(recorded):
    flow(lambda: 1, name="over")()
    run = recorded.flow_run()
    with get_client(sync_client=True) as client:
        assert asyncio.run(wait_for_flow_run(run.id, timeout=0, client=client)).state.is_completed()


def test_when_the_time_is_up_it_says_so_and_the_run_goes_on(begun, recorded):
    run_id, go_on = begun
    with pytest.raises(FlowRunWaitTimeout, match=r"had not ended after 0\.05 second"):
        asyncio.run(wait_for_flow_run(run_id, timeout=0.05))
    go_on.set()
    assert asyncio.run(wait_for_flow_run(run_id)).state.is_completed()


def test_the_states_it_is_seen_in_are_logged(begun, caplog):
    run_id, go_on = begun

    async def wait():
        waiting = asyncio.create_task(wait_for_flow_run(run_id, log_states=True))
        await asyncio.sleep(0.05)
        go_on.set()
        return await waiting

    run = asyncio.run(wait())
    said = [record.message for record in caplog.records if "is in state" in record.message]
    assert said == [f"Flow run {run.name!r} is in state {name!r}" for name in ("Running", "Completed")]


def test_a_run_whose_process_is_killed_has_crashed(run_python, recorded):
    ended = run_python(
        "import os\nfrom pacc import flow\n@flow\ndef killed():\n    os.kill(os.getpid(), 9)\nkilled()"
    )
    assert ended.code == -9
    with get_client(sync_client=True) as client:
        run = next(iter(client.read_flow_runs()))
    assert run.state_name in {"Running", "Crashed"}
    assert asyncio.run(wait_for_flow_run(run.id, timeout=10)).state_name == "Crashed"


def test_a_run_that_is_not_there_is_said(recorded):
    with pytest.raises(ObjectNotFound):
        asyncio.run(wait_for_flow_run("01a21933-065c-787d-a643-2fe8799db966"))

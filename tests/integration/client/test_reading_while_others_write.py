"""One process lists and deletes while others run flows: what it sees is whole, what it deletes stays deleted."""

from __future__ import annotations

import sys
import time

import pytest

from pacc import get_client
from pacc.client.schemas.filters import FlowRunFilter

WRITER = """
from pacc import flow, task

@task
def double(number):
    return 2 * number

@flow
def nested(number):
    return double(number)

@flow
def busy(count):
    return [nested(number) for number in range(count)]

busy(60)
busy(60)
"""


@pytest.fixture
def client():
    with get_client(sync_client=True) as made:
        yield made


@pytest.fixture
def writers(processes):
    """Start processes that run flows; a quiet console."""

    def start(count):
        script = processes.script(WRITER)
        quiet = {"PACC_LOGGING_LEVEL": "ERROR"}
        return [processes.start(sys.executable, script, env=quiet) for _ in range(count)]

    return start


def test_listings_are_whole_while_runs_go_on(client, writers, processes):
    writing = writers(2)
    counts = []
    while any(process.poll() is None for process in writing):
        seen = client.read_flow_runs(limit=50)
        assert all(run.state_id == run.state.id and run.state_type is run.state.type for run in seen)
        for run in client.read_flow_runs(limit=3) + client.read_task_runs(limit=3):
            read_states = (
                client.read_flow_run_states if hasattr(run, "flow_id") else client.read_task_run_states
            )
            states = read_states(run.id)
            assert len(states) >= 1
            assert [state.timestamp for state in states] == sorted(state.timestamp for state in states)
        counts.append(client.count_flow_runs())
        time.sleep(0.01)
    assert [processes.finish(process).code for process in writing] == [0, 0]
    assert counts == sorted(counts), "what was seen once is there ever after"
    assert client.count_flow_runs() == 2 * 2 * 61
    assert len(client.read_task_runs()) == 2 * 2 * 60 * 2


def test_a_run_deleted_while_others_write_stays_deleted(client, writers, processes):
    (writing,) = writers(1)
    finished = FlowRunFilter(parent_flow_run_id={"is_null_": True}, state={"type": {"any_": ["COMPLETED"]}})
    while not (ended := client.read_flow_runs(flow_run_filter=finished)):
        time.sleep(0.01)
    gone = ended[0].id
    client.delete_flow_run(gone)
    assert processes.finish(writing).code == 0
    assert gone not in {run.id for run in client.read_flow_runs()}
    assert client.read_task_runs(flow_run_filter=FlowRunFilter(id={"any_": [gone]})) == []
    assert client.count_flow_runs() == 2 * 61 - 1

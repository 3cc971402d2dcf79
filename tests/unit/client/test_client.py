"""The client has Prefect's names, both colours do the same, and each method is the service's."""

from __future__ import annotations

import asyncio
import inspect
import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from pacc import flow, get_client, task
from pacc.client.orchestration import PaccClient, SyncPaccClient
from pacc.client.schemas import FlowRunPolicy, SetStateStatus
from pacc.client.schemas.actions import (
    GlobalConcurrencyLimitCreate,
    GlobalConcurrencyLimitUpdate,
    LogCreate,
    WorkPoolCreate,
    WorkPoolUpdate,
)
from pacc.client.schemas.filters import FlowFilter, FlowRunFilter, LogFilter, TaskRunFilter
from pacc.client.schemas.sorting import FlowRunSort, FlowSort, LogSort, TaskRunSort
from pacc.exceptions import InvalidValueError, ObjectNotFound
from pacc.settings import get_current_settings
from pacc.states import Cancelled, Completed, Failed, Pending, Running, Scheduled


@task(tags=["io"])
def fetch(number):
    return number


@flow
def nested(number):
    return fetch(number)


@flow(log_prints=True)
def pipeline(number=1):
    print("hello", number)
    nested(number)
    return fetch(number)


class Colour:
    """A client of either colour, called the same way: the tests below run once for each."""

    def __init__(self, client):
        self.client = client

    def __getattr__(self, name):
        method = getattr(self.client, name)

        def call(*args, **kwargs):
            answer = method(*args, **kwargs)
            return asyncio.run(wait_for(answer)) if inspect.isawaitable(answer) else answer

        return call


async def wait_for(answer):
    return await answer


@pytest.fixture(params=["sync", "async"])
def client(request):
    """A client on the test's empty home."""
    return Colour(get_client(sync_client=request.param == "sync"))


def public(kind):
    return {name for name in vars(kind) if not name.startswith("_")}


def test_both_colours_have_the_same_methods():
    assert public(PaccClient) == public(SyncPaccClient)
    for name in public(PaccClient):
        assert inspect.iscoroutinefunction(getattr(PaccClient, name))
        assert inspect.signature(getattr(PaccClient, name)) == inspect.signature(
            getattr(SyncPaccClient, name)
        )


def test_get_client_gives_the_colour_asked_for():
    with get_client(sync_client=True) as called:
        assert isinstance(called, SyncPaccClient)

    async def enter():
        async with get_client() as awaited:
            assert isinstance(awaited, PaccClient)
            return await awaited.hello()

    assert asyncio.run(enter()) == "👋"


def test_what_has_nothing_behind_it_is_not_there():
    for name in ("apply_slas_for_deployment", "read_worker_metadata"):
        assert not hasattr(get_client(sync_client=True), name)


def test_a_healthy_store_has_no_complaint(client):
    assert client.api_healthcheck() is None


def test_a_store_that_cannot_be_read_is_said_and_not_raised(client):
    client.create_flow_from_name("etl")
    client.client._store.close()
    (get_current_settings().home / "pacc.db").write_bytes(b"no database" * 1000)
    assert isinstance(client.api_healthcheck(), Exception)


# -- flows -------------------------------------------------------------------------------------------------------------


def test_a_flow_is_made_once_per_name(client):
    flow_id = client.create_flow(pipeline)
    assert flow_id == client.create_flow_from_name("pipeline")
    assert client.read_flow(flow_id) == client.read_flow_by_name("pipeline")
    assert client.read_flow(flow_id).name == "pipeline"


def test_flows_are_listed_and_deleted(client):
    ids = {name: client.create_flow_from_name(name) for name in ("b", "a", "c")}
    assert [each.name for each in client.read_flows(sort=FlowSort.NAME_ASC, limit=2)] == ["a", "b"]
    assert [each.name for each in client.read_flows(flow_filter=FlowFilter(id={"any_": [ids["c"]]}))] == ["c"]
    client.delete_flow(ids["c"])
    with pytest.raises(ObjectNotFound):
        client.read_flow(ids["c"])


# -- flow runs ---------------------------------------------------------------------------------------------------------


def test_what_ran_is_listed_counted_and_read(client):
    pipeline(7)
    top = FlowRunFilter(parent_flow_run_id={"is_null_": True})
    (run,) = client.read_flow_runs(flow_run_filter=top)
    assert client.read_flow_run(run.id).state.is_completed()
    assert (run.parameters, run.state_name) == ({"number": 7}, "Completed")
    assert client.count_flow_runs() == 2
    assert client.count_flow_runs(flow_filter=FlowFilter(name={"any_": ["nested"]})) == 1
    assert [state.name for state in client.read_flow_run_states(run.id)] == [
        "Pending",
        "Running",
        "Completed",
    ]


def test_runs_come_in_the_order_asked_for(client):
    for name in ("b", "a", "c"):
        client.create_flow_run(pipeline, name=name)
    assert [run.name for run in client.read_flow_runs(sort=FlowRunSort.NAME_DESC, offset=1)] == ["b", "a"]
    assert [run.name for run in client.read_flow_runs(limit=1)] == ["c"]


def test_a_run_that_was_made_waits_for_someone_to_execute_it(client):
    run = client.create_flow_run(
        pipeline,
        name="mine",
        parameters={"number": 3},
        tags=["t"],
        context={"why": "test"},
        state=Scheduled(),
    )
    read = client.read_flow_run(run.id)
    assert (read.name, read.parameters, read.tags, read.context) == (
        "mine",
        {"number": 3},
        ["t"],
        {"why": "test"},
    )
    assert read.state.is_scheduled()
    assert read.flow_version == pipeline.version


def test_a_run_is_changed_and_renamed(client):
    run = client.create_flow_run(pipeline)
    client.update_flow_run(
        run.id, tags=["a"], empirical_policy=FlowRunPolicy(retries=1), parameters={"number": 2}
    )
    client.set_flow_run_name(run.id, "renamed")
    read = client.read_flow_run(run.id)
    assert (read.name, read.tags, read.parameters) == ("renamed", ["a"], {"number": 2})
    assert read.empirical_policy.retries == 1


def test_labels_are_added_to_those_a_run_has(client):
    run = client.create_flow_run(pipeline)
    client.update_flow_run_labels(run.id, {"stage": "test", "shard": 1})
    client.update_flow_run_labels(run.id, {"shard": 2, "dry": True})
    assert client.read_flow_run(run.id).labels == {"stage": "test", "shard": 2, "dry": True}
    with pytest.raises(ObjectNotFound):
        client.update_flow_run_labels(uuid4(), {"stage": "test"})


def test_a_state_is_found_by_its_own_id(client):
    pipeline()
    runs = client.read_flow_runs()
    for state in [each for run in runs for each in client.read_flow_run_states(run.id)]:
        assert client.read_flow_run_state(state.id) == state
    assert client.read_flow_run_state(runs[0].state.id).name == "Completed"
    for nowhere in (uuid4(), "no-id"):
        with pytest.raises(ObjectNotFound, match="no state"):
            client.read_flow_run_state(nowhere)


def test_job_variables_that_no_run_could_start_with_are_refused_at_once(client):
    with pytest.raises(InvalidValueError, match="'memory' is 'lots'"):
        client.update_flow_run(client.create_flow_run(pipeline).id, job_variables={"memory": "lots"})


def test_a_state_is_proposed_and_the_answer_says_what_became_of_it(client):
    run = client.create_flow_run(pipeline)
    accepted = client.set_flow_run_state(run.id, Running())
    assert accepted.status is SetStateStatus.ACCEPT
    assert (
        client.set_flow_run_state(str(run.id), Completed(message="by hand")).status is SetStateStatus.ACCEPT
    )
    refused = client.set_flow_run_state(run.id, Failed())
    assert refused.status is SetStateStatus.ABORT
    assert refused.state.is_completed()
    assert client.read_flow_run(run.id).state.message == "by hand"


def test_a_state_that_was_set_is_found_by_filters(client):
    run = client.create_flow_run(pipeline)
    client.create_flow_run(pipeline)
    client.set_flow_run_state(run.id, Cancelled(), force=True)
    wanted = FlowRunFilter(state={"type": {"any_": ["CANCELLED"]}})
    assert [found.id for found in client.read_flow_runs(flow_run_filter=wanted)] == [run.id]


def test_a_deleted_run_is_gone_with_its_task_runs_and_its_log(client):
    pipeline()
    for run in client.read_flow_runs():
        client.delete_flow_run(run.id)
    assert client.read_flow_runs() == client.read_task_runs() == client.read_logs() == []


# -- task runs ---------------------------------------------------------------------------------------------------------


def test_task_runs_are_listed_with_what_they_belong_to(client):
    pipeline()
    (run,) = client.read_flow_runs(flow_filter=FlowFilter(name={"any_": ["nested"]}))
    (inside,) = client.read_task_runs(flow_run_filter=FlowRunFilter(id={"any_": [run.id]}))
    assert inside == client.read_task_run(inside.id)
    assert (inside.flow_run_id, inside.tags, inside.state_name) == (run.id, ["io"], "Completed")
    (standing,) = client.read_task_runs(task_run_filter=TaskRunFilter(subflow_runs={"exists_": True}))
    assert standing.id == run.parent_task_run_id
    names = [each.name for each in client.read_task_runs(sort=TaskRunSort.NAME_ASC)]
    assert names == sorted(names)


def test_a_task_run_is_made_moved_renamed_and_deleted(client):
    flow_run = client.create_flow_run(pipeline)
    run = client.create_task_run(fetch, flow_run.id, "0", extra_tags=["x"], state=Pending())
    assert (run.name, run.task_key, run.tags) == ("fetch-0", fetch.task_key, ["io", "x"])
    client.set_task_run_state(run.id, Running())
    client.set_task_run_state(run.id, Failed(message="no"))
    client.set_task_run_name(run.id, "other")
    assert [state.name for state in client.read_task_run_states(run.id)] == ["Pending", "Running", "Failed"]
    assert client.read_task_run(run.id).name == "other"
    client.delete_task_run(run.id)
    with pytest.raises(ObjectNotFound):
        client.read_task_run(run.id)


# -- logs --------------------------------------------------------------------------------------------------------------


def test_log_lines_are_read_by_run_text_and_order(client):
    pipeline(5)
    (run,) = client.read_flow_runs(flow_filter=FlowFilter(name={"any_": ["pipeline"]}))
    of_run = LogFilter(flow_run_id={"any_": [run.id]})
    messages = [log.message for log in client.read_logs(of_run)]
    assert "hello 5" in messages
    assert [log.message for log in client.read_logs(LogFilter(text={"query": '"hello 5"'}))] == ["hello 5"]
    newest_first = client.read_logs(of_run, limit=1, sort=LogSort.TIMESTAMP_DESC)
    assert [log.message for log in newest_first] == messages[-1:]
    assert [log.message for log in client.read_logs(of_run, offset=1)] == messages[1:]


def test_lines_are_written_into_the_log_of_a_run_from_outside(client):
    pipeline(5)
    (run,) = client.read_flow_runs(flow_filter=FlowFilter(name={"any_": ["pipeline"]}))
    inside = client.read_task_runs(flow_run_filter=FlowRunFilter(id={"any_": [run.id]}))[0]
    told = {"name": "dbt", "level": 40, "message": "two\nlines", "timestamp": "2026-11-26T20:00:00Z"}
    line = LogCreate(
        name="dbt",
        level=20,
        message="built",
        timestamp=datetime(2026, 11, 26, tzinfo=UTC),
        task_run_id=inside.id,
    )
    client.create_logs([line, {**told, "flow_run_id": str(run.id)}])
    built, lines = client.read_logs(LogFilter(flow_run_id={"any_": [run.id]}), limit=2)
    assert (built.name, built.level, built.message, built.timestamp) == ("dbt", 20, "built", line.timestamp)
    assert (built.task_run_id, built.task_run_name) == (inside.id, inside.name)
    assert (lines.message, lines.level, lines.task_run_id) == ("two\nlines", 40, None)


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        ({"message": None}, InvalidValueError, "that is no line of a log"),
        ({"level": "loud"}, InvalidValueError, "that is no line of a log"),
        ({"timestamp": "soon"}, InvalidValueError, "that is no line of a log"),
        ({"flow_run_id": None}, InvalidValueError, "give the id of one"),
        ({"flow_run_id": UUID(int=7)}, ObjectNotFound, "no flow run"),
        ({"task_run_id": UUID(int=7)}, ObjectNotFound, "no task run"),
    ],
)
def test_of_lines_that_cannot_be_written_none_is(client, fields, error, said):
    run = client.create_flow_run(pipeline)
    line = {"name": "dbt", "level": 20, "message": "built", "timestamp": "2026-11-26", "flow_run_id": run.id}
    wrong = {name: value for name, value in {**line, **fields}.items() if value is not None}
    with pytest.raises(error, match=said):
        client.create_logs([line, wrong])
    assert client.read_logs() == []


# -- Prefect's signatures ----------------------------------------------------------------------------------------------

SIGNATURES = {
    "read_flow": ["flow_id"],
    "read_flow_by_name": ["flow_name"],
    "create_flow": ["flow"],
    "create_flow_from_name": ["flow_name"],
    "delete_flow": ["flow_id"],
    "read_flow_run": ["flow_run_id"],
    "delete_flow_run": ["flow_run_id"],
    "set_flow_run_name": ["flow_run_id", "name"],
    "set_flow_run_state": ["flow_run_id", "state", "force"],
    "read_flow_run_state": ["flow_run_state_id"],
    "read_flow_run_states": ["flow_run_id"],
    "update_flow_run_labels": ["flow_run_id", "labels"],
    "update_flow_run": [
        "flow_run_id", "flow_version", "parameters", "name", "tags", "empirical_policy", "infrastructure_pid",
        "job_variables",
    ],
    "read_task_run": ["task_run_id"],
    "delete_task_run": ["task_run_id"],
    "set_task_run_name": ["task_run_id", "name"],
    "set_task_run_state": ["task_run_id", "state", "force"],
    "read_task_run_states": ["task_run_id"],
    "create_logs": ["logs"],
    "read_logs": ["log_filter", "limit", "offset", "sort"],
}  # fmt: skip
"""As Prefect 3 has them, for the methods that take all of Prefect's parameters."""


@pytest.mark.parametrize("name", SIGNATURES)
def test_parameters_have_prefects_names_in_prefects_order(name):
    parameters = list(inspect.signature(getattr(SyncPaccClient, name)).parameters)
    assert parameters[1:] == SIGNATURES[name]


def test_ids_may_not_be_there(client):
    for read in (client.read_flow, client.read_flow_run, client.read_task_run, client.delete_flow_run):
        with pytest.raises(ObjectNotFound):
            read(uuid4())


def test_the_client_speaks_to_the_home_of_the_settings(run_python, pacc_home):
    run_python("""
from pacc import flow, get_client
@flow
def f(): ...
f()
""")
    found = run_python("""
import json
from pacc import get_client
with get_client(sync_client=True) as client:
    print(json.dumps([str(run.id) for run in client.read_flow_runs()]))
""")
    (run_id,) = json.loads(found.stdout)
    assert (pacc_home / "logs" / f"{UUID(run_id)}.jsonl").exists()


def test_limits_and_their_slots_are_at_hand_in_the_client(client):
    client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name="database", limit=2))
    client.update_global_concurrency_limit("database", GlobalConcurrencyLimitUpdate(limit=3))
    lease = client.increment_concurrency_slots_with_lease(["database"], 3, "concurrency", 60)
    assert client.increment_concurrency_slots_with_lease(["database"], 1, "concurrency", 60) is None
    client.renew_concurrency_lease(lease.lease_id, 120)
    assert client.read_global_concurrency_limit_by_name("database").active_slots == 3
    client.release_concurrency_slots_with_lease(lease.lease_id)
    with pytest.raises(ObjectNotFound):
        client.renew_concurrency_lease(lease.lease_id, 1)
    assert [each.active_slots for each in client.read_global_concurrency_limits()] == [0]
    client.create_concurrency_limit("etl", 1)
    assert client.read_concurrency_limits(10, 0)[0].tag == "etl"


# -- work pools --------------------------------------------------------------------------------------------------------


def test_work_pools_and_their_queues_are_made_changed_and_deleted(client):
    pool = client.create_work_pool(WorkPoolCreate(name="local"))
    queue = client.create_work_queue("nightly", concurrency_limit=2, work_pool_name="local")
    client.update_work_pool("local", WorkPoolUpdate(is_paused=True))
    client.update_work_queue(queue.id, priority=1)
    assert client.read_work_pool("local").is_paused
    assert [each.name for each in client.read_work_queues("local")] == ["nightly", "default"]
    assert [each.name for each in client.match_work_queues(["ni"], work_pool_name="local")] == ["nightly"]
    assert client.send_worker_heartbeat("local", "w", get_worker_id=True) is not None
    assert [worker.name for worker in client.read_workers_for_work_pool("local")] == ["w"]
    assert client.read_work_queue_status(queue.id).healthy
    assert client.read_work_pool_concurrency_status("local").active_slots == 0
    assert client.read_work_queue_concurrency_status(queue.id).concurrency_limit == 2
    assert client.get_scheduled_flow_runs_for_work_pool("local") == []
    assert client.get_runs_in_work_queue(queue.id) == []
    client.delete_work_queue_by_id(queue.id)
    client.delete_work_pool("local")
    assert client.read_work_pools() == []
    with pytest.raises(ObjectNotFound):
        client.read_work_queue(pool.default_queue_id)

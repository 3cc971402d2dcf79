"""Reading, counting, changing and removing flows and runs."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from pacc._internal import clock
from pacc.exceptions import ObjectNotFound
from pacc.schemas.filters import FlowFilter, FlowRunFilter, TaskRunFilter
from pacc.schemas.flow_runs import FlowRunPolicy
from pacc.schemas.sorting import FlowRunSort
from pacc.schemas.states import StateType
from pacc.services import flow_runs, flows, task_runs
from pacc.store.log_files import log_path


def names(found):
    return [one.name for one in found]


def test_a_run_that_was_put_is_there_in_full(store, runs):
    run_id = runs.flow_run(
        name="brave-otter", tags=["b", "a"], parameters='{"city":"Ulm"}', labels='{"team":"x"}', attempt=2,
        empirical_policy='{"retries":3,"pause_keys":["k"],"of_a_later_release":1}', job_variables='{"a":[1]}',
        created_by='{"id":null,"type":"SCHEDULE"}', process='{"pid":7}', flow_version="v1", auto_scheduled=1,
    )  # fmt: skip
    run = flow_runs.read(store, run_id)
    assert (run.id, run.name, run.flow_id) == (UUID(run_id), "brave-otter", flows.find(store, "etl").id)
    assert (run.tags, run.parameters, run.labels) == (["b", "a"], {"city": "Ulm"}, {"team": "x"})
    assert run.empirical_policy == FlowRunPolicy(retries=3, pause_keys=frozenset({"k"}))
    assert (run.job_variables, run.process, run.flow_version) == ({"a": [1]}, {"pid": 7}, "v1")
    assert run.created_by is not None
    assert run.created_by.type == "SCHEDULE"
    assert (run.attempt, run.run_count, run.auto_scheduled) == (2, 1, True)


def test_a_state_is_the_same_read_with_its_run_and_from_the_history(store, runs):
    for service, run_id in [(flow_runs, runs.flow_run()), (task_runs, runs.task_run())]:
        run = service.read(store, run_id)
        pending, running = service.states(store, run_id)
        assert (pending.type, running.type) == (StateType.PENDING, StateType.RUNNING)
        assert run.state == running
        assert run.state_id == running.id != pending.id
        assert (run.state_type, run.state_name) == (running.type, running.name)


def test_a_state_knows_the_runs_it_belongs_to(store, runs):
    flow_run = runs.flow_run()
    task_run = runs.task_run(flow_run)
    details = task_runs.read(store, task_run).state.state_details
    assert (details.flow_run_id, details.task_run_id) == (UUID(flow_run), UUID(task_run))
    assert flow_runs.states(store, flow_run)[0].state_details.flow_run_id == UUID(flow_run)


def test_details_of_a_state_come_back_in_their_types(store, runs):
    child = uuid4()
    text = json.dumps(
        {
            "scheduled_time": "2026-11-21T08:00:00+00:00",
            "child_flow_run_id": str(child),
            "pause_key": "k",
            "retriable": False,
            "run_input_keyset": {"schema": "s"},
            "of_a_later_release": 1,
        }
    )
    details = flow_runs.read(store, runs.flow_run(state_details=text)).state.state_details
    assert details.scheduled_time == clock.to_datetime(1_795_248_000_000_000)
    assert (details.child_flow_run_id, details.pause_key, details.retriable) == (child, "k", False)
    assert details.run_input_keyset == {"schema": "s"}


def test_a_running_run_is_estimated_up_to_the_moment_of_reading(store, runs):
    ago = clock.now() - 10_000_000
    run = flow_runs.read(store, runs.flow_run(state_time=ago, total_run_time=5_000_000))
    assert timedelta(seconds=15) <= run.estimated_run_time < timedelta(seconds=60)
    assert run.total_run_time == timedelta(seconds=5)


def test_lateness_counts_up_to_the_start_or_to_now_and_not_for_what_never_started(store, runs):
    expected = clock.now() - 30_000_000
    late = runs.flow_run(state="SCHEDULED", expected_start_time=expected)
    started = runs.flow_run(expected_start_time=expected, start_time=expected + 2_000_000)
    never = runs.flow_run(state="CANCELLED", expected_start_time=expected, end_time=expected + 1)
    deltas = [flow_runs.read(store, run).estimated_start_time_delta for run in (late, started, never)]
    assert deltas[0] >= timedelta(seconds=30)
    assert deltas[1:] == [timedelta(seconds=2), timedelta(0)]


def test_listings_see_what_this_process_has_only_journaled(store, runs):
    flow_run = runs.flow_run()
    runs.task_run(flow_run, name="fetch-1")
    assert names(task_runs.select(store)) == ["fetch-1"]
    runs.task_run(flow_run, name="fetch-2")
    assert task_runs.count(store, flow_run_filter=FlowRunFilter(id={"any_": [flow_run]})) == 2


def test_listings_are_narrowed_ordered_and_paged(store, runs):
    for number in range(5):
        runs.flow_run("etl" if number % 2 else "report", name=f"run-{number}")
    etl = FlowFilter(name={"any_": ["etl"]})
    assert names(flow_runs.select(store)) == ["run-4", "run-3", "run-2", "run-1", "run-0"]
    assert names(flow_runs.select(store, flow_filter=etl)) == ["run-3", "run-1"]
    assert names(flow_runs.select(store, sort=FlowRunSort.NAME_ASC, limit=2, offset=1)) == ["run-1", "run-2"]
    assert flow_runs.count(store, flow_filter=etl) == 2
    assert names(flows.select(store, flow_run_filter=FlowRunFilter(name={"any_": ["run-1"]}))) == ["etl"]


def test_runs_are_found_by_tags_however_strange(store, runs):
    runs.flow_run(name="strange", tags=['5", raw', "a"])
    runs.flow_run(name="plain", tags=["raw"])
    wanted = FlowRunFilter(tags={"all_": ['5", raw']})
    assert names(flow_runs.select(store, flow_run_filter=wanted)) == ["strange"]
    assert flow_runs.find(store, "strange").tags == ['5", raw', "a"]


def test_what_is_given_is_changed_and_the_rest_stays(store, runs):
    run_id = runs.flow_run(parameters='{"a":1}')
    flow_runs.update(
        store, run_id, name="new", tags=["x", "x", "a"], empirical_policy=FlowRunPolicy(retries=2)
    )
    run = flow_runs.read(store, run_id)
    assert (run.name, run.tags, run.parameters) == ("new", ["a", "x"], {"a": 1})
    assert run.empirical_policy == FlowRunPolicy(retries=2)
    assert run.updated > run.created
    assert len(flow_runs.states(store, run_id)) == 2, "a change is no transition"


def test_a_task_run_takes_another_name(store, runs):
    run_id = runs.task_run(name="old")
    task_runs.rename(store, run_id, "new")
    assert task_runs.read(store, run_id).name == "new"


def test_a_deleted_flow_run_takes_its_task_runs_and_its_log_along(store, runs):
    gone, kept = runs.flow_run(), runs.flow_run()
    for flow_run in (gone, gone, kept):
        runs.task_run(flow_run)
    log = log_path(store.home, gone)
    log.parent.mkdir()
    log.touch()
    flow_runs.delete(store, gone)
    assert [str(run.id) for run in flow_runs.select(store)] == [kept]
    assert [str(run.flow_run_id) for run in task_runs.select(store)] == [kept]
    assert not log.exists()


def test_more_task_runs_than_one_statement_deletes_go_as_well(store, runs):
    flow_run = runs.flow_run()
    for _ in range(2100):
        runs.task_run(flow_run)
    flow_runs.delete(store, flow_run)
    assert task_runs.count(store) == 0


def test_runs_called_by_a_deleted_run_stay_on_their_own(store, runs):
    outer = runs.flow_run()
    middle = runs.flow_run(parent_flow_run_id=outer, root_flow_run_id=outer, parent_task_run_id=str(uuid4()))
    inner = runs.flow_run(parent_flow_run_id=middle, root_flow_run_id=outer)
    flow_runs.delete(store, outer)
    left = flow_runs.read(store, middle)
    assert (left.parent_flow_run_id, left.parent_task_run_id) == (None, None)
    assert left.root_flow_run_id == UUID(middle)
    below = flow_runs.read(store, inner)
    assert (below.parent_flow_run_id, below.root_flow_run_id) == (UUID(middle), UUID(middle))


def test_a_deleted_task_run_leaves_the_flow_run_it_stood_for(store, runs):
    outer = runs.flow_run()
    task_run = runs.task_run(outer)
    nested = runs.flow_run(parent_flow_run_id=outer, parent_task_run_id=task_run)
    assert task_runs.count(store, task_run_filter=TaskRunFilter(subflow_runs={"exists_": True})) == 1
    task_runs.delete(store, task_run)
    assert flow_runs.read(store, nested).parent_task_run_id is None
    assert task_runs.select(store) == []


def test_a_deleted_flow_takes_its_runs_along(store, runs):
    run_id = runs.flow_run("etl")
    runs.task_run(run_id)
    runs.flow_run("report")
    flows.delete(store, flows.find(store, "etl").id)
    assert names(flows.select(store)) == ["report"]
    assert (flow_runs.count(store), task_runs.count(store)) == (1, 0)


@pytest.mark.parametrize(
    "ask",
    [flows.read, flows.delete, flow_runs.read, flow_runs.states, flow_runs.delete, flow_runs.update,
     task_runs.read, task_runs.states, task_runs.delete, lambda store, run: task_runs.rename(store, run, "x")],
)  # fmt: skip
def test_what_is_not_there_is_said_and_nothing_is_written(store, ask):
    before = store.data_version()
    with pytest.raises(ObjectNotFound, match=r"no (flow|flow run|task run) "):
        ask(store, uuid4())
    assert store.read_sql("SELECT count(*) FROM flow_run")[0][0] == 0
    assert store.data_version() >= before

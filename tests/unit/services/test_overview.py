"""What screens of runs are made of."""

from __future__ import annotations

from datetime import timedelta

from pacc._internal import clock
from pacc._internal.packed_ids import PackedIds
from pacc.schemas.filters import FlowRunFilter
from pacc.services import flow_runs, overview

HOUR = 3_600_000_000
DAY = timedelta(hours=24)


def began(hours_ago):
    then = clock.now() - int(hours_ago * HOUR)
    return {"start_time": then, "expected_start_time": then}


def test_runs_are_counted_where_they_began_and_those_of_other_runs_left_out(runs):
    failed = runs.flow_run(state="FAILED", **began(1))
    runs.flow_run(state="COMPLETED", **began(23.5))
    runs.flow_run(state="COMPLETED", **began(25))
    runs.flow_run(state="CRASHED", parent_flow_run_id=failed, **began(1))
    open_ = runs.flow_run(state="RUNNING", **began(30))
    found = overview.read(runs.store, clock.to_datetime(clock.now()), DAY, 24)
    assert found.tally == {"COMPLETED": 1, "FAILED": 1}
    assert found.buckets[0] == {"COMPLETED": 1}
    assert [str(each.run.id) for each in found.troubled] == [failed]
    assert [str(each.run.id) for each in found.open] == [open_]
    assert found.troubled[0].flow_name == "etl"


def test_late_runs_need_a_look_and_others_come(runs):
    late = runs.flow_run(state="SCHEDULED", state_name="Late", next_scheduled_start_time=clock.now() - HOUR)
    comes = runs.flow_run(
        state="SCHEDULED", state_name="Scheduled", next_scheduled_start_time=clock.now() + HOUR
    )
    found = overview.read(runs.store, clock.to_datetime(clock.now()), DAY, 24)
    assert [str(each.run.id) for each in found.troubled] == [late]
    assert [str(each.run.id) for each in found.coming] == [comes]


def test_a_list_is_its_ids_and_the_rows_that_are_asked_for(runs):
    ids = [runs.flow_run(state=state) for state in ("COMPLETED", "FAILED", "COMPLETED", "CRASHED")]
    order = overview.order(runs.store)
    assert list(order) == sorted(ids, reverse=True)
    assert list(
        overview.order(runs.store, flow_run_filter=FlowRunFilter(state={"type": {"any_": ["FAILED"]}}))
    ) == [ids[1]]
    flow_runs.delete(runs.store, ids[2])
    assert set(overview.rows(runs.store, ids[1:])) == {ids[1], ids[3]}


def test_the_next_failure_comes_round_again(runs):
    for state in ("COMPLETED", "FAILED", "COMPLETED", "CRASHED"):
        runs.flow_run(state=state)
    order = overview.order(runs.store)
    bad = [
        place
        for place, each in enumerate(order)
        if flow_runs.read(runs.store, each).state_type != "COMPLETED"
    ]
    assert overview.next_troubled(runs.store, order, bad[0]) == bad[1]
    assert overview.next_troubled(runs.store, order, bad[1]) == bad[0]
    assert overview.next_troubled(runs.store, PackedIds(), 0) is None


def test_packed_ids_are_found_where_they_stand(runs):
    ids = [runs.flow_run() for _ in range(5)]
    packed = PackedIds(ids)
    assert [packed.place(each) for each in ids] == list(range(5))
    assert packed.place("0198a1b2-0000-7000-8000-000000000001") is None
    assert packed[1:3] == ids[1:3]
    assert packed[-1] == ids[-1]
    assert packed == PackedIds(list(packed))

"""Work pools and their queues: made, ordered, limited, paused, and ready when a living worker looks into them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc._internal import clock, sessions
from pacc.exceptions import InvalidNameError, InvalidValueError, ObjectAlreadyExists, ObjectNotFound
from pacc.orchestration import priorities
from pacc.schemas.deployments import DeploymentCreate
from pacc.schemas.filters import WorkerFilter, WorkPoolFilter, WorkQueueFilter
from pacc.schemas.work_pools import (
    WorkPoolCreate,
    WorkPoolStatus,
    WorkPoolUpdate,
    WorkQueueCreate,
    WorkQueueStatus,
    WorkQueueUpdate,
)
from pacc.services import deployments, flow_runs, work_pools, work_queues, workers
from pacc.states import Scheduled
from pacc.testing.clock import MovableClock


@pytest.fixture
def pool(store):
    return work_pools.create(store, WorkPoolCreate(name="local"))


@pytest.fixture(autouse=True)
def _no_session_is_left():
    yield
    sessions.end_all()


def add(store, name, **more):
    return work_queues.create(store, WorkQueueCreate(name=name, **more), work_pool_name="local")


def order(store):
    return [(queue.name, queue.priority) for queue in work_queues.select(store, work_pool_name="local")]


# ---------------------------------------------------------------------------------------------- pools


def test_a_pool_has_a_default_queue_from_the_beginning(store, pool):
    [queue] = work_queues.select(store)
    assert (queue.name, queue.priority, queue.work_pool_name) == ("default", 1, "local")
    assert work_pools.read(store, "local").default_queue_id == queue.id
    assert (pool.type, pool.status, pool.concurrency_limit) == ("process", WorkPoolStatus.NOT_READY, None)


def test_a_name_is_taken_once_unless_it_is_overwritten(store, pool):
    with pytest.raises(ObjectAlreadyExists, match='a work pool "local" already'):
        work_pools.create(store, WorkPoolCreate(name="local"))
    again = work_pools.create(store, WorkPoolCreate(name="local", description="mine"), overwrite=True)
    assert (again.id, again.description) == (pool.id, "mine")
    assert len(work_queues.select(store)) == 1


@pytest.mark.parametrize(
    ("wanted", "error", "sentence"),
    [
        ({"name": "a/b"}, InvalidNameError, "holds '/'"),
        ({"name": ""}, InvalidNameError, "is empty"),
        ({"name": "a", "concurrency_limit": -1}, InvalidValueError, "0 or more"),
        ({"name": "a", "base_job_template": [1]}, InvalidValueError, "it is no object"),
        ({"name": "a", "base_job_template": {"variables": {}}}, InvalidValueError, "job_configuration"),
        (
            {"name": "a", "base_job_template": {"job_configuration": {}, "variables": {"properties": 3}}},
            InvalidValueError,
            "properties",
        ),
    ],
)
def test_what_cannot_work_is_refused(store, wanted, error, sentence):
    with pytest.raises(error, match=sentence):
        work_pools.create(store, WorkPoolCreate(**wanted))
    assert work_pools.select(store) == []


def test_pools_are_found_by_what_people_type(store, pool):
    assert work_pools.find(store, "loc").id == work_pools.find(store, str(pool.id)[:20]).id == pool.id
    with pytest.raises(ObjectNotFound, match=r'no work pool "locla"\. Did you mean "local"'):
        work_pools.find(store, "locla")


def test_pools_are_filtered(store, pool):
    work_pools.create(store, WorkPoolCreate(name="gpu", type="slurm"))
    named = WorkPoolFilter(name={"any_": ["gpu"]})
    assert [each.name for each in work_pools.select(store, work_pool_filter=named)] == ["gpu"]
    either = WorkPoolFilter(operator="or_", name={"any_": ["local"]}, type={"any_": ["slurm"]})
    assert [each.name for each in work_pools.select(store, work_pool_filter=either)] == ["gpu", "local"]
    assert [each.name for each in work_pools.select(store, limit=1, offset=1)] == ["local"]


def test_what_is_not_given_stays_as_it_is(store, pool):
    work_pools.update(store, "local", WorkPoolUpdate(concurrency_limit=3, description="mine"))
    work_pools.update(store, "local", WorkPoolUpdate(is_paused=True))
    changed = work_pools.read(store, "local")
    assert (changed.concurrency_limit, changed.description, changed.status) == (
        3,
        "mine",
        WorkPoolStatus.PAUSED,
    )
    work_pools.update(store, "local", WorkPoolUpdate(concurrency_limit=None))
    assert work_pools.read(store, "local").concurrency_limit is None


def test_deployments_of_a_deleted_pool_stay_without_one(store, pool):
    made = deployments.upsert(store, DeploymentCreate(name="d", flow_name="f", work_pool_name="local"))
    work_pools.delete(store, "local")
    assert deployments.read(store, made.id).work_pool_name is None
    assert work_queues.select(store) == []
    with pytest.raises(ObjectNotFound):
        work_pools.delete(store, "local")


# ---------------------------------------------------------------------------------------------- queues


def test_queues_stand_behind_each_other_and_one_that_takes_a_place_pushes_back(store, pool):
    for name in ("nightly", "later"):
        add(store, name)
    add(store, "urgent", priority=1)
    assert order(store) == [("urgent", 1), ("default", 2), ("nightly", 3), ("later", 4)]
    later = work_queues.read_by_name(store, "later", work_pool_name="local")
    work_queues.update(store, later.id, WorkQueueUpdate(priority=2))
    assert order(store) == [("urgent", 1), ("later", 2), ("default", 3), ("nightly", 4)]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 8)), max_size=20))
def test_a_place_is_never_taken_twice_and_who_asks_for_one_gets_it(moves):
    places = {}
    for who, place in moves:
        before = places
        places = priorities.put(places, who, place)
        assert places[who] == place
        assert len(set(places.values())) == len(places)
        others = [key for key in before if key != who]
        assert sorted(others, key=before.get) == sorted(others, key=places.get)
    assert priorities.lowest_free(places.values()) not in places.values()


def test_a_queue_without_a_pool_is_in_that_of_the_agents(store):
    made = work_queues.create(store, WorkQueueCreate(name="production"))
    assert made.work_pool_name == "default-agent-pool"
    assert work_queues.find(store, "prod").id == work_queues.read_by_name(store, "production").id == made.id


def test_a_name_that_several_pools_have_needs_the_pool(store, pool):
    work_pools.create(store, WorkPoolCreate(name="gpu"))
    with pytest.raises(ObjectNotFound, match="in the pools gpu, local; name one with --pool"):
        work_queues.find(store, "default")
    assert work_queues.find(store, "default", work_pool_name="gpu").work_pool_name == "gpu"


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"priority": 0}, InvalidValueError, "1 goes first"),
        ({"concurrency_limit": -2}, InvalidValueError, "0 or more"),
        ({"name": "a%b"}, InvalidNameError, "holds '%'"),
        ({"name": "default"}, ObjectAlreadyExists, "already"),
    ],
)
def test_a_queue_is_not_changed_into_what_cannot_work(store, pool, change, error, sentence):
    made = add(store, "nightly")
    with pytest.raises(error, match=sentence):
        work_queues.update(store, made.id, WorkQueueUpdate(**change))
    assert work_queues.read(store, made.id) == made


def test_the_default_queue_stays(store, pool):
    with pytest.raises(InvalidValueError, match="cannot be deleted"):
        work_queues.delete(store, pool.default_queue_id)
    with pytest.raises(InvalidValueError, match="cannot be renamed"):
        work_queues.update(store, pool.default_queue_id, WorkQueueUpdate(name="other"))


def test_a_deployment_makes_the_queue_it_names(store, pool):
    deployments.upsert(
        store, DeploymentCreate(name="d", flow_name="f", work_pool_name="local", work_queue_name="nightly")
    )
    assert order(store) == [("default", 1), ("nightly", 2)]


def test_deployments_and_runs_follow_a_queue_that_is_renamed_or_deleted(store, pool):
    made = deployments.upsert(
        store, DeploymentCreate(name="d", flow_name="f", work_pool_name="local", work_queue_name="nightly")
    )
    run = deployments.create_run(store, made.id)
    queue = work_queues.read_by_name(store, "nightly", work_pool_name="local")
    for change, name in (
        (lambda: work_queues.update(store, queue.id, WorkQueueUpdate(name="weekly")), "weekly"),
        (lambda: work_queues.delete(store, queue.id), "default"),
    ):
        change()
        assert deployments.read(store, made.id).work_queue_name == name
        assert flow_runs.read(store, run.id).work_queue_name == name


def test_queues_are_filtered_by_the_beginning_of_their_names(store, pool):
    add(store, "nightly")
    begins = WorkQueueFilter(name={"startswith_": ["nig", "x"]})
    assert [each.name for each in work_queues.select(store, work_queue_filter=begins)] == ["nightly"]


# ---------------------------------------------------------------------------------------------- runs and slots


def test_runs_wait_in_the_order_they_would_be_taken(store, pool):
    add(store, "urgent", priority=1)
    made = deployments.upsert(store, DeploymentCreate(name="d", flow_name="f", work_pool_name="local"))
    now = datetime.now(UTC)
    wanted = [("b", "default", -1), ("c", "default", 0), ("a", "urgent", 0), ("later", "urgent", 60)]
    for name, queue, minutes in wanted:
        due = Scheduled(scheduled_time=now + timedelta(minutes=minutes))
        deployments.create_run(store, made.id, name=name, state=due, work_queue_name=queue)
    assert [run.name for run in work_pools.waiting(store, "local")] == ["a", "b", "c"]
    assert [run.name for run in work_pools.waiting(store, "local", queue="default", limit=1)] == ["b"]
    hour = now + timedelta(hours=1)
    assert len(work_pools.waiting(store, "local", before=hour)) == 4


def test_slots_are_the_runs_that_a_process_answers_for(store, runs, pool):
    common = {"work_pool_name": "local", "work_queue_name": "default", "process": "{}"}
    for state in ("PENDING", "RUNNING", "CANCELLING", "COMPLETED", "SCHEDULED"):
        session = None if state == "SCHEDULED" else "somebody"
        runs.flow_run(name=state, state=state, session=session, **common)
    taken = work_pools.slots(store, "local")
    assert taken.active_slots == work_pools.read(store, "local").active_slots == 3
    [queue] = taken.queues
    assert [run.name for run in queue.flow_runs] == ["PENDING", "RUNNING", "CANCELLING"]
    assert work_queues.read(store, queue.queue_id).active_slots == 3


# ---------------------------------------------------------------------------------------------- workers


def test_a_pool_is_ready_as_long_as_a_worker_of_it_lives(store, pool):
    add(store, "nightly")
    mine = sessions.current(store.home)
    workers.beat(store, pool.id, "w", session=mine.id, queues=["nightly"])
    assert work_pools.read(store, "local").status is WorkPoolStatus.READY
    status = {queue.name: queue.status for queue in work_queues.select(store)}
    assert status == {"default": WorkQueueStatus.NOT_READY, "nightly": WorkQueueStatus.READY}
    [worker] = workers.select(store, pool.id)
    assert (worker.status, worker.process["pid"]) == ("ONLINE", mine.process["pid"])
    sessions.end_all()
    assert work_pools.read(store, "local").status is WorkPoolStatus.NOT_READY
    offline = WorkerFilter(status={"not_any_": ["ONLINE"]})
    assert [each.name for each in workers.select(store, worker_filter=offline)] == ["w"]


def test_a_worker_without_a_session_lives_by_its_heartbeats(store, pool):
    with MovableClock() as moved:
        workers.beat(store, pool.id, "w", interval=10)
        assert work_pools.read(store, "local").status is WorkPoolStatus.READY
        assert {queue.status for queue in work_queues.select(store)} == {WorkQueueStatus.READY}
        moved.advance(31)
        assert work_pools.read(store, "local").status is WorkPoolStatus.NOT_READY
        assert workers.beat(store, pool.id, "w", interval=10) == workers.select(store)[0].id
        assert work_pools.read(store, "local").status is WorkPoolStatus.READY
    assert workers.remove(store, pool.id, "w")
    assert not workers.remove(store, pool.id, "w")


def test_a_queue_is_healthy_when_somebody_looks_into_it_and_no_run_is_late(store, runs, pool):
    queue = pool.default_queue_id
    assert not work_queues.health(store, queue).healthy
    workers.beat(store, pool.id, "w", session=sessions.current(store.home).id)
    assert work_queues.health(store, queue).healthy
    assert work_queues.read(store, queue).last_polled is not None
    runs.flow_run(
        state="SCHEDULED", state_name="Late", work_pool_name="local", work_queue_name="default",
        next_scheduled_start_time=clock.now(),
    )  # fmt: skip
    assert work_queues.health(store, queue).late_runs_count == 1
    assert not work_queues.health(store, queue).healthy

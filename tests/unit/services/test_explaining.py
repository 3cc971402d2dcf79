"""The answers to "why?": each names what keeps a thing from being otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pacc import flow, task
from pacc._internal import processes, sessions
from pacc.cache_policies import INPUTS
from pacc.engine import place
from pacc.schemas.deployments import DeploymentCreate, DeploymentScheduleCreate
from pacc.schemas.schedules import CronSchedule
from pacc.schemas.work_pools import WorkPoolCreate, WorkPoolUpdate
from pacc.services import claims, concurrency_limits, deployments, flow_runs, task_runs, work_pools
from pacc.services.explaining import why_cached, why_deployment, why_flow_run, why_task_run
from pacc.services.explaining.words import length
from pacc.services.run_transitions import create_flow_run, create_task_run
from pacc.states import AwaitingRetry, Paused, Scheduled


@pytest.fixture
def store():
    return place.current().store


@flow
def etl(city="Ulm"):
    return city


def deployed(store, **more):
    return deployments.upsert(
        store, DeploymentCreate(name="nightly", flow_name="etl", entrypoint="etl.py:etl", **more)
    )


def due(store, deployment, seconds=-90):
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return deployments.create_run(store, deployment.id, state=Scheduled(scheduled_time=at))


def why(store, run):
    return why_flow_run(store, flow_runs.read(store, run.id))


def serve(store, *deployed_):
    session = sessions.current(store.home)
    deployments.serve(store, [each.id for each in deployed_], session.id)
    return session


def claim(store, *runs):
    session = sessions.current(store.home)
    return claims.claim(store, [str(run.id) for run in runs], session=session.id, process=session.process)


def test_a_run_that_is_not_due_waits_for_its_time(store):
    run = due(store, deployed(store), seconds=3700)
    assert "It waits for its time" in why(store, run).answer
    assert "in 1 h 1 min" in why(store, run).answer


def test_a_run_nobody_takes_says_so(store):
    found = why(store, due(store, deployed(store)))
    assert found.answer == 'It was due 1 min 30 s ago and waits: no living process serves "etl/nightly".'
    alone = create_flow_run(store, flow_name="etl", state=Scheduled())
    assert "belongs to no deployment" in why(store, alone).answer
    assert f"pacc flow-run execute {alone.id}" == why(store, alone).next_step


def test_a_full_deployment_names_who_is_open(store):
    deployment = deployed(store, concurrency_limit=1)
    serve(store, deployment)
    first, second = due(store, deployment), due(store, deployment)
    claim(store, first)
    found = why(store, second)
    assert 'at most 1 run of "etl/nightly" may be open at once, and 1 is' in found.answer
    assert f'"{first.name}" is pending' in found.facts[0]


def test_a_pool_without_worker_or_room_or_paused_is_named(store):
    work_pools.create(store, WorkPoolCreate(name="gpu", type="process"))
    run = due(store, deployed(store, work_pool_name="gpu"))
    assert 'no living worker reads the pool "gpu"' in why(store, run).answer
    work_pools.update(store, "gpu", WorkPoolUpdate(is_paused=True))
    found = why(store, run)
    assert 'the work pool "gpu" is paused' in found.answer
    assert found.next_step == "pacc work-pool resume 'gpu'"


def test_a_deleted_deployment_is_named(store):
    deployment = deployed(store)
    run = due(store, deployment)
    claim(store, run)
    deployments.delete(store, deployment.id)
    assert "It is being started" in why(store, run).answer


def test_a_failed_run_names_the_task_that_failed(store):
    @task(retries=1)
    def load():
        raise ValueError("UNIQUE constraint failed")

    @flow
    def failing():
        load()

    failing(return_state=True)
    found = why_flow_run(store, flow_runs.find(store, "@failed"))
    assert found.answer.startswith("It failed: ")
    assert "UNIQUE constraint failed" in found.facts[0]
    assert found.next_step.startswith("pacc flow-run retry")
    assert "started 2 times" in why_task_run(store, task_runs.find(store, "@failed")).facts[0]


def test_a_run_that_is_paused_or_tried_again_says_until_when(store):
    until = datetime.now(UTC) + timedelta(hours=1)
    paused = create_flow_run(store, flow_name="etl")
    from pacc.services.run_transitions import propose_flow_run_state
    from pacc.states import Running

    propose_flow_run_state(store, str(paused.id), Running())
    propose_flow_run_state(store, str(paused.id), Paused(pause_expiration_time=until))
    assert "waits for somebody to resume it" in why(store, paused).answer
    assert "it fails" in why(store, paused).answer
    again = create_flow_run(
        store, flow_name="etl", state=AwaitingRetry(scheduled_time=until, message="no such city")
    )
    assert "It is tried again in" in why(store, again).answer
    assert "no such city" in why(store, again).answer


def test_a_cached_run_names_its_key_and_the_run_it_came_from(store):
    @task(cache_policy=INPUTS)
    def double(number):
        return 2 * number

    @flow
    def doubling():
        double(2)
        double(2)

    doubling()
    first, second = sorted(task_runs.select(store), key=lambda run: run.id)
    found = why_task_run(store, second)
    assert found.answer == "Its result was reused, because its key is known."
    assert found.facts[0] == f"Its result is kept under the key {second.cache_key}."
    assert first.name in found.facts[1]
    assert why_cached(store, first).answer.startswith("It was executed, because")


def test_a_task_that_is_not_cached_says_so(store):
    @task
    def plain():
        return 1

    plain()
    assert "not cached" in why_cached(store, task_runs.find(store, "@last")).answer


def test_a_task_run_that_waits_for_the_slots_of_a_tag_names_them(store):
    concurrency_limits.put(store, "tag:database", 1)
    concurrency_limits.update(store, "tag:database", active_slots=1)
    run = create_task_run(store, name="query", task_key="query-1", dynamic_key="1", tags=["database"])
    found = why_task_run(store, run)
    assert found.answer == "It waits for slots of a limit."
    assert found.facts == ('The tag "database" has 1 slot, all of them taken.',)


def test_a_deployment_says_when_it_runs_and_what_keeps_it(store):
    deployment = deployed(store)
    assert "only when it is asked to" in why_deployment(store, deployment).answer
    schedule = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 2 * * *"))
    scheduled = deployed(store, schedules=[schedule])
    found = why_deployment(store, scheduled)
    assert "No living process serves it, so its runs wait." in found.facts
    assert "It has never run." in found.facts
    deployments.pause(store, scheduled.id)
    assert (
        why_deployment(store, deployments.read(store, scheduled.id)).answer
        == "Its schedules rest: it is paused."
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.6, "1 min"), (3600, "1 h"), (3601, "1 h"), (90061, "1 d 1 h"), (-5, "0 s")],
)
def test_lengths_of_time_are_told_in_one_or_two_units(seconds, words):
    assert length(seconds) == words


def test_this_process_is_named_where_it_executes(store):
    @flow
    def looking():
        return why_flow_run(store, flow_runs.select(store)[0])

    found = looking()
    assert found.answer.startswith("It runs for")
    assert any(str(processes.os.getpid()) in fact for fact in found.facts)

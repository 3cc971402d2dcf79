"""A flow run that was stored earlier is taken up by a process and executed there, as if it had been called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pacc import flow, runtime, task
from pacc._internal import sessions
from pacc.engine import place
from pacc.engine.flow_run import run_taken_up
from pacc.exceptions import StaleTransition
from pacc.schemas.deployments import DeploymentCreate
from pacc.schemas.flow_runs import CreatedBy
from pacc.schemas.templated_values import Templates
from pacc.services import deployments, flow_runs, taking_up
from pacc.services.run_transitions import create_flow_run
from pacc.states import Scheduled
from pacc.variables import Variable


@task
def double(number):
    return number * 2


@flow
def doubled(number: int, more: int = 1):
    return double(number) + more


@flow
async def doubled_at_leisure(number: int):
    return double(number)


@flow
def counted(number: int):
    yield from range(number)


@flow
async def counted_at_leisure(number: int):
    for each in range(number):
        yield each


def stored(flow_, parameters, **more):
    return create_flow_run(
        place.current().store, flow_name=flow_.name, parameters=parameters, state=Scheduled(), **more
    )


def take_up(run):
    here = place.current()
    claimant = taking_up.Claimant(session=here.session.id, process=here.session.process)
    return taking_up.take_up(here.store, str(run.id), claimant)


@pytest.mark.parametrize(
    ("flow_", "parameters", "value"),
    [
        (doubled, {"number": "3"}, 7),
        (doubled_at_leisure, {"number": 3}, 6),
        (counted, {"number": 3}, [0, 1, 2]),
        (counted_at_leisure, {"number": 3}, [0, 1, 2]),
    ],
    ids=["sync", "async", "generator", "async generator"],
)
def test_a_stored_run_is_executed_with_the_parameters_it_was_made_with(flow_, parameters, value):
    run = stored(flow_, parameters, tags=["made"], name="made-earlier", idempotency_key="once")
    state = run_taken_up(flow_, take_up(run))
    assert state.result() == value
    after = flow_runs.read(place.current().store, run.id)
    assert after.state_name == "Completed"
    assert (after.name, after.tags, after.idempotency_key) == ("made-earlier", ["made"], "once")
    assert [each.name for each in flow_runs.states(place.current().store, run.id)] == [
        "Scheduled",
        "Pending",
        "Running",
        "Completed",
    ]


DAYS = {"__prefect_kind": "workspace_variable", "variable_name": "days"}


@pytest.mark.parametrize(
    ("maker", "templates", "days", "end"),
    [
        ("SCHEDULE", Templates.WHEN_IT_BEGINS, 3, "Completed"),
        ("BACKFILL", Templates.WHEN_IT_BEGINS, 3, "Completed"),
        ("SCHEDULE", Templates.WHEN_IT_BEGINS, None, "Failed"),
        ("AUTOMATION", Templates.NEVER, 3, "Failed"),
    ],
)
def test_a_run_that_was_made_ahead_works_out_its_parameters_as_it_begins(maker, templates, days, end):
    store = place.current().store
    made = deployments.upsert(store, DeploymentCreate(name="d", flow_name="doubled"))
    run = deployments.create_run(
        store, made.id, parameters={"number": DAYS}, templates=templates, created_by=CreatedBy(type=maker)
    )
    assert run.parameters == {"number": DAYS}
    if days is not None:
        Variable.set("days", days)
    state = run_taken_up(doubled, take_up(run))
    after = flow_runs.read(store, run.id)
    assert (state.name, after.parameters) == (end, {"number": 3 if end == "Completed" else DAYS})
    assert ('no variable "days"' in (state.message or "")) == (days is None)


@pytest.mark.parametrize("parameters", [{}, {"number": 1, "colour": "red"}, {"number": "three"}])
def test_parameters_that_do_not_fit_fail_the_run(parameters):
    run = stored(doubled, parameters)
    state = run_taken_up(doubled, take_up(run))
    assert state.is_failed()
    assert flow_runs.read(place.current().store, run.id).state_name == "Failed"


def test_a_run_of_a_deployment_knows_which_and_so_do_the_flows_it_calls():
    def known():
        told = runtime.deployment
        return told.name, told.version, str(told.id), told.parameters, told.flow_run_id is not None

    nested = flow(known, name="nested")

    @flow(version="1")
    def outer(number: int = 1):
        return known(), nested()

    store = place.current().store
    wanted = DeploymentCreate(name="daily", flow_name="outer", version="9")
    made = deployments.upsert(store, wanted)
    run = deployments.create_run(store, made.id, parameters={"number": 2})
    deployments.upsert(store, replace(wanted, version="10"))
    own, below = run_taken_up(outer, take_up(run)).result()
    assert own == ("daily", "9", str(made.id), {"number": 2}, True)
    assert below[:3] == ("daily", "10", str(made.id))


def test_a_run_is_taken_up_once():
    run = stored(doubled, {"number": 1})
    take_up(run)
    with pytest.raises(StaleTransition, match="not waiting to be executed"):
        take_up(run)


def test_a_run_that_ended_is_not_taken_up():
    run = stored(doubled, {"number": 1})
    run_taken_up(doubled, take_up(run))
    with pytest.raises(StaleTransition, match="'Completed'"):
        take_up(run)


def test_an_adopted_session_counts_as_this_process_own(pacc_home):
    assert not sessions.is_mine("another")
    sessions.adopt(pacc_home, "another")
    assert sessions.is_mine("another")
    assert sessions.current(pacc_home).id == "another"
    sessions.end(pacc_home)
    assert not (pacc_home / "sessions").exists()
    sessions._ids.discard("another")

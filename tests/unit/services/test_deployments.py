"""Deployments keep what people decided about them, and refuse what could not work."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from pacc._internal import clock, sessions
from pacc._internal.ids import new_id
from pacc.exceptions import (
    InvalidDeploymentError,
    InvalidNameError,
    InvalidValueError,
    ObjectAlreadyExists,
    ObjectNotFound,
    ParameterTypeError,
    TemplateError,
)
from pacc.schemas.deployments import (
    ConcurrencyLimitStrategy,
    ConcurrencyOptions,
    DeploymentCreate,
    DeploymentScheduleCreate,
    DeploymentStatus,
    DeploymentUpdate,
)
from pacc.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter
from pacc.schemas.flow_runs import CreatedBy
from pacc.schemas.schedules import Catchup, CronSchedule, IntervalSchedule, NoSchedule, RRuleSchedule
from pacc.schemas.sorting import DeploymentSort
from pacc.schemas.templated_values import Templates
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import (
    deployment_schedules,
    deployments,
    flow_runs,
    flows,
    parameter_schemas,
    taking_up,
    variables,
    work_pools,
)
from pacc.states import Late, Pending, Scheduled
from pacc.workers.process import ProcessWorker

HOURLY = CronSchedule(cron="0 * * * *")
DAILY = CronSchedule(cron="0 7 * * *", timezone="Europe/Berlin")
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city"],
}


@pytest.fixture
def deploy(store):
    """Make a deployment `etl/daily`, or whatever else is said."""

    def deployed(name="daily", flow_name="etl", **more):
        return deployments.upsert(store, DeploymentCreate(name=name, flow_name=flow_name, **more))

    return deployed


def times(*schedules, **more):
    return [DeploymentScheduleCreate(schedule=each, **more) for each in schedules]


def scheduled(store, deployment, schedule=None, *, due=timedelta(hours=1), **more):
    """Make a run as the scheduler does."""
    maker = CreatedBy(id=(schedule or deployment.schedules[0]).id, type="SCHEDULE")
    state = more.pop("state", None) or Scheduled(scheduled_time=datetime.now(UTC) + due)
    row = deployments.run_row(store, deployment, state=state, auto_scheduled=True, created_by=maker, **more)
    store.write("flow_runs.insert", row)
    return UUID(row["id"])


def run_ids(store):
    return {run.id for run in flow_runs.select(store)}


# -- made --------------------------------------------------------------------------------------------------------------


def test_a_deployment_is_read_as_it_was_made(store):
    made = deployments.upsert(
        store,
        DeploymentCreate(
            name="daily",
            flow_name="etl",
            paused=True,
            schedules=times(HOURLY, slug="h", parameters={"days": 2}, catchup=Catchup.LATEST),
            concurrency_limit=2,
            concurrency_options=ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
            parameter_openapi_schema=SCHEMA,
            parameters={"days": 1},
            tags=["b", "a", "b"],
            labels={"team": "weather"},
            pull_steps=[{"set": {"directory": "/"}}],
            description="every day",
            path=".",
            entrypoint="etl.py:etl",
            job_variables={"env": {"A": "1"}},
            version="1",
            version_info={"type": "vcs:git"},
            triggers=[{"expect": ["x"]}],
        ),
        maker=CreatedBy(type="USER", display_value="ada"),
    )
    assert deployments.read(store, made.id) == made
    assert made.full_name == "etl/daily"
    assert (made.tags, made.paused, made.status) == (["a", "b"], True, DeploymentStatus.NOT_READY)
    assert made.concurrency_options.collision_strategy is ConcurrencyLimitStrategy.CANCEL_NEW
    assert made.created_by.display_value == "ada"
    (schedule,) = made.schedules
    assert (schedule.schedule, schedule.slug, schedule.parameters) == (HOURLY, "h", {"days": 2})
    assert (schedule.active, schedule.catchup, schedule.deployment_id) == (True, Catchup.LATEST, made.id)


def test_the_same_flow_and_name_is_the_same_deployment(deploy, store):
    first = deploy(tags=["old"])
    assert deploy(tags=["new"], description="now").id == first.id
    assert deployments.count(store) == 1
    assert deploy(flow_name="other").id != first.id


def test_declaring_a_deployment_again_unchanged_writes_nothing(deploy, store):
    first = deploy(schedules=times(HOURLY), parameters={"city": "Ulm"})
    before = store.data_version()
    assert deploy(schedules=times(HOURLY), parameters={"city": "Ulm"}) == first
    assert store.data_version() == before


@pytest.mark.parametrize("name", ["a/b", "", "50%"])
def test_a_name_that_no_deployment_may_have_is_refused(deploy, name):
    with pytest.raises(InvalidNameError, match="the deployment name"):
        deploy(name)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"concurrency_limit": -1}, "concurrency limit of -1"),
        ({"schedules": times(HOURLY, DAILY, slug="x")}, 'two schedules with the slug "x"'),
        ({"schedules": times(HOURLY, max_scheduled_runs=51)}, "51 runs ahead; it is 1 to 50"),
        ({"parameter_openapi_schema": {"type": 7}, "parameters": {"a": 1}}, "is no JSON schema"),
        (
            {
                "parameter_openapi_schema": {"properties": {"a": {"$ref": "#/nowhere"}}},
                "parameters": {"a": 1},
            },
            "is no JSON schema",
        ),
    ],
)
def test_a_deployment_that_could_not_work_is_refused_whole(deploy, store, wish, message):
    with pytest.raises(InvalidDeploymentError, match=message):
        deploy(**wish)
    assert deployments.count(store) == 0


def test_a_work_pool_must_be_there(deploy):
    with pytest.raises(ObjectNotFound, match='no work pool "lab"'):
        deploy(work_pool_name="lab")


# -- what people decided stays ------------------------------------------------------------------------------------------


def test_what_a_person_paused_stays_paused_when_it_is_declared_again(deploy, store):
    made = deploy(schedules=times(HOURLY))
    deployments.pause(store, made.id)
    assert deploy(schedules=times(HOURLY), tags=["new"]).paused
    deployments.resume(store, made.id)
    assert not deploy(schedules=times(HOURLY)).paused


def test_what_a_person_resumed_stays_resumed_although_the_code_says_paused(deploy, store):
    made = deploy(paused=True)
    deployments.resume(store, made.id)
    assert not deploy(paused=True, tags=["new"]).paused
    deploy(paused=False)
    assert deploy(paused=True).paused  # the code says something new


def test_what_a_process_paused_as_it_ended_goes_on_with_the_next(deploy, store):
    made = deploy()
    deployments.pause_at_shutdown(store, made.id)
    assert deployments.read(store, made.id).paused
    assert not deploy().paused


def test_what_a_person_paused_before_or_after_a_process_ended_stays_paused(deploy, store):
    for steps in ("pause", "pause_at_shutdown"), ("pause_at_shutdown", "pause"):
        made = deploy("-".join(steps))
        for step in steps:
            getattr(deployments, step)(store, made.id)
        assert deploy("-".join(steps)).paused


def test_an_equal_schedule_keeps_its_id_and_a_persons_pausing(deploy, store):
    (first,) = deploy(schedules=times(HOURLY)).schedules
    deployment_schedules.set_active(store, first.deployment_id, first.id, active=False)
    daily, again = sorted(
        deploy(schedules=times(DAILY, HOURLY)).schedules, key=lambda each: each.active, reverse=True
    )
    assert (again.id, again.active, again.declared_active) == (first.id, False, True)
    assert daily.active


def test_a_schedule_is_recognised_by_its_slug_when_its_times_change(deploy, store):
    (first,) = deploy(schedules=times(HOURLY, slug="main")).schedules
    deployment_schedules.set_active(store, first.deployment_id, first.id, active=False)
    (again,) = deploy(schedules=times(DAILY, slug="main")).schedules
    assert (again.id, again.schedule, again.active) == (first.id, DAILY, False)
    (renamed,) = deploy(schedules=times(DAILY, slug="new", replaces="main")).schedules
    assert (renamed.id, renamed.slug) == (first.id, "new")


def test_the_code_has_the_word_when_it_says_something_new_about_a_schedule(deploy, store):
    (first,) = deploy(schedules=times(HOURLY)).schedules
    (paused,) = deploy(schedules=times(HOURLY, active=False)).schedules
    assert (paused.id, paused.active) == (first.id, False)


@pytest.mark.parametrize("slug", [None, "main"])
def test_an_interval_without_an_anchor_of_its_own_counts_on_from_where_it_began(deploy, slug):
    def interval(**more):
        return deploy(schedules=times(IntervalSchedule(interval=600, **more), slug=slug)).schedules[0]

    first = interval()
    assert interval() == first
    anchor = datetime(2026, 1, 1, tzinfo=UTC)
    assert interval(anchor_date=anchor).schedule.anchor_date == anchor


@pytest.mark.parametrize(
    "schedule",
    [DAILY, IntervalSchedule(interval=90), RRuleSchedule(rrule="FREQ=WEEKLY;BYDAY=MO"), NoSchedule()],
    ids=["cron", "interval", "rrule", "none"],
)
def test_every_kind_of_schedule_is_read_as_it_was_declared(deploy, schedule):
    assert deploy(schedules=times(schedule)).schedules[0].schedule == schedule


def test_of_two_equal_schedules_each_keeps_its_own_parameters(deploy):
    one, other = (DeploymentScheduleCreate(schedule=HOURLY, parameters={"days": days}) for days in (1, 2))
    before = {each.parameters["days"]: each.id for each in deploy(schedules=[one, other]).schedules}
    after = {each.parameters["days"]: each.id for each in deploy(schedules=[other, one]).schedules}
    assert before == after


def test_a_schedule_the_code_declares_no_more_goes_and_one_a_person_added_stays(deploy, store):
    made = deploy(schedules=times(HOURLY))
    added = deployment_schedules.add(store, made.id, DeploymentScheduleCreate(schedule=DAILY, slug="mine"))
    assert [each.id for each in deploy(schedules=[]).schedules] == [added.id]


def test_how_far_runs_were_made_survives_and_never_lies_ahead(deploy, store):
    made = deploy(schedules=times(HOURLY))
    (schedule,) = made.schedules
    for shift, expected in ((-3600, -3600), (3600, 0)):
        now = clock.now()
        store.write_all(
            ("deployments.pass_over", {"id": str(made.id), "now": now - 10**12, "schedule": None}),
            ("deployments.make_again", {"id": str(made.id), "now": now - 10**12, "schedule": None}),
            ("deployments.pass_over", {"id": str(made.id), "now": now + shift * 1_000_000, "schedule": None}),
        )
        (again,) = deploy(schedules=times(HOURLY), description=str(shift)).schedules
        assert again.id == schedule.id
        assert abs((again.made_until - clock.to_datetime(now)).total_seconds() - expected) < 5


# -- found -------------------------------------------------------------------------------------------------------------


def test_a_deployment_is_found_however_a_person_says_it(deploy, store):
    made = deploy()
    deploy("weekly")
    text = str(made.id)
    for reference in (
        "etl/daily",
        "etl:daily",
        "daily",
        "etl/d",
        "dai",
        text,
        text.upper(),
        text.replace("-", ""),
        made.id,
    ):
        assert deployments.find(store, reference).id == made.id
    assert deployments.read_by_name(store, "etl/daily").id == made.id


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("etl/daly", 'no deployment "etl/daly". Did you mean "etl/daily"?'),
        ("etl/", '"etl/" could mean several deployments: etl/daily, etl/weekly; give more of the name'),
        ("", 'no deployment ""'),
        ("zzz", 'no deployment "zzz"'),
    ],
)
def test_what_names_no_deployment_is_answered_with_what_was_perhaps_meant(deploy, store, reference, message):
    deploy()
    deploy("weekly")
    with pytest.raises(ObjectNotFound) as refusal:
        deployments.find(store, reference)
    assert str(refusal.value) == message


def test_deployments_are_listed_by_every_filter(deploy, store):
    one = deploy("one", tags=["a"], concurrency_limit=1)
    two = deploy("two", flow_name="other", concurrency_limit=5)
    deployments.create_run(store, two.id)

    def found(**wanted):
        return [each.name for each in deployments.select(store, sort=DeploymentSort.NAME_ASC, **wanted)]

    def by(**parts):
        return found(deployment_filter=DeploymentFilter(**parts))

    assert found() == ["one", "two"]
    assert by(name={"like_": "W"}) == ["two"]
    assert by(id={"not_any_": [two.id]}) == ["one"]
    assert by(tags={"any_": ["a", "b"]}) == ["one"]
    assert by(concurrency_limit={"ge_": 2}) == ["two"]
    assert by(concurrency_limit={"le_": 1}) == ["one"]
    assert found(flow_filter=FlowFilter(name={"any_": ["etl"]})) == ["one"]
    assert found(flow_run_filter=FlowRunFilter(state={"type": {"any_": ["SCHEDULED"]}})) == ["two"]
    assert [each.name for each in deployments.select(store, sort=DeploymentSort.CONCURRENCY_LIMIT_DESC)] == [
        "two",
        "one",
    ]
    wanted = DeploymentFilter(id={"any_": [two.id]})
    assert [run.deployment_id for run in flow_runs.select(store, deployment_filter=wanted)] == [two.id]
    assert [flow.name for flow in flows.select(store, deployment_filter=wanted)] == ["other"]
    assert deployments.count(store, deployment_filter=wanted) == 1
    assert one.id != two.id


def test_a_deployment_is_ready_while_a_living_process_serves_it(deploy, store):
    made = deploy()
    mine = sessions.current(store.home)
    deployments.serve(store, [made.id], mine.id)
    deployments.serve(store, [made.id], new_id())  # of a process that is gone
    assert deployments.read(store, made.id).status is DeploymentStatus.READY
    assert deployments.served(store) == {str(made.id)}
    deployments.unserve(store, mine.id)
    assert deployments.served(store) == set()
    assert deployments.read(store, made.id).status is DeploymentStatus.NOT_READY


# -- paused and removed ------------------------------------------------------------------------------------------------


def test_pausing_removes_the_runs_schedules_made_and_no_others(deploy, store):
    made = deploy(schedules=times(HOURLY))
    scheduled(store, made)
    scheduled(store, made, state=Late(scheduled_time=datetime.now(UTC) - timedelta(hours=1)))
    kept = {scheduled(store, made, state=Pending()), deployments.create_run(store, made.id).id}
    deployments.pause(store, made.id)
    assert run_ids(store) == kept


def test_changing_a_deployment_removes_the_runs_it_made_ahead_but_not_those_due(deploy, store):
    made = deploy(schedules=times(HOURLY))
    scheduled(store, made)
    due = scheduled(store, made, due=timedelta(seconds=-1))
    deploy(schedules=times(HOURLY), tags=["new"])
    assert run_ids(store) == {due}


def test_a_schedule_that_rests_or_goes_takes_its_own_runs_along(deploy, store):
    made = deploy(schedules=times(HOURLY, DAILY))
    first, second = made.schedules
    scheduled(store, made, first)
    kept = scheduled(store, made, second)
    deployment_schedules.set_active(store, made.id, first.id, active=False)
    assert run_ids(store) == {kept}
    deployment_schedules.delete(store, made.id, second.id)
    assert run_ids(store) == set()
    assert [each.id for each in deployment_schedules.read_all(store, made.id)] == [first.id]


def test_what_passed_while_a_schedule_rested_is_passed_over(deploy, store):
    made = deploy(schedules=times(HOURLY))
    before = datetime.now(UTC)
    deployments.pause(store, made.id)
    deployments.resume(store, made.id)
    assert deployments.read(store, made.id).schedules[0].made_until >= before
    (schedule,) = made.schedules
    later = datetime.now(UTC)
    deployment_schedules.set_active(store, made.id, schedule.id, active=False)
    deployment_schedules.set_active(store, made.id, schedule.id, active=True)
    assert deployments.read(store, made.id).schedules[0].made_until >= later


def test_deleting_a_deployment_leaves_the_runs_that_began(deploy, store):
    made = deploy(schedules=times(HOURLY))
    scheduled(store, made)
    deployments.create_run(store, made.id)
    began = deployments.create_run(store, made.id, state=Pending())
    deployments.delete(store, made.id)
    assert run_ids(store) == {began.id}
    assert store.read("deployments.schedules", {"id": str(made.id)}) == []
    with pytest.raises(ObjectNotFound):
        deployments.delete(store, made.id)


def test_a_flow_goes_with_its_deployments(deploy, store):
    made = deploy(schedules=times(HOURLY))
    flows.delete(store, made.flow_id)
    assert deployments.count(store) == 0


@pytest.mark.parametrize(
    "verb", [deployments.pause, deployments.resume, deployments.delete, deployments.create_run]
)
def test_nothing_can_be_done_with_a_deployment_that_is_not_there(store, verb):
    with pytest.raises(ObjectNotFound):
        verb(store, uuid4())


# -- schedules one by one ----------------------------------------------------------------------------------------------


def test_a_schedule_is_found_by_slug_id_or_beginning_of_id(deploy, store):
    made = deploy(schedules=times(HOURLY, slug="main"))
    (schedule,) = made.schedules
    for reference in ("main", schedule.id, str(schedule.id)[:9]):
        assert deployment_schedules.find(store, made.id, reference).id == schedule.id
    with pytest.raises(ObjectNotFound, match='no schedule "other"'):
        deployment_schedules.find(store, made.id, "other")


def test_two_schedules_of_a_deployment_do_not_share_a_slug(deploy, store):
    made = deploy(schedules=times(HOURLY, slug="main"))
    with pytest.raises(ObjectAlreadyExists, match='a schedule "main" already'):
        deployment_schedules.add(store, made.id, DeploymentScheduleCreate(schedule=DAILY, slug="main"))


def test_clearing_removes_every_schedule_and_its_runs(deploy, store):
    made = deploy(schedules=times(HOURLY, DAILY))
    scheduled(store, made)
    assert deployment_schedules.clear(store, made.id) == 2
    assert (deployments.read(store, made.id).schedules, run_ids(store)) == ([], set())


# -- runs --------------------------------------------------------------------------------------------------------------


def test_a_run_of_a_deployment_has_what_the_deployment_says_overlaid_by_its_own(deploy, store):
    made = deploy(
        parameters={"city": "Ulm", "days": 1},
        tags=["a"],
        labels={"team": "x"},
        version="7",
        entrypoint="etl.py:etl",
    )
    run = deployments.create_run(
        store, made.id, parameters={"days": 2}, tags=["b"], name="mine", job_variables={"memory": "1GiB"},
        labels={"who": "me"}, context={"why": "test"}, created_by=CreatedBy(type="USER", display_value="ada"),
    )  # fmt: skip
    assert flow_runs.read(store, run.id).state == run.state
    assert run.parameters == {"city": "Ulm", "days": 2}
    assert (run.tags, run.labels, run.context) == (["a", "b"], {"team": "x", "who": "me"}, {"why": "test"})
    assert (run.name, run.deployment_id, run.deployment_version, run.entrypoint) == (
        "mine",
        made.id,
        "7",
        "etl.py:etl",
    )
    assert (run.state_name, run.job_variables, run.auto_scheduled) == ("Scheduled", {"memory": "1GiB"}, False)
    assert run.created_by.display_value == "ada"
    assert run.next_scheduled_start_time <= datetime.now(UTC)


def test_a_run_is_due_when_it_is_asked_to_be(deploy, store):
    later = datetime.now(UTC) + timedelta(days=1)
    run = deployments.create_run(store, deploy().id, state=Scheduled(scheduled_time=later))
    assert run.next_scheduled_start_time == run.expected_start_time == later


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"days": 1}, '"city" is missing'),
        ({"city": 7}, "\"city\": 7 is not of type 'string'"),
        ({"city": "Ulm", "days": "many"}, "\"days\": 'many' is not of type 'integer'"),
    ],
)
def test_parameters_that_break_the_schema_are_refused_and_no_run_is_made(deploy, store, given, message):
    made = deploy(parameter_openapi_schema=SCHEMA)
    with pytest.raises(ParameterTypeError) as refusal:
        deployments.create_run(store, made.id, parameters=given)
    assert str(refusal.value) == f'the parameters do not fit the deployment "etl/daily": {message}'
    assert run_ids(store) == set()
    assert deployments.create_run(store, made.id, parameters=given, enforce_parameter_schema=False)


def test_defaults_that_break_the_schema_are_refused_and_may_be_incomplete(deploy):
    deploy(parameter_openapi_schema=SCHEMA, parameters={"days": 1})
    with pytest.raises(ParameterTypeError):
        deploy(parameter_openapi_schema=SCHEMA, parameters={"days": "many"})
    deploy(parameter_openapi_schema=SCHEMA, parameters={"days": "many"}, enforce_parameter_schema=False)


def test_a_key_that_was_used_gives_the_run_made_then(deploy, store):
    made = deploy()
    first = deployments.create_run(store, made.id, idempotency_key="once")
    again = deployments.create_run(store, made.id, idempotency_key="once", parameters={"other": 1})
    assert (again.id, again.parameters) == (first.id, {})


def test_a_run_that_stands_for_a_task_run_knows_the_run_above_it(deploy, store, runs):
    parent = runs.flow_run(root_flow_run_id=new_id())
    task_run = runs.task_run(parent)
    run = deployments.create_run(store, deploy().id, parent_task_run_id=task_run)
    above = flow_runs.read(store, parent)
    assert (run.parent_task_run_id, run.parent_flow_run_id) == (UUID(task_run), above.id)
    assert run.root_flow_run_id == above.root_flow_run_id


def test_a_queue_needs_a_pool(deploy, store):
    with pytest.raises(InvalidDeploymentError, match="has no work pool"):
        deployments.create_run(store, deploy().id, work_queue_name="fast")


# -- changed in part ---------------------------------------------------------------------------------------------------


def test_what_is_given_changes_and_the_rest_stays(deploy, store):
    made = deploy(schedules=times(HOURLY), parameters={"city": "Ulm"}, tags=["a"], description="old")
    added = deployment_schedules.add(store, made.id, DeploymentScheduleCreate(schedule=DAILY))
    deployments.update(store, made.id, DeploymentUpdate(description="new", paused=True))
    after = deployments.read(store, made.id)
    assert (after.description, after.paused, after.parameters, after.tags) == (
        "new",
        True,
        {"city": "Ulm"},
        ["a"],
    )
    assert {each.id for each in after.schedules} == {made.schedules[0].id, added.id}
    assert not after.declared_paused


def test_a_schedule_changes_in_part_and_its_runs_ahead_are_made_again(deploy, store):
    made = deploy(schedules=times(HOURLY, DAILY))
    first, second = made.schedules
    scheduled(store, made, first)
    kept = scheduled(store, made, second)
    deployment_schedules.update(store, made.id, first.id, schedule=NoSchedule(), slug="s", active=False)
    changed = deployment_schedules.find(store, made.id, "s")
    assert (changed.id, changed.schedule, changed.active) == (first.id, NoSchedule(), False)
    assert run_ids(store) == {kept}
    with pytest.raises(ObjectAlreadyExists):
        deployment_schedules.update(store, made.id, second.id, slug="s")


def test_the_runs_that_wait_come_in_the_order_they_are_due(deploy, store):
    made = deploy(schedules=times(HOURLY))
    late, early = (scheduled(store, made, due=timedelta(hours=hours)) for hours in (2, 1))
    assert [run.id for run in deployments.scheduled_runs(store, [made.id])] == [early, late]
    soon = datetime.now(UTC) + timedelta(minutes=90)
    assert [run.id for run in deployments.scheduled_runs(store, [made.id], scheduled_before=soon)] == [early]


# -- what their runs are told ------------------------------------------------------------------------------------------


def test_job_variables_are_filled_in_when_a_run_begins(deploy, store, monkeypatch):
    monkeypatch.setenv("CITY", "Ulm")
    variables.put(store, "memory", "2GiB")
    told = {"memory": "{{ pacc.variables.memory }}", "env": {"CITY": "{{ $CITY }}", "A": "1"}}
    made = deploy(job_variables=told)
    run = deployments.create_run(store, made.id, job_variables={"env": {"A": "{{ pacc.variables.memory }}"}})
    assert deployments.read(store, made.id).job_variables == told
    code = taking_up.code_of(store, str(run.id))
    assert code.job_variables == {"memory": "2GiB", "env": {"CITY": "Ulm", "A": "2GiB"}}


def test_job_variables_that_cannot_be_filled_in_are_a_sentence(deploy, store):
    made = deploy(job_variables={"env": {"TOKEN": "{{ pacc.blocks.secret.none }}"}})
    with pytest.raises(ObjectNotFound, match=r"the job variables cannot be filled in: .*none"):
        taking_up.code_of_deployment(store, str(made.id))


# -- job variables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"memory": "lots"}, "'memory' is 'lots'; write a size"),
        ({"cpu_seconds": 0}, "'cpu_seconds' is 0; write a number of seconds"),
        ({"env": "STAGE=test"}, "\"env\": 'STAGE=test' is not of type 'object'"),
        ({"env.STAGE": 3}, '"env.STAGE": 3 is not'),
        ({"stream_output": "often"}, "\"stream_output\": 'often' is not of type 'boolean'"),
    ],
)
def test_job_variables_no_run_could_start_with_are_refused_where_they_are_given(store, deploy, wrong, said):
    template = ProcessWorker.get_default_base_job_template()
    work_pools.create(store, WorkPoolCreate(name="local", base_job_template=template))
    with pytest.raises(InvalidValueError, match=re.escape(said)):
        deploy(work_pool_name="local", job_variables=wrong)
    made = deploy(work_pool_name="local", job_variables={"env": {"STAGE": "test"}})
    with pytest.raises(InvalidValueError, match=re.escape(said)):
        deployments.create_run(store, made.id, job_variables=wrong)
    assert flow_runs.select(store) == []


def test_job_variables_that_only_a_run_can_fill_in_are_taken(store, deploy):
    made = deploy(job_variables={"memory": "{{ prefect.variables.size }}", "anything": 1})
    assert deployments.create_run(store, made.id, job_variables={"memory": "1GiB"}).job_variables == {
        "memory": "1GiB"
    }


# -- parameters that are worked out ------------------------------------------------------------------------------------


def of(kind, **more):
    return {"__prefect_kind": kind, **more}


def test_parameters_are_worked_out_when_a_run_is_made(store, deploy):
    variables.put(store, "days", 3)
    days = of("workspace_variable", variable_name="days")
    made = deploy(parameters={"days": days, "city": "Ulm"}, parameter_openapi_schema=SCHEMA)
    assert deployments.read(store, made.id).parameters["days"] == days
    assert deployments.create_run(store, made.id).parameters == {"days": 3, "city": "Ulm"}
    variables.put(store, "days", 4, overwrite=True)
    city = of("jinja", template="{{ variables.days * 2 }} towns")
    run = deployments.create_run(store, made.id, parameters={"city": city})
    assert run.parameters == {"days": 4, "city": "8 towns"}
    plain = deployments.create_run(store, made.id, parameters={"days": of("json", value="7")})
    assert plain.parameters["days"] == 7


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (
            of("workspace_variable", variable_name="none"),
            TemplateError,
            'parameter "days": there is no variable "none"',
        ),
        (
            of("jinja", template="{{ nothing.at.all }}"),
            TemplateError,
            'parameter "days": the template cannot be filled',
        ),
        (of("json", value="{"), TemplateError, 'parameter "days": the template gives no JSON'),
        (of("json", value='"many"'), ParameterTypeError, "\"days\": 'many' is not of type 'integer'"),
    ],
)
def test_a_parameter_that_cannot_be_worked_out_or_does_not_fit_then_makes_no_run(
    store, deploy, wrong, error, said
):
    made = deploy(parameters={"city": "Ulm"}, parameter_openapi_schema=SCHEMA)
    for declared, given in (({}, {"days": wrong}), ({"days": wrong}, {})):
        deploy(parameters={"city": "Ulm", **declared}, parameter_openapi_schema=SCHEMA)
        with pytest.raises(error, match=said):
            deployments.create_run(store, made.id, parameters=given)
    assert flow_runs.select(store) == []


def test_what_was_told_from_outside_is_never_worked_out(store, deploy):
    told = of("workspace_variable", variable_name="secret")
    run = deployments.create_run(store, deploy().id, parameters={"city": told}, templates=Templates.NEVER)
    assert run.parameters == {"city": told}


def test_a_saved_block_may_stand_where_the_schema_asks_for_one_and_nothing_else_may():
    schema = {
        "properties": {"key": {"$ref": "#/definitions/Secret"}},
        "definitions": {"Secret": {"block_type_slug": "secret", "type": "object", "required": ["value"]}},
    }
    assert parameter_schemas.problems({"key": {"$ref": "secret/api-key"}}, schema) == {}
    assert parameter_schemas.problems({"key": {"value": "x"}}, schema) == {}
    assert parameter_schemas.problems({"key": {"name": "x"}}, schema) == {
        "key": "'value' is a required property"
    }

"""Schedules are kept: each occurrence has one run, whatever the clock does and however many processes look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacc._internal import clock, sessions
from pacc.loops import scheduler
from pacc.orchestration.scheduling import times_ahead
from pacc.schemas.deployments import DeploymentCreate, DeploymentScheduleCreate
from pacc.schemas.schedules import Catchup, CronSchedule, IntervalSchedule, Overlap, RRuleSchedule
from pacc.services import admission, deployment_schedules, deployments, flow_runs, leases
from pacc.services.run_transitions import propose_flow_run_state
from pacc.states import Completed, Pending, Running
from pacc.store.database import Store
from pacc.testing.clock import MovableClock

START = datetime(2026, 11, 26, 9, 0, 30, tzinfo=UTC)
MINUTELY = CronSchedule(cron="* * * * *")
HOURLY = CronSchedule(cron="0 * * * *")
DAILY = CronSchedule(cron="0 7 * * *")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class World:
    """One store, a clock that stands still, and what a scheduler does at a moment."""

    def __init__(self, store, moved):
        self.store = store
        self.moved = moved

    def deploy(self, *schedules, name="daily", **more):
        kept = [
            each if isinstance(each, DeploymentScheduleCreate) else DeploymentScheduleCreate(schedule=each)
            for each in schedules
        ]
        return deployments.upsert(
            self.store, DeploymentCreate(name=name, flow_name="etl", schedules=kept, **more)
        )

    def at(self, moment):
        """Let the wall clock show a moment, as after a sleep; no time passes."""
        self.moved.freeze(moment)
        return self

    def tick(self):
        """Do all there is to do now, and return when there is something next."""
        while True:
            due = scheduler.tick(self.store, clock.now())
            if due is None or due > clock.now():
                return None if due is None else clock.to_datetime(due)

    def runs(self, *states):
        every = flow_runs.select(self.store)
        return sorted((run for run in every if not states or run.state_name in states), key=due)

    def times(self, *states):
        return [due(run) for run in self.runs(*states)]

    def startable(self):
        """The runs that whoever claims runs now would start."""
        now = clock.now()
        admission.before_claims(self.store, now)
        return [run for run in self.runs("Scheduled", "Late") if due(run) <= clock.to_datetime(now)]


def due(run):
    return run.expected_start_time


@pytest.fixture
def world(store):
    with MovableClock() as moved:
        moved.freeze(START)
        yield World(store, moved)
    admission._drifts.clear()
    sessions.end_all()


# ---------------------------------------------------------------------------------------------- made ahead


@pytest.mark.parametrize(("schedule", "count"), [(MINUTELY, 61), (HOURLY, 3), (DAILY, 3)])
def test_runs_are_made_three_and_an_hour_ahead(world, schedule, count):
    world.deploy(schedule)
    world.tick()
    assert world.times() == times_ahead(schedule, START)
    assert len(world.runs()) == count


def test_a_run_says_that_a_schedule_made_it_and_what_it_is_given(world):
    wish = DeploymentScheduleCreate(schedule=HOURLY, slug="on-the-hour", parameters={"days": 2})
    made = world.deploy(wish, parameters={"city": "Ulm", "days": 1}, tags=["prod"], work_queue_name=None)
    world.tick()
    run = world.runs()[0]
    assert run.auto_scheduled
    assert run.tags == ["auto-scheduled", "prod"]
    assert run.parameters == {"city": "Ulm", "days": 2}
    assert run.deployment_id == made.id
    assert (run.created_by.type, run.created_by.display_value) == ("SCHEDULE", "on-the-hour")
    assert run.created_by.id == made.schedules[0].id
    assert run.state.state_details.scheduled_time == due(run)
    assert run.idempotency_key == f"scheduled {made.id} {made.schedules[0].id} 2026-11-26T10:00:00+00:00"


def test_parameters_that_do_not_fit_are_for_the_run_to_complain_about(world):
    schema = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}
    world.deploy(HOURLY, parameter_openapi_schema=schema)
    world.tick()
    assert len(world.runs()) == 3


def test_a_second_look_makes_nothing_and_says_when_there_will_be_something(world):
    world.deploy(HOURLY)
    following = world.tick()
    version = world.store.data_version()
    assert world.tick() == following
    assert world.store.data_version() == version
    assert following == datetime(2026, 11, 26, 10, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "schedule",
    [
        MINUTELY,
        HOURLY,
        DAILY,
        CronSchedule(cron="30 2 * * *", timezone="Europe/Berlin"),
        CronSchedule(cron="0 0 1 1 *"),
        CronSchedule(cron="* * * * * */20"),
        IntervalSchedule(interval=timedelta(minutes=7), anchor_date=START),
        RRuleSchedule(rrule="DTSTART:20261126T100000Z\nRRULE:FREQ=HOURLY;COUNT=5"),
    ],
    ids=str,
)
def test_who_looks_only_when_told_to_misses_nothing(world, schedule):
    world.deploy(schedule)
    looks, passed = 0, START
    while passed < START + 2 * HOUR and looks < 1000:
        following = world.tick()
        looks += 1
        if following is None:
            break
        passed = min(following, START + 2 * HOUR)
        world.moved.freeze(passed)
        world.moved.advance(0)
        admission._drifts.clear()
    made = world.times()
    assert len(set(made)) == len(made)
    ahead = times_ahead(schedule, passed)
    wanted = sorted({*times_between(schedule, START, passed), *ahead})
    assert [each for each in made if each >= START][: len(wanted)] == wanted[: len(made)]
    assert len(wanted) - len(made) <= 3  # what the minute between two looks may leave for the next one
    assert looks <= 2 * 60 + 2


def times_between(schedule, start, end):
    from pacc.orchestration.occurrences import occurrences

    return list(occurrences(schedule, start, end))


def test_a_schedule_that_has_ended_is_never_looked_at_again(world):
    world.deploy(RRuleSchedule(rrule="DTSTART:20261126T100000Z\nRRULE:FREQ=HOURLY;COUNT=2"))
    assert world.tick() is None
    assert len(world.runs()) == 2


def test_a_schedule_may_ask_for_fewer_runs_ahead(world):
    world.deploy(DeploymentScheduleCreate(schedule=MINUTELY, max_scheduled_runs=5))
    world.tick()
    assert len(world.runs()) == 5


# ---------------------------------------------------------------------------------------------- changed


def test_a_schedule_that_is_changed_has_its_runs_made_anew(world):
    world.deploy(DeploymentScheduleCreate(schedule=HOURLY, slug="s"))
    world.tick()
    world.deploy(DeploymentScheduleCreate(schedule=DAILY, slug="s"))
    assert world.runs() == []
    world.tick()
    assert world.times() == times_ahead(DAILY, START)


def test_a_paused_deployment_has_no_runs_made_until_it_is_resumed(world):
    made = world.deploy(HOURLY)
    world.tick()
    deployments.pause(world.store, made.id)
    assert (world.runs(), world.tick()) == ([], None)
    world.at(START + 2 * HOUR)
    deployments.resume(world.store, made.id)
    world.tick()
    assert world.times() == times_ahead(HOURLY, START + 2 * HOUR)


def test_a_paused_schedule_leaves_the_others_alone(world):
    made = world.deploy(
        DeploymentScheduleCreate(schedule=HOURLY, slug="hourly"),
        DeploymentScheduleCreate(schedule=DAILY, slug="daily"),
    )
    world.tick()
    deployment_schedules.set_active(world.store, made.id, "hourly", active=False)
    world.tick()
    assert world.times() == times_ahead(DAILY, START)
    deployment_schedules.set_active(world.store, made.id, "hourly", active=True)
    world.tick()
    assert len(world.runs()) == 6


def test_a_change_between_the_look_and_the_writing_wins(world):
    from pacc.orchestration.scheduling import Horizon
    from pacc.services import scheduling

    made = world.deploy(HOURLY)
    [row] = scheduling.to_look_at(world.store, clock.now(), 10)
    look = scheduling.look(world.store, row, clock.now(), Horizon(), MINUTE)
    deployments.pause(world.store, made.id)
    assert scheduling.keep(world.store, [look]) == 0
    assert world.runs() == []


def test_a_broken_schedule_is_told_and_the_others_are_kept(world):
    world.deploy(HOURLY, name="broken")
    world.deploy(HOURLY, name="sound")
    [broken] = [each for each in deployments.select(world.store) if each.name == "broken"]
    with world.store.transaction() as changes:
        changes.run_sql(
            "UPDATE deployment_schedule SET catchup = 'sometimes' WHERE id = ?",
            [str(broken.schedules[0].id)],
        )
    with pytest.raises(ValueError, match="sometimes"):
        scheduler.tick(world.store, clock.now())
    assert {run.deployment_id for run in world.runs()} == {
        UUID(row["id"]) for row in world.store.read_sql("SELECT id FROM deployment WHERE name = 'sound'")
    }
    assert world.tick() == START + MINUTE


# ---------------------------------------------------------------------------------------------- missed


ASLEEP = 3 * HOUR
COUNTS = {Catchup.NONE: 0, Catchup.LATEST: 1, Catchup.ALL: 180}


def deploy_minutely(world, catchup):
    world.deploy(DeploymentScheduleCreate(schedule=MINUTELY, catchup=catchup))
    admission.arrive(world.store, clock.now())
    world.tick()


def test_a_laptop_asleep_for_three_hours_makes_up_for_what_its_policy_says(world):
    for catchup in COUNTS:
        world.deploy(DeploymentScheduleCreate(schedule=MINUTELY, catchup=catchup), name=catchup)
    admission.arrive(world.store, clock.now())
    world.tick()
    world.at(START + ASLEEP)
    world.startable()
    world.tick()
    started = world.startable()
    by_policy = {each.id: Catchup(each.name) for each in deployments.select(world.store)}
    for catchup, count in COUNTS.items():
        assert len([run for run in started if by_policy[run.deployment_id] is catchup]) == count
    [latest] = [run for run in started if by_policy[run.deployment_id] is Catchup.LATEST]
    assert due(latest) == (START + ASLEEP).replace(second=0)
    every = {due(run) for run in started if by_policy[run.deployment_id] is Catchup.ALL}
    assert every == set(times_between(MINUTELY, START, START + ASLEEP))
    skipped = [run for run in world.runs("Skipped") if by_policy[run.deployment_id] is Catchup.NONE]
    assert len(skipped) == 61
    assert "makes up for no missed runs" in skipped[0].state.message


@pytest.mark.parametrize("catchup", Catchup)
def test_it_is_the_same_when_no_process_was_there(world, catchup):
    deploy_minutely(world, catchup)
    admission._drifts.clear()
    world.moved.advance(ASLEEP)
    world.startable()
    world.tick()
    assert len(world.startable()) == COUNTS[catchup]


def test_runs_that_wait_while_another_process_keeps_the_schedules_are_late_and_start(world, monkeypatch):
    deploy_minutely(world, Catchup.NONE)
    admission._drifts.clear()
    world.store.write("leases.take", {"name": "scheduler", "session": "another", "gone": None, "now": 0})
    monkeypatch.setattr(leases, "keeps_house", lambda store, session: session == "another")
    world.moved.advance(10 * MINUTE)
    assert len(world.startable()) == 10


def test_time_that_passes_while_the_process_is_there_passes_over_nothing(world):
    deploy_minutely(world, Catchup.NONE)
    world.moved.advance(10 * MINUTE)
    assert len(world.startable()) == 10


def test_a_run_overdue_by_seconds_was_not_missed(world):
    deploy_minutely(world, Catchup.NONE)
    world.at(START + 40 * timedelta(seconds=1))
    assert len(world.startable()) == 1


def test_a_deployment_paused_as_its_process_ended_makes_up_by_its_policy(world):
    for catchup in Catchup:
        made = world.deploy(DeploymentScheduleCreate(schedule=MINUTELY, catchup=catchup), name=catchup)
        world.tick()
        deployments.pause_at_shutdown(world.store, made.id)
    admission._drifts.clear()
    world.moved.advance(ASLEEP)
    for catchup in Catchup:
        world.deploy(DeploymentScheduleCreate(schedule=MINUTELY, catchup=catchup), name=catchup)
    world.startable()
    world.tick()
    started = [run.deployment_id for run in world.startable()]
    names = {each.id: Catchup(each.name) for each in deployments.select(world.store)}
    assert {catchup: [names[each] for each in started].count(catchup) for catchup in Catchup} == COUNTS


# ---------------------------------------------------------------------------------------------- the clock


def test_a_clock_set_back_an_hour_doubles_nothing(world):
    deploy_minutely(world, Catchup.ALL)
    world.moved.advance(HOUR)
    world.tick()
    made = world.times()
    world.at(START)
    world.tick()
    assert world.times() == made
    world.at(START + 2 * HOUR)
    world.tick()
    assert world.times() == times_between(MINUTELY, START, max(world.times()))


def test_a_clock_set_forward_a_day_and_back_again_loses_nothing_that_is_to_be_made_up_for(world):
    deploy_minutely(world, Catchup.ALL)
    world.at(START + DAY)
    world.tick()
    world.at(START)
    world.tick()
    world.at(START + DAY + HOUR)
    world.tick()
    assert world.times() == times_between(MINUTELY, START, max(world.times()))


@pytest.mark.parametrize("noticed", [True, False], ids=["while at work", "while nothing was there"])
def test_a_clock_that_was_a_day_ahead_for_a_moment_costs_no_run(world, noticed):
    deploy_minutely(world, Catchup.NONE)
    world.at(START + DAY)
    world.startable()
    world.tick()
    assert len(world.runs("Skipped")) == 61
    if not noticed:
        admission._drifts.clear()
    world.at(START + MINUTE)
    world.startable()
    world.tick()
    waiting = [each for each in world.times("Scheduled", "Late") if each <= START + 2 * HOUR]
    assert waiting == times_ahead(MINUTELY, START + MINUTE)


JUMPS = st.lists(
    st.tuples(
        st.sampled_from([timedelta(seconds=1), MINUTE, HOUR, DAY]),
        st.integers(-2, 3),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    "examples", [12, pytest.param(10_000, marks=[pytest.mark.soak, pytest.mark.timeout(7200)])]
)
def test_a_clock_that_jumps_at_random_neither_loses_nor_doubles_a_run(tmp_path_factory, examples):
    """G18: each occurrence from the first look to the latest has exactly one run."""
    hours = IntervalSchedule(interval=timedelta(minutes=37), anchor_date=START - DAY)

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(JUMPS)
    def neither(jumps):
        store = Store(tmp_path_factory.mktemp("jumps") / "home")
        with MovableClock() as moved:
            world = World(store, moved).at(START)
            world.deploy(DeploymentScheduleCreate(schedule=hours, catchup=Catchup.ALL))
            world.tick()
            latest = now = START
            for size, times in jumps:
                now += size * times
                latest = max(latest, now)
                world.at(now).tick()
            made = world.times()
        admission._drifts.clear()
        store.close()
        assert len(made) == len(set(made))
        assert set(made) >= set(times_between(hours, START, latest))

    neither()


# ---------------------------------------------------------------------------------------------- beside each other


def begin(world, run, *states):
    for state in states or (Pending(), Running()):
        propose_flow_run_state(world.store, str(run.id), state)


@pytest.fixture
def overlapping(world):
    def deployed(overlap):
        world.deploy(DeploymentScheduleCreate(schedule=MINUTELY, overlap=overlap))
        admission.arrive(world.store, clock.now())
        world.tick()
        world.moved.advance(MINUTE)

    return deployed


def test_runs_may_run_beside_each_other(world, overlapping):
    overlapping(Overlap.ALLOW)
    begin(world, world.startable()[0])
    world.moved.advance(MINUTE)
    assert len(world.startable()) == 1
    assert len(world.runs("Running")) == 1


def test_a_run_due_while_the_one_before_runs_is_skipped(world, overlapping):
    overlapping(Overlap.SKIP)
    [first] = world.startable()
    begin(world, first)
    world.moved.advance(2 * MINUTE)
    assert world.startable() == []
    assert {run.state.message for run in world.runs("Skipped")} == {
        "An earlier run of the same schedule had not ended when this one was due."
    }
    begin(world, first, Completed())
    world.moved.advance(MINUTE)
    assert len(world.startable()) == 1


def test_a_run_due_while_the_one_before_runs_ends_it(world, overlapping):
    overlapping(Overlap.CANCEL_PREVIOUS)
    [first] = world.startable()
    begin(world, first)
    world.moved.advance(MINUTE)
    [second] = world.startable()
    before = flow_runs.read(world.store, first.id)
    assert (before.state_name, before.state.message) == (
        "Cancelling",
        "A later run of the same schedule was due.",
    )
    assert second.id != first.id


def test_of_runs_due_together_one_starts(world, overlapping):
    overlapping(Overlap.SKIP)
    world.moved.advance(2 * MINUTE)
    [only] = world.startable()
    assert due(only) == world.times()[0]
    assert [run.id for run in world.startable()] == [only.id]

"""A run that is due is claimed once, in order, and as far as the limits of deployment, queue and pool leave room."""

from __future__ import annotations

import itertools
import json
import threading
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacc._internal import clock, sessions
from pacc.exceptions import StaleTransition
from pacc.schemas.deployments import ConcurrencyOptions, DeploymentCreate
from pacc.services import claims, deployments, flow_runs, run_transitions, taking_up
from pacc.services.outcomes import end_runs
from pacc.services.reaping import reap
from pacc.states import Cancelling, Completed, Running, Scheduled
from pacc.store import close_store, open_store

PROCESS = {"pid": 1, "command": "a runner"}


@pytest.fixture
def deployed(store):
    """Make a deployment that this session serves, with some runs that are due; returns their ids, the first one first."""

    def make(runs=1, name="nightly", session="runner", **options):
        wanted = DeploymentCreate(name=name, flow_name="etl", entrypoint="etl.py:etl", **options)
        deployment = deployments.upsert(store, wanted)
        deployments.serve(store, [deployment.id], session)
        return [str(deployments.create_run(store, deployment.id).id) for _ in range(runs)]

    return make


def claimed(store, session="runner", limit=claims.MOST):
    due = claims.due_of_served(store, session, limit=limit)
    return [run.id for run in claims.claim(store, due, session=session, process=PROCESS, limit=limit)]


def states(store, ids):
    return [flow_runs.read(store, identity).state_name for identity in ids]


def test_runs_that_are_due_are_claimed_in_order(store, deployed):
    ids = deployed(runs=5)
    assert claimed(store, limit=2) == ids[:2]
    assert claimed(store) == ids[2:]
    assert claimed(store) == []
    run = flow_runs.read(store, ids[0])
    assert (run.state_name, run.process) == ("Pending", {**PROCESS, "role": "claims"})
    assert [state.name for state in flow_runs.states(store, ids[0])] == ["Scheduled", "Pending"]


def test_a_run_is_due_at_its_time_and_not_before(store, deployed):
    [first] = deployed(runs=1)
    deployment = flow_runs.read(store, first).deployment_id
    later = clock.to_datetime(clock.now() + 60_000_000)
    deployments.create_run(store, deployment, state=Scheduled(scheduled_time=later))
    assert claimed(store) == [first]
    assert claims.next_of_served(store, "runner", clock.now()) == clock.from_datetime(later)


def test_only_runs_of_the_deployments_that_are_served_are_claimed(store, deployed):
    deployed(name="others", session="another runner")
    [mine] = deployed(name="mine")
    assert claimed(store) == [mine]


def test_a_run_is_claimed_once_by_any_number_of_runners(store, deployed):
    ids = deployed(runs=60)
    found = Counter()

    def take(session):
        while due := claims.due_of_served(store, "runner", limit=7):
            found.update(
                run.id for run in claims.claim(store, due, session=session, process=PROCESS, limit=3)
            )

    threads = [threading.Thread(target=take, args=(f"runner {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == Counter(ids)


def test_a_deployments_limit_holds_and_a_run_that_ended_gives_its_place_back(store, deployed):
    ids = deployed(runs=5, concurrency_limit=2)
    assert claimed(store) == ids[:2]
    assert claimed(store) == []
    run_transitions.propose_flow_run_state(store, ids[0], Running())
    assert claimed(store) == []
    run_transitions.propose_flow_run_state(store, ids[0], Cancelling())
    assert claimed(store) == []
    claims.give_back(store, "runner", ids[1])
    assert claimed(store) == [ids[2]]


def test_runs_that_a_flow_calls_itself_take_no_room(store, deployed):
    first, second = deployed(runs=2, concurrency_limit=2)
    assert claimed(store, limit=1) == [first]
    nested = taking_up.taken_up(store, first)
    child = type(nested)(
        store, name="child", flow_id=nested.flow_id, flow_name="etl", parent=nested, session=nested.session
    )
    child.advance(Running())
    store.journal.flush()
    assert claimed(store) == [second]


def test_a_run_without_room_waits_in_its_place_and_says_so(store, deployed):
    first, second, third = deployed(runs=3, concurrency_limit=1)
    assert claimed(store) == [first]
    assert {each.state_name for each in claims.collide(store, "runner")} == {"AwaitingConcurrencySlot"}
    assert states(store, [first, second, third]) == ["Pending", *["AwaitingConcurrencySlot"] * 2]
    assert claims.collide(store, "runner") == []
    assert flow_runs.read(store, second).state.message == "Concurrency limit of the deployment reached."
    end_runs(store, "runner", "It is over.")
    assert claimed(store) == [second]


def test_a_run_without_room_is_cancelled_where_the_deployment_wishes_that(store, deployed):
    options = ConcurrencyOptions(collision_strategy="CANCEL_NEW")
    first, second = deployed(runs=2, concurrency_limit=1, concurrency_options=options)
    assert claimed(store) == [first]
    assert [each.state_name for each in claims.collide(store, "runner")] == ["Cancelled"]
    assert states(store, [first, second]) == ["Pending", "Cancelled"]


LIMIT = st.none() | st.integers(0, 3)
POOL = itertools.count()


@pytest.fixture(scope="module")
def pools(tmp_path_factory):
    """One store for many examples, each with a work pool of its own."""
    store = open_store(tmp_path_factory.mktemp("home"))
    yield store
    close_store(store.home)


@settings(max_examples=40)
@given(
    pool_limit=LIMIT,
    queue_limits=st.lists(LIMIT, min_size=2, max_size=2),
    limits=st.lists(LIMIT.filter(lambda limit: limit != 0), min_size=2, max_size=2),
    runs=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=10),
    step=st.integers(1, 6),
)
def test_no_limit_is_exceeded_and_no_place_is_left_free(pools, pool_limit, queue_limits, limits, runs, step):
    pool = f"pool-{next(POOL)}"
    lay_out(pools, pool, pool_limit, queue_limits, limits)
    made = {run_in(pools, pool, deployment, queue): (deployment, queue) for deployment, queue in runs}
    taken = []
    while due := claims.due_in_pool(pools, pool):
        got = claims.claim(pools, due, session="worker", process=PROCESS, limit=step)
        assert got, "there is room for the first one at least"
        taken += [run.id for run in got]
    of_deployment = Counter(made[identity][0] for identity in taken)
    of_queue = Counter(made[identity][1] for identity in taken)
    left = [limit for limit in (pool_limit,) if limit is not None and len(taken) >= limit]
    assert pool_limit is None or len(taken) <= pool_limit
    for counted, allowed in ((of_deployment, limits), (of_queue, queue_limits)):
        assert all(allowed[each] is None or count <= allowed[each] for each, count in counted.items())
    for deployment, queue in (made[identity] for identity in made.keys() - taken):
        assert (
            left or of_deployment[deployment] == limits[deployment] or of_queue[queue] == queue_limits[queue]
        )


def lay_out(store, pool, pool_limit, queue_limits, limits):
    """A pool with two queues and two deployments, each with a limit or none."""
    now = clock.now()
    with store.transaction() as changes:
        changes.run_sql(
            "INSERT INTO work_pool (id, name, created, updated, type, concurrency_limit) VALUES (?, ?, ?, ?, 'process', ?)",
            [pool, pool, now, now, pool_limit],
        )
        for number, limit in enumerate(queue_limits):
            changes.run_sql(
                "INSERT INTO work_queue (id, work_pool_id, name, created, updated, priority, concurrency_limit)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [f"{pool}-{number}", pool, f"queue-{number}", now, now, number + 1, limit],
            )
    for number, limit in enumerate(limits):
        wanted = DeploymentCreate(
            name=f"{pool}-{number}", flow_name="etl", concurrency_limit=limit, work_pool_name=pool
        )
        deployments.upsert(store, wanted)


def run_in(store, pool, deployment, queue):
    found = deployments.read_by_name(store, f"etl/{pool}-{deployment}")
    return str(deployments.create_run(store, found.id, work_queue_name=f"queue-{queue}").id)


def test_the_most_important_queue_comes_first_and_a_paused_one_waits(pools):
    pool = f"pool-{next(POOL)}"
    lay_out(pools, pool, None, [None, None], [None, None])
    later, sooner = run_in(pools, pool, 0, 1), run_in(pools, pool, 1, 0)
    assert claims.due_in_pool(pools, pool) == [sooner, later]
    assert claims.due_in_pool(pools, pool, ["queue-1"]) == [later]
    with pools.transaction() as changes:
        changes.run_sql("UPDATE work_queue SET is_paused = 1 WHERE id = ?", [f"{pool}-0"])
    assert claims.due_in_pool(pools, pool) == [later]


def test_what_a_dead_runner_claimed_and_never_began_waits_again(store, deployed):
    ids = deployed(runs=3)
    claimed(store)
    for identity, session in ((ids[1], "supervisor"), (ids[2], "busy supervisor")):
        claimant = taking_up.Claimant(session=session, process=PROCESS, claimed_by="runner")
        taking_up.take_up(store, identity, claimant)
    run_transitions.propose_flow_run_state(store, ids[2], Running())
    reap(store)
    assert states(store, ids) == ["Scheduled", "Scheduled", "Crashed"]
    deployments.serve(store, [flow_runs.read(store, ids[0]).deployment_id], "next runner")
    assert set(claimed(store, session="next runner")) == set(ids[:2])


def row_of(store, identity):
    return dict(store.read("flow_runs.read", {"id": identity})[0])


def begun(store, identity, session="supervisor"):
    claimant = taking_up.Claimant(session=session, process={"pid": 7}, claimed_by="runner")
    return taking_up.begin_claimed(store, identity, claimant)


def test_a_claimed_run_is_its_process_own_from_the_first_transition_on(store, deployed):
    [identity] = deployed()
    claimed(store)
    run = begun(store, identity)
    assert row_of(store, identity)["session"] == "runner"
    run.advance(Running())
    row = row_of(store, identity)
    assert (row["session"], row["infrastructure_pid"]) == ("supervisor", "7")
    run.usage = {"exit_code": 0}
    run.advance(Completed())
    after = flow_runs.read(store, identity)
    assert (after.state_name, after.usage) == ("Completed", {"exit_code": 0})


def test_a_claimed_run_whose_row_was_read_by_its_runner_is_not_read_again(store, deployed, monkeypatch):
    [identity] = deployed()
    assert taking_up.claimed(store, identity, "runner") is None
    claimed(store)
    assert taking_up.claimed(store, identity, "another") is None
    row = json.loads(
        json.dumps(taking_up.claimed(store, identity, "runner"))
    )  # it goes from process to process
    claimant = taking_up.Claimant(session="supervisor", process={"pid": 7}, claimed_by="runner")
    with monkeypatch.context() as unread:
        for name in ("look", "read", "write"):
            unread.setattr(store, name, None)
        run = taking_up.begin_claimed(store, identity, claimant, row)
    run.advance(Running())
    run.advance(Completed())
    assert row_of(store, identity)["session"] == "supervisor"
    assert flow_runs.read(store, identity).state_name == "Completed"


@pytest.mark.parametrize("is_written", [True, False])
def test_a_transition_that_was_dictated_without_an_answer_happens_once(
    store, deployed, monkeypatch, is_written
):
    [identity] = deployed()
    claimed(store)
    run = begun(store, identity)

    def dictate(statement, values):
        assert not is_written or store.write(statement, values)

    monkeypatch.setattr(store, "dictate", dictate)
    run.advance(Running())
    run.advance(Completed())
    row = row_of(store, identity)
    assert [json.loads(line)["name"] for line in row["history"].split("\n")] == [
        "Scheduled", "Pending", "Running", "Completed",
    ]  # fmt: skip
    assert (row["version"], row["session"]) == (4, "supervisor")


@pytest.mark.parametrize("first", ["begun", "taken up", "cancelled", "given back"])
def test_a_claimed_run_that_something_happened_to_meanwhile_is_not_begun(store, deployed, first):
    [identity] = deployed()
    claimed(store)
    run = begun(store, identity)
    if first == "begun":
        begun(store, identity, session="another").advance(Running())
    elif first == "taken up":
        claimant = taking_up.Claimant(session="another", process=PROCESS, claimed_by="runner")
        taking_up.take_up(store, identity, claimant)
    elif first == "cancelled":
        run_transitions.propose_flow_run_state(store, identity, Cancelling())
    else:
        claims.give_back(store, "runner")
        assert claimed(store) == [identity]
    before = row_of(store, identity)
    with pytest.raises(StaleTransition, match="changed by someone else"):
        run.advance(Running())
    assert row_of(store, identity) == before


def test_a_run_that_nobody_claimed_or_that_ran_before_is_taken_up_at_once(store, deployed):
    first, second = deployed(runs=2)
    run = taking_up.begin_claimed(store, first, taking_up.Claimant(session="mine", process=PROCESS))
    assert row_of(store, first)["session"] == "mine"
    run.advance(Running())
    claimed(store)
    with store.transaction() as changes:
        changes.run_sql("UPDATE flow_run SET run_count = 1 WHERE id = ?", [second])
    begun(store, second)
    assert row_of(store, second)["session"] == "supervisor"


def test_a_living_runners_claims_stay(store, deployed):
    [run] = deployed(session=(session := sessions.current(store.home).id))
    assert claimed(store, session=session) == [run]
    reap(store)
    assert states(store, [run]) == ["Pending"]


def test_a_run_whose_beginning_kills_again_and_again_waits_longer_each_time_and_is_given_up(store, deployed):
    [run] = deployed()
    waits = []
    for _ in range(8):
        now = clock.now()
        assert states(store, [run]) == ["Scheduled"]
        waits.append(round((due(store, run) - now) / 1_000_000))
        claims.claim(store, [run], session="runner", process=PROCESS)
        reap(store)
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32]
    assert states(store, [run]) == ["Crashed"]


def due(store, run):
    found = flow_runs.read(store, run)
    assert found.state.state_details.scheduled_time is not None
    return clock.from_datetime(found.next_scheduled_start_time)


def test_a_living_runner_gives_up_as_well(store, deployed):
    [run] = deployed()
    for _ in range(8):
        claims.claim(store, [run], session="runner", process=PROCESS)
        claims.not_begun(store, "runner", run)
    assert flow_runs.read(store, run).state.message.endswith("ended before it began, again and again.")
    claims.not_begun(store, "runner", run)
    assert states(store, [run]) == ["Crashed"]

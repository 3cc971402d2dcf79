"""A flow run that failed or crashed is retried: what had finished is reused, the rest is run."""

from __future__ import annotations

import asyncio
import itertools
import math
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import pytest

from pacc import flow, task
from pacc.exceptions import (
    IllegalTransition,
    MissingFlowError,
    ObjectNotFound,
    StoreFull,
)
from pacc.flow_runs import aretry_flow_run, retry_flow_run
from pacc.services import checkpoints, flow_runs, retrying
from pacc.settings import temporary_settings
from pacc.store import Journal, Store
from pacc.transactions import transaction

done = []
broken = [True]


@pytest.fixture(autouse=True)
def _fresh():
    done.clear()
    broken[:] = [True]


@dataclass
class City:
    name: str


@task
def fetch(city):
    done.append(f"fetch {city}")
    return f"{city}!"


@task
def fragile(value=None):
    done.append("fragile")
    if broken[0]:
        raise OSError("no answer")
    return value


def failed(flow_, *args, **kwargs):
    """Run a flow that fails, and mend what broke it; returns nothing worth looking at."""
    assert not flow_(*args, return_state=True, **kwargs).is_completed()
    broken[0] = False
    done.clear()


def retried(recorded, flow_, **options):
    """Retry the only flow run that no other one called; returns its last state."""
    [run] = [run for run in recorded.flow_runs() if run.parent_flow_run_id is None]
    return retry_flow_run(run.id, flow=flow_, **options)


@flow
def pipeline(cities=("Ulm", "Oslo")):
    return [*[fetch(city) for city in cities], fragile("end")]


def test_a_retry_runs_only_what_had_not_finished(recorded):
    failed(pipeline)
    assert retried(recorded, pipeline).result() == ["Ulm!", "Oslo!", "end"]
    assert done == ["fragile"]
    run = recorded.flow_run()
    assert (run.attempt, run.state_name) == (2, "Completed")
    assert recorded.history(run)[-4:] == ["AwaitingRetry", "Pending", "Running", "Completed"]


def test_a_reused_result_is_a_task_run_that_names_the_one_it_comes_from(recorded):
    failed(pipeline)
    retried(recorded, pipeline)
    first, again = (recorded.task_runs("fetch")[number] for number in (0, 2))
    assert again.state_name == "Cached"
    assert again.state.state_details.cached_from == first.id
    assert first.name in again.state.message
    assert recorded.history(again) == ["Pending", "Cached"]


def test_the_log_says_what_is_reused(recorded, caplog):
    failed(pipeline)
    with temporary_settings({"PACC_TESTING_TEST_MODE": True}):
        retried(recorded, pipeline)
    told = [record.getMessage() for record in caplog.records]
    assert any("Attempt 2; results of finished tasks are kept (2)" in line for line in told)
    assert sum("was reused by this retry" in line for line in told) == 2


def test_what_is_kept_is_deleted_once_the_run_completes(recorded):
    failed(pipeline)
    run = recorded.flow_run()
    assert checkpoints.count(recorded.store, str(run.id)) == 2
    retried(recorded, pipeline)
    assert recorded.store.read("checkpoints.of_flow_run", {"flow_run_id": str(run.id)}) == []


def test_a_run_of_thousands_of_tasks_leaves_nothing_behind(recorded):
    @flow
    def many():
        for number in range(checkpoints.AT_ONCE + 10):
            fetch(number)

    many()
    assert recorded.store.read("checkpoints.of_flow_run", {"flow_run_id": str(recorded.flow_run().id)}) == []
    assert checkpoints.tidy(recorded.store) == 0


def test_what_a_dead_process_left_of_a_completed_run_is_tidied(recorded):
    failed(pipeline)
    broken[0] = True
    failed(pipeline)
    first, second = recorded.flow_runs()
    recorded.store.write("flow_runs.delete", {"id": str(first.id)})
    assert checkpoints.tidy(recorded.store) == 1
    assert checkpoints.tidy(recorded.store) == 0
    flow_runs.delete(recorded.store, second.id)
    assert recorded.store.read_sql("SELECT * FROM checkpoint") == []


def test_submitted_and_mapped_tasks_are_recognised_by_the_order_of_their_calls(recorded):
    @flow
    def at_once():
        mapped = fetch.map(["a", "b", "c"])
        return [*mapped.result(), fetch.submit("d").result(), fragile()]

    failed(at_once)
    assert retried(recorded, at_once).result() == ["a!", "b!", "c!", "d!", None]
    assert done == ["fragile"]


def test_tasks_that_a_task_calls_are_recognised_within_it(recorded):
    @task
    def gather(names):
        done.append("gather")
        found = [fetch(name) for name in names]
        return [*found, fragile()]

    @flow
    def nested():
        return [future.result() for future in [gather.submit(["a", "b"]), gather.submit(["c"])]]

    failed(nested)
    assert retried(recorded, nested).result() == [["a!", "b!", None], ["c!", None]]
    assert sorted(done) == ["fragile", "fragile", "gather", "gather"]


def test_async_flows_and_tasks_are_resumed_alike(recorded):
    @task
    async def afetch(city):
        done.append(city)
        await asyncio.sleep(0)
        return city

    @flow
    async def apipeline():
        return [*await asyncio.gather(*(afetch(city) for city in "ab")), fragile()]

    async def go():
        assert (await apipeline(return_state=True)).is_failed()
        broken[0] = False
        done.clear()
        run = recorded.flow_run()
        return await aretry_flow_run(run.id, flow=apipeline)

    assert asyncio.run(go()).result() == ["a", "b", None]
    assert done == ["fragile"]


def test_other_arguments_at_the_same_call_are_not_taken_for_the_same(recorded):
    names = [["a", "b"], ["b", "a", "c"]]

    @flow
    def changing():
        return [*[fetch(name) for name in names.pop(0)], fragile()]

    failed(changing)
    assert retried(recorded, changing).result() == ["b!", "a!", "c!", None]
    assert done == ["fetch b", "fetch a", "fetch c", "fragile"]


def test_records_are_compared_by_what_they_hold(recorded):
    @flow
    def of_records():
        return [fetch(City("Ulm")), fetch({"when": date(2026, 1, 1), "tags": {"x", "y"}}), fragile()]

    failed(of_records)
    retried(recorded, of_records)
    assert done == ["fragile"]


def test_what_cannot_be_looked_into_counts_as_the_same_unless_its_task_ran_again(recorded):
    @task
    def connect():
        done.append("connect")
        return threading.Lock()  # cannot be pickled, so the task runs again

    @task
    def ask(connection, what):
        done.append(f"ask {what}")
        return what

    @flow
    def with_connection():
        outside = threading.Lock()
        ask(outside, "outside")
        ask(connect(), "inside")
        fragile()

    failed(with_connection)
    retried(recorded, with_connection)
    assert done == ["connect", "ask inside", "fragile"]


def test_a_task_whose_code_changed_runs_again(recorded):
    def fetch_one(city):
        done.append("old")
        return city

    code = [task(fetch_one)]

    @flow
    def changing():
        return code[0]("Ulm"), fragile()

    failed(changing)

    def fetch_one(city):
        done.append("new")
        return city.upper()

    code[0] = task(fetch_one)
    assert retried(recorded, changing).result() == ("ULM", None)
    assert done == ["new", "fragile"]


def test_a_completed_nested_flow_is_reused_and_an_unfinished_one_reuses_its_tasks(recorded):
    @flow
    def whole(name):
        return fetch(name)

    @flow
    def partly():
        return [fetch("inner"), fragile()]

    @flow
    def outer():
        return [whole("a"), whole("b"), *partly()]

    failed(outer)
    runs = len(recorded.flow_runs())
    assert retried(recorded, outer).result() == ["a!", "b!", "inner!", None]
    assert done == ["fragile"]
    assert len(recorded.flow_runs()) == runs + 1  # `partly` once more
    stand_ins = recorded.task_runs("whole")
    assert [run.state_name for run in stand_ins] == ["Completed", "Completed", "Cached", "Cached"]
    assert stand_ins[2].state.state_details.child_flow_run_id is not None


def test_a_result_that_is_too_large_or_not_to_be_kept_is_made_again(recorded):
    @task
    def large():
        done.append("large")
        return b"x" * 70_000

    @task(persist_result=False)
    def secret():
        done.append("secret")
        return "secret"

    @task(persist_result=True)
    def kept():
        done.append("kept")
        return b"y" * 70_000

    @flow
    def mixed():
        return len(large()), secret(), len(kept()), fragile()

    failed(mixed)
    assert retried(recorded, mixed).result() == (70_000, "secret", 70_000, None)
    assert done == ["large", "secret", "fragile"]


def test_a_kept_result_that_someone_changed_is_not_loaded(recorded, pacc_home):
    failed(pipeline)
    run_id = str(recorded.flow_run().id)
    [row] = [
        row
        for row in recorded.store.read_sql("SELECT * FROM checkpoint WHERE flow_run_id = ?", (run_id,))
        if row["call"] == 0 and row["task_key"].startswith("fetch")
    ]
    evil = row["content"][:-3] + b"EVL"
    recorded.store.journal.put(
        "checkpoints.record_batch", "x", checkpoints.Checkpoint(*tuple(row)[:-1], evil)
    )
    recorded.store.journal.flush()
    retried(recorded, pipeline)
    assert done == ["fetch Ulm", "fragile"]


def test_a_store_that_came_from_another_home_has_nothing_that_is_loaded(recorded, pacc_home, monkeypatch):
    from pacc._internal import seals

    failed(pipeline, ["Ulm", "Oslo"])
    (pacc_home / seals.FILE_NAME).unlink()
    monkeypatch.setattr(seals, "_keys", {})
    retried(recorded, pipeline)
    assert done == ["fetch Ulm", "fetch Oslo", "fragile"]


def test_a_task_inside_a_transaction_counts_as_finished_when_that_commits(recorded):
    @task
    def write(name):
        done.append(f"write {name}")

    @write.on_rollback
    def _(txn):
        done.append("undone")

    @flow
    def careful():
        with transaction():
            write("first")
        with transaction():
            write("second")
            fragile()

    failed(careful)
    retried(recorded, careful)
    assert done == ["write second", "fragile"]


def test_the_flows_own_retries_run_everything_again_and_count_anew_in_each_attempt(recorded):
    @flow(retries=1)
    def stubborn():
        return fetch("Ulm"), fragile()

    failed(stubborn)
    broken[0] = True
    assert retried(recorded, stubborn).is_failed()
    assert done == ["fragile", "fragile"]  # what the attempt found stays reused
    broken[0] = False
    assert retried(recorded, stubborn).is_completed()
    assert recorded.history(recorded.flow_run()).count("AwaitingRetry") == 1 + 2 + 1


def test_everything_or_from_a_task_on_can_be_asked_for(recorded):
    @task
    def after(value):
        done.append("after")

    @flow
    def three():
        fetch("a")
        after("b")
        fragile()

    failed(three)
    broken[0] = True
    retried(recorded, three, from_task="after")
    assert done == ["after", "fragile"]
    done.clear()
    broken[0] = False
    retried(recorded, three, everything=True)
    assert done == ["fetch a", "after", "fragile"]


def test_a_plan_says_what_is_reused_and_changes_nothing(recorded):
    failed(pipeline)
    run = recorded.flow_run()
    plan = retrying.plan(recorded.store, run.id)
    assert [(planned.is_reused, planned.why) for planned in plan.runs] == [
        (True, "it finished"),
        (True, "it finished"),
        (False, "it is Failed"),
    ]
    assert plan.attempt == 2
    assert recorded.flow_run() == run


def test_parameters_that_json_cannot_say_come_back_as_they_were(recorded):
    @flow
    def given(city: object, when: object, names: object, most: object, ring: object):
        fragile()
        return city, when, names, most, ring[1][0] is ring

    ring = [[], []]
    ring[1].append(ring)
    failed(given, City("Ulm"), date(2026, 1, 1), ("a", "b"), math.inf, ring)
    expected = City("Ulm"), date(2026, 1, 1), ("a", "b"), math.inf, True
    assert retried(recorded, given).result() == expected


def test_a_parameter_that_was_lost_is_named(recorded):
    @flow
    def given(lock: object):
        fragile()

    failed(given, threading.Lock())
    state = retried(recorded, given)
    assert state.is_failed()
    assert "parameter 'lock' is too large to be kept, or cannot be pickled" in state.message


def test_a_run_that_completed_or_goes_on_is_not_retried(recorded):
    told = []

    @flow
    def impatient():
        from pacc.runtime import flow_run

        with pytest.raises(IllegalTransition, match="only one that ended can be retried") as refusal:
            retry_flow_run(flow_run.id)
        told.append(refusal)

    impatient()
    assert told
    with pytest.raises(IllegalTransition, match="has completed, so there is nothing to retry"):
        retried(recorded, impatient)


def test_a_nested_run_is_retried_with_the_run_around_it(recorded):
    @flow
    def outer():
        pipeline()

    failed(outer)
    inner = next(run for run in recorded.flow_runs() if run.parent_flow_run_id is not None)
    with pytest.raises(IllegalTransition, match="was called by another one"):
        retry_flow_run(inner.id)


def test_a_task_that_was_never_called_is_named(recorded):
    failed(pipeline)
    with pytest.raises(ObjectNotFound, match='no task "dream" was called'):
        retried(recorded, pipeline, from_task="dream")


def test_a_flow_that_cannot_be_found_again_is_told_with_what_to_do(recorded):
    @flow
    def inside_a_function():
        fragile()

    failed(inside_a_function)
    with pytest.raises(MissingFlowError, match="cannot be found again") as refusal:
        retry_flow_run(recorded.flow_run().id)
    assert "--entrypoint" in refusal.value.hint
    with pytest.raises(MissingFlowError, match="is one of the flow 'inside-a-function'"):
        retry_flow_run(recorded.flow_run().id, flow=pipeline)


def test_of_two_retries_at_once_one_wins(recorded):
    failed(pipeline)
    run = recorded.flow_run()
    columns = retrying.check(recorded.store, run.id)
    retrying.retry(recorded.store, run.id)
    from pacc.services.run_transitions import retry_flow_run as begin
    from pacc.states import AwaitingRetry

    assert not begin(
        recorded.store, columns, AwaitingRetry(), session=None, process=None, kept=None
    )  # who read the row before
    with pytest.raises(IllegalTransition, match="'AwaitingRetry'"):
        retrying.retry(recorded.store, run.id)


def test_nothing_is_kept_where_that_is_switched_off(recorded):
    with temporary_settings({"PACC_FLOWS_CHECKPOINTS": False}):
        failed(pipeline)
        retried(recorded, pipeline)
    assert done == ["fetch Ulm", "fetch Oslo", "fragile"]


def test_a_store_that_fails_at_any_write_repeats_nothing_that_was_reported_finished(recorded, monkeypatch):
    broken[0] = False
    calls, wanted = [0], [0]

    def failing(original):
        def write(self, *args, **kwargs):
            if threading.current_thread() is threading.main_thread():
                calls[0] += 1
                if calls[0] == wanted[0]:
                    raise StoreFull("the disk is full (as this test has it)")
            return original(self, *args, **kwargs)

        return write

    for kind, name in ((Store, "write"), (Store, "write_all"), (Journal, "put")):
        monkeypatch.setattr(kind, name, failing(getattr(kind, name)))
    for number in itertools.count(1):
        done.clear()
        before = {run.id for run in recorded.flow_runs()}
        calls[0], wanted[0] = 0, number
        with suppress(StoreFull):
            pipeline()
        wanted[0] = 0
        if calls[0] < number:
            break
        for run in [run for run in recorded.flow_runs() if run.id not in before]:
            if run.state_name in ("Failed", "Crashed"):
                finished = [task_run for task_run in recorded.task_runs() if task_run.flow_run_id == run.id
                            and task_run.state_name == "Completed"]  # fmt: skip
                reported, first = len(finished), len(done)
                assert retry_flow_run(run.id, flow=pipeline).is_completed()
                assert len(done) - first == 3 - reported, f"write {number}"


# -------------------------------------------------------------------------------- scripts and commands

SCRIPT = """
import os, time
from pathlib import Path
from pacc import flow, task

MARKS = Path(__file__).with_name("marks")

class Measured:
    def __init__(self, value):
        self.value = value

@task
def measure(number):
    with MARKS.open("a") as file:
        file.write(f"measure {number}\\n")
    return Measured(number)

@task
def give_up(measured):
    assert type(measured) is Measured
    if not Path(__file__).with_name("mended").exists():
        time.sleep(0.3)  # what finished 50 ms ago is in the store
        os.kill(os.getpid(), 9)
    return measured.value

@flow
def pipeline(count=2):
    measured = [measure(number) for number in range(count)]
    return [give_up(each) for each in measured]

pipeline()
"""


def test_a_killed_script_is_retried_by_its_command(processes, pacc_process, recorded, tmp_path):
    script = processes.script(SCRIPT)
    killed = processes.start(sys.executable, script)
    processes.finish(killed)
    assert killed.returncode == -signal.SIGKILL
    [run] = recorded.flow_runs()
    assert run.entrypoint == f"{script}:pipeline"
    planned = pacc_process("flow-run", "retry", "@last", "--dry-run", "-o", "plain")
    assert [line.split("\t")[2:] for line in planned.stdout.splitlines()] == [
        ["reused", "it finished"],
        ["reused", "it finished"],
        ["runs again", "it is Crashed"],
    ]
    (tmp_path / "mended").touch()
    again = pacc_process("flow-run", "retry", "@last", cwd="/")
    assert again.code == 0, again.output
    assert (tmp_path / "marks").read_text() == "measure 0\nmeasure 1\n"
    refused = pacc_process("flow-run", "retry", "@last")
    assert refused.code == 1
    assert "has completed" in refused.stderr
    assert "Traceback" not in refused.stderr

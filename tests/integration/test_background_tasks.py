"""Background tasks: queued here, executed by a task worker there, once, with retries, results and states."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import sqlite3
import threading
import time
import urllib.request
from contextlib import contextmanager

import pytest

from pacc import allow_failure, flow, get_run_logger, quote, tags, task
from pacc._internal import sessions
from pacc.exceptions import FlowVisualizationError, ObjectNotFound, ParameterBindError, SerializationError
from pacc.futures import PaccDistributedFuture, as_completed, wait
from pacc.services import background_tasks, task_runs
from pacc.services.reaping import reap
from pacc.services.run_transitions import propose_task_run_state
from pacc.states import Cancelled
from pacc.store import open_store
from pacc.store.queries import Queries
from pacc.task_worker import TaskWorker, aserve, serve

PATIENCE = 60


@task
def double(number):
    return 2 * number


@task
async def adouble(number):
    await asyncio.sleep(0)
    return 2 * number


@task
def fail(*_):
    raise ValueError("no such city")


@contextmanager
def serving(*tasks, limit=10):
    """A task worker in a thread of this process, drained at the end."""
    worker = TaskWorker(*tasks, limit=limit)
    thread = threading.Thread(target=worker.start)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture
def entries(pacc_home):
    """What is left of the queue, by run."""

    def read():
        connection = sqlite3.connect(pacc_home / "pacc.db")
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM background_task").fetchall()
        connection.close()
        return {row["task_run_id"]: dict(row) for row in rows}

    return read


# ------------------------------------------------------------------------------------------------ into the queue


def test_delay_returns_at_once_and_the_run_waits_for_a_worker(recorded, entries):
    future = double.delay(21)
    assert isinstance(future, PaccDistributedFuture)
    run = recorded.task_run()
    assert (run.id, run.name, run.state_name) == (future.task_run_id, "double", "Scheduled")
    assert run.state.state_details.deferred
    assert list(entries()) == [str(run.id)]
    with pytest.raises(TimeoutError):
        future.result(timeout=0.01)


@pytest.mark.parametrize("doubled", [double, adouble])
def test_a_worker_executes_it_in_its_own_colour_and_the_result_comes_back(recorded, doubled):
    with serving(doubled):
        future = doubled.delay(21)
        assert future.result(timeout=PATIENCE) == 42
    assert recorded.history(recorded.task_run()) == ["Scheduled", "Pending", "Running", "Completed"]


def test_a_failure_comes_back_as_the_error_it_was():
    with serving(fail):
        future = fail.delay("Ulm")
        with pytest.raises(ValueError, match="no such city"):
            future.result(timeout=PATIENCE)
    assert future.state.is_failed()
    assert isinstance(future.result(raise_on_failure=False), ValueError)


def test_arguments_go_when_the_run_has_ended_well_and_stay_otherwise(entries):
    with serving(double, fail):
        wait([double.delay(1), failed := fail.delay(1)], timeout=PATIENCE)
    assert list(entries()) == [str(failed.task_run_id)]


def test_arguments_that_do_not_fit_are_refused_before_anything_is_queued(recorded):
    with pytest.raises(ParameterBindError):
        double.delay()
    assert recorded.task_runs() == []


def test_an_argument_that_cannot_be_pickled_is_one_error_that_names_it(recorded):
    with pytest.raises(
        SerializationError, match="the argument 'number' of task 'double' cannot be sent to a task"
    ) as refusal:
        double.delay(threading.Lock())
    assert refusal.value.__cause__ is None
    assert recorded.task_runs() == []


def test_large_arguments_lie_in_the_result_storage_until_the_run_has_ended_well(pacc_home, entries):
    future = double.delay("x" * 100_000)
    [file] = (pacc_home / "storage" / "parameters").iterdir()
    assert entries()[str(future.task_run_id)]["parameters"] is None
    assert file.stat().st_mode & 0o777 == 0o600
    with serving(double):
        assert future.result(timeout=PATIENCE) == "x" * 200_000
    assert not file.exists()


class Trap:
    """Makes a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("size", [1, 100_000])
def test_arguments_that_someone_changed_are_never_loaded(pacc_home, tmp_path, size):
    future = double.delay("x" * size)
    payload = pickle.dumps({"parameters": {"number": Trap(tmp_path / "sprung")}, "wait_for": []})
    if size == 1:
        connection = sqlite3.connect(pacc_home / "pacc.db")
        connection.execute("UPDATE background_task SET parameters = ?", (payload,))
        connection.commit()
        connection.close()
    else:
        [file] = (pacc_home / "storage" / "parameters").iterdir()
        file.write_bytes(payload)
    with serving(double):
        future.wait(PATIENCE)
    assert future.state.is_failed()
    assert "were changed since they were written" in future.state.message
    assert not (tmp_path / "sprung").exists()


def test_what_is_in_force_where_it_is_delayed_comes_along(recorded):
    with tags("nightly"), serving(double):
        double.with_options(tags=["own"]).delay(1).wait(PATIENCE)
    assert set(recorded.task_run().tags) == {"nightly", "own"}


class Account:
    """Something with methods."""

    def __init__(self, balance):
        self.balance = balance

    @task
    def plus(self, amount):
        return self.balance + amount


def test_methods_are_delayed_with_what_they_are_bound_to():
    with serving(Account.plus):
        assert Account(40).plus.delay(2).result(timeout=PATIENCE) == 42


def test_a_sketch_cannot_show_what_is_delayed():
    @flow
    def sketched():
        double.delay(1)

    with pytest.raises(FlowVisualizationError):
        sketched.generate_mermaid_graph()


def test_delayed_in_a_flow_or_a_task_a_run_belongs_to_it(recorded):
    @task
    def outer():
        return double.delay(2).task_run_id

    @flow
    def orders():
        return str(double.delay(1).task_run_id), str(outer())

    in_flow, in_task = orders()
    assert recorded.history(recorded.flow_run())[-1] == "Completed"
    with serving(double):
        wait([PaccDistributedFuture(in_flow), PaccDistributedFuture(in_task)], timeout=PATIENCE)
    runs = {str(run.id): run for run in recorded.task_runs()}
    assert {runs[each].flow_run_id for each in (in_flow, in_task)} == {recorded.flow_run().id}
    assert runs[in_flow].name.startswith("double-")
    parent = runs[in_task].task_inputs["__parents__"]
    assert [source["id"] for source in parent] == [str(recorded.task_run("outer").id)]


def test_a_run_waits_on_when_the_flow_that_delayed_it_is_gone(recorded, run_python):
    ended = run_python(
        "import os, signal\nfrom pacc import flow, task\n@task\ndef later(): pass\n@flow\ndef doomed():\n"
        "    later.delay()\n    os.kill(os.getpid(), signal.SIGKILL)\ndoomed()"
    )
    assert ended.code == -9
    reap(recorded.store)
    assert recorded.flow_run().state_name == "Crashed"
    assert recorded.task_run().state_name == "Scheduled"


def test_many_are_mapped_into_the_queue_at_once_outside_of_flows():
    with serving(double):
        assert double.map([1, 2, 3], deferred=True).result(timeout=PATIENCE) == [2, 4, 6]
        states = double.map(range(2), deferred=True, return_state=True)
    assert [state.name for state in states] == ["Completed", "Completed"]


# ------------------------------------------------------------------------------------------------ what it waits for


def test_a_future_among_the_arguments_is_replaced_by_its_result(recorded):
    first = double.delay(1)
    second = double.delay([first, 0])
    with serving(double, limit=1):
        assert second.result(timeout=PATIENCE) == [2, 0, 2, 0]
    assert recorded.task_runs()[1].task_inputs["number"] == [
        {"input_type": "task_run", "id": str(first.task_run_id)}
    ]


def test_no_worker_takes_a_run_before_what_it_waits_for_is_over(recorded):
    upstream = fail.delay()
    later = double.apply_async((1,), wait_for=[upstream])
    with serving(double):
        time.sleep(0.1)
        assert later.state.name == "Scheduled"
        with serving(fail):
            upstream.wait(PATIENCE)
            later.wait(PATIENCE)
    assert later.state.name == "NotReady"
    assert later.last_state() is not None


def test_a_run_whose_upstream_has_failed_already_is_not_queued(entries):
    with serving(fail):
        upstream = fail.delay()
        upstream.wait(PATIENCE)
    later = double.apply_async((1,), wait_for=[upstream])
    assert later.state.name == "NotReady"
    assert str(later.task_run_id) not in entries()


def test_allowed_failures_travel_along():
    @task
    def look(at):
        return repr(at)

    upstream = fail.delay()
    looked = look.delay(allow_failure(upstream))
    with serving(fail, look):
        assert looked.result(timeout=PATIENCE) == "ValueError('no such city')"


def test_futures_of_the_same_process_are_waited_for():
    @flow
    def mixed():
        return double.delay(double.submit(20)), double.apply_async((1,), wait_for=[fail.submit()])

    with serving(double):
        state = mixed(return_state=True)
        names = sorted(run.state_name for run in task_runs.select(open_store(_home())))
    assert state.is_failed()
    assert names == ["Completed", "Completed", "Failed", "NotReady"]


def _home():
    return os.environ["PACC_HOME"]


def test_quoted_arguments_arrive_as_they_are():
    state = Cancelled()

    @task
    def see(it):
        return it.name

    with serving(see):
        assert see.delay(quote(state)).result(timeout=PATIENCE) == "Cancelled"


def test_a_flow_may_return_a_delayed_future():
    @flow
    def patient():
        return double.delay(4)

    with serving(double):
        assert patient(return_state=True).is_completed()


# ------------------------------------------------------------------------------------------------ futures


def test_a_future_made_of_the_id_tells_the_same_in_another_process(run_python):
    with serving(double):
        future = double.delay(21)
        future.wait(PATIENCE)
    ended = run_python(
        f"from pacc.futures import PrefectDistributedFuture as F\nprint(F('{future.task_run_id}').result(timeout=5))"
    )
    assert ended.stdout == "42\n", ended.output
    assert pickle.loads(pickle.dumps(future)) == future


def test_callbacks_are_called_once_the_run_is_over():
    told = threading.Event()
    future = double.delay(1)
    future.add_done_callback(lambda done: told.set() if done is future else None)
    assert not told.is_set()
    with serving(double):
        assert told.wait(PATIENCE)
    again = threading.Event()
    future.add_done_callback(lambda _: again.set())
    assert again.is_set()


def test_futures_are_yielded_and_awaited_like_any_others():
    async def wait_for(future):
        return await future.result_async(timeout=PATIENCE)

    with serving(double):
        futures = [double.delay(number) for number in range(5)]
        assert {future.result() for future in as_completed(futures, timeout=PATIENCE)} == {0, 2, 4, 6, 8}
        assert asyncio.run(wait_for(double.delay(5))) == 10


def test_a_future_of_no_run_says_so():
    future = PaccDistributedFuture("01933f2e-6a1c-7b52-9d0c-5d8f6f5f5f5f")
    with pytest.raises(ObjectNotFound):
        future.wait(1)
    with pytest.raises(ValueError, match="zero or more"):
        double.delay(1).wait(-1)


def test_a_run_that_is_deleted_keeps_nobody_waiting(entries):
    future = double.delay(1)
    threading.Timer(0.1, task_runs.delete, (open_store(_home()), future.task_run_id)).start()
    with pytest.raises(ObjectNotFound):
        future.result(timeout=PATIENCE)
    assert entries() == {}


# ------------------------------------------------------------------------------------------------ the worker


def test_runs_of_tasks_a_worker_does_not_know_are_left_for_others(recorded):
    known, unknown = double.delay(1), fail.delay()
    with serving(double):
        known.wait(PATIENCE)
        time.sleep(0.05)
    assert unknown.state.name == "Scheduled"


def test_another_version_of_the_code_is_another_task():
    def make(body):
        scope = {}
        exec(f"def price(x):\n    return {body}", scope)
        return task(scope["price"])

    old, new = make("x + 1"), make("x + 2")
    queued = [old.delay(1), new.delay(1)]
    with serving(new):
        assert queued[1].result(timeout=PATIENCE) == 3
    assert queued[0].state.name == "Scheduled"
    with serving(old, new):
        assert queued[0].result(timeout=PATIENCE) == 2


def test_of_two_versions_of_one_task_the_workers_options_count_and_other_parameters_are_refused(recorded):
    def make(parameter, **options):
        scope = {}
        exec(f"def price({parameter}):\n    raise ValueError", scope)
        return task(scope["price"], **options)

    asked = make("x").delay(1)
    with serving(make("x", retries=2)):
        asked.wait(PATIENCE)
    assert recorded.task_run().run_count == 3
    other = make("y").delay(1)
    with serving(make("x")):
        other.wait(PATIENCE)
    assert "was made for another version of task 'price'" in other.state.message


def test_a_failed_run_waits_for_its_retry_in_the_queue_and_holds_nobody_up(recorded):
    tried = []

    @task(retries=2, retry_delay_seconds=[0.15, 0])
    def flaky():
        tried.append(1)
        if len(tried) < 3:
            raise ValueError("not yet")
        return "at last"

    with serving(flaky, double, limit=1):
        future = flaky.delay()
        assert double.delay(1).result(timeout=PATIENCE) == 2
        assert future.result(timeout=PATIENCE) == "at last"
    assert recorded.history(recorded.task_run("flaky")) == [
        "Scheduled", "Pending", "Running", "AwaitingRetry", "Pending", "Retrying", "Retrying", "Completed",
    ]  # fmt: skip
    assert recorded.task_run("flaky").run_count == 3


def test_no_more_than_the_limit_run_at_a_time_and_stopping_waits_for_them():
    at_once, most, lock = [], [], threading.Lock()

    @task
    def slow():
        with lock:
            at_once.append(1)
            most.append(len(at_once))
        time.sleep(0.03)
        with lock:
            at_once.pop()

    futures = [slow.delay() for _ in range(7)]
    with serving(slow, limit=3):
        futures[0].wait(PATIENCE)
    assert max(most) <= 3
    assert not at_once
    assert {future.state.name for future in futures} <= {"Completed", "Scheduled"}


def test_a_worker_without_a_limit_takes_all_there_is():
    together = threading.Barrier(15)

    @task
    def meet():
        together.wait(PATIENCE)

    futures = [meet.delay() for _ in range(15)]
    with serving(meet, limit=None):
        assert not wait(futures, timeout=PATIENCE).not_done


def test_a_task_that_exits_is_crashed_and_the_worker_goes_on():
    @task
    def leave():
        raise SystemExit(3)

    with serving(leave, double):
        left = leave.delay()
        left.wait(PATIENCE)
        assert double.delay(1).result(timeout=PATIENCE) == 2
    assert left.state.is_crashed()


def test_a_cancelled_run_is_not_executed(recorded):
    future = double.delay(1)
    propose_task_run_state(recorded.store, str(future.task_run_id), Cancelled())
    with serving(double):
        double.delay(2).wait(PATIENCE)
    assert future.state.is_cancelled()


def test_what_a_task_logs_is_in_its_log(pacc_home):
    @task
    def talk():
        get_run_logger().info("heard in the background")

    with serving(talk):
        future = talk.delay()
        future.wait(PATIENCE)
    assert "heard in the background" in (pacc_home / f"logs/{future.task_run_id}.jsonl").read_text()


def test_a_worker_wakes_within_tens_of_milliseconds():
    with serving(double):
        double.delay(1).wait(PATIENCE)
        time.sleep(0.2)
        began = time.monotonic()
        double.delay(1).wait(PATIENCE)
        assert time.monotonic() - began < 5  # about 20 ms on a quiet machine


def test_serve_stops_by_itself_after_its_timeout_in_both_colours():
    future = double.delay(1)
    double.serve(timeout=0.2)
    assert future.state.is_completed()
    future = adouble.delay(1)
    asyncio.run(aserve(adouble, timeout=0.2))
    assert future.state.is_completed()


def test_a_worker_in_an_event_loop_is_stopped_by_cancelling_it():
    async def briefly():
        worker = asyncio.create_task(aserve(double))
        future = double.delay(1)
        await future.wait_async(PATIENCE)
        worker.cancel()
        with pytest.raises(asyncio.CancelledError):
            await worker
        return future

    assert asyncio.run(briefly()).state.is_completed()


def test_the_status_is_answered_on_a_port_of_the_machine_itself(unused_port):
    answers = []

    @task
    def ask():
        with urllib.request.urlopen(f"http://127.0.0.1:{unused_port}/status", timeout=5) as answer:
            answers.append(json.load(answer))

    ask.delay()
    serve(ask, limit=3, status_server_port=unused_port, timeout=0.5)
    assert (answers[0]["limit"], answers[0]["current_tasks"], answers[0]["tasks"]) == (3, 1, ["ask"])


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_mistakes_are_told_before_anything_is_served():
    with pytest.raises(ValueError, match="needs a task"):
        TaskWorker()
    with pytest.raises(ValueError, match="one or more"):
        TaskWorker(double, limit=0)
    with pytest.raises(TypeError, match="is none; decorate it with `@task`"):
        TaskWorker(print)
    with pytest.raises(ValueError, match="are the same to a task worker"):
        TaskWorker(double, double.with_options(retries=3))
    worker = TaskWorker(double)
    worker.start(timeout=0)
    with pytest.raises(RuntimeError, match="started already"):
        worker.start()


# ------------------------------------------------------------------------------------------------ workers that are gone


def orphaned(recorded, monkeypatch, future_task, *args):
    """Queue a run and claim it for a worker that is gone."""
    future = future_task.delay(*args)
    claim_for_the_dead(recorded.store, future_task, monkeypatch)
    return future


def claim_for_the_dead(store, claimed, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(sessions, "current", lambda _: type("Gone", (), {"id": f"gone-{time.time_ns()}"}))
        assert len(list(background_tasks.claim(store, [claimed.task_key], 5))) == 1


def test_what_a_dead_worker_had_claimed_goes_to_another_as_often_as_its_retries_say(recorded, monkeypatch):
    patient = double.with_options(retries=2)
    future = orphaned(recorded, monkeypatch, patient, 1)
    assert future.state.name == "Pending"
    reap(recorded.store)
    assert future.state.name == "AwaitingRetry"
    claim_for_the_dead(recorded.store, patient, monkeypatch)
    reap(recorded.store)
    with serving(patient):
        assert future.result(timeout=PATIENCE) == 2
    assert recorded.history(recorded.task_run()) == [
        "Scheduled", "Pending", "AwaitingRetry", "Pending", "AwaitingRetry", "Pending", "Retrying", "Completed",
    ]  # fmt: skip
    assert recorded.task_run().run_count == 3


def test_after_that_it_is_crashed(recorded, monkeypatch):
    once_more = double.with_options(retries=1)
    future = orphaned(recorded, monkeypatch, once_more, 1)
    reap(recorded.store)
    claim_for_the_dead(recorded.store, once_more, monkeypatch)
    reap(recorded.store)
    assert future.state.name == "Crashed"
    assert orphaned(recorded, monkeypatch, double, 1).state.name == "Pending"
    reap(recorded.store)
    assert [run.state_name for run in recorded.task_runs()] == ["Crashed", "Crashed"]


def test_starts_by_dead_workers_leave_fewer_retries(recorded, monkeypatch):
    broken = fail.with_options(retries=2)
    future = orphaned(recorded, monkeypatch, broken)
    reap(recorded.store)
    with serving(broken):
        future.wait(PATIENCE)
    assert recorded.task_run().run_count == 3
    assert recorded.history(recorded.task_run()).count("Retrying") == 2


def test_many_waiting_runs_do_not_slow_down_the_search_for_dead_processes(recorded, pacc_home):
    double.delay(1)
    connection = sqlite3.connect(pacc_home / "pacc.db")
    plan = connection.execute(f"EXPLAIN QUERY PLAN {Queries().text('sessions.of_open_runs')}").fetchall()
    connection.close()
    on_task_runs = [row[3] for row in plan if row[3].startswith(("SCAN task_run", "SEARCH task_run"))]
    assert sorted(on_task_runs) == [
        "SCAN task_run USING INDEX task_run_scheduled_by_flow_run",
        "SEARCH task_run USING INDEX task_run_by_open_state (state_type=?)",
    ]

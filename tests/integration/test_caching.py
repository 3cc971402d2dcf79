"""Caching: which calls of a task share one result, what the run says of it, and what switches it off."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta

import pytest

from pacc import task
from pacc._internal import clock
from pacc.cache_policies import (
    DEFAULT,
    FLOW_PARAMETERS,
    INPUTS,
    NO_CACHE,
    RUN_ID,
    TASK_SOURCE,
)
from pacc.exceptions import ConfigurationError
from pacc.locking.memory import MemoryLockManager
from pacc.results import ResultStore
from pacc.settings import temporary_settings
from pacc.tasks import task_input_hash
from pacc.transactions import IsolationLevel

HELD = INPUTS.configure(isolation_level=IsolationLevel.SERIALIZABLE, lock_manager=MemoryLockManager())


class Counted:
    """A task of either colour that counts how often its function was called."""

    def __init__(self, colour, **options):
        self.calls = []
        self.colour = colour

        def double(x, note=None):
            self.calls.append(x)
            return 2 * x

        self.task = colour.task(double, **options)

    def in_flow(self, *calls, **flow_options):
        """Call the task in one flow run with each of the tuples, and return the states."""

        def run(city="Ulm"):
            return [self.task(*each, return_state=True) for each in calls]

        async def arun(city="Ulm"):
            return [await self.task(*each, return_state=True) for each in calls]

        body = arun if self.colour.is_async else run
        states = []

        def kept(city="Ulm"):
            states.extend(run())

        async def akept(city="Ulm"):
            states.extend(await arun())

        self.colour.call(self.colour.flow(akept if body is arun else kept, **flow_options))
        return states


def names(states):
    return [state.name for state in states]


@pytest.fixture
def counted(colour):
    return lambda **options: Counted(colour, **options)


def test_by_default_nothing_is_cached(counted, pacc_home):
    double = counted()
    assert names(double.in_flow((1,), (1,))) == ["Completed", "Completed"]
    assert double.calls == [1, 1]
    assert not (pacc_home / "storage").exists()


def test_with_results_kept_the_same_call_is_cached_within_one_flow_run(counted):
    double = counted(persist_result=True)
    assert names(double.in_flow((1,), (1,), (2,))) == ["Completed", "Cached", "Completed"]
    assert names(double.in_flow((1,))) == ["Completed"]
    assert double.calls == [1, 2, 1]


def test_by_inputs_a_call_is_cached_across_runs_and_gives_the_value(counted):
    double = counted(cache_policy=INPUTS)
    assert names(double.in_flow((8,), (8,), (33,))) == ["Completed", "Cached", "Completed"]
    states = double.in_flow((8,), (33,))
    assert names(states) == ["Cached", "Cached"]
    assert [state.result() for state in states] == [16, 66]
    assert double.calls == [8, 33]


def test_a_cached_run_still_runs_calls_its_hooks_and_names_where_its_result_came_from(colour, recorded):
    entered = []

    def note(task, run, state):
        entered.append(state.name)

    @colour.task(cache_policy=INPUTS, on_running=[note], on_completion=[note])
    def double(x):
        return 2 * x

    assert [colour.call(double, 1), colour.call(double, 1)] == [2, 2]
    first, second = recorded.task_runs()
    assert recorded.history(second) == ["Pending", "Running", "Cached"]
    assert entered == ["Running", "Completed", "Running", "Cached"]
    assert second.state.state_details.cached_from == first.id
    assert str(first.id) in second.state.message
    assert second.cache_key == first.cache_key == second.state.state_details.cache_key
    assert second.run_count == 1


def test_the_reason_of_every_hit_and_miss_is_kept(counted, recorded):
    lasting = counted(cache_policy=INPUTS, cache_expiration=timedelta(seconds=-1))
    lasting.in_flow((1,), (1,))
    double = counted(cache_policy=INPUTS)
    double.in_flow((2,), (2,), (3, threading.Lock()))
    counted(cache_policy=INPUTS, refresh_cache=True).in_flow((2,))
    counted(cache_policy=NO_CACHE, persist_result=True).in_flow((2,))
    counted(cache_policy=RUN_ID + INPUTS - "x" - "note").in_flow((2,))
    reasons = [run.state.state_details.cache_reason for run in recorded.task_runs()]
    assert reasons[0] == "nothing is kept under its key"
    assert reasons[1].startswith("what is kept under its key expired at ")
    assert reasons[2:] == [
        "nothing is kept under its key",
        "its key is known",
        "the argument 'note' (a lock) cannot be hashed",
        "`refresh_cache` is set",
        "its task is not cached",
        "nothing is kept under its key",
    ]


def test_outside_of_flows_calls_are_cached_too(colour):
    calls = []

    @colour.task(cache_policy=INPUTS)
    def double(x):
        calls.append(x)
        return 2 * x

    assert [colour.call(double, 4), colour.call(double, 4)] == [8, 8]
    assert calls == [4]


def test_none_is_a_value_like_any_other(colour):
    calls = []

    @colour.task(cache_policy=INPUTS)
    def nothing(x):
        calls.append(x)

    assert [colour.call(nothing, 1), colour.call(nothing, 1)] == [None, None]
    assert calls == [1]


def test_flow_parameters_share_results_between_runs_with_the_same_parameters(colour):
    calls = []

    @colour.task(cache_policy=FLOW_PARAMETERS)
    def fetch():
        calls.append(1)

    flow = colour.flow(lambda city: fetch())
    for city in ("Ulm", "Ulm", "Kiel"):
        colour.call(flow, city)
    assert len(calls) == 2


def test_code_that_changed_is_run_again():
    def version(number):
        scope = {"calls": []}
        exec(f"def double(x):\n    calls.append({number})\n    return 2 * x", scope)
        return task(scope["double"], cache_policy=TASK_SOURCE + INPUTS), scope["calls"]

    (one, first), (same, again), (two, second) = version(1), version(1), version(2)
    one(1), same(1), two(1)
    assert (first, again, second) == ([1], [], [2])


def test_a_function_gives_the_key_word_for_word_and_wins_over_a_policy(colour, pacc_home, caplog):
    options = {"cache_key_fn": lambda context, arguments: f"doubled-{arguments['x']}", "cache_policy": INPUTS}
    with caplog.at_level("WARNING", "pacc.tasks"):
        double = colour.task(lambda x: 2 * x, name="double", **options)
    assert "the function decides" in caplog.text
    colour.call(double, 4)
    assert (
        json.loads((pacc_home / "storage" / "doubled-4").read_text())["metadata"]["serializer"]["type"]
        == "pickle"
    )


def test_the_older_spelling_works(counted):
    double = counted(cache_key_fn=task_input_hash, cache_expiration=timedelta(hours=1))
    assert names(double.in_flow((1,), (1,), (2,))) == ["Completed", "Cached", "Completed"]


def test_a_key_function_that_fails_or_gives_none_switches_caching_off(counted, recorded):
    failing = counted(cache_key_fn=lambda context, arguments: 1 / 0)
    assert names(failing.in_flow((1,), (1,))) == ["Completed", "Completed"]
    assert "ZeroDivisionError" in recorded.task_runs()[0].state.state_details.cache_reason
    silent = counted(cache_key_fn=lambda context, arguments: None)
    assert names(silent.in_flow((1,), (1,))) == ["Completed", "Completed"]


def test_an_input_that_cannot_be_hashed_is_named_once_and_the_call_goes_on(counted, capfd):
    double = counted(cache_policy=INPUTS)
    assert double.in_flow((1, threading.Lock()))[0].result() == 2
    lines = [line for line in capfd.readouterr().err.splitlines() if "Caching is off" in line]
    assert len(lines) == 1
    assert "the argument 'note' (a lock) cannot be hashed" in lines[0]


def test_a_result_expires(counted, monkeypatch):
    double = counted(cache_policy=INPUTS, cache_expiration=timedelta(minutes=1))
    assert names(double.in_flow((1,), (1,))) == ["Completed", "Cached"]
    later = clock.now() + 61_000_000
    monkeypatch.setattr(clock, "now", lambda: later)
    assert names(double.in_flow((1,), (1,))) == ["Completed", "Cached"]
    assert double.calls == [1, 1]


def test_when_a_result_expires_is_stored(counted, recorded):
    counted(cache_policy=INPUTS, cache_expiration=timedelta(hours=1)).in_flow((1,))
    run = recorded.task_run()
    assert abs(run.cache_expiration - run.end_time - timedelta(hours=1)) < timedelta(minutes=1)
    assert run.state.state_details.cache_expiration == run.cache_expiration


def test_refreshing_runs_anew_and_keeps_the_new_result(counted):
    double = counted(cache_policy=INPUTS)
    double.in_flow((1,))
    fresh = double.task.with_options(refresh_cache=True)
    old, double.task = double.task, fresh
    assert names(double.in_flow((1,), (1,))) == ["Completed", "Completed"]
    double.task = old
    assert names(double.in_flow((1,))) == ["Cached"]
    assert double.calls == [1, 1, 1]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("PACC_TASKS_REFRESH_CACHE", ["Completed", "Completed"]),
        ("PACC_TASKS_DISABLE_CACHING", ["Completed", "Completed"]),
        ("PACC_TASKS_DEFAULT_NO_CACHE", ["Completed", "Cached"]),
    ],
)
def test_settings_switch_caching_off(counted, setting, expected):
    with temporary_settings({setting: True}):
        assert names(counted(cache_policy=INPUTS).in_flow((1,), (1,))) == expected


def test_a_setting_can_leave_only_undecided_tasks_uncached(counted):
    with temporary_settings({"PACC_TASKS_DEFAULT_NO_CACHE": True}):
        assert names(counted(persist_result=True).in_flow((1,), (1,))) == ["Completed", "Completed"]
        assert names(counted(cache_policy=DEFAULT).in_flow((1,), (1,))) == ["Completed", "Cached"]


def test_not_caching_keeps_nothing_even_where_results_are_kept(counted, pacc_home):
    assert names(counted(cache_policy=NO_CACHE, persist_result=True).in_flow((1,), (1,))) == [
        "Completed",
        "Completed",
    ]
    assert not (pacc_home / "storage").exists()


def test_not_keeping_results_means_not_caching_and_says_so(colour, caplog):
    with caplog.at_level("WARNING", "pacc.tasks"):
        double = colour.task(lambda x: 2 * x, name="double", cache_policy=INPUTS, persist_result=False)
    assert "it is not cached" in caplog.text
    assert double.cache_policy == NO_CACHE


@pytest.mark.parametrize(
    "options",
    [
        {"cache_policy": INPUTS},
        {"cache_key_fn": task_input_hash},
        {"result_storage_key": "here"},
        {"result_storage": "./here"},
        {"result_serializer": "json"},
    ],
)
def test_naming_any_of_these_switches_keeping_on(options):
    assert task(lambda x: x, name="double", **options).persist_result is True
    assert task(lambda x: x, name="double").persist_result is None
    assert task(lambda x: x, name="double", cache_policy=NO_CACHE).persist_result is None


def test_keys_can_be_kept_apart_from_results(counted, tmp_path, pacc_home):
    double = counted(cache_policy=INPUTS.configure(key_storage=tmp_path / "keys"))
    assert names(double.in_flow((1,), (1,))) == ["Completed", "Cached"]
    [key] = [path.name for path in (tmp_path / "keys").iterdir()]
    assert "result" not in json.loads((tmp_path / "keys" / key).read_text())
    assert (pacc_home / "storage" / key).is_file()
    (tmp_path / "keys" / key).unlink()
    assert names(double.in_flow((1,))) == ["Completed"]


def test_the_file_deleted_the_task_runs_again(counted, pacc_home):
    double = counted(cache_policy=INPUTS)
    double.in_flow((1,))
    [file] = (pacc_home / "storage").iterdir()
    file.unlink()
    assert names(double.in_flow((1,))) == ["Completed"]


def test_a_generator_is_never_read_from_the_cache(colour):
    calls = []

    @task(cache_policy=INPUTS)
    def numbers(x):
        calls.append(x)
        yield x

    assert [list(numbers(1)), list(numbers(1))] == [[1], [1]]
    assert calls == [1, 1]


def test_only_policies_and_lengths_of_time_are_taken():
    with pytest.raises(TypeError, match="takes a policy such as INPUTS"):
        task(lambda x: x, cache_policy="INPUTS")
    with pytest.raises(TypeError, match="takes a timedelta"):
        task(lambda x: x, cache_expiration=60)
    with pytest.raises(TypeError, match="cannot be called"):
        task(lambda x: x, cache_key_fn="key")


def test_one_at_a_time_needs_a_lock_manager(colour):
    double = colour.task(
        lambda x: 2 * x, name="double", cache_policy=INPUTS.configure(isolation_level="SERIALIZABLE")
    )
    with pytest.raises(ConfigurationError, match="needs a lock manager"):
        colour.call(double, 1)


def test_twenty_threads_that_ask_for_one_key_compute_once():
    calls, results = [], []

    @task(cache_policy=HELD)
    def slow(x):
        calls.append(x)
        time.sleep(0.05)
        return 2 * x

    threads = [threading.Thread(target=lambda: results.append(slow(21))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [42] * 20
    assert calls == [21]


@pytest.mark.parametrize("kind", ["store.StoreLockManager()", "filesystem.FileSystemLockManager('locks')"])
def test_two_processes_of_ten_threads_that_ask_for_one_key_compute_once(processes, tmp_path, kind):
    import sys

    script = processes.script(
        "import os, threading, time\n"
        "from pacc import task\n"
        "from pacc.cache_policies import INPUTS\n"
        "from pacc.locking import filesystem, store\n"
        f"POLICY = INPUTS.configure(isolation_level='SERIALIZABLE', lock_manager={kind})\n"
        "@task(cache_policy=POLICY)\n"
        "def slow(x):\n"
        "    with open('calls.txt', 'a') as file: file.write('called\\n')\n"
        "    time.sleep(0.3)\n"
        "    return 2 * x\n"
        "results = []\n"
        "threads = [threading.Thread(target=lambda: results.append(slow(21))) for _ in range(10)]\n"
        "[thread.start() for thread in threads]\n"
        "[thread.join() for thread in threads]\n"
        "assert results == [42] * 10, results\n"
    )
    started = [processes.start(sys.executable, script, env={"PACC_LOGGING_LEVEL": "ERROR"}) for _ in range(2)]
    for process in started:
        ended = processes.finish(process, timeout=60)
        assert ended.code == 0, ended.output
    assert (tmp_path / "calls.txt").read_text() == "called\n"


def test_two_processes_that_take_turns_share_results_without_locks(run_python, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "from pacc import task\n"
        "from pacc.cache_policies import INPUTS\n"
        "@task(cache_policy=INPUTS)\n"
        "def double(x): return 2 * x\n"
        "print(double(21, return_state=True).name)\n"
    )
    assert [run_python(program).stdout for _ in range(2)] == ["Completed\n", "Cached\n"]


def test_a_result_read_by_key_is_the_record(colour):
    colour.call(colour.task(lambda x: {"double": 2 * x}, name="double", cache_key_fn=lambda *_: "known"), 2)
    assert ResultStore().read("known").result == {"double": 4}


@pytest.mark.parametrize("key", ["", 3, "a" * 300])
def test_keys_that_cannot_be_used_cost_the_cache_and_not_the_run(counted, key):
    double = counted(cache_key_fn=lambda context, arguments: key)
    states = double.in_flow((1,), (1,))
    assert names(states) == ["Completed", "Completed"]
    assert [state.result() for state in states] == [2, 2]


def test_a_method_s_calls_are_cached_without_reading_its_source_each_time(monkeypatch):
    import inspect

    class Scale:
        @task(cache_policy=TASK_SOURCE)
        def scaled(self, x):
            return 2 * x

    scale, read = Scale(), []
    getsource = inspect.getsource
    monkeypatch.setattr(inspect, "getsource", lambda fn: read.append(fn) or getsource(fn))
    assert [scale.scaled(1, return_state=True).name for _ in range(3)] == ["Completed", "Cached", "Cached"]
    assert len(read) == 1


def test_a_program_of_trivial_tasks_loads_nothing_of_this(run_python):
    ended = run_python(
        "import sys\n"
        "from pacc import flow, task\n"
        "@task\n"
        "def one(): return 1\n"
        "@flow\n"
        "def run(): return one()\n"
        "run()\n"
        "heavy = {'pacc.cache_policies', 'pacc.results', 'pacc.transactions', 'pacc.serializers', 'cloudpickle', 'fsspec'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    assert ended.stdout == "[]\n"

"""`pacc task serve`: a worker started by hand, stopped by signals, killed."""

from __future__ import annotations

import signal
import sys
import time

import pytest
from waiting import wait_until

from pacc.services import task_runs
from pacc.store import open_store

TASKS = """
import time
from pacc import task

@task(retries=1)
def nap(seconds, file):
    with open(file, "a") as effects:
        effects.write("begun ")
    time.sleep(seconds)
    with open(file, "a") as effects:
        effects.write("done ")
    return seconds

@task
def shout(text):
    return text.upper()

class Parcel:
    def __init__(self, text):
        self.text = text

@task
def wrap(text):
    return Parcel(text)
"""
PATIENCE = 15


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    """A module of tasks, importable here too."""
    (tmp_path / "chores.py").write_text(TASKS)
    monkeypatch.syspath_prepend(str(tmp_path))
    import chores

    yield chores
    sys.modules.pop("chores", None)


@pytest.fixture
def start_worker(processes):
    return lambda *words: processes.start(sys.executable, "-m", "pacc", "task", "serve", *words)


def test_it_executes_what_was_queued_and_drains_on_the_first_signal(tasks, tmp_path, processes, start_worker):
    file = tmp_path / "effects"
    future, other = tasks.nap.delay(0.3, str(file)), tasks.shout.delay("ulm")
    parcel = tasks.wrap.delay("ulm")
    worker = start_worker("chores.py:nap", "--module", "chores.py")
    wait_until(lambda: file.exists() and file.read_text())
    worker.send_signal(signal.SIGINT)
    ended = processes.finish(worker)
    assert ended.code == 0, ended.output
    assert file.read_text() == "begun done "
    assert "the same signal again ends what is under way" in ended.stderr
    assert (future.result(timeout=1), other.result(timeout=1)) == (0.3, "ULM")
    assert (
        parcel.result(timeout=1).text == "ulm"
    )  # although the worker loaded the file under a name of its own


@pytest.mark.parametrize("how", ["signal twice", "kill"])
def test_a_worker_that_is_ended_leaves_its_runs_to_another(tasks, tmp_path, processes, start_worker, how):
    file = tmp_path / "effects"
    future = tasks.nap.delay(1, str(file))
    first = start_worker("chores.py:nap", "-l", "1")
    wait_until(lambda: file.exists() and file.read_text())
    if how == "kill":
        first.kill()
    else:
        first.terminate()
        time.sleep(0.2)
        first.terminate()
    assert processes.finish(first).code == (-signal.SIGKILL if how == "kill" else -signal.SIGTERM)
    second = start_worker("chores.py:nap")
    future.wait(PATIENCE)
    second.terminate()
    assert processes.finish(second).code == 0
    assert file.read_text() == "begun begun done "
    store = open_store(tmp_path / "home")
    names = [state.name for state in task_runs.states(store, future.task_run_id)]
    assert [name for name in names if name != "Running"] == [  # killed too soon after its start to have told of it, perhaps
        "Scheduled", "Pending", "AwaitingRetry", "Pending", "Retrying", "Completed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "no task is named"),
        (["chores.py:TASKS"], 1, 'there is no "TASKS"'),
        (["chores.py:time"], 2, '"chores.py:time" is no task but a module'),
        (["nowhere.py:nap"], 1, 'there is no file "nowhere.py"'),
        (["-m", "json"], 2, 'the module "json" has no tasks'),
        (["-m", "no_such_module"], 1, "there is no module"),
        (["chores.py:nap", "--limit", "0"], 2, "limit"),
        (["chores.py:nap", "-m", "chores"], 2, 'the tasks "nap" and "nap" are the same to a task worker'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_it_cannot_serve_is_one_sentence(tasks, pacc_process, words, code, said):
    ended = pacc_process("task", "serve", *words)
    assert (ended.code, ended.stdout) == (code, "")
    assert said in ended.stderr.replace("'", '"')
    assert "Traceback" not in ended.stderr

"""What was put into the journal is in the store when the process has ended, however it ended, short of a kill."""

from __future__ import annotations

from pathlib import Path

import pytest

PROGRAMS = str(Path(__file__).parent / "programs")
HEAD = f"""
import os, sys, threading, multiprocessing, time
from pathlib import Path
sys.path.insert(0, {PROGRAMS!r})
import rows
from pacc.store import open_store
store = open_store(Path(sys.argv[1]))
"""


def script_in(tmp_path, source):
    path = tmp_path / "ending.py"
    path.write_text(source)
    return path


@pytest.fixture
def run_ending(run_python, tmp_path):
    def run(body):
        return run_python(script_in(tmp_path, HEAD + body), tmp_path / "home")

    return run


def task_runs(new_store):
    return new_store().read_sql("SELECT count(*) FROM task_run")[0][0]


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "raise RuntimeError('no')", "raise KeyboardInterrupt"])
def test_every_row_is_there_when_a_script_ends_right_away(run_ending, new_store, end):
    finished = run_ending(f"for n in range(1000): rows.put_task_run(store, str(n))\n{end}")
    assert task_runs(new_store) == 1_000, finished.output
    assert "lost" not in finished.output


def test_rows_of_threads_that_outlive_the_main_thread_are_there(run_ending, new_store):
    run_ending("""
def work():
    time.sleep(0.2)
    rows.put_task_run(store, "late")
threading.Thread(target=work).start()
""")
    assert task_runs(new_store) == 1


def test_rows_put_by_an_exit_handler_that_runs_after_ours_are_there(run_python, new_store, tmp_path):
    earlier = "import atexit\natexit.register(lambda: rows.put_task_run(store, 'at exit'))\n"
    finished = run_python(script_in(tmp_path, earlier + HEAD), tmp_path / "home")
    assert finished.code == 0, finished.output
    assert task_runs(new_store) == 1


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_rows_of_children_of_multiprocessing_are_there(run_ending, new_store, method):
    finished = run_ending(f"""
def work(n):
    rows.put_task_run(open_store(Path(sys.argv[1])), str(n))
if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    children = [context.Process(target=work, args=(n,)) for n in range(3)]
    [child.start() for child in children]
    [child.join() for child in children]
    sys.exit(sum(child.exitcode for child in children))
""")
    assert finished.code == 0, finished.output
    assert task_runs(new_store) == 3


def test_what_could_not_be_written_at_the_end_is_told_in_a_sentence(run_ending):
    finished = run_ending("""
from pacc.exceptions import StoreFull
def full(steps): raise StoreFull("the disk is full")
store._writer.commit = full
rows.put_task_run(store, "a")
""")
    assert "the disk is full; rows of the last moments are lost" in finished.stderr
    assert "Traceback" not in finished.output

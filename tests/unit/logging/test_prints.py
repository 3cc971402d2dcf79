"""Prints that become lines of the log, and prints that do not."""

from __future__ import annotations

import asyncio
import builtins
import contextvars
import io
import sys
import threading

import pytest

from pacc.logging import log_prints_wanted, patch_print, print_as_log
from pacc.settings import temporary_settings

ORIGINAL = builtins.print


@pytest.fixture(autouse=True)
def _print_is_itself_again():
    yield
    assert builtins.print is ORIGINAL


@pytest.fixture
def run(make_run, configure):
    configure()
    return make_run(log_prints=True)


def test_a_print_becomes_one_line_of_the_run(run, console):
    with run.context, patch_print():
        print("temp:", 10.4, sep=" ")
        print("100%", "sure", sep="\n", end="!\n", flush=True)
        print()
    assert run.messages() == ["temp: 10.4", "100%\nsure!", ""]
    assert {line["level"] for line in run.lines()} == {20}
    assert "| INFO    | Flow run 'noisy-raccoon' - temp: 10.4\n" in console.getvalue()
    assert console.out == ""


def test_prints_to_other_files_stay_there(run, console):
    elsewhere = io.StringIO()
    with run.context, patch_print():
        print("a report", file=elsewhere)
        print("a warning", file=sys.stderr)
    assert elsewhere.getvalue() == "a report\n"
    assert run.messages() == ["a warning"]


def test_code_outside_of_runs_prints_as_ever(run, capsys):
    with patch_print():
        print("outside")
    assert capsys.readouterr().out == "outside\n"


def test_a_task_that_does_not_want_it_prints(run, capsys):
    with run.context, patch_print(), run.task(log_prints=False):
        print("from the task")
    assert capsys.readouterr().out == "from the task\n"


def test_a_task_that_wants_it_logs_in_a_flow_that_does_not(make_run, configure, capsys):
    configure()
    run = make_run(log_prints=False)
    with run.context, patch_print():
        print("from the flow")
        with run.task(log_prints=True):
            print("from the task")
    assert capsys.readouterr().out == "from the flow\n"
    assert run.messages() == ["from the task"]


def test_the_line_is_the_one_that_printed(run, caplog):
    run.context.logger = None
    with run.context, patch_print(), temporary_settings({"PACC_TESTING_TEST_MODE": True}) as _:
        from pacc.logging import configure

        configure()
        print("here")
    assert caplog.records[0].funcName == "test_the_line_is_the_one_that_printed"


def test_threads_that_carry_the_context_log_and_others_print(run, capsys):
    with run.context, patch_print():
        inside = contextvars.copy_context()
        threads = [
            threading.Thread(target=inside.run, args=(print, "with")),
            threading.Thread(target=print, args=("without",)),
        ]
        for thread in threads:
            thread.start()
            thread.join()
    assert run.messages() == ["with"]
    assert capsys.readouterr().out == "without\n"


def test_async_runs_side_by_side_each_log_for_themselves(make_run, configure):
    configure()
    runs = [make_run(f"run-{number}", log_prints=True) for number in range(3)]

    async def flow(run, number):
        with run.context, patch_print():
            for step in range(3):
                print(f"{number}.{step}")
                await asyncio.sleep(0)

    async def all_of_them():
        await asyncio.gather(*(flow(run, number) for number, run in enumerate(runs)))

    asyncio.run(all_of_them())
    assert [run.messages() for run in runs] == [[f"{n}.{step}" for step in range(3)] for n in range(3)]


def test_print_is_restored_when_the_last_run_is_over():
    first, second = patch_print(), patch_print()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert builtins.print is not ORIGINAL
    second.__exit__(None, None, None)
    assert builtins.print is ORIGINAL


def test_another_librarys_print_is_respected(run, capsys, monkeypatch):
    def loud(*args, **kwargs):
        behind(*(str(arg).upper() for arg in args), **kwargs)

    behind = ORIGINAL
    builtins.print = loud
    with patch_print():
        print("outside")
        with run.context:
            print("inside")
    assert builtins.print is loud
    builtins.print = ORIGINAL
    assert capsys.readouterr().out == "OUTSIDE\n"
    assert run.messages() == ["INSIDE"]


def test_a_print_put_in_front_meanwhile_stays_and_never_runs_in_circles(run, capsys):
    with patch_print():
        behind = builtins.print

        def loud(*args, **kwargs):
            behind(*(str(arg).upper() for arg in args), **kwargs)

        builtins.print = loud
    assert builtins.print is loud
    with patch_print(), run.context:
        print("inside")
    print("outside")
    builtins.print = ORIGINAL
    assert run.messages() == ["INSIDE"]
    assert capsys.readouterr().out == "OUTSIDE\n"


def test_print_as_log_can_be_called_itself(run, capsys):
    print_as_log("outside")
    with run.context:
        print_as_log("inside")
    assert capsys.readouterr().out == "outside\n"
    assert run.messages() == ["inside"]


@pytest.mark.parametrize(
    ("own", "around", "setting", "wanted"),
    [
        (True, False, False, True),
        (False, True, True, False),
        (None, True, False, True),
        (None, False, True, False),
        (None, None, True, True),
        (None, None, False, False),
    ],
)
def test_the_own_option_beats_the_flows_beats_the_setting(make_run, own, around, setting, wanted):
    with temporary_settings({"PACC_LOGGING_LOG_PRINTS": setting}):
        if around is None:
            assert log_prints_wanted(own) is wanted
        else:
            with make_run(log_prints=around).context:
                assert log_prints_wanted(own) is wanted

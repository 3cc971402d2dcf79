"""Lists of runs: task runs, saved searches, marks, acts on many, and the matrix of a flow."""

from __future__ import annotations

import pytest

from pacc.exceptions import ObjectNotFound
from pacc.services import deployments, flow_runs, overview
from pacc.tui import keepsakes
from pacc.tui.bulk import RUNS, asked
from pacc.tui.screens.task_runs import TaskRuns
from pacc.tui.widgets.matrix import Matrix

SMALL, LARGE = (80, 24), (120, 40)


@pytest.fixture
def three(runs, deployment_of):
    """Three runs of a deployment that nobody has begun."""
    return [deployments.create_run(runs, deployment_of().id) for _ in range(3)]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_task_runs_are_listed_narrowed_and_opened(runs, look, size):
    async def what(seen):
        await seen.press("v")
        await seen.until("task runs · newest first")
        await seen.press("slash")
        await seen.type("state:failed load")
        await seen.press("enter")
        await seen.until("1 task run ·")
        await seen.press("w")
        await seen.until("Why: task run")
        await seen.press("escape", "p")
        await seen.until("timeline")
        await seen.press("escape", "enter")
        await seen.until("states")

    look(what, size=size, first="runs")


def test_beyond_as_many_task_runs_as_are_listed_at_once_come_the_older_ones(runs, look, monkeypatch):
    monkeypatch.setattr(overview, "MOST_TASK_RUNS", 4)
    monkeypatch.setattr(TaskRuns, "most", 4)

    async def what(seen):
        await seen.until("1 to 4 of the task runs")
        await seen.press("G", "j")
        await seen.until("5 to 8 of the task runs")
        await seen.press("right_square_bracket")
        await seen.until("9 to 12 of the task runs")
        await seen.press("k")
        await seen.until("5 to 8 of the task runs")
        assert seen.dashboard.screen.table.cursor == 3
        await seen.press("s")
        await seen.until("1 to 4 of the task runs")
        await seen.press("slash")
        await seen.type("-state:completed")
        await seen.press("enter")
        await seen.until("1 task run ·")
        await seen.press("f")
        assert "load" in seen.lines("▌")[0]

    look(what, first="task runs")


def test_behind_the_last_task_run_there_is_nothing(runs, look, monkeypatch):
    monkeypatch.setattr(overview, "MOST_TASK_RUNS", 12)
    monkeypatch.setattr(TaskRuns, "most", 12)

    async def what(seen):
        await seen.until("1 to 12 of the task runs")
        await seen.press("right_square_bracket")
        await seen.until("There are none behind these.")
        await seen.until("1 to 12 of the task runs")

    look(what, first="task runs")


def test_what_a_minus_stands_before_is_left_out(runs, look):
    async def what(seen):
        await seen.until("4 flow runs")
        await seen.press("slash")
        await seen.type("-state:failed -flow:calendar")
        await seen.press("enter")
        await seen.until("1 flow run ·")

    look(what, first="runs")


def test_searches_are_kept_under_a_name_taken_again_and_forgotten(runs, look):
    async def what(seen):
        await seen.press("slash")
        await seen.type("state:failed")
        await seen.press("enter", "S")
        await seen.until("Keep /state:failed as:")
        await seen.type("bad ones")
        await seen.press("enter")
        await seen.until("bad ones   /state:failed")
        await seen.press("escape", "escape")
        await seen.until("4 flow runs")
        await seen.press("S", "enter")
        await seen.until("1 flow run ·")
        await seen.press("S", "D")
        await seen.until("none yet")

    look(what, first="runs")
    assert keepsakes.searches(keepsakes.file_of(runs), "flow runs") == {}


def test_a_file_of_searches_that_says_nothing_is_none(tmp_path):
    file = tmp_path / "dashboard.json"
    for text in ("", "[]", '{"searches": 3}', '{"searches": {"flow runs": []}}'):
        file.write_text(text)
        assert keepsakes.searches(file, "flow runs") == {}
    keepsakes.save(file, "flow runs", "a", "x")
    keepsakes.save(file, "task runs", "b", "y")
    assert keepsakes.searches(file, "flow runs") == {"a": "x"}


def test_marked_runs_are_cancelled_together_once_their_number_is_typed(runs, three, look):
    async def what(seen):
        await seen.until("7 flow runs")
        await seen.press("space", "space")
        await seen.until("2 marked")
        await seen.press("x")
        await seen.until("Cancel 2 flow runs? Type their number.")
        await seen.type("3")
        await seen.press("enter")
        await seen.until("that is not 2")
        await seen.press("backspace")
        await seen.type("2")
        await seen.press("enter")
        await seen.until("2 of 2 cancelled or told to end.")
        assert "marked" not in seen.text

    look(what, size=LARGE, first="runs")
    assert [flow_runs.read(runs, each.id).state.is_cancelled() for each in three] == [False, True, True]


def test_many_runs_are_killed_by_the_command_that_kills_one():
    told = asked(RUNS["kill"], ["a", "b"]).command
    assert told == "pacc flow-run cancel a --kill\npacc flow-run cancel b --kill"


def test_a_run_is_deleted_once_its_name_is_typed(runs, look):
    failed = flow_runs.find(runs, "@failed")

    async def what(seen):
        await seen.press("f", "D")
        await seen.until("Delete the flow run? Type its name.")
        await seen.until(f"pacc flow-run delete {failed.id}")
        await seen.type("no-room")
        await seen.press("enter")
        await seen.until('Deleted flow run "no-room".')

    look(what, size=LARGE, first="runs")
    with pytest.raises(ObjectNotFound):
        flow_runs.read(runs, failed.id)


def test_of_many_those_that_refuse_hold_up_no_other(runs, three, look):
    async def what(seen):
        await seen.until("7 flow runs")
        await seen.press("space", "G", "space", "x")
        await seen.type("2")
        await seen.press("enter")
        await seen.until("1 of 2 cancelled or told to end.")

    look(what, size=LARGE, first="runs")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_a_matrix_shows_how_the_tasks_of_a_flow_ended_in_its_last_runs(runs, look, size):
    async def what(seen):
        await seen.press("f", "M")
        await seen.until("last 40 runs")
        assert [line.split()[1:] for line in seen.lines("load  ")] == [["✓", "✗"]]
        assert [line.split()[1:] for line in seen.lines("calendar  ")] == [["✓", "✓"]]
        matrix = seen.dashboard.screen.query_one(Matrix)
        while matrix.task_name != "load":
            await seen.press("j")
        await seen.until("load ✗ Failed")
        await seen.press("h")
        await seen.until("load ✓ Completed")
        await seen.press("f", "w")
        await seen.until("Why: task run")
        await seen.press("escape", "enter")
        await seen.until("states")

    look(what, size=size, first="runs")

"""The screens of one flow run and of one task run."""

from __future__ import annotations

import pytest

from pacc.services import flow_runs
from pacc.tui.widgets.facts_view import FactsView
from pacc.tui.widgets.log_view import LogView
from pacc.tui.widgets.timeline import Timeline

SMALL, LARGE = (80, 24), (120, 40)


@pytest.fixture
def failed(runs):
    return str(flow_runs.find(runs, "@failed").id)


def test_beside_the_log_the_panes_tell_of_the_run_of_the_cursor(look, failed):
    async def what(seen):
        await seen.until("parameters")
        await seen.until("well  false")
        await seen.press("G")
        await seen.until("no result of another run went in")
        await seen.press("right_square_bracket", "right_square_bracket")
        await seen.until("Pending")
        await seen.until("RuntimeError")
        await seen.press("right_square_bracket", "right_square_bracket")
        await seen.until("called by")

    look(what, size=LARGE, first=failed)


def test_from_a_run_one_goes_to_what_failed_in_it_to_its_flow_and_to_what_called_it(look, failed):
    async def what(seen):
        await seen.until("✗ load-")
        await seen.press("f")
        row = seen.dashboard.screen.query_one(Timeline).current
        assert row.label.startswith("load-")
        await seen.press("p")
        await seen.until("No other flow run called it.")
        await seen.press("M")
        await seen.until("last 40 runs")
        await seen.press("escape")
        nested = next(each for each in flow_runs.select(seen.dashboard.store) if each.parent_flow_run_id)
        seen.dashboard.open_run(str(nested.id))
        await seen.settle()
        await seen.press("f")
        await seen.until("Nothing within it failed.")
        await seen.press("p")
        await seen.settle()
        assert seen.dashboard.screen.flow_run_id == str(nested.parent_flow_run_id)

    look(what, first=failed)


def test_where_there_is_little_room_a_pane_takes_the_place_of_the_log(look, failed):
    async def what(seen):
        await seen.until("log  ")
        await seen.press("right_square_bracket")
        await seen.until("parameters │ artifacts")
        assert "log  " not in seen.text
        await seen.press("apostrophe")
        await seen.until("log  ")

    look(what, first=failed)


def test_what_ran_is_shown_as_a_tree_in_lanes_and_as_a_graph(look, failed):
    async def what(seen):
        await seen.until("timeline")
        await seen.press("v")
        await seen.until("lanes")
        await seen.press("j", "plus", "l", "0", "v")
        await seen.until("graph  what each got")
        await seen.press("l", "h", "z", "v")
        await seen.until("timeline")

    look(what, size=LARGE, first=failed)


def test_a_text_of_the_log_is_found_and_lines_are_narrowed(look, failed):
    async def what(seen):
        log = seen.dashboard.screen.query_one(LogView)
        await seen.press("tab", "g", "slash")
        await seen.type("COMPLETED")
        await seen.press("enter")
        first = log.cursor
        await seen.press("n")
        assert log.cursor > first
        await seen.press("N")
        assert log.cursor == first
        await seen.press("L", "L")
        await seen.until("WARNING and worse")
        assert "Completed()" not in seen.text
        await seen.press("slash")
        await seen.type("nowhere")
        await seen.press("enter")
        await seen.until("is not in the lines")

    look(what, size=LARGE, first=failed)


def test_timeline_and_log_share_a_moment(look, failed):
    async def what(seen):
        timeline, log = seen.dashboard.screen.query_one(Timeline), seen.dashboard.screen.query_one(LogView)
        await seen.press("G")  # the task run that failed
        here = timeline.current.id
        await seen.press("m")
        assert log.has_focus
        assert log.current.timestamp.timestamp() >= timeline.began
        while log.current.task_run_id is None or str(log.current.task_run_id) != here:
            await seen.press("j")
        await seen.press("m")
        assert timeline.has_focus
        assert timeline.current.id == here
        await seen.until("▾")
        await seen.press("o")
        await seen.until("only one task")

    look(what, size=LARGE, first=failed)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_a_task_run_has_a_screen_of_its_own(look, failed, size):
    async def what(seen):
        await seen.press("G", "enter")
        await seen.until("states")
        await seen.until("Failed")
        await seen.until("only one task")
        await seen.until("no room [bold]left[/bold]")
        await seen.press("w")
        await seen.until("Why: task run")
        await seen.press("escape", "right_square_bracket")
        assert seen.dashboard.screen.query_one(FactsView).pane == "parameters"
        await seen.press("left_square_bracket", "i")
        await seen.until("Created")
        await seen.press("escape", "p")
        await seen.until("timeline")

    look(what, size=size, first=failed)

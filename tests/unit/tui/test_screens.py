"""What each screen shows and what its keys do, at the smallest size and at a large one."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from rich.style import Style

from pacc import flow
from pacc.artifacts import create_progress_artifact
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import deployments, flow_runs, work_pools
from pacc.states import Scheduled
from pacc.tui import actions
from pacc.tui.places import PLACES
from pacc.tui.screens.run import RunScreen
from pacc.tui.widgets.log_view import LogView
from pacc.tui.widgets.timeline import Timeline

SMALL, LARGE = (80, 24), (120, 40)
BOTH_SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


# ------------------------------------------------------------------------------------------- screens


@BOTH_SIZES
def test_home_leads_with_what_failed_and_names_the_command_for_it(runs, look, size):
    failed = flow_runs.find(runs, "@failed")

    async def what(seen):
        await seen.until("2 runs")
        await seen.until("1 failed")
        await seen.until("50 % success")
        await seen.until("Needs a look (1)")
        (line,) = seen.lines("no room")
        assert failed.name[:8] in line
        await seen.until(f"$ pacc flow-run inspect {failed.id}")
        assert "? help" in seen.text.splitlines()[-1]

    look(what, size=size)


def test_at_sixty_columns_home_still_says_why_and_cuts_no_time_off(runs, look):
    async def what(seen):
        await seen.until("Needs a look (1)")
        assert "~" not in seen.text.splitlines()[1]
        assert "etl" in seen.lines("RuntimeError: ")[0]
        await seen.pilot.resize_terminal(120, 40)
        await seen.until("last 24 h, a bar is 15 min")

    async def comes(seen):
        await seen.until("sync/hourly")
        (line,) = seen.lines("sync/hourly")
        assert re.search(r" in 5\dm$", line)

    look(what, size=(60, 20), glyphs=False)
    due = Scheduled(scheduled_time=datetime.now(UTC) + timedelta(minutes=59, seconds=59))
    deployments.create_run(runs, deployments.find(runs, "sync/hourly").id, state=due)
    look(comes, size=(60, 20))


@BOTH_SIZES
def test_home_tells_how_far_runs_are_and_how_the_pools_are(runs, look, size):
    work_pools.create(runs, WorkPoolCreate(name="gpu", concurrency_limit=4))

    @flow(flow_run_name="watched")
    def train():
        create_progress_artifact(progress=63)

        async def what(seen):
            await seen.until("63%" if size == LARGE else "watched")
            await seen.until("gpu 0/4 not ready")

        look(what, size=size)

    train()


@BOTH_SIZES
def test_the_list_of_runs_shows_all_of_them_the_newest_first(runs, look, size):
    async def what(seen):
        await seen.until("4 flow runs · newest first")
        assert [line.split()[1] for line in seen.lines("ompleted") + seen.lines("ailed")].count("Failed") == 1
        await seen.until("etl")

    look(what, size=size, first="runs")


@BOTH_SIZES
def test_a_run_shows_what_ran_in_it_over_time_and_its_log(runs, look, size):
    async def what(seen):
        text = seen.text
        for name in ("timeline", "load-", "calendar", "fetch-", "log  ", "a line [red]with"):
            assert name in text
        assert "█" in text or "▐" in text or "◆" in text

    look(what, size=size, first=str(flow_runs.find(runs, "@failed").id))


@BOTH_SIZES
def test_deployments_are_listed_with_their_schedule_and_their_next_time(runs, look, size):
    async def what(seen):
        line = seen.lines("sync/hourly  ")[0]
        assert "●" in line
        assert "every 1 h" in line
        assert "in " in line
        await seen.until("$ pacc deployment inspect sync/hourly")

    look(what, size=size, first="deployments")


def test_whatever_is_seen_first_home_is_below_it(runs, look):
    async def what(seen):
        await seen.press("escape")
        await seen.until("Needs a look (1)")
        await seen.press("2", "3", "escape")
        await seen.until("Needs a look (1)")
        await seen.press("escape")
        await seen.until("Needs a look (1)")

    for first in ("runs", str(flow_runs.find(runs, "@failed").id)):
        look(what, first=first)


def test_an_empty_store_says_what_is_not_there(look):
    async def what(seen):
        await seen.until("nothing went wrong")
        await seen.press("2")
        await seen.until("no run fits")
        await seen.press("3")
        await seen.until("no deployments")
        await seen.press("w", "x", "i", "r", "t", "enter", "y")  # there is nothing to do any of it with

    look(what)


# ------------------------------------------------------------------------------------------- actions


@pytest.mark.parametrize("screen", [RunScreen, *(type(place.load()) for place in PLACES)])
def test_every_action_of_the_registry_can_be_done_on_each_of_its_screens(screen):
    noun = getattr(screen, "noun", None)
    declared = {*noun.acts, *noun.makes, *noun.tells} if noun else set()
    wanted = {each.name for each in actions.of_screen(screen.name_of_screen)} - declared
    wanted -= {place.name for place in PLACES}
    assert not {name for name in wanted if not hasattr(screen, f"act_{name}")}


def test_no_two_actions_of_a_screen_have_the_same_key():
    for screen in actions.EVERYWHERE:
        keys = [key for each in actions.of_screen(screen) for key in each.key.split(",") if key]
        assert len(keys) == len(set(keys))


def test_why_is_answered_over_the_screen_with_a_next_step(runs, look):
    async def what(seen):
        await seen.press("w")
        await seen.until("Why: flow run")
        await seen.until("load-")
        await seen.until("$ pacc flow-run retry")
        await seen.press("escape")
        assert "Why: flow run" not in seen.text

    look(what)


def test_a_run_that_has_ended_is_not_cancelled(runs, look):
    async def what(seen):
        await seen.until("no-room")
        await seen.press("x")
        await seen.until('"no-room" has ended already.')

    look(what)


def test_a_scheduled_run_is_cancelled_once_that_is_confirmed(runs, look, deployment_of):
    run = deployments.create_run(runs, deployment_of().id)

    async def what(seen):
        await seen.press("2", "x")
        await seen.until(f"$ pacc flow-run cancel {run.id}")
        await seen.press("escape")
        assert flow_runs.read(runs, run.id).state.is_scheduled()
        await seen.press("x", "enter")
        assert flow_runs.read(runs, run.id).state.is_cancelled()
        await seen.until("⊘ Cancelled")

    look(what)


def test_a_deployment_is_run_paused_and_resumed(runs, look, deployment_of):
    async def what(seen):
        await seen.press("r", "enter")
        assert flow_runs.find(runs, "@last").deployment_id == deployment_of().id
        await seen.press("t")
        await seen.until("$ pacc deployment pause sync/hourly")
        await seen.press("enter")
        assert deployment_of().paused
        assert "○" in seen.lines("sync/hourly  ")[0]
        await seen.press("t", "enter")
        assert not deployment_of().paused

    look(what, first="deployments")


def test_a_deployment_gets_one_more_schedule_which_is_switched_alone(runs, look, deployment_of):
    async def what(seen):
        await seen.press("a")
        await seen.until("One more schedule")
        await seen.press("down")
        await seen.type("0 9 * *")
        await seen.press("ctrl+t")
        await seen.until('"0 9 * *"')
        await seen.type(" 1")
        await seen.press("ctrl+t")
        await seen.until("09:00 UTC")
        await seen.until("pacc deployment schedule create sync/hourly --cron '0 9 * * 1'")
        await seen.press("ctrl+s")
        await seen.until("runs 0 9 * * 1 UTC")
        await seen.press("t")
        await seen.until("all of them")
        await seen.press("down", "down", "enter")
        await seen.until("$ pacc deployment schedule pause sync/hourly")
        await seen.press("enter")
        await seen.until('Paused "0 9 * * 1 UTC"')

    look(what, size=LARGE, first="deployments")
    assert [each.active for each in deployment_of().schedules] == [True, False]
    assert not deployment_of().paused


def test_a_deployment_is_run_for_times_in_the_past_and_deleted(runs, look, deployment_of):
    async def what(seen):
        await seen.press("B")
        await seen.until("for times in the past")
        await seen.type("soon")
        await seen.until('"soon" is no time')
        await seen.press(*["backspace"] * 4)
        await seen.type("3h")
        await seen.press("ctrl+t")
        await seen.until("3 runs would be made")
        await seen.until("$ pacc deployment backfill sync/hourly --from 3h")
        await seen.press("ctrl+s")
        await seen.until("3 runs to make")
        await seen.press("D")
        await seen.type("sync/hourly")
        await seen.press("enter")
        await seen.until("no deployments")

    look(what, size=LARGE, first="deployments")


def test_a_retry_shows_its_plan_and_is_left_to_a_runner(runs, look, deployment_of):
    run = deployments.create_run(runs, deployment_of().id)

    async def what(seen):
        await seen.press("x", "enter", "T")
        await seen.until("Retry flow run")
        await seen.press("enter")
        assert flow_runs.read(runs, run.id).state_name == "AwaitingRetry"

    look(what, first=str(run.id))


def test_the_list_is_narrowed_and_a_wrong_term_is_explained(runs, look):
    async def what(seen):
        await seen.press("slash")
        await seen.type("state:failed flow:etl")
        await seen.press("enter")
        await seen.until("1 flow run ·")
        await seen.until("/state:failed flow:etl")
        await seen.press("escape")
        await seen.until("4 flow runs")
        await seen.press("slash")
        await seen.type("colour:red")
        await seen.press("enter")
        await seen.until('"colour:red" is nothing to look for')

    look(what, size=LARGE, first="runs")


def test_the_next_failure_is_found_wherever_it_is(runs, look):
    failed = flow_runs.find(runs, "@failed")

    async def what(seen):
        await seen.press("G", "f")
        assert seen.dashboard.screen.table.current == str(failed.id)

    look(what, first="runs")


def test_the_go_prompt_finds_screens_and_runs(runs, look):
    async def what(seen):
        await seen.press("colon")
        await seen.type("dep")
        await seen.press("enter")
        assert "Deployments" in seen.text.splitlines()[0]
        await seen.press("colon")
        await seen.type("@failed")
        await seen.press("enter")
        assert flow_runs.find(runs, "@failed").name in seen.text.splitlines()[0]
        await seen.press("colon")
        await seen.type("no-such-run")
        await seen.press("enter")
        await seen.until('no flow run "no-such-run"')

    look(what)


def test_help_lists_the_keys_of_the_screen(runs, look):
    async def what(seen):
        await seen.press("question_mark")
        await seen.until("Say why it is as it is.")
        assert "Start a run of the deployment." not in seen.text

    look(what, size=LARGE)


def test_the_command_and_the_id_are_copied(runs, look):
    failed = flow_runs.find(runs, "@failed")

    async def what(seen):
        await seen.press("y")
        assert seen.dashboard.clipboard == str(failed.id)
        await seen.press("Y")
        assert seen.dashboard.clipboard == f"pacc flow-run inspect {failed.id}"

    look(what)


def test_a_line_of_the_log_is_read_whole(runs, look):
    async def what(seen):
        await seen.press("tab", "g", "enter")
        await seen.until("Log line")

    look(what, first=str(flow_runs.find(runs, "@failed").id))


def test_the_timeline_zooms_and_moves_within_the_run(runs, look):
    async def what(seen):
        timeline = seen.dashboard.screen.query_one(Timeline)
        left, right = timeline.span()
        await seen.press("plus", "l")
        closer = timeline.span()
        assert left < closer[0] < closer[1] <= right + 1e-6
        await seen.press("h", "h", "h", "0")
        assert timeline.span() == (left, right)

    look(what, first=str(flow_runs.find(runs, "@failed").id))


# ---------------------------------------------------------------------------------------- following


def test_what_others_write_is_seen_without_a_key(runs, look, deployment_of):
    async def what(seen):
        await seen.until("4 flow runs")
        deployments.create_run(runs, deployment_of().id)
        await seen.until("5 flow runs")

    look(what, first="runs")


def test_a_run_that_is_deleted_while_it_is_looked_at_is_said_to_be_gone(runs, look):
    failed = flow_runs.find(runs, "@failed")

    async def what(seen):
        flow_runs.delete(runs, failed.id)
        await seen.until("deleted")
        await seen.press("w")
        await seen.until("no flow run")
        await seen.press("escape")
        await seen.until("nothing went wrong")

    look(what, first=str(failed.id))


def test_a_look_that_fails_is_said_to_be_old_and_made_again(runs, look, monkeypatch):
    async def what(seen):
        def fails(*_, **__):
            raise ValueError("no such luck")

        with monkeypatch.context() as patch:
            patch.setattr("pacc.services.overview.read", fails)
            seen.dashboard.screen.look()
            await seen.until("old: no such luck")
        await seen.until("default  ●")

    look(what)


# --------------------------------------------------------------------------------- terminals, people


def test_text_of_users_is_neither_markup_nor_control_characters(runs, look):
    async def what(seen):
        await seen.until("no room [bold]left[/bold] \\x1b[31m")
        await seen.press("w")
        await seen.until("[bold]left[/bold]")
        assert "\x1b" not in seen.text

    look(what, size=LARGE)


def test_without_glyphs_every_screen_is_ascii(runs, look):
    async def what(seen):
        for keys in (["1"], ["2"], ["3"], ["1", "enter"]):
            await seen.press(*keys)
            assert seen.text.isascii(), keys

    look(what, glyphs=False)


def test_without_colour_no_colour_is_sent(runs, look):
    async def what(seen):
        for keys in (["1"], ["2"], ["3"], ["1", "enter"], ["w"]):
            await seen.press(*keys)
            for strip in seen.dashboard.screen._compositor.render_strips():
                for segment in strip:
                    style = segment.style or Style()
                    assert all(part is None or part.is_default for part in (style.color, style.bgcolor)), (
                        segment
                    )

    look(what, no_color=True)


@pytest.mark.parametrize("count", [100, pytest.param(2000, marks=pytest.mark.soak)])
def test_no_walk_of_keys_ends_in_an_error(runs, look, count, monkeypatch):
    monkeypatch.setattr("pacc.tui.script_runs.retry", lambda *_: None)  # it would start a process
    keys = [
        key
        for each in actions.ACTIONS
        for key in each.key.split(",")
        if key and each.name not in ("quit", "go")
    ]
    keys += ["j", "k", "G", "g", "ctrl+d", "enter", "tab", "escape"]
    choose = random.Random(8)

    async def what(seen):
        for number in range(count):
            seen.post(choose.choice(keys))
            if number % 10 == 0:
                await seen.settle()
            if number % 50 == 0:
                await seen.pilot.resize_terminal(*choose.choice([(60, 20), SMALL, LARGE]))
        await seen.settle()
        assert seen.dashboard.is_running

    look(what)


def test_the_end_of_a_log_is_followed_until_somebody_moves_away(runs, look):
    async def what(seen):
        log = seen.dashboard.screen.query_one(LogView)
        assert log.follows
        await seen.press("tab", "g")
        assert not log.follows
        await seen.press("G")
        assert log.follows

    look(what, first=str(flow_runs.find(runs, "@failed").id))

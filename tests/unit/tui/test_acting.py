"""What is started, resumed, retried and found from the dashboard, and keys of one's own."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time

import pytest

from pacc import flow
from pacc.exceptions import InvalidValueError
from pacc.flow_runs import pause_flow_run
from pacc.input import RunInput
from pacc.schemas.deployments import DeploymentCreate
from pacc.schemas.states import StateType
from pacc.services import deployments, flow_runs, overview
from pacc.tui import actions, script_runs
from pacc.tui.custom_runs import run_form
from pacc.tui.field_texts import text_of

SMALL, LARGE = (80, 24), (120, 40)

SCHEMA = {
    "type": "object",
    "required": ["epochs"],
    "properties": {
        "epochs": {"type": "integer", "maximum": 500},
        "model": {"enum": ["small", "large"], "default": "small"},
        "since": {"type": "string", "default": "2026"},
        "dry": {"type": "boolean", "default": True},
    },
}


@pytest.fixture
def train(runs):
    wanted = DeploymentCreate(
        flow_name="train", name="big", entrypoint="f.py:train", parameter_openapi_schema=SCHEMA
    )
    return deployments.upsert(runs, wanted)


class Approval(RunInput):
    approved: bool


@pytest.fixture
def paused(runs):
    """The id of a run that waits for an approval, and what says what it was given once it has ended."""
    given = []

    @flow(flow_run_name="waiting")
    def ask():
        asks = Approval.with_initial_data(description="The rows of **today**\n\n- look \x1b[31m odd")
        given.append(pause_flow_run(wait_for_input=asks, timeout=120).approved)

    thread = threading.Thread(target=ask)
    thread.start()
    end = time.monotonic() + 60
    while not (found := [run for run in flow_runs.select(runs) if run.state_name == "Paused"]):
        assert time.monotonic() < end
        time.sleep(0.01)

    def answered():
        thread.join(60)
        return given

    yield found[0].id, answered
    thread.join(60)


# ------------------------------------------------------------------------------------ runs with values


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_a_run_is_started_with_values_and_what_is_wrong_stands_below_its_field(runs, look, train, size):
    async def what(seen):
        await seen.until("train/big")
        await seen.press("G", "R")
        await seen.until("Run train/big with these values")
        await seen.type("900")
        await seen.until("900 is greater than the maximum of 500")
        await seen.until("--param epochs=900")
        await seen.press("ctrl+r")
        await seen.until('"train/big" has no run yet')
        await seen.press("backspace", "backspace", "ctrl+s")
        await seen.until("Started flow run")
        await seen.press("R", "ctrl+r")
        await seen.until("--param epochs=9")
        await seen.press("escape")

    look(what, size=size, first="deployments")
    run = flow_runs.find(runs, "@last")
    assert run.deployment_id == train.id
    assert run.parameters["epochs"] == 9


def test_the_form_names_the_command_that_does_the_same(train, look):
    asked = run_form(train, lambda: None)
    typed = {
        **asked.values,
        "epochs": "3",
        "dry": "no",
        "since": "2025",
        "run name": "a b",
        "starts": "18:30",
    }
    assert asked.command_for({**typed, "run tags": "x, y"}) == (
        "pacc deployment run train/big --param epochs=3 --param 'since=\"2025\"' --param dry=false "
        "--flow-run-name 'a b' --start-at 18:30 --tag x --tag y"
    )
    assert asked.command_for(asked.values) == "pacc deployment run train/big"
    assert (text_of(None), text_of({"a": 1})) == ("null", '{"a": 1}')


def test_when_and_how_a_deployment_runs_is_shown(runs, look):
    async def what(seen):
        await seen.until("sync/hourly")
        await seen.press("P")
        await seen.until("Next runs of sync/hourly")
        await seen.press("escape", "H")
        await seen.until("28 bars of 6h00 each")

    look(what, size=LARGE, first="deployments")


# ---------------------------------------------------------------------------------- paused and failed


def test_a_paused_run_gets_the_input_it_asks_for(runs, look, paused):
    run, answered = paused

    async def what(seen):
        await seen.press("u")
        await seen.until('Let flow run "waiting" go on?')
        await seen.until("The rows of today")  # Markdown as it reads
        await seen.until("• look \\x1b[31m odd")
        await seen.until("approved")
        await seen.press("ctrl+s")
        await seen.until("it is needed")
        await seen.type("no")
        await seen.until("[ ] no")
        await seen.press("space")
        await seen.type("yes")
        await seen.until('--input \'{"approved": true}')
        await seen.press("ctrl+s")
        await seen.until('Resumed flow run "waiting".')

    look(what, size=LARGE, first=str(run))
    assert answered() == [True]


def test_a_run_that_is_not_paused_is_not_resumed(runs, look):
    async def what(seen):
        await seen.until("no-room")
        await seen.press("u")
        await seen.until("is in state")

    look(what, size=LARGE)


def test_a_shell_and_a_pager_are_not_opened_where_there_is_no_terminal(runs, look):
    async def what(seen):
        await seen.until("no-room")
        await seen.press("exclamation_mark")
        await seen.until("A shell needs a terminal of its own.")
        await seen.press("enter", "E")
        await seen.until("A pager needs a terminal of its own.")
        await seen.press("W")
        await seen.until("following  wrapped")

    look(what)


def test_a_task_run_of_a_list_opens_its_shell_where_its_flow_is(runs, look):
    async def what(seen):
        await seen.until("task runs ·")
        await seen.press("exclamation_mark")
        await seen.until("A shell needs a terminal of its own.")

    look(what, first="task runs")


def test_the_run_of_a_script_is_retried_by_a_process_of_its_own(pacc_home, run_python, tmp_path, look):
    script = tmp_path / "work.py"
    script.write_text(
        "import pathlib\nfrom pacc import flow\n"
        "@flow(flow_run_name='script')\ndef work():\n"
        f"    assert pathlib.Path({str(tmp_path / 'go')!r}).exists()\n"
        "if __name__ == '__main__':\n    work()\n"
    )
    assert run_python(script).code == 1
    (tmp_path / "go").touch()

    async def what(seen):
        await seen.until("script")
        await seen.press("T")
        await seen.until("executed in a process of its own")
        await seen.press("enter")
        await seen.until('Flow run "script" runs again.')
        run = flow_runs.find(seen.dashboard.store, "script")
        end = time.monotonic() + 60
        while flow_runs.read(seen.dashboard.store, run.id).state_type != StateType.COMPLETED:
            assert time.monotonic() < end
            await asyncio.sleep(0.05)

    look(what, size=LARGE)
    for process in script_runs._started:
        assert process.wait(60) == 0


def test_the_processes_of_a_run_are_killed_and_the_dialog_says_what_that_means(runs, look, processes):
    script = processes.script(
        "import signal\nfrom pacc import flow\n"
        "@flow(flow_run_name='stubborn')\ndef work():\n"
        "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    print('begun', flush=True)\n    signal.pause()\n"
        "work()\n"
    )
    process = processes.start(sys.executable, script)
    assert process.stdout.readline() == "begun\n"

    async def what(seen):
        await seen.until("stubborn")
        await seen.press("X")
        await seen.until("They get no time to clean up")
        await seen.until("--kill")
        await seen.press("enter")
        await seen.until("nothing of it is left")

    look(what, first="runs")
    assert processes.finish(process).code == -signal.SIGKILL
    assert flow_runs.find(runs, "stubborn").state_name == "Cancelled"


# ----------------------------------------------------------------------------------- palette and keys


def test_names_and_beginnings_of_ids_are_found(runs, look):
    failed = flow_runs.find(runs, "@failed")
    assert [(each.kind, each.name) for each in overview.named(runs, "etl")] == [("flow", "etl")]
    assert [each.name for each in overview.named(runs, "HOURLY")] == ["sync/hourly"]
    assert overview.named(runs, "%") == []
    assert [each.id for each in overview.named(runs, str(failed.id)[:20])] == [str(failed.id)]

    async def what(seen):
        await seen.press("ctrl+p")
        await seen.type("no-room")
        await seen.until("flow run    no-room   etl, Failed")
        await seen.press("enter")
        await seen.until("timeline")
        await seen.press("ctrl+p")
        await seen.type("hourly")
        await seen.until("deployment  sync/hourly")
        await seen.press("enter")
        await seen.until("1 deployment")
        await seen.press("ctrl+p")
        await seen.type("tui_glyphs")
        await seen.until("setting     PACC_TUI_GLYPHS")
        await seen.press("enter")
        await seen.until("$ pacc config set PACC_TUI_GLYPHS=VALUE")

    look(what, size=LARGE)


def test_an_action_has_another_key_where_one_wants_it(runs, look):
    async def what(seen):
        await seen.until("K why")
        await seen.press("w")
        assert "Why: flow run" not in seen.text
        await seen.press("K")
        await seen.until("Why: flow run")

    look(what, keys=actions.remapped(["why=K"]))


@pytest.mark.parametrize("word", ["why", "why=", "wy=K"])
def test_a_key_for_nothing_is_refused(word):
    with pytest.raises(InvalidValueError):
        actions.remapped([word])

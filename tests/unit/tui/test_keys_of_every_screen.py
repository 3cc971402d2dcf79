"""The keys that every screen has in common do what they do elsewhere: go, narrow, delete, run once more, show its runs."""

from __future__ import annotations

import pytest

from pacc.exceptions import ObjectNotFound
from pacc.schemas.deployments import DeploymentCreate, DeploymentUpdate
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import deployments, flow_runs, work_pools
from pacc.tui.deployment_forms import edit
from pacc.tui.places import meant_with

SMALL, LARGE = (80, 24), (120, 40)
NUMBER = {"type": "object", "properties": {"number": {"type": "integer", "default": 1}}}


@pytest.fixture
def numbered(runs):
    """A run of a deployment with a value of its own."""
    made = deployments.upsert(
        runs,
        DeploymentCreate(
            flow_name="sync", name="numbered", entrypoint="f.py:sync", parameter_openapi_schema=NUMBER
        ),
    )
    return deployments.create_run(runs, made.id, parameters={"number": 7}, name="seventh")


@pytest.mark.parametrize(
    ("typed", "place", "words"),
    [
        ("dep nightly", "deployments", "nightly"),
        ("task runs state:failed -tag:db", "task runs", "state:failed -tag:db"),
        ("task", "task runs", ""),
        ("Runs 2h", "runs", "2h"),
        ("run @last", None, ""),
        ("no-room", None, ""),
        ("", None, ""),
    ],
)
def test_words_behind_a_place_narrow_its_list(typed, place, words):
    found, search = meant_with(typed)
    assert (None if found is None else found.name, search) == (place, words)


def test_going_to_a_list_narrows_it(runs, look):
    async def what(seen):
        await seen.press("colon")
        await seen.type("dep hour")
        await seen.press("enter")
        await seen.until("/hour")
        await seen.until("sync/hourly")
        await seen.press("colon")
        await seen.type("runs state:failed")
        await seen.press("enter")
        await seen.until("1 flow run · /state:failed")
        await seen.press("colon")
        await seen.type("flows etl")
        await seen.press("enter")
        await seen.until("1 of 3 flows")
        await seen.press("colon")
        await seen.type("home etl")
        await seen.press("enter")
        await seen.until("There is no list to narrow.")

    look(what)


@pytest.mark.parametrize("place", ["deployments", "flows"])
def test_searches_of_any_list_are_kept(runs, look, place):
    async def what(seen):
        await seen.press("slash")
        await seen.type("sync")
        await seen.press("enter", "S")
        await seen.until("Keep /sync as:")
        await seen.type("mine")
        await seen.press("enter")
        await seen.until("mine   /sync")
        await seen.press("escape", "escape")
        await seen.press("S", "enter")
        await seen.until("/sync")

    look(what, first=place)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_a_deployment_is_described_beside_the_list_or_in_its_place(runs, look, size):
    async def what(seen):
        await seen.until("sync/hourly")
        assert "t pause/resume" in seen.text.splitlines()[-1]
        await seen.press("enter")
        await seen.until("Next runs")
        assert bool(seen.lines("last runs")) == (size == LARGE)
        await seen.press("escape")
        await seen.until("last runs")

    look(what, size=size, first="deployments")


def test_a_deployment_leads_to_its_runs_and_to_the_matrix_of_its_flow(numbered, look):
    async def what(seen):
        await seen.until("2 deployments")
        await seen.press("G", "M")
        await seen.until("last 40 runs")
        await seen.press("escape", "o")
        await seen.until("1 flow run · /deployment:sync/numbered")
        await seen.until("seventh")

    look(what, first="deployments")


def test_a_deployment_is_changed_in_a_form_that_shows_the_command(numbered, runs, look):
    work_pools.create(runs, WorkPoolCreate(name="gpu"))
    deployments.update(
        runs, numbered.deployment_id, DeploymentUpdate(work_pool_name="gpu", concurrency_limit=3)
    )

    async def what(seen):
        await seen.until("2 deployments")
        await seen.press("G", "e")
        await seen.until('Change "sync/numbered"')
        await seen.type("For tests")
        await seen.press("down")
        await seen.type("a, b")
        await seen.press("down", "backspace")
        await seen.until("--no-concurrency-limit")
        await seen.type("-1")
        await seen.until("0 or more")
        await seen.press("backspace", "backspace", "down", "right", "down", "down", "down")
        await seen.press("backspace")
        await seen.type("nine")
        await seen.until('"nine" is not a whole number')
        for _ in "nine":
            await seen.press("backspace")
        await seen.type("9")
        await seen.press("ctrl+y")
        await seen.press("ctrl+s")
        await seen.until('Changed "sync/numbered".')
        assert seen.dashboard.clipboard == (
            "pacc deployment update sync/numbered --description 'For tests' --collision-strategy CANCEL_NEW"
            " --tag a --tag b --no-concurrency-limit --param number=9"
        )

    look(what, first="deployments")
    found = deployments.read(runs, numbered.deployment_id)
    assert (found.description, list(found.tags), found.concurrency_limit) == ("For tests", ["a", "b"], None)
    assert found.parameters == {"number": 9}
    assert (found.work_pool_name, found.work_queue_name) == ("gpu", "default")


def test_a_form_that_changes_nothing_changes_nothing(numbered, runs, look):
    before = deployments.read(runs, numbered.deployment_id)

    async def what(seen):
        await seen.until("2 deployments")
        await seen.press("G", "e")
        await seen.until("$ pacc deployment update sync/numbered")
        await seen.press("ctrl+s")
        await seen.until('"sync/numbered" stays as it is.')
        await seen.press("n")
        await seen.until("pacc deploy FILE.py:FLOW")

    look(what, size=LARGE, first="deployments")
    assert deployments.read(runs, numbered.deployment_id) == before


def test_what_is_worked_out_when_a_run_is_made_stays_though_no_field_shows_it(numbered, runs):
    worked_out = {"number": {"__prefect_kind": "workspace_variable", "variable_name": "answer"}}
    deployments.update(runs, numbered.deployment_id, DeploymentUpdate(parameters=worked_out))
    asked = edit(runs, numbered.deployment_id)
    assert "number" not in {field.name for field in asked.fields}
    asked.act(runs, {"what it is for": "x"})
    found = deployments.read(runs, numbered.deployment_id)
    assert (found.description, found.parameters) == ("x", worked_out)


def test_marked_deployments_are_paused_resumed_and_deleted_together(numbered, runs, look):
    async def what(seen):
        await seen.until("2 deployments")
        await seen.press("space", "space")
        await seen.until("2 marked")
        await seen.press("t")
        await seen.until("Pause the schedules of 2 deployments? Type their number.")
        await seen.type("2")
        await seen.press("enter")
        await seen.until("2 of 2 paused.")
        await seen.press("g", "space", "t")
        await seen.until("Resume the schedules of 1 deployment? Type their number.")
        await seen.press("escape", "escape")
        await seen.press("G", "space", "r")
        await seen.type("1")
        await seen.press("enter")
        await seen.until("1 of 1 started.")
        await seen.press("g", "space", "G", "space", "D")
        await seen.until("pacc deployment delete")
        await seen.type("2")
        await seen.press("enter")
        await seen.until("2 of 2 deleted.")

    look(what, size=LARGE, first="deployments")
    assert deployments.count(runs) == 0


def test_from_a_task_run_its_flow_run_is_retried(runs, look):
    async def what(seen):
        await seen.press("enter", "f", "enter")
        await seen.until("states")
        await seen.press("T")
        await seen.until('Retry flow run "no-room"?')
        await seen.press("escape", "x")
        await seen.until('"no-room" has ended already.')

    look(what)


def test_one_more_run_of_a_deployment_begins_with_the_values_of_the_run(numbered, runs, look):
    async def what(seen):
        await seen.until("seventh")
        await seen.press("slash")
        await seen.type("seventh")
        await seen.press("enter", "R")
        await seen.until("Run sync/numbered with these values")
        await seen.until("--param number=7")
        await seen.press("ctrl+s")
        await seen.until("Started flow run")

    look(what, size=LARGE, first="runs")
    assert flow_runs.find(runs, "@last").parameters == {"number": 7}


def test_a_run_of_no_deployment_is_run_once_more_by_a_retry(runs, look):
    async def what(seen):
        await seen.until("no-room")
        await seen.press("R")
        await seen.until('"no-room" is not of a deployment; T runs it once more.')

    look(what, size=LARGE)


def test_a_run_is_deleted_from_its_own_screen_too(runs, look):
    failed = flow_runs.find(runs, "@failed")

    async def what(seen):
        await seen.press("enter")
        await seen.until("timeline")
        await seen.press("D")
        await seen.until("Delete the flow run? Type its name.")
        await seen.type("no-room")
        await seen.press("enter")
        await seen.until("deleted")

    look(what)
    with pytest.raises(ObjectNotFound):
        flow_runs.read(runs, failed.id)

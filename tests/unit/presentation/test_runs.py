"""Flow runs, task runs, flows and logs as people see them: golden rows with a fixed clock."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from pacc.presentation.as_json import json_text
from pacc.presentation.flow_runs import flow_run_description, flow_run_table
from pacc.presentation.flows import flow_table
from pacc.presentation.logs import level_name, log_line
from pacc.presentation.tables import tabbed
from pacc.presentation.task_runs import task_run_description, task_run_table
from pacc.schemas.flow_runs import FlowRun
from pacc.schemas.flows import Flow
from pacc.schemas.logs import Log
from pacc.schemas.states import State
from pacc.schemas.task_runs import TaskRun

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FLOW_ID, RUN_ID, TASK_ID = (UUID(int=number) for number in (1, 2, 3))


def state(kind="FAILED", name=None, message="no such city", minutes=2):
    made = NOW - timedelta(minutes=minutes)
    return State(type=kind, name=name, message=message, timestamp=made, id=UUID(int=9))


@pytest.fixture
def flow_run():
    return FlowRun(
        id=RUN_ID,
        name="brave-otter",
        flow_id=FLOW_ID,
        created=NOW - timedelta(minutes=4),
        state=state(),
        state_type="FAILED",
        state_name="Failed",
        start_time=NOW - timedelta(minutes=3, seconds=2),
        end_time=NOW - timedelta(minutes=2),
        estimated_run_time=timedelta(seconds=62),
        run_count=1,
        parameters={"city": "Köln"},
        tags=["prod"],
    )


@pytest.fixture
def task_run():
    return TaskRun(
        id=TASK_ID,
        name="fetch-817",
        task_key="fetch",
        dynamic_key="0",
        flow_run_id=RUN_ID,
        state=state("COMPLETED", "Cached", None),
        state_type="COMPLETED",
        state_name="Cached",
    )


def test_a_flow_run_is_one_row(flow_run):
    rows = tabbed(flow_run_table([flow_run], {FLOW_ID: "etl"}, NOW))

    assert rows == [f"{RUN_ID}\tetl\tbrave-otter\t✗ Failed\t2 minutes ago\t1m02\tFailed: no such city"]


def test_the_column_of_errors_is_there_where_one_is_or_all_columns_are_to_be(flow_run):
    fine = replace(flow_run, state=state("COMPLETED", message=None))

    assert len(flow_run_table([fine], {}, NOW).columns) == 6
    assert len(flow_run_table([fine], {}, NOW, fixed=True).columns) == 7
    assert [len(row) for row in flow_run_table([fine, flow_run], {}, NOW).rows] == [7, 7]


def test_a_run_that_waits_shows_when_its_time_comes(flow_run):
    waiting = replace(flow_run, next_scheduled_start_time=NOW + timedelta(hours=3), start_time=None)

    rows = tabbed(flow_run_table([waiting], {}, NOW))

    assert rows[0].split("\t")[4:6] == ["in 3 hours", ""]


def test_a_task_run_is_one_row(task_run):
    assert tabbed(task_run_table([task_run], NOW)) == [f"{TASK_ID}\tfetch-817\t= Cached\t2 minutes ago\t"]


def test_a_flow_is_one_row():
    flow = Flow(id=FLOW_ID, name="etl", created=NOW - timedelta(days=3))

    assert tabbed(flow_table([flow], NOW)) == [f"{FLOW_ID}\tetl\t3 days ago"]


def test_a_flow_run_in_full_names_its_deployment(flow_run):
    run = replace(flow_run, deployment_id=FLOW_ID)

    assert dict(flow_run_description(run, "etl", NOW, deployment_name="etl/daily").facts)[
        "Deployment"
    ].text == (f"etl/daily ({FLOW_ID})")
    assert dict(flow_run_description(run, "etl", NOW).facts)["Deployment"].text == str(FLOW_ID)


def test_a_flow_run_in_full_leaves_out_what_it_does_not_have(flow_run):
    history = [state("RUNNING", message=None, minutes=3), state()]

    facts = flow_run_description(flow_run, "etl", NOW, history=history).facts

    labels = [label for label, _ in facts]
    assert labels == [
        "Name",
        "ID",
        "Flow",
        "State",
        "Error",
        "Message",
        "Created",
        "Started",
        "Ended",
        "Took",
        "Run count",
        "Tags",
        "Parameters",
        "States",
        "",
    ]
    shown = dict(facts)
    assert shown["Message"].text == "no such city"
    assert shown["Took"].text == "1m02"
    assert shown["States"].text.endswith("► Running")


def test_a_task_run_in_full_names_its_task_and_flow_run(task_run):
    facts = dict(task_run_description(task_run, NOW).facts)

    assert facts["Task"].text == "fetch"
    assert facts["Flow run"].text == str(RUN_ID)


def test_records_become_json_with_their_own_field_names(flow_run):
    said = json.loads(json_text(flow_run))

    assert said["id"] == str(RUN_ID)
    assert said["start_time"] == "2026-11-21T11:56:58Z"
    assert said["estimated_run_time"] == 62.0
    assert said["parameters"] == {"city": "Köln"}
    assert said["state"]["type"] == "FAILED"
    assert said["state"]["timestamp"] == "2026-11-21T11:58:00Z"


def test_log_lines_have_the_consoles_form_with_the_date():
    log = Log(id=UUID(int=5), name="pacc.flow_runs", level=20, message="Hello\n\tthere\x1b[2J", timestamp=NOW)

    line = log_line(log, "brave-otter")

    moment = NOW.astimezone().strftime("%Y-%m-%d %H:%M:%S.000")
    assert line.text == f"{moment} | INFO    | Flow run 'brave-otter' - Hello\n\tthere\\x1b[2J"
    assert line.color == ""


def test_log_lines_of_a_task_run_name_it():
    log = Log(
        id=UUID(int=5),
        name="pacc.task_runs",
        level=40,
        message="no",
        timestamp=NOW,
        task_run_id=TASK_ID,
        task_run_name="fetch-817",
    )

    line = log_line(log, "brave-otter")

    assert line.text.endswith("| ERROR   | Task run 'fetch-817' - no")
    assert line.color == "red"


def test_levels_of_ones_own_are_shown_by_number():
    assert level_name(25) == "Level 25"

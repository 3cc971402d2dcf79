"""Every command that shows something says the same as JSON and as YAML, with the fields that `docs/json.md` lists."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from pacc import flow, task
from pacc.artifacts import create_markdown_artifact
from pacc.assets import materialize
from pacc.blocks.system import Secret
from pacc.cli.root import main
from pacc.engine import place
from pacc.schemas.automations import AutomationCore
from pacc.schemas.deployments import DeploymentCreate, DeploymentScheduleCreate
from pacc.schemas.notifications import Destination
from pacc.schemas.schedules import CronSchedule
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import (
    automations,
    backfills,
    concurrency_limits,
    deployments,
    notifications,
    variables,
    webhooks,
    work_pools,
)

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "docs"))
from generators.json_shapes import CHANGING, SHAPES, fields_of  # noqa: E402 - the folder of the documentation is no package

LONG = "a-name-so-long-that-no-terminal-has-room-for-it-and-that-is-nevertheless-written-as-a-whole-when-it-goes-through-a-pipe"


@task(persist_result=True, result_storage_key="kept")
def one(number):
    return number


@materialize("s3://bucket/rows.csv")
def rows(): ...


@flow
def etl(days=3):
    create_markdown_artifact("# hello", key="report")
    create_markdown_artifact("# hello again", key="report")
    rows()
    return one(days)


@pytest.fixture
def store(pacc_home):
    """A store with one thing of every noun."""
    etl.with_options(flow_run_name="first")()
    store = place.current().store
    variables.put(store, LONG, "Ulm", tags=["a"])
    work_pools.create(store, WorkPoolCreate(name="pool", type="process"))
    cron = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 2 * * *"), slug="night")
    deployment = deployments.upsert(
        store,
        DeploymentCreate(name="nightly", flow_name="etl", work_pool_name="pool", schedules=[cron]),
    )
    deployments.create_run(store, deployment.id)
    now = datetime.now(UTC)
    WORDS["backfill inspect"] = str(backfills.create(store, deployment, now - timedelta(days=2), now).id)
    concurrency_limits.put(store, "tag:db", 1)
    concurrency_limits.put(store, "gpu", 2)
    Secret(value="hunter2").save("key")
    core = AutomationCore(name="tell", trigger={"expect": ["fire"]}, actions=[{"type": "do-nothing"}])
    automations.create(store, core)
    webhooks.create(store, "hook")
    nobody = Destination(address="json://localhost", url="json://localhost")
    notifications.subscribe(store, nobody, states=["Failed"], name="ops")
    return store


WORDS = {
    "flow-run inspect": "first", "flow-run logs": "first", "flow-run graph": "first", "flow-run timeline": "first",
    "deployment inspect": "etl/nightly", "deployment stats": "etl/nightly",
    "deployment schedule ls": "etl/nightly", "deployment schedule next": "etl/nightly",
    "task-run inspect": "@last", "task-run logs": "@last", "why": "etl/nightly", "cache explain": "@last",
    "result inspect": "kept", "block inspect": "secret/key", "block type inspect": "secret",
    "variable inspect": LONG, "artifact inspect": "report", "artifact diff": "report",
    "asset inspect": "s3://bucket/rows.csv", "automation inspect": "tell", "concurrency-limit inspect": "db",
    "global-concurrency-limit inspect": "gpu", "work-pool inspect": "pool", "work-pool slots": "pool",
    "work-pool preview": "pool", "work-queue inspect": "default -p pool", "work-queue slots": "default -p pool",
    "work-queue preview": "default -p pool", "work-queue read-runs": "default -p pool", "webhook get": "hook", "cloud webhook get": "hook",
}  # fmt: skip


READS = [shape.command for shape in SHAPES if shape.command not in CHANGING]


@pytest.fixture
def ask(capsys):
    """Run a read in this process; returns what it printed."""

    def run(read, form):
        code = main([*read.split(), *WORDS.get(read, "").split(), "-o", form])
        told = capsys.readouterr()
        assert (code, told.err.count("Error")) == (0, 0), (read, told.err)
        return told.out

    return run


def test_every_read_answers_with_the_fields_the_page_lists_as_json_and_as_yaml(store, ask):
    for shape in SHAPES:
        read = shape.command
        if read in CHANGING:
            continue
        found = json.loads(ask(read, "json"))
        rows = found if shape.many else [found]
        assert isinstance(found, list) == shape.many, read
        assert {frozenset(row) for row in rows} <= {frozenset(fields_of(shape))}, read
        again = yaml.safe_load(ask(read, "yaml"))
        named = [set(row) for row in (again if shape.many else [again])]
        assert named == [set(row) - LEFT_OUT_OF_YAML.get(read, set()) for row in rows], read


LEFT_OUT_OF_YAML = {"automation inspect": {"firings"}}
"""What could not be written back: the YAML of an automation makes one."""


def test_nothing_is_cut_where_it_goes_through_a_pipe(store, ask):
    for read in READS:
        assert "…" not in ask(read, "table"), read
    assert LONG in ask("variable ls", "table")
    assert LONG in ask("variable ls", "plain")

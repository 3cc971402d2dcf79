"""From one store to another: everything by its name, ids told anew, secrets readable with the key there."""

from __future__ import annotations

import re

import pytest

from pacc.blocks.core import Block
from pacc.blocks.system import Secret
from pacc.schemas.automations import AutomationCore
from pacc.schemas.deployments import DeploymentCreate, DeploymentScheduleCreate
from pacc.schemas.schedules import CronSchedule
from pacc.schemas.transfers import Fate
from pacc.schemas.work_pools import WorkPoolCreate, WorkQueueCreate, WorkQueueUpdate
from pacc.services import (
    automations,
    concurrency_limits,
    deployments,
    events,
    transferring,
    variables,
    work_pools,
    work_queues,
)
from pacc.settings import PACC_HOME, temporary_settings
from pacc.store import open_store

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Database(Block):
    """A block with another one inside."""

    host: str
    password: Secret


@pytest.fixture
def source(pacc_home):
    """A store with some of everything."""
    store = open_store(pacc_home)
    secret = Secret(value="hunter2")
    secret.save("password")
    Database(host="here", password=secret).save("main")
    Database(host="there", password=Secret(value="anonymous")).save("other")
    variables.put(store, "city", {"name": "Ulm"}, tags=["a"])
    work_pools.create(store, WorkPoolCreate(name="pool", concurrency_limit=3))
    work_queues.create(store, WorkQueueCreate(name="high", priority=1), work_pool_name="pool")
    default = work_queues.read_by_name(store, "default", work_pool_name="pool")
    work_queues.update(store, default.id, WorkQueueUpdate(concurrency_limit=7, is_paused=True))
    concurrency_limits.put(store, "gpu", 2, slot_decay_per_second=0.5)
    concurrency_limits.put(store, "tag:db", 1)
    cron = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 2 * * *"), slug="night", active=False)
    deployment = deployments.upsert(
        store,
        DeploymentCreate(
            name="nightly", flow_name="etl", work_pool_name="pool", work_queue_name="high", schedules=[cron],
            parameters={"days": 3}, tags=["prod"], concurrency_limit=1,
        ),
    )  # fmt: skip
    run = {"type": "run-deployment", "source": "selected", "deployment_id": str(deployment.id)}
    first = automations.create(
        store, AutomationCore(name="zz-repair", trigger={"expect": ["pacc.flow-run.Failed"]}, actions=[run])
    )
    pause = {"type": "pause-automation", "source": "selected", "automation_id": str(first.id)}
    automations.create(store, AutomationCore(name="calm", trigger={"expect": ["fire"]}, actions=[pause]))
    return store


@pytest.fixture
def target(tmp_path):
    """A store with nothing in it."""
    return open_store(tmp_path / "target")


def fates(told):
    return {(each.noun, each.name): each.fate for each in told}


def test_everything_arrives_under_its_name_and_what_names_it_is_told_its_new_id(source, target, tmp_path):
    told = transferring.unpack(target, transferring.pack(source))
    assert set(fates(told).values()) == {Fate.MADE}
    assert variables.read(target, "city").value == {"name": "Ulm"}
    assert work_pools.read(target, "pool").concurrency_limit == 3
    assert [
        (each.name, each.priority, each.concurrency_limit, each.is_paused)
        for each in work_queues.select(target, work_pool_name="pool")
    ] == [("high", 1, None, False), ("default", 2, 7, True)]
    assert concurrency_limits.read(target, "gpu").slot_decay_per_second == 0.5
    deployment = deployments.read_by_name(target, "etl/nightly")
    assert (deployment.parameters, deployment.tags, deployment.work_queue_name) == (
        {"days": 3},
        ["prod"],
        "high",
    )
    assert [(each.slug, each.active) for each in deployment.schedules] == [("night", False)]
    repair, calm = automations.find(target, "zz-repair"), automations.find(target, "calm")
    assert repair.definition["actions"][0]["deployment_id"] == str(deployment.id)
    assert calm.definition["actions"][0]["automation_id"] == str(repair.id)
    with temporary_settings({PACC_HOME: str(tmp_path / "target")}):
        assert Database.load("main").password.get() == "hunter2"
        assert Database.load("other").password.get() == "anonymous"
    assert (tmp_path / "target" / "key").exists(), "the secrets are encrypted with a key of that home"


def test_a_transfer_tells_as_events_that_it_begins_and_what_became_of_it(source, target):
    transferring.unpack(target, transferring.pack(source), profiles=("here", "there"))
    target.journal.flush()
    found = [each for each in events.select(target) if "transfer" in each.event]
    ended, begun = sorted(found, key=lambda each: each.event)
    assert (begun.event, ended.event) == (
        "pacc.workspace.transfer.started",
        "pacc.workspace.transfer.completed",
    )
    assert (ended.follows, ended.resource) == (begun.id, begun.resource)
    assert ended.payload.items() > {"source_profile": "here", "target_profile": "there", "failed": 0}.items()
    assert ended.payload["succeeded"] + ended.payload["skipped"] == begun.payload["total_resources"]


def test_what_is_there_stays_as_it_is_so_that_a_transfer_can_be_said_again(source, target):
    variables.put(target, "city", "Bonn")
    seen = []
    told = transferring.unpack(
        target, transferring.pack(source), lambda done, total: seen.append((done, total))
    )
    assert fates(told)["variable", "city"] == Fate.SKIPPED
    assert seen[-1] == (len(told), len(told))
    again = transferring.unpack(target, transferring.pack(source))
    assert set(fates(again).values()) == {Fate.SKIPPED}
    assert variables.read(target, "city").value == "Bonn"
    assert len(automations.select(target)) == 2


class KilledError(BaseException):
    """Stands for the end of the process: nothing is written after it."""


def everything(store):
    """What a transfer has put into a store, without ids and times."""
    kept = transferring.pack(store)
    apart = {"created", "updated"}
    told = [
        (type(each).__name__, {name: getattr(each, name) for name in each.__slots__ if name not in apart})
        for each in (*kept.variables, *kept.pools, *kept.queues, *kept.limits, *kept.automations)
    ]
    schedules = [(each.full_name, [time.slug for time in each.schedules]) for each in kept.deployments]
    names = sorted(each.name for each in kept.blocks.values() if each.name is not None)
    return ID.sub("ID", repr((told, schedules, names, [each.name for each in kept.flows])))


def test_a_transfer_that_was_killed_at_any_moment_is_finished_by_saying_it_again(
    source, target, tmp_path, monkeypatch
):
    packed, left, whole = transferring.pack(source), iter(range(10_000)), type(target)
    transferring.unpack(target, packed)
    wanted = everything(target)

    def until_killed(method):
        def counted(store, *arguments, **options):
            if store is victim and next(left, None) is None:
                raise KilledError
            return method(store, *arguments, **options)

        return counted

    for name in ("write", "write_all", "transaction"):
        monkeypatch.setattr(whole, name, until_killed(getattr(whole, name)))
    for moment in range(1_000):
        victim, left = open_store(tmp_path / f"killed-{moment}"), iter(range(moment))
        try:
            transferring.unpack(victim, packed)
        except KilledError:
            left = iter(range(10_000))
            assert Fate.FAILED not in fates(transferring.unpack(victim, packed)).values()
            assert everything(victim) == wanted, moment
        else:
            break
    assert moment > 10, "there was something to break off"


def test_what_cannot_arrive_is_told_and_the_rest_arrives(source, target):
    packed = transferring.pack(source)._replace(pools=[], queues=[])
    told = {each.name: each for each in transferring.unpack(target, packed)}
    assert told["etl/nightly"].fate == Fate.FAILED
    assert 'no work pool "pool"' in told["etl/nightly"].reason
    assert told["city"].fate == Fate.MADE

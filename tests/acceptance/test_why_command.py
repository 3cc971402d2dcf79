"""`pacc why`: an answer in a sentence for a run, a task run or a deployment, under whatever name."""

from __future__ import annotations

import json

import pytest

from pacc import flow, task
from pacc.cache_policies import INPUTS
from pacc.client.orchestration import get_client
from pacc.engine import place
from pacc.schemas.deployments import DeploymentCreate
from pacc.services import deployments


@pytest.fixture
def made(pacc_home):
    """A failed run with a cached task run, and a deployment."""

    @task(cache_policy=INPUTS)
    def double(number):
        return 2 * number

    @flow(flow_run_name="brave-otter")
    def etl():
        double(2)
        double(2)
        raise ValueError("no such city")

    etl(return_state=True)
    deployments.upsert(
        place.current().store, DeploymentCreate(name="nightly", flow_name="etl", entrypoint="e.py:etl")
    )


def test_each_kind_of_thing_is_explained(made, pacc_here):
    ended = pacc_here("why", "brave-otter")
    assert ended.code == 0, ended.output
    assert "no such city" in ended.stdout
    assert "See: pacc flow-run retry" in ended.stderr
    assert "only when it is asked to" in pacc_here("why", "etl/nightly").stdout
    cached = get_client(sync_client=True).read_task_runs()[0]
    assert "Its result was reused" in pacc_here("why", str(cached.id)).stdout
    told = json.loads(pacc_here("why", "@failed", "-o", "json").stdout)
    assert told["subject"] == 'flow run "brave-otter" (Failed)'
    assert "Its result was reused" in pacc_here("cache", "explain", str(cached.id)).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["why", "nothing"], 'no flow run, task run or deployment "nothing"'),
        (["why", "etl/nightli"], "etl/nightly"),
        (["cache", "explain", "nothing"], 'no task run "nothing"'),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(made, pacc_here, words, said):
    ended = pacc_here(*words)
    assert ended.code == 1
    assert said in ended.stderr

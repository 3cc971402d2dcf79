"""`pacc api`: Prefect's REST addresses, answered in the process of the command."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from pacc import flow, task
from pacc.blocks.system import Secret
from pacc.cli.root import main
from pacc.client.orchestration import get_client
from pacc.client.rest import answer, routes
from pacc.client.rest.reading import READS
from pacc.engine import place
from pacc.schemas.deployments import DeploymentCreate
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import artifacts, concurrency_limits, deployments, variables, work_pools


@task
def one(number):
    return number


@flow
def etl(days=3):
    return one(days)


@pytest.fixture
def store(pacc_home):
    """A store with one thing of most nouns."""
    etl()
    store = place.current().store
    variables.put(store, "city", "Ulm", tags=["a"])
    work_pools.create(store, WorkPoolCreate(name="pool", type="process"))
    deployments.upsert(store, DeploymentCreate(name="nightly", flow_name="etl", work_pool_name="pool"))
    artifacts.create(store, key="report", type="markdown", data="# hello")
    concurrency_limits.put(store, "tag:db", 1)
    concurrency_limits.put(store, "gpu", 2)
    Secret(value="hunter2").save("key")
    return store


@pytest.fixture
def api(capsys):
    """Ask in this process; returns the exit code, the answer and what was said."""

    def ask(*words):
        code = main(["api", *words])
        told = capsys.readouterr()
        return int(code), json.loads(told.out or "null"), told.err

    return ask


def filled(store, address):
    """An address with names of the fixture's things in its places."""
    with get_client(sync_client=True) as client:
        (flow_run,), (task_run,) = client.read_flow_runs(), client.read_task_runs()
        deployment = client.read_deployment_by_name("etl/nightly")
        (schema, *_), (queue,) = client.read_block_schemas(), client.read_work_queues()
        ids = {
            "flows/{id}": flow_run.flow_id, "flow_runs/{id}": flow_run.id, "task_runs/{id}": task_run.id,
            "deployments/{id}": deployment.id, "block_schemas/{id}": schema.id, "work_queues/{id}": queue.id,
            "block_types/{id}": schema.block_type_id, "artifacts/{id}": client.read_artifacts()[0].id,
            "block_documents/{id}": client.read_block_documents()[0].id,
            "flow_run_states": f"{flow_run.id}", "task_run_states": f"{task_run.id}",
        }  # fmt: skip
    for beginning, identity in ids.items():
        address = address.replace(beginning, beginning.replace("{id}", str(identity)))
    noun = address.removesuffix("_states")
    address += f"?{noun}_id={ids[address]}" if address in ids else ""
    of = {
        "flow": "etl", "key": "report", "checksum": schema.checksum, "slug": "secret", "tag": "db",
        "queue": "default", "resource": "none", "id_or_name": "gpu",
    }  # fmt: skip
    names = {"flows": "etl", "variables": "city", "block_types": "key", "work_queues": "default"}
    noun = address.partition("/")[0]
    of["name"] = {"deployments": "nightly", "work_pools": "pool"}.get(noun, names.get(noun))
    return address.format(**of)


NOTHING_TO_READ = {
    "events/filter/next",
    "flow_runs/{id}/input/{key}",
    "automations/{id}",
    "work_queues/name/{name}",
}


def test_every_address_that_reads_answers(store):
    for route in READS:
        if route.address not in NOTHING_TO_READ:
            found = answer(store, route.method, filled(store, route.address))
            assert found.status == 200, (route.address, found)


def test_filters_orders_and_limits_narrow_a_listing(api, store):
    etl.with_options(name="other")()
    body = {"flows": {"name": {"any_": ["etl"]}}, "sort": "START_TIME_DESC", "limit": 5}
    code, found, _ = api("POST", "/flow_runs/filter", "--data", json.dumps(body))
    assert (code, len(found), found[0]["parameters"]) == (0, 1, {"days": 3})
    assert api("POST", "flow_runs/count")[1] == 2
    assert api("GET", f"/api/flow_runs/{found[0]['id']}")[1]["name"] == found[0]["name"]


def test_events_come_by_the_page(api, store):
    code, page, _ = api("POST", "/events/filter", "--data", '{"limit": 2}')
    assert (code, len(page["events"]), page["total"] > 2) == (0, 2, True)
    more = api("GET", page["next_page"])[1]
    assert {each["id"] for each in more["events"]}.isdisjoint(each["id"] for each in page["events"])


def test_secrets_stay_masked(api, store):
    _, found, _ = api("POST", "/block_documents/filter")
    assert found[0]["name"] == "key"
    assert "hunter2" not in json.dumps(found)
    _, found, _ = api("GET", "/block_types/slug/secret/block_documents/name/key")
    assert "hunter2" not in json.dumps(found)


def test_what_changes_the_store_does(api, store):
    _, found, _ = api("GET", "/deployments/name/etl/nightly")
    told = json.dumps({"parameters": {"days": 7}, "name": "by-hand"})
    code, run, err = api("POST", f"/deployments/{found['id']}/create_flow_run", "--data", told, "-v")
    assert (code, run["name"], run["state"]["type"], "201" in err) == (0, "by-hand", "SCHEDULED", True)
    told = json.dumps({"state": {"type": "CANCELLED", "message": "not today"}})
    assert api("POST", f"/flow_runs/{run['id']}/set_state", "--data", told)[1]["status"] == "ACCEPT"
    assert api("DELETE", f"/flow_runs/{run['id']}")[:2] == (0, None)
    assert api("GET", f"/flow_runs/{run['id']}")[0] == 4
    assert api("POST", f"/deployments/{found['id']}/pause_deployment")[0] == 0
    assert deployments.read(store, found["id"]).paused
    assert api("PATCH", "/variables/name/city", "--data", '{"value": "Bonn"}')[1]["value"] == "Bonn"
    assert api("DELETE", "/v2/concurrency_limits/gpu")[0] == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["GET", "/flow_run/x"], 'nothing answers "/flow_run/x". Did you mean "/flow_runs/{id}"?'),
        (["GET", "/flow_runs/filter"], '"/flow_runs/filter" answers POST, not GET'),
        (["GET", f"/flow_runs/{uuid4()}"], "no flow run"),
        (["GET", "/flow_run_states"], '"flow_run_id" is missing'),
        (["POST", "/flow_runs/filter", "--data", '{"limt": 1}'], '"limt" is not taken here'),
        (["POST", "/flow_runs/filter", "--data", '{"limit": -1}'], '"limit" must be a whole number'),
        (["POST", "/flow_runs/filter", "--data", '{"sort": "UP"}'], '"UP" is none of'),
        (["POST", "/flow_runs/filter", "--data", '{"flows": 3}'], '"flows" takes an object'),
        (["POST", "/flow_runs/filter", "--data", '{"flows": {"nam": 1}}'], '"flows" does not fit'),
        (["POST", "/variables", "--data", '{"name": "city", "value": 1}'], "exists already"),
        (["POST", "/events/filter", "--data", '{"filter": {"even": 1}}'], '"filter" does not fit'),
    ],
)
def test_what_is_refused_exits_with_4_and_says_why(api, words, why):
    variables.put(place.current().store, "city", "Ulm")
    code, found, err = api(*words)
    assert (code, found, why in err) == (4, None, True), err


def test_a_body_that_is_no_object_is_a_mistake_in_the_command(api):
    assert api("POST", "/flows/filter", "--data", "[1")[0] == 2
    assert api("PUT", "/flows")[0] == 2


def test_all_addresses_are_listed(api):
    listed = api("GET", "/routes")[1]
    assert [(each["method"], each["path"]) for each in listed] == routes()

"""`pacc work-pool`, `work-queue`, `worker` and `agent`, as a person at a shell uses them."""

from __future__ import annotations

import json

import pytest

from pacc._internal import sessions
from pacc.cli.root import main
from pacc.schemas.deployments import DeploymentCreate
from pacc.services import deployments, work_pools
from pacc.settings import get_current_settings, refresh_settings
from pacc.store import close_store, open_store


@pytest.fixture(autouse=True)
def _put_away(pacc_home):
    yield
    sessions.end_all()
    close_store(pacc_home)


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code and what it wrote."""

    def run(*words):
        code = main(words)
        written = capsys.readouterr()
        return code, written.out, written.err

    return run


@pytest.fixture
def local(pacc):
    assert pacc("work-pool", "create", "local")[0] == 0


def listed(pacc, *words):
    code, out, err = pacc(*words, "-o", "json")
    assert code == 0, err
    return json.loads(out)


# ---------------------------------------------------------------------------------------------- pools


def test_a_pool_is_made_looked_at_changed_and_deleted(pacc):
    code, _, err = pacc("work-pool", "create", "local", "--paused")
    assert (code, err) == (
        0,
        'Made the work pool "local" of type "process".\nSee: pacc worker start --pool local\n',
    )
    [pool] = listed(pacc, "work-pools", "ls")
    assert (pool["name"], pool["type"], pool["status"]) == ("local", "process", "PAUSED")
    assert pool["base_job_template"]["job_configuration"]["env"] == "{{ env }}"
    for words, remark in (
        (("resume", "loc"), 'Resumed the work pool "local".'),
        (("set-concurrency-limit", "local", "3"), 'The work pool "local" has 3 slots now.'),
        (("update", "local", "--description", "mine"), 'Changed the work pool "local".'),
        (("pause", "local"), 'Paused the work pool "local".'),
    ):
        assert pacc("work-pool", *words) == (0, "", f"{remark}\n")
    shown = pacc("work-pool", "inspect", "local", "-o", "plain")[1].splitlines()
    assert {"Status\tPaused", "Limit\t3", "Description\tmine", "Queue\t1. default (not ready)"} <= set(shown)
    assert pacc("work-pool", "clear-concurrency-limit", "local")[0] == 0
    assert listed(pacc, "work-pool", "inspect", "local")["concurrency_limit"] is None
    assert "local" in pacc("work-pool", "ls", "--verbose")[1]
    assert pacc("work-pool", "delete", "local") == (0, "", 'Deleted the work pool "local".\n')
    assert pacc("work-pool", "ls") == (0, "", "no work pools\n")


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("inspect", "locla"), 1, 'no work pool "locla". Did you mean "local"?'),
        (("create", "local"), 1, 'there is a work pool "local" already'),
        (("create", "a/b"), 1, "the work pool name 'a/b' holds '/'"),
        (("create", "k", "--type", "kubernetes"), 1, 'no worker of type "kubernetes"; there are process'),
        (("create", "t", "--base-job-template", "nowhere.json"), 2, '"nowhere.json" cannot be read'),
        (("update", "local"), 2, "there is nothing to change"),
        (("set-concurrency-limit", "local", "-1"), 2, ""),
        (("preview", "nothing"), 1, 'no work pool "nothing"'),
        (("get-default-base-job-template", "--type", "ecs"), 1, 'no worker of type "ecs"'),
    ],
)
def test_what_cannot_be_done_is_one_sentence(pacc, words, code, error):
    ended, out, err = pacc("work-pool", *words)
    assert (ended, out) == (code, "")
    assert err.startswith(f"Error: {error}")
    assert "Traceback" not in err


def test_a_template_is_written_changed_and_used(pacc, tmp_path):
    file = tmp_path / "template.json"
    assert pacc("work-pool", "get-default-base-job-template", "--file", str(file))[0] == 0
    template = json.loads(file.read_text())
    assert json.loads(pacc("work-pool", "get-default-base-job-template")[1]) == template
    template["variables"]["properties"]["env"]["default"] = {"STAGE": "test"}
    file.write_text(json.dumps(template))
    assert pacc("work-pool", "create", "local", "--base-job-template", str(file))[0] == 0
    assert listed(pacc, "work-pool", "inspect", "local")["base_job_template"] == template
    file.write_text("{")
    code, _, err = pacc("work-pool", "update", "local", "--base-job-template", str(file))
    assert (code, err.startswith(f'Error: "{file}" is no JSON')) == (2, True)
    file.write_text('{"variables": {}}')
    code, _, err = pacc("work-pool", "update", "local", "--base-job-template", str(file))
    assert (code, '"job_configuration" is no object' in err) == (1, True)


def test_a_pool_may_be_the_default_of_deployments(pacc):
    assert pacc("work-pool", "create", "local", "--set-as-default")[0] == 0
    refresh_settings()
    assert get_current_settings().deployments.default_work_pool_name == "local"


@pytest.mark.usefixtures("local")
def test_what_comes_next_and_who_takes_places_is_listed(pacc):
    store = open_store(get_current_settings().home)
    made = deployments.upsert(store, DeploymentCreate(name="d", flow_name="f", work_pool_name="local"))
    deployments.create_run(store, made.id, name="brave-otter")
    assert [run["name"] for run in listed(pacc, "work-pool", "preview")] == ["brave-otter"]
    for words in (("preview", "default"), ("read-runs", "default", "--pool", "local")):
        assert [run["name"] for run in listed(pacc, "work-queue", *words)] == ["brave-otter"]
    assert "brave-otter" in pacc("work-pool", "preview", "local", "--hours", "2")[1]
    assert listed(pacc, "work-pool", "slots", "local")["active_slots"] == 0
    assert pacc("work-queue", "slots", "default")[2] == '0 slots of "default" are taken; there is no limit\n'


# ---------------------------------------------------------------------------------------------- queues


@pytest.mark.usefixtures("local")
def test_a_queue_is_made_looked_at_changed_and_deleted(pacc):
    code, _, err = pacc("work-queue", "create", "urgent", "--pool", "local", "--limit", "2", "-q", "1")
    assert (code, err) == (0, 'Made the work queue "urgent" in the pool "local", with priority 1.\n')
    order = [(queue["name"], queue["priority"]) for queue in listed(pacc, "work-queue", "ls", "-p", "local")]
    assert order == [("urgent", 1), ("default", 2)]
    assert [each["name"] for each in listed(pacc, "work-queues", "ls", "--match", "ur")] == ["urgent"]
    assert pacc("work-queue", "set-priority", "urgent", "2", "-p", "local")[0] == 0
    order = [(queue["name"], queue["priority"]) for queue in listed(pacc, "work-queue", "ls", "-p", "local")]
    assert order == [("urgent", 2), ("default", 3)]
    for words in (("pause", "urgent"), ("set-concurrency-limit", "urg", "5")):
        assert pacc("work-queue", *words)[0] == 0
    queue = listed(pacc, "work-queue", "inspect", "urgent")
    assert (queue["status"], queue["concurrency_limit"]) == ("PAUSED", 5)
    for words in (("resume", "urgent"), ("clear-concurrency-limit", "urgent", "--pool", "local")):
        assert pacc("work-queue", *words)[0] == 0
    shown = pacc("work-queue", "inspect", "urgent", "-o", "plain")[1].splitlines()
    assert {"Status\tNot ready", "Limit\tnone", "Last polled\tnever"} <= set(shown)
    assert pacc("work-queue", "delete", "urgent")[0] == 0
    code, _, err = pacc("work-queue", "delete", "default")
    assert (code, err) == (1, "Error: the default queue of a pool cannot be deleted\n")


@pytest.mark.usefixtures("local")
def test_a_queue_that_is_not_there_is_one_sentence(pacc):
    code, _, err = pacc("work-queue", "pause", "defualt", "--pool", "local")
    assert (code, err) == (
        1,
        (
            'Error: no work queue "defualt" in the pool "local". Did you mean "default"?\n'
            "See: pacc work-queue ls --pool local\n"
        ),
    )


# ---------------------------------------------------------------------------------------------- workers


def test_a_worker_without_a_pool_is_told_what_is_missing(pacc):
    code, _, err = pacc("worker", "start")
    assert (code, err.splitlines()[0]) == (2, "Error: --pool is missing, and no default work pool is set")
    code, _, err = pacc("worker", "start", "--pool", "p", "--no-create-pool-if-not-found", "--run-once")
    assert (code, err.splitlines()[0]) == (1, 'Error: no work pool "p"')
    code, _, err = pacc("worker", "start", "--pool", "p", "--type", "ecs")
    assert (code, err.splitlines()[0]) == (1, 'Error: no worker of type "ecs"; there are process')
    code, _, err = pacc("agent", "start")
    assert (code, err.splitlines()[0]) == (2, "Error: name a work queue, or give --pool")


DECK = """
from pacc import flow
from pacc.deployments import Deployment

@flow(log_prints=True)
def etl(city="Ulm"):
    print(f"weather of {city}")

if __name__ == "__main__":
    Deployment.build_from_flow(etl, name="nightly", work_queue_name="production").apply()
"""


def test_the_older_deck_deploys_to_a_queue_that_an_agent_looks_into(run_python, pacc_process, pacc):
    assert run_python(DECK).code == 0
    assert pacc("deployment", "run", "etl/nightly", "--param", "city=Bonn")[0] == 0
    agent = pacc_process("agent", "start", "--work-queue", "production", "--run-once")
    assert agent.code == 0, agent.output
    assert "weather of Bonn" in agent.output
    [run] = listed(pacc, "flow-run", "ls")
    assert (run["state_name"], run["work_pool_name"]) == ("Completed", "default-agent-pool")
    assert work_pools.read(open_store(get_current_settings().home), "default-agent-pool").type == "process"

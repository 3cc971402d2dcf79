"""`pacc automation`: made of files, listed, tried, paused and removed from a shell."""

from __future__ import annotations

import json
import time

import pytest
import yaml

from pacc import flow
from pacc._internal import clock
from pacc.blocks.webhook import Webhook
from pacc.cli.root import main
from pacc.deployments import RunnerDeployment
from pacc.engine import place
from pacc.events import emit_event
from pacc.loops.automations import Automating
from pacc.services import automations

AUTOMATION = """
name: tell
description: Tell when a run fails.
trigger:
  type: event
  expect: ["prefect.flow-run.Failed"]
  match:
    prefect.resource.id: prefect.flow-run.*
actions:
  - type: do-nothing
"""
FAILED = {"event": "prefect.flow-run.Failed", "resource": {"prefect.resource.id": "prefect.flow-run.1"}}


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(words)
        told = capsys.readouterr()
        return int(code), told.out, told.err

    return run


@pytest.fixture
def file(tmp_path):
    """A file of an automation."""
    path = tmp_path / "tell.yaml"
    path.write_text(AUTOMATION)
    return str(path)


@flow
def etl():
    pass


def test_an_automation_is_made_of_a_file_listed_and_shown(pacc, file):
    code, out, _ = pacc("automation", "create", "--from-file", file)
    assert code == 0
    assert out.startswith('Created automation "tell" with id ')
    assert "prefect.flow-run.Failed" in pacc("automation", "ls")[1]
    shown = pacc("automation", "inspect", "tell")[1]
    assert "Reactive: prefect.flow-run.Failed happens" in shown
    assert "do-nothing" in shown
    told = yaml.safe_load(pacc("automation", "inspect", "tell", "--yaml")[1])
    assert told["trigger"]["expect"] == ["prefect.flow-run.Failed"]
    assert json.loads(pacc("automation", "inspect", "tell", "--json")[1])["firings"] == []
    assert json.loads(pacc("automation", "ls", "-o", "json")[1])[0]["name"] == "tell"


def test_what_yaml_says_of_one_can_be_made_into_one_again(pacc, file, tmp_path):
    pacc("automation", "create", "-f", file)
    again = tmp_path / "again.yaml"
    again.write_text(pacc("automation", "inspect", "tell", "-o", "yaml")[1])
    assert pacc("automation", "create", "-f", str(again))[0] == 0
    one, other = automations.select(place.current().store)
    assert one.definition == other.definition


def test_names_stand_for_ids_in_a_file(pacc, tmp_path):
    Webhook(url="http://127.0.0.1:1").save("hook")
    deployment = RunnerDeployment.from_flow(etl, "nightly").write()
    told = {
        "name": "it",
        "trigger": {"expect": ["a"]},
        "actions": [
            {"type": "run-deployment", "deployment_id": "etl/nightly"},
            {"type": "call-webhook", "block_document_id": "webhook/hook"},
        ],
    }
    assert pacc("automation", "create", "-j", json.dumps({"automations": [told]}))[0] == 0
    (made,) = automations.select(place.current().store)
    assert made.actions[0]["deployment_id"] == str(deployment)
    told["actions"][0]["deployment_id"] = "etl/nightlt"
    code, _, err = pacc("automation", "create", "-j", json.dumps(told))
    assert code
    assert 'no deployment "etl/nightlt"' in err


def test_what_fired_and_what_became_of_it_is_shown(pacc, file):
    told = {
        "name": "it",
        "trigger": {"expect": ["a"]},
        "actions": [{"type": "pause-deployment", "source": "inferred"}],
    }
    pacc("automation", "create", "-j", json.dumps(told))
    store = place.current().store
    automating = Automating(store)
    emit_event("a", resource={"prefect.resource.id": "x"})
    store.journal.flush()
    automating.tick(clock.now())
    while automating._under_way:
        time.sleep(0.005)
    shown = pacc("automation", "inspect", "it")[1]
    assert '"a" happened' in shown
    assert "pause-deployment: failed: the event has nothing to do with a deployment" in shown


def test_pausing_resuming_updating_and_deleting(pacc, file, tmp_path):
    pacc("automation", "create", "-f", file)
    assert pacc("automation", "pause", "tell") == (0, "", 'Paused automation "tell".\n')
    assert "paused" in pacc("automations", "ls")[1]
    assert pacc("automation", "enable", "--name", "tell") == (0, "", 'Resumed automation "tell".\n')
    (kept,) = automations.select(place.current().store)
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"name": "other", "trigger": {"expect": ["b"]}, "actions": []}))
    assert pacc("automation", "update", "--id", str(kept.id), "-f", str(other))[0] == 0
    assert pacc("automation", "inspect", "--id", str(kept.id))[0] == 0
    assert pacc("automation", "delete", "other") == (0, "", 'Deleted automation "other".\n')
    pacc("automation", "create", "-f", file)
    assert pacc("automation", "delete", "--all")[0] == 0
    assert automations.select(place.current().store) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["inspect", "tel"], 'no automation "tel". Did you mean "tell"?'),
        (["inspect"], "name one automation"),
        (["pause", "tell", "--id", "x"], "name one automation"),
        (["delete", "tell", "--all"], "name one automation, or say --all"),
        (["create"], "give --from-file or --from-json"),
        (["create", "-j", "{"], "--from-json takes JSON"),
        (["create", "-j", "[3]"], "there is no automation in it"),
        (["create", "-j", '{"name": "x"}'], "this is no automation: trigger: Field required"),
        (["create", "-f", "nowhere.yaml"], '"nowhere.yaml" cannot be read'),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(pacc, file, words, why):
    pacc("automation", "create", "-f", file)
    code, out, err = pacc("automation", *words)
    assert code
    assert not out
    assert why in err
    assert "Traceback" not in err


def test_trying_says_whether_and_why_it_would_fire(pacc, file, tmp_path):
    code, out, _ = pacc("automation", "test", file, "--event", json.dumps(FAILED))
    assert code == 0
    assert 'would fire: "pacc.flow-run.Failed" happened' in out
    event = tmp_path / "event.json"
    event.write_text(json.dumps([{**FAILED, "event": "prefect.flow-run.Completed"}]))
    code, out, err = pacc("automation", "test", file, "--event", str(event))
    assert code
    assert 'does not count: it waits for "pacc.flow-run.Failed", not for "pacc.flow-run.Completed"' in out
    assert 'the automation "tell" would not fire' in err
    etl()
    (done,) = json.loads(pacc("events", "ls", "-e", "pacc.flow-run.Completed", "-o", "json")[1])
    assert pacc("automation", "test", file, "--event", done["id"])[0]
    assert automations.select(place.current().store) == []
    for wrong in ("3", "[3]", "{}", '{"event": "a"}'):
        assert pacc("automation", "test", file, "--event", wrong)[0]


def test_trying_a_proactive_trigger_says_when_silence_would_fire_it(pacc, tmp_path):
    told = {
        "name": "it",
        "trigger": {"posture": "Proactive", "after": ["a"], "expect": ["b"], "within": 60},
        "actions": [{"type": "do-nothing"}],
    }
    file = tmp_path / "it.json"
    file.write_text(json.dumps(told))
    event = json.dumps({"event": "a", "resource": {"prefect.resource.id": "x"}})
    code, out, _ = pacc("automation", "test", str(file), "-e", event)
    assert code == 0
    assert "counts, but is not enough by itself" in out
    assert 'if nothing else happens: would fire: "b" did not happen within 60 s after "a"' in out

"""`pacc notify`: subscriptions made, tried out, listed, paused and removed from a shell."""

from __future__ import annotations

import io
import json

import pytest
from listening import unused_port

from pacc import flow
from pacc.blocks.notifications import SlackWebhook
from pacc.blocks.system import Secret
from pacc.cli.root import main
from pacc.loops import notifications as loop
from pacc.store import close_store, open_store

TOKEN = "T0K3N-nobody-may-see"


@pytest.fixture(autouse=True)
def _put_away(pacc_home):
    from pacc._internal import sessions

    yield
    sessions.end_all()
    close_store(pacc_home)


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(words)
        told = capsys.readouterr()
        return int(code), told.out, told.err

    return run


@flow
def broken():
    raise ValueError("no such table")


def test_one_line_is_enough_to_be_told(pacc, pacc_home, http_service):
    code, _, said = pacc(
        "notify", "add", "--on", "failed,crashed", "--to", f"{http_service.url}/{TOKEN}", "--name", "ops"
    )
    assert (code, said) == (0, 'Added subscription "ops": failed, crashed to http://127.0.0.1/********.\n')
    broken(return_state=True)
    from pacc._internal import clock

    loop.tick(open_store(pacc_home), clock.now())
    assert loop.finish(20)
    assert http_service.values()[0]["state_name"] == "Failed"
    [listed] = json.loads(pacc("notify", "ls", "-o", "json")[1])
    assert (listed["name"], listed["sent"], listed["waiting"]) == ("ops", 1, 0)
    assert TOKEN not in json.dumps(listed)
    assert pacc("notify", "ls", "-o", "plain")[1].startswith(
        "ops\tfailed, crashed\thttp://127.0.0.1/********\t"
    )


def test_a_trial_says_whether_it_went_out(pacc, http_service):
    pacc("notify", "add", "--to", http_service.url, "--name", "well")
    pacc("notify", "add", "--to", f"http://127.0.0.1:{unused_port()}/{TOKEN}", "--name", "down")
    assert pacc("notify", "test", "well")[0] == 0
    assert "trial" in http_service.values()[0]["text"]
    code, _, said = pacc("notify", "test", "down")
    assert (code, "refused" in said, TOKEN in said) == (1, True, False)


def test_an_address_is_read_from_standard_input(pacc, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"discord://1234567890/{TOKEN}\n"))
    assert pacc("notify", "add", "--to", "-", "--name", "chat")[2].endswith("to discord://********.\n")


def test_a_subscription_is_paused_resumed_and_removed(pacc):
    pacc("notify", "add", "--to", "desktop", "--name", "me", "--tag", "night", "--subflows")
    assert pacc("notify", "pause", "me") == (0, "", 'Paused subscription "me".\n')
    assert "me (paused)\t" in pacc("notify", "ls", "-o", "plain")[1]
    assert pacc("notify", "resume", "me")[0] == 0
    assert "#night with subflows" in pacc("notify", "ls", "-o", "plain")[1]
    assert pacc("notify", "delete", "me", "--yes") == (0, "", 'Removed subscription "me".\n')
    assert "nobody is told" in pacc("notify", "ls")[2]


def test_a_flow_or_deployment_that_is_not_there_yet_is_pointed_out(pacc):
    broken(return_state=True)
    assert "Warning" not in pacc("notify", "add", "--to", "desktop", "--flow", "broken")[2]
    assert 'no flow "brokn"' in pacc("notify", "add", "--to", "desktop", "--flow", "brokn")[2]
    assert "Warning" in pacc("notify", "add", "--to", "desktop", "--deployment", "broken/nightly")[2]


def test_doctor_tells_of_what_could_not_be_told(pacc, pacc_home):
    pacc("notify", "add", "--to", f"http://127.0.0.1:{unused_port()}/{TOKEN}", "--name", "down")
    broken(return_state=True)
    from pacc._internal import clock

    loop.tick(open_store(pacc_home), clock.now())
    assert loop.finish(20)
    [found] = [
        each for each in json.loads(pacc("doctor", "-o", "json")[1]) if each["subject"] == "notifications"
    ]
    assert (found["level"], found["hint"]) == ("warning", "pacc notify test down")
    assert '1 not sent yet of "down"' in found["message"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add",), 2, "--to is missing"),
        (("add", "--to", "hello"), 1, "--to takes an address"),
        (("add", "--to", "nonsense://there"), 1, 'begins with "nonsense://"'),
        (("add", "--to", "https://"), 1, 'begins with "https://"'),
        (("add", "--to", "https://[::1/x"), 1, "--to takes an address"),
        (("add", "--to", "desktop", "--on", "faild"), 1, 'Did you mean "failed"?'),
        (("add", "--to", "desktop", "--name", "a b"), 1, '"a b" is no name'),
        (("add", "--to", "desktop", "--name", "taken"), 1, '"taken" exists already'),
        (("add", "--to", "desktop", "--deployment", "nightly"), 2, "names no deployment"),
        (("add", "--to", "desktop", "--deployment", "a/b", "--flow", "a"), 2, "not both"),
        (("add", "--to", "block:nothing"), 1, "write its type and its name"),
        (("add", "--to", "block:slack-webhook/nobody"), 1, 'no block "slack-webhook/nobody"'),
        (("add", "--to", "block:secret/mine"), 1, "cannot notify"),
        (("test", "takn"), 1, 'Did you mean "taken"?'),
        (("pause", "takn"), 1, 'Did you mean "taken"?'),
        (("resume", "takn"), 1, 'Did you mean "taken"?'),
        (("delete", "takn", "--yes"), 1, 'Did you mean "taken"?'),
        (("ls", "--nonsense"), 2, "--nonsense"),
    ],
)
def test_wrong_input_is_answered_in_a_sentence(pacc, words, code, said):
    Secret(value="shh").save("mine")
    pacc("notify", "add", "--to", "desktop", "--name", "taken")
    got, out, told = pacc("notify", *words)
    assert (got, out) == (code, "")
    assert said in told
    assert told.startswith("Error: ")
    assert "Traceback" not in told


def test_a_block_that_is_saved_is_told(pacc, http_service):
    SlackWebhook(url=f"{http_service.url}/{TOKEN}").save("ops")
    assert pacc("notify", "add", "--to", "block:slack-webhook/ops", "--name", "ops")[0] == 0
    assert pacc("notify", "test", "ops")[0] == 0
    assert "trial" in http_service.values()[0]["text"]

"""`pacc webhook`, and the same under `pacc cloud`: made, shown, changed and deleted from a shell."""

from __future__ import annotations

import json

import pytest

from pacc.cli.root import main
from pacc.client.orchestration import get_client
from pacc.schemas.webhooks import WebhookUpdate

TEMPLATE = '{"event": "e", "resource": {"prefect.resource.id": "r"}}'


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(words)
        told = capsys.readouterr()
        return int(code), told.out, told.err

    return run


@pytest.mark.parametrize("group", [("webhook",), ("cloud", "webhooks")])
def test_one_is_made_shown_changed_and_deleted(pacc, group):
    code, printed, said = pacc(*group, "create", "pushes", "-d", "of GitHub", "-t", TEMPLATE)
    assert (code, said) == (0, "It answers while the server runs: `pacc server start`\n")
    told = json.loads(pacc(*group, "get", "pushes", "-o", "json")[1])
    assert printed == f'Created webhook "pushes" at {told["url"]}\n'
    assert told["url"] == f"http://127.0.0.1:4200/hooks/{told['slug']}"
    assert (told["description"], told["template"], told["enabled"]) == ("of GitHub", TEMPLATE, True)
    assert json.loads(pacc(*group, "ls", "-o", "json")[1]) == [told]
    assert pacc(*group, "ls")[1].splitlines()[1].split()[:3] == ["pushes", "on", "none"]
    assert pacc(*group, "toggle", told["id"]) == (0, "", 'Webhook "pushes" is off.\n')
    assert pacc(*group, "update", "pushes", "--name", "hits") == (0, "", 'Updated webhook "hits".\n')
    assert told["slug"] not in pacc(*group, "rotate", "hits", "--yes")[1]
    assert "off" in pacc(*group, "get", "hits")[1]
    assert pacc(*group, "delete", "hits", "-y") == (0, "", 'Deleted webhook "hits".\n')
    assert pacc(*group, "ls") == (0, "", "no webhooks yet: `pacc webhook create NAME` makes one\n")


def test_a_new_secret_is_shown_once_and_a_given_one_never(pacc, monkeypatch):
    made = json.loads(pacc("webhook", "create", "a", "--auth", "token", "-o", "json")[1])
    assert len(made["secret"]) >= 40
    assert made["secret"] not in pacc("webhook", "get", "a", "-o", "json")[1]
    again = pacc("webhook", "rotate", "a", "--secret")[1]
    assert again.startswith("Secret: ")
    assert made["secret"] not in again
    monkeypatch.setenv("HUB_SECRET", "open-sesame")
    told = pacc("webhook", "update", "a", "--auth", "signature", "--from-env", "HUB_SECRET")
    assert (told[0], "open-sesame" in told[1] + told[2]) == (0, False)


def test_a_template_comes_from_a_file_too(pacc, tmp_path):
    (tmp_path / "push.jinja").write_text(TEMPLATE)
    assert pacc("webhook", "create", "a", "-t", f"@{tmp_path / 'push.jinja'}")[0] == 0
    assert json.loads(pacc("webhook", "get", "a", "-o", "json")[1])["template"] == TEMPLATE


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("create", " "), "a webhook's name is one line"),
        (("create", "taken"), 'the webhook "taken" exists already'),
        (("create", "a", "-t", "{{ x"), "the template cannot be read in line 1"),
        (("create", "a", "-t", "@/nowhere"), '"/nowhere" cannot be read'),
        (("create", "a", "--auth", "magic"), "--auth"),
        (("create", "a", "--from-env", "X"), "say --auth token"),
        (("create", "a", "--auth", "token", "--from-env", "PACC_NOT_SET"), "PACC_NOT_SET is not set"),
        (("get", "takn"), 'no webhook "takn". Did you mean "taken"?'),
        (("rotate", "nobody"), 'no webhook "nobody"'),
        (("rotate", "taken", "--secret"), 'callers of "taken" show no secret'),
        (("rotate", "taken", "--from-env", "X"), "say --secret"),
        (("toggle", "nobody"), 'no webhook "nobody"'),
        (("update", "taken"), "say what is to change"),
        (("update", "nobody", "-d", "x"), 'no webhook "nobody"'),
        (("delete", "nobody"), 'no webhook "nobody"'),
    ],
)
def test_what_cannot_be_done_is_one_sentence(pacc, words, why):
    pacc("webhook", "create", "taken")
    code, printed, said = pacc("webhook", *words)
    assert (code != 0, printed, said.count("Error:"), why in said) == (True, "", 1, True), said


def test_the_client_does_the_same():
    with get_client(sync_client=True) as client:
        made = client.create_webhook("pushes")
        assert client.read_webhook("pushes") == client.read_webhook(made.id) == made
        assert (
            client.update_webhook(made.id, WebhookUpdate(description="of GitHub")).description == "of GitHub"
        )
        assert client.rotate_webhook("pushes").slug != made.slug
        assert len(client.read_webhooks()) == 1
        client.delete_webhook("pushes")
        assert client.read_webhook("pushes") is None

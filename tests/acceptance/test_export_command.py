"""`pacc export`: one file with all there is to know of a run, and no secret in it."""

from __future__ import annotations

import json
import zipfile

import pytest

from pacc import flow, get_run_logger, task
from pacc.artifacts import create_markdown_artifact
from pacc.blocks.system import Secret
from pacc.cli.root import main
from pacc.services.exporting import without_secrets

KEPT = "correct horse battery"
FROM_THE_ENVIRONMENT = "ghp_0123456789abcdef"


@task
def fetch(url):
    get_run_logger().info("fetching %s with %s", url, KEPT)


@flow
def inner():
    get_run_logger().info("from below")


@flow(flow_run_name="broken [run]/1")
def etl(url, options):
    create_markdown_artifact("# so far", key="progress")
    fetch(url)
    inner()
    raise ValueError(f"no answer; header Authorization: Bearer {FROM_THE_ENVIRONMENT}")


@pytest.fixture
def broken(pacc_home, tmp_path, monkeypatch, capsys):
    """A run that failed with secrets all over it."""
    monkeypatch.chdir(tmp_path)
    Secret(value=KEPT).save("kept")
    monkeypatch.setenv("GITHUB_TOKEN", FROM_THE_ENVIRONMENT)
    etl("postgres://me:hunter2hunter2@db/shop", {"password": "pa55word", "city": "Ulm"}, return_state=True)
    capsys.readouterr()


def test_all_of_a_run_is_in_the_file_and_no_secret(broken, tmp_path, capsys):
    assert main(["export", "@failed"]) == 0
    assert capsys.readouterr().out == "pacc-broken-run-1.zip\n"
    with zipfile.ZipFile(tmp_path / "pacc-broken-run-1.zip") as file:
        held = {name: file.read(name).decode() for name in file.namelist()}

    assert {"README.txt", "run.json", "states.json", "settings.json", "versions.json"} < set(held)
    run = json.loads(held["run.json"])["flow_run"]
    assert (run["name"], run["state_type"]) == ("broken [run]/1", "FAILED")
    assert run["parameters"]["options"] == {"password": "********", "city": "Ulm"}
    assert '"task_key": "fetch' in held["task_runs.jsonl"]
    assert "progress" in held["artifacts.jsonl"]
    assert "from below" in "".join(text for name, text in held.items() if name.startswith("logs/"))
    assert "flow-run.Failed" in held["events.jsonl"]
    assert json.loads(held["versions.json"])["packages"]["pydantic"]
    for secret in (KEPT, FROM_THE_ENVIRONMENT, "hunter2", "pa55word"):
        assert [name for name, text in held.items() if secret in text] == []


def test_a_file_that_is_there_is_left_alone_unless_forced(broken, tmp_path, capsys):
    (tmp_path / "mine.zip").write_text("mine")
    assert main(["export", "@failed", "mine.zip"]) == 1
    assert 'there is a file "mine.zip" already\n--force' in capsys.readouterr().err
    assert (tmp_path / "mine.zip").read_text() == "mine"
    assert main(["export", "@failed", "mine.zip", "--force"]) == 0
    assert zipfile.is_zipfile(tmp_path / "mine.zip")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".pacc")] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [(["export", "nobody"], 'no flow run "nobody"'), (["export", "@failed", "."], '"." is a folder')],
)
def test_wrong_input_is_one_sentence(broken, capsys, words, said):
    assert main(words) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('{"db_password": "a\\"b c", "n": 1}', '{"db_password": "********", "n": 1}'),
        ("secret=abc123&x=1", "secret=********&x=1"),
        (
            '{"message": "{\\"token\\": \\"abc\\", \\"n\\": 1}"}',
            '{"message": "{\\"token\\": \\"********\\", \\"n\\": 1}"}',
        ),
        ("{'api_key': 'abc', 'n': 1}", "{'api_key': '********', 'n': 1}"),
        ('{"token": null, "secrets": {"a": 1}}', '{"token": null, "secrets": {"a": 1}}'),
        ("https://me:pw@host/x and http://host:80/x", "https://me:********@host/x and http://host:80/x"),
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: ********"),
        ("nothing to hide: 5 tokens", "nothing to hide: 5 tokens"),
    ],
)
def test_what_tells_of_a_secret_is_masked_and_the_rest_stays(text, masked):
    assert without_secrets(text) == masked

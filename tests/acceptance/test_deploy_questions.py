"""`pacc deploy` with a person at the terminal: it asks for what nobody said, and offers to write it down."""

from __future__ import annotations

import io
import sys

import pytest
import yaml

from pacc.cli._terminal import Terminal
from pacc.cli.root import main
from pacc.deployments.finding import flows_in
from pacc.deployments.writing import write_deployment
from pacc.engine import place
from pacc.services import deployments, work_pools

FLOWS = """
import pacc
from pacc import flow

@flow(name="fetch")
def fetch_weather(city: str = "Ulm"): ...

@pacc.flow
async def report(): ...

def helper(): ...
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with flows, hidden files and a file that is no Python."""
    here = tmp_path / "here"
    for path in ("sub", ".hidden", "venv", "_private"):
        (here / path).mkdir(parents=True)
    (here / "flows.py").write_text(FLOWS)
    (here / "sub" / "more.py").write_text("from pacc import flow\n@flow\ndef third(): ...\n")
    for hidden in (".hidden", "venv", "_private"):
        (here / hidden / "no.py").write_text(FLOWS)
    (here / "venv" / "pyvenv.cfg").touch()
    (here / "broken.py").write_text("flow (")
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def pacc(capsys, monkeypatch):
    """Run a command in this process with someone who answers; returns its exit code and what it said."""
    monkeypatch.setattr(Terminal, "interactive", property(lambda _: True))

    def run(*words, answers=()):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
        code = main(words)
        return int(code), capsys.readouterr().err

    return run


def only():
    (found,) = deployments.select(place.current().store)
    return found


def test_flows_are_found_without_importing_anything(folder):
    assert flows_in(folder) == ["flows.py:fetch_weather", "flows.py:report", "sub/more.py:third"]


def test_what_nobody_said_is_asked_for_and_written_down(pacc, folder):
    code, said = pacc("deploy", answers=["9", "1", "often", "0 9 * * *", "nightly", "", "y"])
    assert code == 0, said
    assert "  1  flows.py:fetch_weather" in said
    assert "a number from 1 to 3" in said, "the first answer"
    assert "often" in said, "an answer that is no schedule is refused in a sentence"
    found = only()
    assert (found.full_name, found.entrypoint) == ("fetch/nightly", "flows.py:fetch_weather")
    assert (found.work_pool_name, found.schedules[0].schedule.cron) == ("default", "0 9 * * *")
    (written,) = yaml.safe_load((folder / "pacc.yaml").read_text())["deployments"]
    assert written == {
        "entrypoint": "flows.py:fetch_weather",
        "schedules": [{"cron": "0 9 * * *"}],
        "name": "nightly",
        "work_pool": {"name": "default"},
    }
    assert pacc("deploy")[0] == 0, "nothing is asked now"


def test_what_was_said_is_not_asked_for(pacc, folder):
    work_pools.ensure(place.current().store, "pool")
    code, said = pacc("deploy", "sub/more.py:third", "-n", "weekly", "-p", "pool")
    assert (code, only().full_name, "?" in said.replace("Write", "")) == (0, "third/weekly", False), said


def test_of_several_in_a_file_it_asks_which(pacc, folder):
    work_pools.ensure(place.current().store, "pool")
    one = {"entrypoint": "flows.py:report", "work_pool": {"name": "pool"}}
    declared = [{"name": "a", **one}, {"name": "b", **one}]
    (folder / "pacc.yaml").write_text(yaml.safe_dump({"deployments": declared}))
    assert pacc("deploy", answers=["2"])[0] == 0
    assert only().name == "b"
    assert pacc("deploy", answers=["3"])[0] == 0
    assert {each.name for each in deployments.select(place.current().store)} == {"a", "b"}


def test_a_folder_without_flows_is_said_to_have_none(pacc, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    code, said = pacc("deploy")
    assert (code, "there is no flow in this folder" in said) == (1, True)


def test_where_input_ends_nothing_is_deployed(pacc, folder):
    assert pacc("deploy", answers=["1"])[0] == 130
    assert deployments.select(place.current().store) == []


def test_a_file_keeps_what_stands_in_it(tmp_path):
    file = tmp_path / "pacc.yaml"
    file.write_text("# mine\nname: x # really\n")
    assert write_deployment(file, {"name": "a"})
    assert file.read_text() == "# mine\nname: x # really\n\ndeployments:\n- name: a\n"
    assert not write_deployment(file, {"name": "b"})

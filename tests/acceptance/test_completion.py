"""Completion of names: what is offered, how it is quoted, and that a tab costs little and changes nothing."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
from pathlib import Path

import pytest

from pacc import flow
from pacc.cli import _complete
from pacc.cli.root import main
from pacc.runtime import flow_run
from pacc.schemas.deployments import DeploymentCreate, DeploymentScheduleCreate
from pacc.schemas.schedules import CronSchedule
from pacc.services import deployments, flows
from pacc.services.completing import KINDS, names
from pacc.store import open_store

ROOT = Path(__file__).resolve().parents[2]
ODD = ["plain-etl", "two words", "my:colon", "it's", 'say "hi"', "[red]mark[red]", "$HOME `id` \\n", "zoë"]
BASH = f"""
PS1='$ ' PS2=
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
source {ROOT}/completions/bash/pacc
pacc() {{
  if [ "$1" = _complete ]; then printf '%s\\n' "$@" > asked; cat names; else printf '\n[%s]' "$@"; printf '\nend\n'; fi
}}
"""


@pytest.fixture
def odd_flows(pacc_home):
    """A store with a flow for each odd name."""
    store = open_store(pacc_home)
    for name in ODD:
        flows.create(store, name)
    return store


@pytest.fixture
def in_bash(processes, tmp_path):
    """Type in a real bash for which `pacc _complete` is a file `names`; returns the words `pacc` was called with."""
    ours, theirs = pty.openpty()
    (tmp_path / "rc").write_text(BASH)
    shell = subprocess.Popen(
        ["bash", "--noprofile", "--rcfile", tmp_path / "rc", "-i"],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, cwd=tmp_path,
        env=processes.environment({"TERM": "dumb", "INPUTRC": os.devnull, "LC_ALL": "C.UTF-8"}),
    )  # fmt: skip
    processes.started.append(shell)
    os.close(theirs)

    def shown_until(end):
        shown = ""
        while not shown.endswith(end):
            assert select.select([ours], [], [], 60)[0], shown
            shown += os.read(ours, 65536).decode("utf-8", "replace")
        return shown

    def words(line):
        os.write(ours, f"pacc {line}\n".encode())
        return re.findall(r"^\[(.*)\]\r$", shown_until("end\r\n$ "), re.MULTILINE)

    shown_until("$ ")
    yield words
    os.close(ours)


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_completes_names_whatever_is_in_them_as_they_were_begun(in_bash, tmp_path):
    (tmp_path / "names").write_text("\n".join([*ODD, "PACC_LOGGING_LEVEL=", ""]))
    typed = {
        "deployment ls pl\t": "plain-etl",
        "deployment ls tw\t": "two words",
        'deployment ls "two w\t': "two words",
        "deployment ls 'tw\t": "two words",
        "deployment ls two\\ w\t": "two words",
        "deployment ls my:\t": "my:colon",
        'deployment ls "my:c\t': "my:colon",
        "deployment ls it\t": "it's",
        "deployment ls 'it\t": "it's",
        'deployment ls "say\t': 'say "hi"',
        "deployment ls say\t": 'say "hi"',
        "deployment ls [\t": "[red]mark[red]",
        "deployment ls \\$\t": "$HOME `id` \\n",
        'deployment ls "\\$H\t': "$HOME `id` \\n",
        "deployment ls z\t": "zoë",
        "flow-run ls --flow-name=tw\t": "--flow-name=two words",
        "config set PACC_LOGGING_LEV\tDEBUG": "PACC_LOGGING_LEVEL=DEBUG",
        "--profile 'my profile' flow-runs ls --limit 3 --flow-name pl\t": "plain-etl",
    }
    assert {line: in_bash(line)[-1] for line in typed} == typed
    assert (tmp_path / "asked").read_text().splitlines() == ["_complete", "flow", "pl", "my profile", ""]


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_says_whose_schedule_is_typed(in_bash, tmp_path):
    (tmp_path / "names").write_text("nightly\n")
    assert in_bash("deployment schedule delete -y 'my etl/all' ni\t")[-1] == "nightly"
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == ["_complete", "schedule", "ni", "", "my etl/all"]


@pytest.mark.parametrize(
    ("kind", "beginning", "offered"),
    [
        ("flow", "", sorted(ODD)),
        ("flow", "my:", ["my:colon"]),
        ("flow", "%", []),
        ("flow-run", "@", ["@last", "@failed"]),
        ("task-run", "x", []),
        ("nothing", "", []),
        ("", "", []),
        ("setting", "PACC_LOGGING_LEV", ["PACC_LOGGING_LEVEL"]),
        ("assignment", "PACC_LOGGING_LEV", ["PACC_LOGGING_LEVEL="]),
        ("profile", "", ["default", "test"]),
        ("variable,flow", "pl", ["plain-etl"]),
    ],
)
def test_names_that_begin_so_are_offered_one_a_line(odd_flows, capsys, kind, beginning, offered):
    assert _complete.main([kind, beginning]) == 0
    assert capsys.readouterr() == ("".join(f"{name}\n" for name in offered), "")


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_name_reads_what_it_does_not_need(pacc_home, kind):
    open_store(pacc_home)
    assert [name for name in names(pacc_home, kind, "0123abcd") if not name.startswith("0123abcd")] == []


def test_runs_are_offered_by_name_and_by_id(pacc_home):
    @flow(flow_run_name="otter")
    def one():
        return flow_run.id

    run_id = one()
    assert names(pacc_home, "flow-run", "") == ["@last", "@failed", "otter"]
    assert names(pacc_home, "flow-run", "ott") == ["otter"]
    assert names(pacc_home, "flow-run", run_id[:13]) == [run_id]


def test_schedules_are_those_of_the_deployment_before(pacc_home, capsys):
    store, made = open_store(pacc_home), {}
    for name, slugs in (("one", ["night", "noon"]), ("two", ["morning", None])):
        declared = [
            DeploymentScheduleCreate(schedule=CronSchedule(cron="@daily"), slug=slug) for slug in slugs
        ]
        made[name] = deployments.upsert(
            store, DeploymentCreate(name=name, flow_name="etl", schedules=declared)
        ).schedules
    assert _complete.main(["schedule", "", "", "etl/one"]) == 0
    assert capsys.readouterr().out.split() == ["night", "noon"]
    unnamed = next(str(each.id) for each in made["two"] if each.slug is None)
    assert names(pacc_home, "schedule", "", "etl/two") == [unnamed, "morning"]
    assert names(pacc_home, "schedule", "n") == ["night", "noon"]


def test_a_tab_makes_nothing_and_complains_of_nothing(pacc_home, capsys):
    assert names(pacc_home, "flow", "") == []
    assert not pacc_home.exists()
    pacc_home.mkdir()
    (pacc_home / "pacc.db").write_text("no store")
    _complete.main(["flow", "", "no such profile"])
    _complete.main(["flow"])
    assert capsys.readouterr() == ("", "")
    assert sorted(path.name for path in pacc_home.iterdir()) == ["pacc.db"]


def test_a_tab_loads_neither_typer_nor_the_engine(odd_flows, run_python):
    code = "import sys, pacc.__main__ as m; m.main(); print(*sys.modules, file=sys.stderr)"
    ended = run_python(f"import sys\nsys.argv = ['pacc', '_complete', 'flow', 'tw']\n{code}")
    assert ended.stdout == "two words\n"
    loaded = set(ended.stderr.split())
    assert (
        loaded
        & {"typer", "rich", "pydantic", "asyncio", "pacc.cli.root", "pacc.engine", "pacc.store.database"}
        == set()
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shells_script_is_printed(capsys, shell):
    assert main(["completion", shell]) == 0
    assert capsys.readouterr().out.startswith("#")


def test_whose_names_an_argument_asks_for_is_known():
    asked = re.findall(r'kinds="([^"]+)"', (ROOT / "completions/bash/pacc").read_text())
    known = {*KINDS, "setting", "assignment", "profile"}
    assert {kind for kinds in asked for kind in kinds.split(",")} == known

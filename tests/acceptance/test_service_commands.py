"""`pacc service`: units are written as systemd reads them, and handed to it; the system's own program is a stand-in here."""

from __future__ import annotations

import json
import plistlib
import shlex
import sys

import pytest

from pacc.at_boot import Program, agent, checked_name, unit
from pacc.exceptions import InvalidNameError

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="the stand-in is systemd's")

STAND_IN = """#!/bin/sh
echo "$@" >> "$SYSTEMCTL_LOG"
case "$2" in is-enabled) echo enabled;; is-active) echo active;; esac
[ "$2" != "restart" ] || [ -z "$SYSTEMCTL_FAILS" ] || { echo "no bus" >&2; exit 1; }
"""


@pytest.fixture
def service(pacc_here, tmp_path):
    """The command, beside a stand-in for systemctl that keeps what it is told."""
    tools, log = tmp_path / "tools", tmp_path / "systemctl.log"
    tools.mkdir()
    (tools / "systemctl").write_text(STAND_IN)
    (tools / "systemctl").chmod(0o755)
    (tmp_path / "weather.py").write_text("print('serving')")
    environment = {
        "PATH": f"{tools}:/usr/bin:/bin", "XDG_CONFIG_HOME": str(tmp_path / "config"), "SYSTEMCTL_LOG": str(log),
    }  # fmt: skip

    def run(*words, **more):
        return pacc_here("service", *words, env={**environment, **more}, cwd=tmp_path)

    run.told = lambda: log.read_text().splitlines() if log.exists() else []
    run.unit = lambda name: tmp_path / "config" / "systemd" / "user" / f"pacc-{name}.service"
    return run


def test_a_script_is_installed_shown_and_taken_away(service, tmp_path):
    ended = service("install", "weather.py", "--", "--day", "mon day")
    assert ended.code == 0, ended.output
    text = service.unit("weather").read_text()
    assert f"WorkingDirectory={tmp_path}" in text
    assert text.splitlines()[4].endswith('weather.py --day "mon day"')
    assert "Environment=PACC_HOME=" in text
    assert service.told()[:3] == [
        "--user daemon-reload",
        "--user enable pacc-weather.service",
        "--user restart pacc-weather.service",
    ]
    shown = json.loads(service("status", "-o", "json").stdout)
    assert [(each["name"], each["enabled"], each["active"]) for each in shown] == [
        ("weather", "enabled", "active")
    ]
    assert service("uninstall", "weather", "--yes").code == 0
    assert not service.unit("weather").exists()
    assert "nothing of pacc starts" in service("status").output


def test_the_housekeeping_is_what_starts_unless_a_script_is_named(service):
    shown = service("install", "--print").stdout
    assert "-m pacc server start" in shown
    assert not service.unit("server").exists()


def test_what_the_system_refuses_is_said(service):
    ended = service("install", "weather.py", SYSTEMCTL_FAILS="1")
    assert ended.code == 1
    assert "no bus" in ended.stderr


def test_a_machine_without_systemd_says_so(service):
    ended = service("install", "weather.py", PATH="/nowhere")
    assert ended.code == 1
    assert "there is no 'systemctl' here" in ended.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["install", "nowhere.py"], 'no script "nowhere.py"'),
        (["install", "weather.py", "--name", "a b"], "is no name for a service"),
        (["uninstall", "nothing", "--yes"], 'no service "nothing"'),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(service, words, said):
    ended = service(*words)
    assert ended.code == 1
    assert said in ended.stderr
    assert "Traceback" not in ended.output


def test_words_are_quoted_as_systemd_reads_them():
    program = Program(
        name="w",
        command=("py", "a b", 'say "hi"', "100%", "$HOME", "back\\slash"),
        folder="/s%",
        environment={"A": "b c"},
    )
    lines = unit(program).splitlines()
    assert lines[4] == r'ExecStart=py "a b" "say \"hi\"" 100%% $$HOME "back\\slash"'
    assert "WorkingDirectory=/s%%" in lines
    assert 'Environment="A=b c"' in lines


def test_an_agent_of_launchd_says_the_same():
    made = plistlib.loads(agent(Program(name="w", command=tuple(shlex.split("py 'a b'")), folder="/s")))
    assert (made["ProgramArguments"], made["RunAtLoad"]) == (["py", "a b"], True)


@pytest.mark.parametrize("name", ["", "../x", "a/b", "-x", "ü"])
def test_a_name_is_no_path(name):
    with pytest.raises(InvalidNameError):
        checked_name(name)

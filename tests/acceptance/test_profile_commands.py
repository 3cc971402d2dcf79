"""`pacc profile`, as a person at a shell uses it."""

from __future__ import annotations

import json
import os
import pty
import shlex
import sys

import pytest


def listed(pacc_here, **options):
    """Return the names of all profiles, and the one with the star."""
    result = pacc_here("profile", "ls", "-o", "plain", **options)
    assert result.code == 0, result.output
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    return [name for _, name, *_ in rows], *(name for star, name, *_ in rows if star == "*")


def test_at_first_there_are_the_built_in_ones(pacc_here, pacc_home):
    assert listed(pacc_here) == (["default", "test"], "default")
    assert not pacc_home.exists()


def test_a_profile_is_created_used_and_deleted(pacc_here):
    created = pacc_here("profile", "create", "dev")
    assert created.code == 0
    assert "pacc profile use dev" in created.stderr
    assert pacc_here("profile", "use", "dev").code == 0
    assert pacc_here("config", "set", "PACC_LOGGING_LEVEL=DEBUG").code == 0
    assert listed(pacc_here) == (["default", "test", "dev"], "dev")
    assert "DEBUG" in pacc_here("profile", "inspect").stdout
    assert pacc_here("profile", "use", "default").code == 0
    assert pacc_here("profile", "delete", "dev").code == 0
    assert listed(pacc_here) == (["default", "test"], "default")


def test_a_profile_can_start_from_another(pacc_here):
    pacc_here("config", "set", "PACC_TASKS_DEFAULT_RETRIES=3")
    assert pacc_here("profile", "create", "dev", "--from", "default").code == 0
    inspected = pacc_here("profile", "inspect", "dev", "-o", "json")
    assert json.loads(inspected.stdout) == {"PACC_TASKS_DEFAULT_RETRIES": 3}


def test_renaming_the_active_profile_keeps_it_active(pacc_here, pacc_home):
    pacc_home.mkdir()
    file = pacc_home / "profiles.toml"
    file.write_text('active = "dev" # mine\n\n# the one\n[profiles.dev]\nPACC_DEBUG_MODE = true # loud\n')
    assert pacc_here("profile", "rename", "dev", "prod").code == 0
    expected = 'active = "prod" # mine\n\n# the one\n[profiles.prod]\nPACC_DEBUG_MODE = true # loud\n'
    assert file.read_text() == expected


def test_a_profile_for_one_command_goes_before_the_environment(pacc_here):
    env = {"PACC_STORE_SYNCHRONOUS": "full", "PACC_PROFILE": "default"}
    result = pacc_here("-p", "test", "config", "view", "-o", "json", env=env)
    told = json.loads(result.stdout)
    assert told["profile"] == "test"
    assert told["settings"]["PACC_STORE_SYNCHRONOUS"] == {"value": "normal", "source": "profile"}


def test_the_environment_may_choose_the_profile(pacc_here):
    assert listed(pacc_here, env={"PACC_PROFILE": "test"}) == (["default", "test"], "test")
    used = pacc_here("profile", "use", "default", env={"PACC_PROFILE": "test"})
    assert "Note: " in used.stderr


def test_a_profile_the_environment_has_wrong_is_a_warning(pacc_here):
    result = pacc_here("profile", "ls", env={"PACC_PROFILE": "tset"})
    assert result.code == 0
    assert result.stderr == 'Warning: there is no profile "tset". Did you mean "test"? Using "default".\n'


def test_populate_defaults_writes_the_built_in_ones_to_be_changed(pacc_here, pacc_home):
    pacc_here("profile", "create", "dev")
    assert pacc_here("profile", "populate-defaults").code == 0
    text = (pacc_home / "profiles.toml").read_text()
    assert text.count("[profiles.") == 3
    again = pacc_here("profile", "populate-defaults")
    assert (again.code, again.stderr) == (0, "The profiles file has them already.\n")


def test_json_lists_every_profile(pacc_here):
    found = json.loads(pacc_here("profiles", "ls", "-o", "json").stdout)
    assert found == [
        {"name": "default", "active": True, "built_in": True},
        {"name": "test", "active": False, "built_in": True},
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["profile", "create", "test"], 'there is a profile "test" already.'),
        (["profile", "create", " "], "cannot be the name of a profile"),
        (["profile", "create", "x", "--from", "tset"], 'no profile "tset". Did you mean "test"?'),
        (["profile", "use", "tset"], 'no profile "tset". Did you mean "test"?'),
        (["profile", "inspect", "nope"], 'no profile "nope".'),
        (["profile", "delete", "nope"], 'no profile "nope".'),
        (["profile", "delete", "test"], 'profile "test" comes with pacc and cannot be deleted.'),
        (["profile", "rename", "nope", "x"], 'no profile "nope".'),
        (["profile", "rename", "test", "x"], 'profile "test" comes with pacc and cannot be renamed.'),
        (["-p", "tset", "profile", "ls"], 'no profile "tset". Did you mean "test"?'),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_one(pacc_here, pacc_home, arguments, sentence):
    result = pacc_here(*arguments)
    assert (result.code, result.stdout) == (1, "")
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) <= 2
    assert not (pacc_home / "profiles.toml").exists()


def test_the_active_profile_cannot_be_deleted(pacc_here):
    pacc_here("profile", "create", "dev")
    pacc_here("profile", "use", "dev")
    refused = pacc_here("profile", "delete", "dev")
    assert refused.code == 1
    assert 'profile "dev" is the active one' in refused.stderr


@pytest.mark.parametrize(("answer", "left"), [("n", ["default", "test", "dev"]), ("y", ["default", "test"])])
def test_a_person_is_asked_before_a_profile_is_deleted(pacc_here, processes, answer, left):
    pacc_here("profile", "create", "dev")
    person, terminal = pty.openpty()
    command = f"exec {shlex.quote(sys.executable)} -m pacc profile delete dev 2>&0"
    process = processes.start("sh", "-c", command, stdin=terminal)
    os.close(terminal)
    assert b'Delete profile "dev"?' in os.read(person, 1000)
    os.write(person, f"{answer}\n".encode())
    assert process.wait(10) == (0 if answer == "y" else 1)
    os.close(person)
    assert listed(pacc_here)[0] == left

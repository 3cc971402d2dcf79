"""A script's settings: what is wrong stops it in a sentence, what is odd is logged once."""

from __future__ import annotations

import pytest

SCRIPT = """\
from pacc import flow

@flow
def greet():
    return 1

greet()
greet()
"""


def test_a_profile_that_does_not_exist_is_logged_once(run_python):
    result = run_python(SCRIPT, env={"PACC_PROFILE": "nope"})
    assert result.code == 0, result.stderr
    warnings = [line for line in result.stderr.splitlines() if 'no profile "nope"' in line]
    assert len(warnings) == 1
    assert "| WARNING | pacc.settings - " in warnings[0]


def test_a_bad_profiles_file_is_logged_and_the_flow_runs(run_python, pacc_home):
    pacc_home.mkdir()
    (pacc_home / "profiles.toml").write_text("active = ")
    result = run_python(SCRIPT)
    assert result.code == 0, result.stderr
    assert "profiles.toml is not valid TOML" in result.stderr


@pytest.mark.parametrize("name", ["PACC_LOGGING_LEVEL", "PACC_TASKS_DEFAULT_RETRIES"])
def test_a_wrong_value_stops_the_script_in_a_sentence(run_python, name):
    result = run_python(SCRIPT, env={name: "LOUD"})
    assert result.code == 1
    sentence, _next_step = result.stderr.splitlines()[-2:]
    assert sentence.startswith(f"pacc.exceptions.ConfigurationError: {name} must be ")
    assert sentence.endswith('but is "LOUD" (from the environment).')


def test_settings_of_the_folder_reach_the_flow(run_python, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    (project / "pacc.toml").write_text('[logging]\nlevel = "ERROR"\n')
    result = run_python(SCRIPT, cwd=project)
    assert (result.code, result.stderr) == (0, "")

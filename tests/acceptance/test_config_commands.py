"""`pacc config`, as a person at a shell uses it."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def pacc(pacc_here, tmp_path):
    """Run pacc in an empty project folder; hands the folder over as `.project`."""
    project = tmp_path / "project"
    project.mkdir()

    def run(*arguments, **options):
        return pacc_here(*arguments, cwd=project, **options)

    run.project = project
    return run


def viewed(pacc, *arguments, **options):
    """Return name and value of each setting that `config view` lists."""
    result = pacc(*arguments, "config", "view", "-o", "plain", **options)
    assert result.code == 0, result.output
    return dict(line.split("\t")[:2] for line in result.stdout.splitlines())


def test_a_setting_is_set_seen_and_unset(pacc, pacc_home):
    assert viewed(pacc) == {"PACC_PROFILE": "default", "PACC_HOME": str(pacc_home)}
    done = pacc("config", "set", "PACC_LOGGING_LEVEL=debug", "PACC_TASKS_DEFAULT_RETRIES=2")
    assert (done.code, done.stdout) == (0, "")
    assert 'Set PACC_LOGGING_LEVEL to "DEBUG" in profile "default".' in done.stderr
    found = viewed(pacc)
    assert (found["PACC_LOGGING_LEVEL"], found["PACC_TASKS_DEFAULT_RETRIES"]) == ("DEBUG", "2")
    assert pacc("config", "unset", "PACC_LOGGING_LEVEL", "PACC_TASKS_DEFAULT_RETRIES", "-y").code == 0
    assert "PACC_LOGGING_LEVEL" not in viewed(pacc)


def test_the_words_of_the_course_work(pacc):
    assert pacc("config", "set", "PACC_LOGGING_LOG_PRINTS", "=", "True").code == 0
    assert viewed(pacc)["PACC_LOGGING_LOG_PRINTS"] == "true"


def test_a_value_may_hold_an_equals_sign(pacc):
    assert pacc("config", "set", "PACC_LOGGING_EXTRA_LOGGERS=a=b,c").code == 0
    assert viewed(pacc)["PACC_LOGGING_EXTRA_LOGGERS"] == "a=b,c"


def test_view_says_where_each_value_comes_from(pacc, pacc_home):
    (pacc.project / "pacc.toml").write_text("[tasks]\ndefault_retries = 3\n")
    (pacc.project / ".env").write_text("PACC_FLOWS_DEFAULT_RETRIES=1\n")
    (pacc.project / "pyproject.toml").write_text("[tool.pacc.logging]\nlog_prints = true\n")
    pacc("config", "set", "PACC_LOGGING_LEVEL=ERROR")
    result = pacc("config", "view", "-o", "json", env={"PACC_CLI_COLORS": "0"})
    assert json.loads(result.stdout) == {
        "profile": "default",
        "settings": {
            "PACC_HOME": {"value": str(pacc_home), "source": "environment"},
            "PACC_CLI_COLORS": {"value": False, "source": "environment"},
            "PACC_FLOWS_DEFAULT_RETRIES": {"value": 1, "source": ".env"},
            "PACC_TASKS_DEFAULT_RETRIES": {"value": 3, "source": "pacc.toml"},
            "PACC_LOGGING_LEVEL": {"value": "ERROR", "source": "profile"},
            "PACC_LOGGING_LOG_PRINTS": {"value": True, "source": "pyproject.toml"},
        },
    }


def test_view_can_show_defaults_and_hide_sources(pacc):
    result = pacc("config", "view", "--show-defaults", "--hide-sources")
    assert result.stdout.splitlines()[0].split() == ["SETTING", "VALUE"]
    assert "PACC_STORE_SYNCHRONOUS" in result.stdout
    told = json.loads(pacc("config", "view", "--hide-sources", "-o", "json").stdout)
    assert set(told["settings"]["PACC_HOME"]) == {"value"}


def test_a_note_says_when_the_change_has_no_effect_here(pacc):
    env = {"PACC_LOGGING_LEVEL": "ERROR"}
    done = pacc("config", "set", "PACC_LOGGING_LEVEL=DEBUG", env=env)
    assert "PACC_LOGGING_LEVEL is also set in the environment, which goes before the profile." in done.stderr
    assert viewed(pacc, env=env)["PACC_LOGGING_LEVEL"] == "ERROR"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ["set", "PACC_LOGING_LEVEL=INFO"],
            1,
            'no setting "PACC_LOGING_LEVEL". Did you mean "PACC_LOGGING_LEVEL"?',
        ),
        (["set", "PREFECT_LOGGING_LEVEL=INFO"], 1, 'Did you mean "PACC_LOGGING_LEVEL"?'),
        (["set", "PACC_API_URL=http://127.0.0.1:4200/api"], 1, "pacc has no server"),
        (["set", "PACC_PROFILES_PATH=/tmp/x"], 1, "PACC_PROFILES_PATH cannot be in a profile"),
        (
            ["set", "PACC_LOGGING_LEVEL=LOUD"],
            1,
            'one of DEBUG, INFO, WARNING, ERROR, CRITICAL but is "LOUD".',
        ),
        (["set", "PACC_LOGGING_LEVEL"], 2, '"PACC_LOGGING_LEVEL" is not NAME=VALUE'),
        (["set", "=x"], 2, '"=x" is not NAME=VALUE'),
        (["set"], 2, "is missing"),
        (["unset", "PACC_CLI_COLORS"], 1, 'PACC_CLI_COLORS is not set in profile "default".'),
        (["unset", "PACC_CLI_COLOURS"], 1, 'Did you mean "PACC_CLI_COLORS"?'),
        (["view", "-o", "xml"], 2, '"xml" is none of table, json, yaml, plain'),
    ],
)
def test_a_mistake_is_one_sentence(pacc, pacc_home, arguments, code, sentence):
    result = pacc("config", *arguments)
    assert (result.code, result.stdout) == (code, "")
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) <= 2
    assert not (pacc_home / "profiles.toml").exists()


def test_one_mistake_among_several_settings_sets_none_of_them(pacc):
    assert pacc("config", "set", "PACC_DEBUG_MODE=1", "PACC_LOGGING_LEVEL=LOUD").code == 1
    assert "PACC_DEBUG_MODE" not in viewed(pacc)


def test_validate_finds_everything_that_is_wrong(pacc, pacc_home):
    good = pacc("config", "validate")
    assert (good.code, good.stdout) == (0, "The settings are valid.\n")
    pacc_home.mkdir()
    (pacc_home / "profiles.toml").write_text('[profiles.other]\nPACC_STORE_SYNCHRONOUS = "never"\n')
    (pacc.project / "pacc.toml").write_text("[logging]\nlevle = 1\n")
    env = {
        "PACC_LOGGING_LEVEL": "LOUD",
        "PACC_LOGGIN_LEVEL": "x",
        "PACC_LOGGING_HANDLERS_X": "y",
        "PACC_X": "z",
    }
    bad = pacc("config", "validate", env=env)
    assert bad.code == 1
    assert bad.stdout.splitlines() == [
        'PACC_LOGGING_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL but is "LOUD" (from the environment).',
        'pacc.toml sets "logging.levle", which is no setting. Did you mean "logging.level"?',
        'The environment has PACC_LOGGIN_LEVEL, which is no setting. Did you mean "PACC_LOGGING_LEVEL"?',
        "The environment has PACC_X, which is no setting.",
        'PACC_STORE_SYNCHRONOUS must be one of full, normal but is "never" (from profile "other").',
    ]
    assert "the settings have 5 mistakes" in bad.stderr


def test_wrong_settings_do_not_stand_in_the_way_of_mending_them(pacc, pacc_home):
    pacc_home.mkdir()
    (pacc_home / "profiles.toml").write_text('[profiles.default]\nPACC_LOGGING_LEVEL = "LOUD"\n')
    refused = pacc("version")
    assert refused.code == 1
    assert 'is "LOUD" (from profile "default").' in refused.stderr
    seen = pacc("config", "view")
    assert (seen.code, "Its default is shown." in seen.stderr) == (0, True)
    assert pacc("config", "unset", "PACC_LOGGING_LEVEL").code == 0
    assert pacc("version").code == 0


@pytest.mark.parametrize("name", ["pacc.toml", "pyproject.toml"])
def test_a_settings_file_that_is_not_valid_is_an_error(pacc, name):
    (pacc.project / name).write_text("[tool.pacc\n")
    result = pacc("version")
    assert result.code == 1
    assert f"{name} is not valid TOML" in result.stderr


def test_a_bad_profiles_file_is_a_warning(pacc, pacc_home):
    pacc_home.mkdir()
    (pacc_home / "profiles.toml").write_text("active = ")
    result = pacc("version")
    assert result.code == 0
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("Warning: ")
    assert "profiles.toml is not valid TOML" in result.stderr
    refused = pacc("config", "set", "PACC_LOGGING_LEVEL=DEBUG")
    assert refused.code == 1
    assert (pacc_home / "profiles.toml").read_text() == "active = "


def test_help_loads_neither_toml_nor_pydantic(run_python):
    source = """
        import sys
        from pacc.cli.root import main
        for words in (["config", "--help"], ["config", "view"], ["profile", "inspect"]):
            main(words)
        print([name for name in ("pydantic", "rich", "tomllib", "tomlkit", "dotenv") if name in sys.modules])
    """
    import textwrap

    assert run_python(textwrap.dedent(source)).stdout.endswith("[]\n")

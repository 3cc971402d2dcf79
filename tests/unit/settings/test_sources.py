"""Where settings are written, and which place goes before which."""

from __future__ import annotations

import itertools

import pytest

from pacc.exceptions import ConfigurationError, MissingProfileError
from pacc.settings.loading import load_settings
from pacc.settings.sources import parsed

LEVEL = "PACC_LOGGING_LEVEL"


@pytest.fixture
def places(tmp_path):
    """A home, a project folder, and the places in them, from the highest to the lowest."""
    home, project = tmp_path / "home", tmp_path / "project"
    home.mkdir()
    project.mkdir()
    environ = {"PACC_HOME": str(home)}

    def write(place, level):
        if place == "environment":
            environ[LEVEL] = level
        elif place == ".env":
            (project / ".env").write_text(f'# mine\nexport {LEVEL}="{level}"\n')
        elif place == "pacc.toml":
            (project / "pacc.toml").write_text(f'[logging]\nlevel = "{level}"\n')
        elif place == "pyproject.toml":
            (project / "pyproject.toml").write_text(f'[tool.pacc.logging]\nlevel = "{level}"\n')
        else:
            (home / "profiles.toml").write_text(f'[profiles.default]\n{LEVEL} = "{level}"\n')

    write.load = lambda **options: load_settings(environ, str(project), **options)
    write.home, write.project, write.environ = home, project, environ
    return write


ORDER = ["environment", ".env", "pacc.toml", "pyproject.toml", "profile"]


@pytest.mark.parametrize(("higher", "lower"), list(itertools.pairwise(ORDER)))
def test_each_place_goes_before_the_next(places, higher, lower):
    places(lower, "ERROR")
    settings = places.load()
    assert (settings.logging.level, settings.source(LEVEL)) == ("ERROR", lower)
    places(higher, "DEBUG")
    settings = places.load()
    assert (settings.logging.level, settings.source(LEVEL)) == ("DEBUG", higher)


def test_without_any_place_it_is_the_default(places):
    settings = places.load()
    assert (settings.logging.level, settings.source(LEVEL)) == ("INFO", "default")
    assert settings.problems == settings.errors == ()


def test_a_profile_asked_for_by_name_goes_before_everything(places):
    for place in ORDER:
        places(place, "ERROR")
    (places.home / "profiles.toml").write_text(f'[profiles.loud]\n{LEVEL} = "DEBUG"\n')
    settings = places.load(profile="loud")
    assert (settings.logging.level, settings.source(LEVEL)) == ("DEBUG", "profile")
    assert settings.profile_name == "loud"


def test_a_profile_chosen_by_the_environment_keeps_its_place(places):
    places("environment", "ERROR")
    (places.home / "profiles.toml").write_text(
        f'[profiles.loud]\n{LEVEL} = "DEBUG"\nPACC_TASKS_DEFAULT_RETRIES = 2\n'
    )
    places.environ["PACC_PROFILE"] = "loud"
    settings = places.load()
    assert (settings.logging.level, settings.tasks.default_retries) == ("ERROR", 2)


def test_the_active_profile_is_the_one_the_file_names(places):
    (places.home / "profiles.toml").write_text(f'active = "loud"\n[profiles.loud]\n{LEVEL} = "DEBUG"\n')
    assert places.load().logging.level == "DEBUG"


def test_a_profile_asked_for_by_name_must_exist(places):
    with pytest.raises(MissingProfileError, match=r'no profile "tset"\. Did you mean "test"'):
        places.load(profile="tset")


def test_any_other_profile_that_does_not_exist_is_passed_over_with_a_sentence(places):
    places.environ["PACC_PROFILE"] = "gone"
    settings = places.load()
    assert settings.profile_name == "default"
    assert settings.problems == ('there is no profile "gone". Using "default".',)


def test_an_empty_variable_sets_nothing(places):
    places("environment", "")
    assert places.load().source(LEVEL) == "default"


def test_an_older_name_still_counts_and_the_newer_goes_before_it(places):
    places.environ["PACC_TASK_DEFAULT_RETRIES"] = "2"
    assert places.load().tasks.default_retries == 2
    places.environ["PACC_TASKS_DEFAULT_RETRIES"] = "3"
    assert places.load().tasks.default_retries == 3


def test_a_wrong_value_is_one_sentence_that_says_where_it_is(places):
    places(".env", "LOUD")
    assert places.load().errors == (
        f'{LEVEL} must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL but is "LOUD" (from .env).',
    )


def test_a_wrong_value_that_nobody_looks_at_does_no_harm(places):
    places("profile", "LOUD")
    places("environment", "ERROR")
    assert places.load().errors == ()


@pytest.mark.parametrize("place", ["pacc.toml", "pyproject.toml"])
def test_toml_that_is_not_valid_is_an_error(places, place):
    (places.project / place).write_text("[tool.pacc\n")
    (error,) = places.load().errors
    assert error.startswith(f"{places.project / place} is not valid TOML: ")


def test_a_pyproject_that_says_nothing_about_pacc_is_not_even_parsed(places):
    (places.project / "pyproject.toml").write_text("not [ toml, but none of our business")
    assert places.load().errors == ()


@pytest.mark.parametrize(
    ("key", "meant"), [('[logging]\nlevle = "INFO"', "logging.level"), ('PACC_HOME = "x"', "home")]
)
def test_an_unknown_key_in_a_file_is_told_with_the_one_that_was_meant(places, key, meant):
    (places.project / "pacc.toml").write_text(key)
    (problem,) = places.load().problems
    assert problem.startswith("pacc.toml sets ")
    assert problem.endswith(f'Did you mean "{meant}"?')


def test_a_profile_may_have_a_home_of_its_own_and_the_profiles_stay_where_they_are(places, monkeypatch):
    file = places.home / "profiles.toml"
    file.write_text('active = "other"\n[profiles.other]\nPACC_HOME = "beside"\n')
    settings = places.load(profile="other")
    assert (settings.home, settings.profiles_path) == (places.home / "beside", file)
    assert settings.results.local_storage_path == places.home / "beside" / "storage"
    assert places.load().home == places.home, "the environment goes before the active profile"
    monkeypatch.setenv("HOME", str(places.home))
    (places.home / ".pacc").mkdir()
    file.rename(places.home / ".pacc" / "profiles.toml")
    del places.environ["PACC_HOME"]
    assert places.load().home == places.home / ".pacc" / "beside"


def test_a_bad_profiles_file_is_passed_over_with_a_sentence(places):
    (places.home / "profiles.toml").write_text("active = ")
    settings = places.load()
    assert settings.errors == ()
    assert "profiles.toml is not valid TOML" in settings.problems[0]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('[profiles.default]\nPACC_NO = "x"', 'there is no setting "PACC_NO".'),
        ('[profiles.default]\nPACC_API_URL = "x"', "pacc has no server"),
        ('[profiles.default]\nPACC_PROFILES_PATH = "x"', "PACC_PROFILES_PATH cannot be in a profile"),
        ("profiles.default = 3", 'profile "default" is not a table'),
    ],
)
def test_a_profile_with_something_odd_is_used_without_it(places, content, problem):
    (places.home / "profiles.toml").write_text(content)
    settings = places.load()
    assert problem in settings.problems[0]
    assert settings.errors == ()


def test_a_folder_called_dot_env_is_none_of_our_business(places):
    (places.project / ".env").mkdir()
    assert places.load().errors == ()


def test_a_file_that_cannot_be_read_is_an_error(places):
    (places.project / "pacc.toml").symlink_to("pacc.toml")
    assert "pacc.toml cannot be read: " in places.load().errors[0]


def test_paths_are_whole_and_those_in_the_home_follow_it(places, monkeypatch):
    monkeypatch.chdir(places.project)
    places.environ["PACC_HOME"] = "ein Zuhause"
    settings = places.load()
    assert settings.home == places.project / "ein Zuhause"
    assert settings.logging.config_path == settings.home / "logging.yml"
    places.environ["PACC_LOGGING_CONFIG_PATH"] = "$PACC_HOME/other.yml"
    assert places.load().logging.config_path == settings.home / "other.yml"


def test_debug_mode_logs_everything_unless_a_level_is_set(places):
    places.environ["PACC_DEBUG_MODE"] = "1"
    assert places.load().logging.level == "DEBUG"
    places("profile", "ERROR")
    assert places.load().logging.level == "ERROR"


def test_a_file_that_is_not_text_is_not_valid_toml():
    with pytest.raises(ConfigurationError, match=r"x\.toml is not valid TOML: "):
        parsed(b"\xff", "x.toml")

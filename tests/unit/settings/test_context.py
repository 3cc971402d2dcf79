"""The settings in force: read once, replaced for a while, the same wherever one looks."""

from __future__ import annotations

import threading
import timeit

import pytest

from pacc.exceptions import ConfigurationError, MissingProfileError
from pacc.settings import (
    PACC_HOME,
    PACC_LOGGING_LEVEL,
    PACC_TASKS_DEFAULT_RETRIES,
    choose_profile,
    get_current_settings,
    read_settings,
    refresh_settings,
    temporary_settings,
    use_profile,
)
from pacc.settings.loading import load_settings


@pytest.fixture(autouse=True)
def _no_chosen_profile():
    yield
    choose_profile(None)


def test_settings_are_read_once(monkeypatch):
    before = get_current_settings()
    monkeypatch.setenv("PACC_LOGGING_LEVEL", "ERROR")
    assert get_current_settings() is before
    refresh_settings()
    assert get_current_settings().logging.level == "ERROR"


def test_looking_is_cheap():
    get_current_settings()
    seconds = min(timeit.repeat(get_current_settings, number=10_000, repeat=5))
    assert seconds / 10_000 < 1e-6


def test_temporary_settings_last_as_long_as_the_block():
    with temporary_settings({PACC_LOGGING_LEVEL: "debug", "PACC_TASKS_DEFAULT_RETRIES": "2"}) as settings:
        assert get_current_settings() is settings
        assert (settings.logging.level, settings.tasks.default_retries) == ("DEBUG", 2)
        assert settings.source(PACC_LOGGING_LEVEL) == "temporary"
    assert get_current_settings().logging.level == "INFO"


def test_temporary_settings_nest():
    with temporary_settings({PACC_LOGGING_LEVEL: "DEBUG"}):
        with temporary_settings({PACC_TASKS_DEFAULT_RETRIES: 2}) as inner:
            assert (inner.logging.level, inner.tasks.default_retries) == ("DEBUG", 2)
        assert get_current_settings().tasks.default_retries == 0


def test_defaults_are_set_only_where_nobody_set_a_value():
    with temporary_settings({PACC_LOGGING_LEVEL: "ERROR"}):
        defaults = {PACC_LOGGING_LEVEL: "DEBUG", PACC_TASKS_DEFAULT_RETRIES: 4}
        with temporary_settings(set_defaults=defaults) as settings:
            assert (settings.logging.level, settings.tasks.default_retries) == ("ERROR", 4)


def test_defaults_are_restored():
    restored = [PACC_LOGGING_LEVEL]
    with (
        temporary_settings({PACC_LOGGING_LEVEL: "ERROR"}),
        temporary_settings(restore_defaults=restored) as settings,
    ):
        assert (settings.logging.level, settings.source(PACC_LOGGING_LEVEL)) == ("INFO", "default")


def test_a_temporary_home_takes_along_what_lies_in_it(tmp_path):
    with temporary_settings({PACC_HOME: tmp_path / "other"}) as settings:
        assert settings.profiles_path == tmp_path / "other" / "profiles.toml"


def test_threads_started_inside_the_block_see_it():
    seen = []
    with temporary_settings({PACC_LOGGING_LEVEL: "ERROR"}):
        thread = threading.Thread(target=lambda: seen.append(get_current_settings().logging.level))
        thread.start()
        thread.join()
    assert seen == ["ERROR"]


@pytest.mark.parametrize("updates", [{"PACC_NO": 1}, {PACC_LOGGING_LEVEL: "LOUD"}])
def test_a_mistake_in_temporary_settings_changes_nothing(updates):
    with pytest.raises(ConfigurationError), temporary_settings(updates):
        pytest.fail("must not be reached")
    assert get_current_settings().logging.level == "INFO"


def test_wrong_settings_are_refused_every_time_and_can_still_be_looked_at(monkeypatch):
    monkeypatch.setenv("PACC_LOGGING_LEVEL", "LOUD")
    for _ in range(2):
        with pytest.raises(ConfigurationError, match='is "LOUD" \\(from the environment\\)') as caught:
            get_current_settings()
    assert caught.value.hint == "pacc config validate"
    assert read_settings().logging.level == "INFO"


def test_a_chosen_profile_goes_before_the_environment(monkeypatch, pacc_home):
    monkeypatch.setenv("PACC_STORE_SYNCHRONOUS", "full")
    choose_profile("test")
    assert get_current_settings().store.synchronous == "normal"
    with pytest.raises(MissingProfileError):
        choose_profile("nope")
    assert get_current_settings().profile_name == "test"


@pytest.mark.parametrize(("override", "value"), [(False, "full"), (True, "normal")])
def test_a_profile_can_be_used_for_a_block(monkeypatch, override, value):
    monkeypatch.setenv("PACC_STORE_SYNCHRONOUS", "full")
    with use_profile("test", override_environment_variables=override) as settings:
        assert (settings.profile_name, settings.store.synchronous) == ("test", value)
    assert get_current_settings().profile_name == "default"


def test_another_process_gets_the_same_settings_through_its_environment():
    updates = {
        "PACC_LOGGING_EXTRA_LOGGERS": ["a", "b"],
        "PACC_TASKS_DEFAULT_RETRY_DELAY_SECONDS": [1],
        "PACC_CLI_PROMPT": None,
        "PACC_LOGGING_LOG_PRINTS": True,
    }
    with temporary_settings(updates) as settings:
        variables = settings.to_environment_variables()
        few = settings.to_environment_variables(exclude_unset=True)
    assert few.keys() == {*updates, "PACC_HOME"}
    assert load_settings(variables) == settings


def test_a_value_is_found_by_constant_and_by_name_and_an_unknown_name_is_told():
    settings = get_current_settings()
    assert settings.value("PACC_HOME") == settings.value(PACC_HOME) == PACC_HOME.value_from(settings)
    with pytest.raises(ConfigurationError, match='no setting "PACC_NO"'):
        settings.source("PACC_NO")


def test_what_settings_look_like_holds_only_what_was_set(pacc_home):
    assert repr(get_current_settings()) == f"Settings(PACC_HOME={pacc_home})"

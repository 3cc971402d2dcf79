"""Profiles: named sets of settings in a file that stays as its owner wrote it."""

from __future__ import annotations

import itertools
import os
import stat
import threading
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacc.exceptions import ConfigurationError, MissingProfileError, ProfileSettingsValidationError
from pacc.settings import (
    PACC_LOGGING_LEVEL,
    PACC_TASKS_DEFAULT_RETRIES,
    Profile,
    ProfilesCollection,
    get_current_settings,
    load_current_profile,
    load_profile,
    load_profiles,
    save_profiles,
    temporary_settings,
    update_current_profile,
)
from pacc.settings.document import write_profiles
from pacc.settings.loading import read_profiles
from pacc.settings.profiles import edit_profiles, unset_in_current_profile

HAND_WRITTEN = """\
# My profiles.
active = "work"  # since May

# The usual one.
[profiles.work]
PACC_LOGGING_LEVEL = "INFO"   # not too much
PACC_API_URL = "http://old"   # of another tool
# nothing below

# For the night.
[profiles."night shift"] # quiet
PACC_TASK_DEFAULT_RETRIES = 2

[somebody.else]
list = [
  [1],
]
"""


@pytest.fixture
def file(pacc_home):
    pacc_home.mkdir()
    return pacc_home / "profiles.toml"


@pytest.fixture
def hand_written(file):
    file.write_text(HAND_WRITTEN)
    return file


def test_without_a_file_there_are_the_built_in_ones():
    profiles = load_profiles()
    assert profiles.names == {"default", "test"}
    assert profiles.active_profile == load_current_profile() == Profile("default")
    assert load_profiles(include_defaults=False).names == set()


def test_built_in_profiles_are_not_written(file):
    save_profiles(load_profiles())
    assert file.read_text() == 'active = "default"\n'


def test_a_built_in_profile_that_was_changed_is_written(file):
    update_current_profile({PACC_LOGGING_LEVEL: "debug"})
    assert tomllib.loads(file.read_text())["profiles"] == {"default": {"PACC_LOGGING_LEVEL": "DEBUG"}}
    assert get_current_settings().logging.level == "DEBUG"


def test_saving_what_was_loaded_changes_nothing(hand_written):
    save_profiles(load_profiles())
    assert hand_written.read_text() == HAND_WRITTEN


def test_a_new_key_goes_below_the_others_of_its_profile(hand_written):
    update_current_profile({PACC_TASKS_DEFAULT_RETRIES: 3, PACC_LOGGING_LEVEL: "ERROR"})
    expected = HAND_WRITTEN.replace('"INFO" ', '"ERROR" ').replace(
        "# nothing below\n", "# nothing below\nPACC_TASKS_DEFAULT_RETRIES = 3\n"
    )
    assert hand_written.read_text() == expected


def test_a_setting_keeps_the_older_name_it_is_written_with(hand_written):
    with edit_profiles() as profiles:
        profiles.update_profile("night shift", {PACC_TASKS_DEFAULT_RETRIES: 5})
    assert hand_written.read_text() == HAND_WRITTEN.replace("RETRIES = 2", "RETRIES = 5")


def test_a_new_profile_goes_below_the_others(hand_written):
    with edit_profiles() as profiles:
        profiles.add_profile(Profile("dev", {PACC_LOGGING_LEVEL: "DEBUG"}))
    new = '[profiles.dev]\nPACC_LOGGING_LEVEL = "DEBUG"\n\n'
    assert hand_written.read_text() == HAND_WRITTEN.replace("[somebody", f"{new}[somebody")


def test_a_profile_that_goes_takes_its_own_comments_along_and_no_others(hand_written):
    with edit_profiles() as profiles:
        profiles.set_active("night shift")
        profiles.remove_profile("work")
    begin, end = HAND_WRITTEN.index("# The usual"), HAND_WRITTEN.index("# For the night")
    expected = HAND_WRITTEN[:begin] + HAND_WRITTEN[end:]
    assert hand_written.read_text() == expected.replace('"work"', '"night shift"')


def test_a_renamed_profile_stays_where_it_is_and_active(hand_written):
    with edit_profiles() as profiles:
        profiles.rename_profile("night shift", "late [1]")
        profiles.rename_profile("work", "day.1")
    expected = HAND_WRITTEN.replace('"night shift"', '"late [1]"').replace(
        "profiles.work", 'profiles."day.1"'
    )
    assert hand_written.read_text() == expected.replace('"work"', '"day.1"')


def test_the_active_name_is_written_above_all_tables(file):
    file.write_text("# note\n[profiles.a]\n")
    with edit_profiles() as profiles:
        profiles.set_active("a")
    assert file.read_text() == 'active = "a"\n# note\n[profiles.a]\n'


def test_windows_line_ends_stay(file):
    file.write_bytes(b'active = "a"\r\n\r\n[profiles.a]\r\nPACC_LOGGING_LEVEL = "INFO"\r\n')
    update_current_profile({PACC_LOGGING_LEVEL: "ERROR"})
    assert file.read_bytes() == b'active = "a"\r\n\r\n[profiles.a]\r\nPACC_LOGGING_LEVEL = "ERROR"\r\n'


@pytest.mark.parametrize("content", ["profiles.a.PACC_LOGGING_LEVEL = 'INFO'", "[profiles]\na = {}"])
def test_a_layout_that_cannot_be_changed_safely_is_left_alone(file, content):
    file.write_text(content)
    with pytest.raises(ConfigurationError, match="edit it by hand"), edit_profiles() as profiles:
        profiles.update_profile("a", {PACC_LOGGING_LEVEL: "DEBUG"})
    assert file.read_text() == content


def test_a_file_that_is_not_valid_is_never_written_over(file):
    file.write_text("active = ")
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        update_current_profile({PACC_LOGGING_LEVEL: "DEBUG"})
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        save_profiles(ProfilesCollection([]))
    assert file.read_text() == "active = "


def test_the_file_is_its_owners_alone(pacc_home):
    before = os.umask(0)
    try:
        update_current_profile({PACC_LOGGING_LEVEL: "DEBUG"})
    finally:
        os.umask(before)
    assert stat.S_IMODE((pacc_home / "profiles.toml").stat().st_mode) == 0o600
    assert stat.S_IMODE(pacc_home.stat().st_mode) == 0o700
    assert [entry.name for entry in pacc_home.iterdir()] == ["profiles.toml"]


def test_a_link_to_a_file_elsewhere_stays_a_link(file, tmp_path):
    elsewhere = tmp_path / "dotfiles.toml"
    elsewhere.touch()
    file.symlink_to(elsewhere)
    update_current_profile({PACC_LOGGING_LEVEL: "DEBUG"})
    assert file.is_symlink()
    assert "DEBUG" in elsewhere.read_text()


def test_when_the_file_cannot_be_written_the_old_one_stands(file, monkeypatch):
    file.write_text('active = "default"\n')

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigurationError, match="cannot be written: No space left on device"):
        update_current_profile({PACC_LOGGING_LEVEL: "DEBUG"})
    assert file.read_text() == 'active = "default"\n'
    assert [entry.name for entry in file.parent.iterdir()] == ["profiles.toml"]


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    home = tmp_path / "file" / "home"
    with (
        temporary_settings({"PACC_HOME": home}),
        pytest.raises(ConfigurationError, match="cannot be used: Not a directory"),
    ):
        update_current_profile({PACC_LOGGING_LEVEL: "DEBUG"})


def test_changes_made_at_the_same_time_are_all_there(file):
    def add(number):
        with edit_profiles() as profiles:
            profiles.add_profile(Profile(f"p{number}"))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert load_profiles(include_defaults=False).names == {f"p{number}" for number in range(8)}


def test_nothing_is_saved_when_the_change_fails(hand_written):
    def change():
        with edit_profiles() as profiles:
            profiles.remove_profile("work")
            profiles.set_active("gone")

    with pytest.raises(MissingProfileError):
        change()
    assert hand_written.read_text() == HAND_WRITTEN


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"PACC_LOGING_LEVEL": 1},
            'there is no setting "PACC_LOGING_LEVEL". Did you mean "PACC_LOGGING_LEVEL"?',
        ),
        (
            {"PREFECT_LOGGING_LEVEL": 1},
            'no setting "PREFECT_LOGGING_LEVEL". Did you mean "PACC_LOGGING_LEVEL"?',
        ),
        ({"PACC_API_URL": "x"}, "pacc has no server"),
        ({"PACC_PROFILES_PATH": "x"}, "cannot be in a profile"),
        ({"PACC_TASKS_DEFAULT_RETRIES": "many"}, 'must be a whole number, 0 or more but is "many"'),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(hand_written, change, sentence):
    with pytest.raises(ConfigurationError) as caught:
        update_current_profile(change)
    assert sentence in str(caught.value)
    assert hand_written.read_text() == HAND_WRITTEN


def test_none_takes_a_setting_out(hand_written):
    assert update_current_profile({PACC_LOGGING_LEVEL: None}).settings == {}
    assert "PACC_LOGGING_LEVEL" not in hand_written.read_text()


def test_what_is_no_setting_can_be_unset_too(hand_written):
    unset_in_current_profile(["PACC_API_URL"])
    assert "PACC_API_URL" not in hand_written.read_text()
    with pytest.raises(ConfigurationError, match='PACC_CLI_COLORS is not set in profile "work"'):
        unset_in_current_profile(["PACC_CLI_COLORS"])


def test_a_profile_is_loaded_by_name(hand_written):
    profile = load_profile("night shift")
    assert profile.settings == {PACC_TASKS_DEFAULT_RETRIES: 2}
    assert profile.source == hand_written
    assert profile.to_environment_variables() == {"PACC_TASKS_DEFAULT_RETRIES": "2"}
    with pytest.raises(MissingProfileError, match=r'no profile "nightshift"\. Did you mean "night shift"\?'):
        load_profile("nightshift")


def test_a_profile_checks_its_values():
    profile = Profile("x", {PACC_LOGGING_LEVEL: "LOUD", PACC_TASKS_DEFAULT_RETRIES: 1})
    with pytest.raises(ProfileSettingsValidationError) as caught:
        profile.validate_settings()
    ((name, sentence),) = caught.value.errors
    assert name == "PACC_LOGGING_LEVEL"
    assert sentence.endswith('is "LOUD" (from profile "x").')


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "default"])
def test_some_names_cannot_be_given_to_a_profile(name):
    profiles = load_profiles()
    with pytest.raises(ConfigurationError):
        profiles.add_profile(Profile(name))


def test_a_collection_is_like_prefects():
    profiles = ProfilesCollection([Profile("a"), Profile("b", {PACC_LOGGING_LEVEL: "INFO"})], active="a")
    assert list(profiles) == ["a", "b"]
    assert "a" in profiles
    assert profiles["a"] == profiles.active_profile
    assert dict(profiles.items()) == profiles.profiles_by_name
    assert profiles.to_dict() == {"active": "a", "profiles": {"a": {}, "b": {"PACC_LOGGING_LEVEL": "INFO"}}}
    profiles.set_active("gone", check=False)
    assert profiles.active_profile is None
    profiles.set_active(None)
    assert profiles.without_profile_source(None) == ProfilesCollection([])


# ------------------------------------------------------------------------------------------ property

names = st.text(st.characters(blacklist_categories=["C", "Z"]), min_size=1, max_size=6)
values = st.fixed_dictionaries(
    {},
    optional={
        "PACC_LOGGING_LEVEL": st.sampled_from(["DEBUG", "INFO"]),
        "PACC_TASKS_DEFAULT_RETRIES": st.integers(0, 9),
        "PACC_LOGGING_LOG_PRINTS": st.booleans(),
        "PACC_LOGGING_EXTRA_LOGGERS": st.lists(names, max_size=2),
        "PACC_TASKS_DEFAULT_RETRY_DELAY_SECONDS": st.lists(st.floats(0, 9), min_size=1, max_size=2),
    },
)
comments = st.lists(
    st.text(st.characters(blacklist_categories=["C"]), max_size=8).map(lambda text: f"# {text}"), max_size=2
)


@st.composite
def files(draw):
    """A profiles file with comments anywhere, and the comments that belong to each profile."""
    import tomlkit

    lines, owned = [*draw(comments), ""], {}
    for name, held in draw(st.dictionaries(names, values, max_size=4)).items():
        above, below = draw(comments), draw(comments)
        lines += [*above, f"[profiles.{tomlkit.key(name).as_string()}]"]
        lines += [f"{key} = {tomlkit.item(value).as_string()} # {key}" for key, value in held.items()]
        lines += [*below, ""]
        owned[name] = (above, below)
    return "\n".join(lines), owned


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(files(), st.data())
def test_whatever_is_changed_the_rest_of_the_file_stays(tmp_path, drawn, data):
    text, owned = drawn
    file = tmp_path / "profiles.toml"
    file.write_text(text)
    profiles, problems = read_profiles(file, include_built_in=False)
    assert problems == []
    write_profiles(file, profiles)
    assert file.read_text() == text

    changed = data.draw(st.sampled_from([*owned, "new"]))
    profiles.update_profile(changed, data.draw(values))
    gone = data.draw(st.sampled_from([None, *(name for name in owned if name != changed)]))
    if gone is not None:
        profiles.remove_profile(gone)
    profiles.set_active(changed)
    write_profiles(file, profiles)

    again, _ = read_profiles(file, include_built_in=False)
    assert again == profiles
    kept = [name for name in owned if name != gone]
    assert [name for name in again if name in owned] == kept
    after = file.read_text()
    for name in kept:
        for comment in itertools.chain(*owned[name]):
            assert comment in after

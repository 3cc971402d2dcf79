"""A setting is declared in one line, and its names, its type and its default follow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pacc.settings
from pacc.exceptions import ConfigurationError
from pacc.settings import SETTINGS, get_current_settings
from pacc.settings.declared import BY_ACCESSOR, LEVELS
from pacc.settings.declaring import Section, Setting, declared_in, setting
from pacc.settings.kinds import as_text, as_toml, boolean, delays, one_of, optional, path, texts, whole


class Secretive(Section):
    key = setting(optional(boolean), None, "A secret.", is_secret=True)


SECRET = next(declared_in(Secretive))


def test_the_accessor_gives_the_name():
    assert BY_ACCESSOR["logging.to_api.max_log_size"].name == "PACC_LOGGING_TO_API_MAX_LOG_SIZE"


def test_constants_are_attributes_of_the_module():
    assert pacc.settings.PACC_LOGGING_LEVEL is SETTINGS["PACC_LOGGING_LEVEL"]
    with pytest.raises(AttributeError):
        _ = pacc.settings.PACC_NO_SUCH_THING


@pytest.mark.parametrize("declared", list(SETTINGS.values()), ids=repr)
def test_every_setting_says_what_it_does_and_has_a_default_of_its_kind(declared):
    assert declared.meaning.endswith(".")
    assert len(declared.meaning) < 100
    default = declared.default()
    assert declared.kind.read(default) == (default.expanduser() if isinstance(default, Path) else default)


@pytest.mark.parametrize("declared", list(SETTINGS.values()), ids=repr)
def test_every_setting_is_an_attribute_and_a_value(declared):
    found = get_current_settings()
    for name in declared.accessor.split("."):
        found = getattr(found, name)
    assert found == get_current_settings().value(declared) == declared.value()


@pytest.mark.parametrize("word", ["1", "true", "True", "YES", "on", True])
def test_many_words_mean_yes(word):
    assert boolean.read(word) is True


@pytest.mark.parametrize("word", ["0", "false", "No", "off", False])
def test_many_words_mean_no(word):
    assert boolean.read(word) is False


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        (delays, "10", 10),
        (delays, "1.5", 1.5),
        (delays, "[1, 2.5]", [1.0, 2.5]),
        (delays, "1,2", [1.0, 2.0]),
        (delays, [1, 2], [1.0, 2.0]),
        (delays, "[3]", [3.0]),
        (texts, "a, b", ("a", "b")),
        (texts, '["a","b"]', ("a", "b")),
        (texts, "", ()),
        (whole(), "3", 3),
        (one_of(*LEVELS), "debug", "DEBUG"),
        (optional(boolean), "none", None),
        (optional(boolean), "", None),
        (path, "~/x", Path("~/x").expanduser()),
    ],
)
def test_what_people_write_is_read(kind, written, value):
    assert kind.read(written) == value
    assert kind.read(as_text(value)) == value
    assert kind.read(as_toml(value)) == value


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (boolean, "maybe"),
        (boolean, 2),
        (whole(), "-1"),
        (whole(), "1.5"),
        (whole(), True),
        (whole(1), 0),
        (delays, "soon"),
        (delays, "-1"),
        (delays, "inf"),
        (delays, "nan"),
        (delays, True),
        (delays, "[1, x]"),
        (path, ""),
        (path, 3),
        (one_of("a", "b"), "c"),
        (optional(whole()), "x"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_name_the_kind_and_the_place(kind, written):
    declared = Setting(kind, None, "", is_secret=False, aliases=()).placed("some.thing")
    with pytest.raises(ConfigurationError) as caught:
        declared.read(written, "the environment")
    assert str(caught.value).startswith(f"PACC_SOME_THING {kind.expected} but is ")
    assert str(caught.value).endswith("(from the environment).")


def test_a_secret_is_masked_everywhere():
    assert SECRET.shown("hush") == "********"
    assert SECRET.masked(None) is None
    with pytest.raises(ConfigurationError) as caught:
        SECRET.read("hush")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("name", ["level", "new"])
def test_settings_cannot_be_changed(name):
    with pytest.raises(AttributeError, match="temporary_settings"):
        setattr(get_current_settings().logging, name, "DEBUG")
    with pytest.raises(AttributeError, match="do not change"):
        del get_current_settings().logging.level


def test_what_settings_look_like_holds_no_secret():
    assert repr(Secretive({"key": "hush"})) == "Secretive(key=********)"
    shown = repr(get_current_settings().flows)
    assert shown.startswith("FlowsSettings(default_retries=0, default_retry_delay_seconds=0, ")


USED = "".join(page.read_text() for page in Path(pacc.settings.__file__).parents[1].rglob("*.py"))


@pytest.mark.parametrize("declared", list(SETTINGS.values()), ids=repr)
def test_only_settings_exist_that_something_reads(declared):
    key = declared.accessor.rpartition(".")[2]
    assert re.search(rf'\.{key}\b|\["{declared.name}"\]', USED)

"""`pacc artifact`: listed, shown as what they are, deleted."""

from __future__ import annotations

import json

import pytest

from pacc.artifacts import (
    Artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
)


@pytest.fixture
def made(pacc_home):
    """Two versions of a report, a table, and an artifact without a key."""
    create_markdown_artifact("# Weather\n\nold", key="weather-report")
    create_table_artifact([{"city": "Ulm", "degrees": 25.9}, {"city": "Kiel\x1b[31m"}], key="temperatures")
    alone = create_link_artifact("https://pacc.example", link_text="pacc")
    create_markdown_artifact("# Weather\n\n25.9 degrees", key="weather-report", description="Very scientific")
    return alone


def test_a_listing_shows_the_latest_of_each_key_or_all(made, pacc_here):
    latest = [line.split("\t") for line in pacc_here("artifact", "ls", "-o", "plain").stdout.splitlines()]
    assert [row[1] for row in latest] == ["weather-report", "temperatures"]
    every = json.loads(pacc_here("artifact", "ls", "--all", "-o", "json").stdout)
    assert len(every) == 4
    assert every[0]["description"] == "Very scientific"


def test_one_is_shown_with_its_content_and_its_versions(made, pacc_here):
    shown = pacc_here("artifact", "inspect", "weather-report").stdout
    assert "25.9 degrees" in shown
    assert "Very scientific" in shown
    assert shown.index("25.9 degrees") < shown.upper().index("VERSION")
    told = json.loads(pacc_here("artifact", "inspect", "weather-report", "-o", "json").stdout)
    assert [each["data"] for each in told] == ["# Weather\n\n25.9 degrees", "# Weather\n\nold"]


def test_what_changed_since_the_version_before_is_shown(made, pacc_here):
    shown = pacc_here("artifact", "diff", "weather-report").stdout.splitlines()
    told = json.loads(pacc_here("artifact", "diff", "weather-report", "-o", "json").stdout)
    assert told["changes"] == shown
    assert shown[:2] == ["--- version 1", "+++ version 2"]
    assert {"-old", "+25.9 degrees"} <= set(shown)
    for version, said in (("1", "is the first one"), ("7", "has no version 7; the latest is 2")):
        refused = pacc_here("artifact", "diff", "weather-report", "--version", version)
        assert (refused.code, said in refused.output) == (1, True)


def test_a_table_is_shown_in_columns_and_its_text_is_text(made, pacc_here):
    shown = pacc_here("artifact", "inspect", "temperatures").stdout
    lines = [line for line in shown.splitlines() if "Ulm" in line or "CITY" in line]
    assert lines[0].index("DEGREES") == lines[1].index("25.9")
    assert "\x1b" not in shown


def test_one_without_a_key_is_found_by_the_beginning_of_its_id(made, pacc_here):
    shown = pacc_here("artifact", "inspect", str(made)[:18])
    assert "[pacc](https://pacc.example)" in shown.stdout, shown.output


def test_progress_is_a_percentage(pacc_home, pacc_here):
    create_progress_artifact(42.5, key="upload")
    assert "42.5 %" in pacc_here("artifact", "inspect", "upload").stdout


def test_one_version_or_a_whole_key_is_deleted(made, pacc_here):
    newest = str(Artifact.get("weather-report").id)
    assert pacc_here("artifact", "delete", "--id", newest, "--yes").code == 0
    assert Artifact.get("weather-report").data == "# Weather\n\nold"
    assert pacc_here("artifact", "delete", "weather-report", "--yes").code == 0
    assert Artifact.get("weather-report") is None


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["inspect", "weather-rport"], 1, 'Did you mean "weather-report"?'),
        (["delete", "nothing", "--yes"], 1, 'no artifact "nothing"'),
        (["delete", "--id", "0123456789", "--yes"], 1, "no artifact"),
        (["delete"], 2, "either a key or --id"),
        (["delete", "a", "--id", "b"], 2, "either a key or --id"),
        (["ls", "--limit", "0"], 2, "--limit"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(made, pacc_here, words, code, said):
    ended = pacc_here("artifact", *words)
    assert ended.code == code
    assert said in ended.stderr
    assert "Traceback" not in ended.output

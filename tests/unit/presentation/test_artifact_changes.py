"""What changed from one version of an artifact to the next."""

from __future__ import annotations

import json

from pacc.presentation.artifact_changes import MOST_COMPARED, change_lines

NAMES = ("version 1", "version 2")


def _changed(kind, before, after):
    return [each.text for each in change_lines(kind, before, after, NAMES)]


def test_of_a_table_the_rows_that_came_and_went_are_told_under_the_columns_of_both():
    before = json.dumps([{"city": "Ulm", "degrees": 9}, {"city": "Kiel", "degrees": 12}, {"city": "Bonn"}])
    after = [{"city": "Ulm", "degrees": 9}, {"city": "Kiel", "degrees": 13, "wind": 3}, {"city": "Bonn"}]
    assert _changed("table", before, json.dumps(after)) == [
        "--- version 1",
        "+++ version 2",
        "+column wind",
        "   CITY  DEGREES  WIND",
        "-  Kiel  12",
        "+  Kiel  13       3",
        " 2 rows as before",
    ]


def test_a_table_that_is_none_is_compared_by_lines_and_control_characters_are_made_visible():
    assert _changed("table", "no \x1b table", "[1]")[3:] == ["-no \\x1b table", "+1", "+1"]


def test_of_very_long_versions_the_beginning_is_compared_and_that_is_said():
    before = "\n".join(map(str, range(MOST_COMPARED + 1)))
    told = _changed("markdown", before, f"new\n{before}")
    assert "+new" in told
    assert told[-1].strip() == f"compared were the first {MOST_COMPARED:,} lines"

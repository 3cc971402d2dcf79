"""Listings as text: aligned for people who pipe, tabs for programs, and one line a row whatever the text holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pacc.presentation.tables import Cell, Column, Table, aligned, cell, labelled, tabbed

TABLE = Table(
    title="Runs",
    columns=(Column(name="Name"), Column(name="Took", right=True)),
    rows=((cell("brave-otter"), cell("1m02")), (cell("日本\n"), cell(None))),
)


def test_piped_tables_are_aligned_under_a_heading():
    assert aligned(TABLE) == ["NAME         TOOK", "brave-otter  1m02", "日本\\n"]


def test_plain_tables_are_tabs_and_nothing_else():
    assert tabbed(TABLE) == ["brave-otter\t1m02", "日本\\n\t"]


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_whatever_a_name_holds_a_row_stays_one_line_without_control_characters(names):
    table = Table(title="", columns=(Column(name="Name"),), rows=tuple((cell(name),) for name in names))

    for lines in (aligned(table)[1:], tabbed(table)):
        assert len(lines) == len(names)
        assert all(line.splitlines() in ([line], []) for line in lines)
        assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for line in lines for char in line)


def test_an_empty_table_is_only_its_heading():
    assert aligned(Table(title="", columns=TABLE.columns, rows=())) == ["NAME  TOOK"]


def test_labelled_values_stand_in_one_column():
    assert labelled([("Name", Cell("etl")), ("Run count", Cell("2"))]) == [
        "Name:       etl",
        "Run count:  2",
    ]

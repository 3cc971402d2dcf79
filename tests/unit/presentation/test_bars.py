"""Numbers as block characters: nothing that is there is invisible, and nothing is drawn where nothing is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pacc.presentation.bars import column, density, heights, meter, span, sparkline

MOMENTS = st.floats(min_value=0, max_value=1000)


@given(st.lists(st.integers(min_value=0, max_value=10**6), min_size=1), st.integers(min_value=1, max_value=4))
def test_what_is_not_nothing_stands_and_nothing_stands_above_the_top(values, rows):
    for value, height in zip(values, heights(values, rows), strict=True):
        assert (height > 0) == (value > 0)
        assert height <= 8 * rows


def test_a_bar_over_two_rows_fills_the_lower_one_first():
    assert [column(12, row) for row in (0, 1, 2)] == ["█", "▄", " "]
    assert column(12, 1, glyphs=False).isascii()


@given(MOMENTS, MOMENTS, st.integers(min_value=1, max_value=200), st.booleans())
def test_a_bar_lies_within_its_line_and_is_seen(one, other, cells, glyphs):
    began, ended = sorted((one, other))
    drawn = span(began, ended, 0, 1000, cells, glyphs=glyphs)
    assert drawn is not None
    assert drawn.at >= 0
    assert drawn.at + len(drawn.text) <= cells
    assert drawn.text.strip()
    assert glyphs or drawn.text.isascii()


def test_what_lies_outside_of_a_line_is_not_drawn():
    assert span(1, 2, 3, 4, 10) is None
    assert span(5, 6, 3, 4, 10) is None
    assert density([(5, 6)], 3, 4, 3) == "   "


def test_a_line_of_many_is_higher_where_more_goes_on():
    assert density([(0, 5), (0, 10)], 0, 10, 4) == "██▄▄"


def test_small_bars_of_text():
    assert sparkline([0, 4, 8]) == " ▄█"
    assert meter(0.5, 5) == "██▌"
    assert meter(2, 4, glyphs=False) == "####"

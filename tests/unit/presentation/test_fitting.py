"""Columns fit whatever room there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pacc.presentation.fitting import GAP, Fit, line, spread, widths
from pacc.presentation.overview import RUN_COLUMNS
from pacc.presentation.tables import Cell
from pacc.presentation.text import width


def test_the_column_with_the_highest_number_goes_first_and_the_rest_is_shared():
    columns = (Fit("a", 4, grows=1), Fit("b", 4, goes=1), Fit("c", 4, goes=2))
    assert widths(columns, 16) == (4, 4, 4)
    assert widths(columns, 15) == (9, 4, 0)
    assert widths(columns, 9) == (9, 0, 0)


@given(st.integers(min_value=58, max_value=300), st.text(alphabet="ab日 …", max_size=60))
def test_a_row_of_runs_never_takes_more_than_its_room(room, text):
    drawn = widths(RUN_COLUMNS, room)
    cells = line([Cell(text)] * len(RUN_COLUMNS), RUN_COLUMNS, drawn)
    assert sum(width(each.text) for each in cells) <= room + GAP


@given(st.text(alphabet="ab日", max_size=40), st.integers(min_value=10, max_value=60))
def test_the_left_gives_way_to_the_right(left, room):
    cells = spread([Cell(left)], [Cell("14:03")], room)
    assert cells[-1].text == "14:03"
    assert sum(width(each.text) for each in cells) <= room + 1

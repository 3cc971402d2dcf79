"""Every state has a mark of its own, with and without glyphs."""

from __future__ import annotations

import pytest

from pacc.presentation.states import NAME_MARKS, TYPE_MARKS, mark, state_cell
from pacc.schemas.states import StateType


def test_every_type_has_a_mark():
    assert set(TYPE_MARKS) == {str(kind) for kind in StateType}


def test_letters_tell_states_apart_as_well_as_glyphs():
    marks = {*TYPE_MARKS.values(), *NAME_MARKS.values()}

    assert len({sign.glyph for sign in marks}) == len({sign.letter for sign in marks})
    assert all(sign.letter.isascii() for sign in marks)


@pytest.mark.parametrize(
    ("state_type", "name", "shown", "in_ascii"),
    [
        ("COMPLETED", "Completed", "✓ Completed", "v Completed"),
        ("COMPLETED", "Cached", "= Cached", "= Cached"),
        ("FAILED", "TimedOut", "✗ TimedOut", "x TimedOut"),
        ("CRASHED", "Crashed", "! Crashed", "! Crashed"),
        ("RUNNING", "Retrying", "↻ Retrying", "R Retrying"),
        ("SCHEDULED", "Late", "» Late", "L Late"),
        ("SOMETHING", "New", "? New", "? New"),
    ],
)
def test_states_as_cells(state_type, name, shown, in_ascii):
    assert state_cell(state_type, name).text == shown
    assert state_cell(state_type, name, glyphs=False).text == in_ascii


def test_a_state_named_by_a_user_cannot_move_the_cursor():
    assert "\x1b" not in state_cell("FAILED", "\x1b[2J").text


def test_unknown_states_have_a_mark_too():
    assert mark("").glyph == "?"

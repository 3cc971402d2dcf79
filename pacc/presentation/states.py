"""How a state looks: one mark, one letter where glyphs don't work, one colour. The colour only repeats the mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.visible import visible
from pacc.presentation.tables import Cell

if TYPE_CHECKING:
    from collections.abc import Sequence


class Mark(NamedTuple):
    """The signs that stand for a state."""

    glyph: str
    letter: str
    """For terminals and fonts without the glyph."""
    color: str


TYPE_MARKS = {
    "SCHEDULED": Mark("·", ".", "yellow"),
    "PENDING": Mark("○", "o", "bright_black"),
    "RUNNING": Mark("►", ">", "blue"),
    "PAUSED": Mark("‖", "P", "bright_black"),
    "CANCELLING": Mark("⊘", "C", "bright_black"),
    "CANCELLED": Mark("⊘", "C", "bright_black"),
    "COMPLETED": Mark("✓", "v", "green"),
    "FAILED": Mark("✗", "x", "red"),
    "CRASHED": Mark("!", "!", "bright_red"),
}
"""Marks of the state types; the text of `StateType` is the key."""

NAME_MARKS = {
    "Late": Mark("»", "L", "magenta"),
    "AwaitingRetry": Mark("↻", "R", "yellow"),
    "Retrying": Mark("↻", "R", "blue"),
    "Cached": Mark("=", "=", "green"),
    "RolledBack": Mark("↶", "B", "bright_black"),
}
"""Marks of the names that say more than their type does."""

UNKNOWN = Mark("?", "?", "bright_black")


def mark(state_type: str, state_name: str = "") -> Mark:
    """Return the mark of a state.

    Args:
        state_type: the text of a state type, such as "COMPLETED".
        state_name: the state's name, which decides where it says more than the type.

    Example:
        >>> mark("COMPLETED").glyph, mark("COMPLETED", "Cached").glyph
        ('✓', '=')
    """
    return NAME_MARKS.get(state_name) or TYPE_MARKS.get(state_type, UNKNOWN)


def state_cell(state_type: str, state_name: str, *, glyphs: bool = True) -> Cell:
    """Return a state as a cell: its mark, its name and its colour.

    Args:
        state_type: the text of a state type.
        state_name: the state's name.
        glyphs: false where only letters may be drawn.

    Example:
        >>> state_cell("FAILED", "TimedOut").text
        '✗ TimedOut'
    """
    sign = mark(state_type, state_name)
    return Cell(f"{sign.glyph if glyphs else sign.letter} {visible(state_name)}", sign.color)


def ends_cell(ends: Sequence[tuple[str, str]], *, glyphs: bool = True) -> Cell:
    """Return how runs ended as one mark each, in the colour of the last one.

    Args:
        ends: types and names of states, the oldest first.
        glyphs: false where only letters may be drawn.

    Example:
        >>> ends_cell([("COMPLETED", "Completed"), ("FAILED", "Failed")])
        Cell(text='✓✗', color='red')
    """
    signs = [mark(*end) for end in ends]
    text = "".join(sign.glyph if glyphs else sign.letter for sign in signs)
    return Cell(text, signs[-1].color if signs else "")


def ended_badly(ends: Sequence[tuple[str, str]]) -> bool:
    """Say whether the last one of some runs failed or crashed.

    Args:
        ends: types and names of states, the oldest first.

    Example:
        >>> ended_badly([("FAILED", "Failed"), ("COMPLETED", "Completed")])
        False
    """
    return bool(ends) and ends[-1][0] in ("FAILED", "CRASHED")

"""Answers to "why?", for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.visible import visible

if TYPE_CHECKING:
    from pacc.schemas.explanations import Explanation


def explanation_lines(explanation: Explanation) -> list[str]:
    """Return an answer as lines: the sentence, and what it rests on behind bullets.

    >>> from pacc.schemas.explanations import Explanation
    >>> explanation_lines(Explanation(subject="it", answer="It is paused.", facts=("By ada.",)))
    ['It is paused.', '  - By ada.']
    """
    return [visible(explanation.answer), *(f"  - {visible(fact)}" for fact in explanation.facts)]

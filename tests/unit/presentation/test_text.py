"""Columns stay straight whatever people call their flows, and nothing reaches the terminal as a command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc._internal.visible import visible
from pacc.presentation.text import pad, shorten, width


@pytest.mark.parametrize(("text", "cells"), [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("日本", 4)])
def test_width_counts_cells(text, cells):
    assert width(text) == cells


def test_padding_fills_on_the_asked_side():
    assert pad("日", 4) == "日  "
    assert pad("7", 3, right=True) == "  7"
    assert pad("too long", 3) == "too long"


@given(st.text(), st.integers(min_value=1, max_value=20))
def test_shortened_text_never_exceeds_its_limit(text, limit):
    assert width(shorten(text, limit)) <= limit


@given(st.text())
def test_no_control_character_survives(text):
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in visible(text))

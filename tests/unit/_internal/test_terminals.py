"""When colour is written."""

from __future__ import annotations

import io

import pytest

from pacc._internal.terminals import is_terminal, wants_color


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("environ", "terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"CLICOLOR_FORCE": "1", "TERM": "dumb"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
    ],
)
def test_the_customs_of_the_shell_decide(environ, terminal, wanted):
    assert wants_color(Terminal() if terminal else io.StringIO(), environ) is wanted


def test_a_stream_that_is_closed_or_missing_is_no_terminal():
    plain = io.StringIO()
    plain.close()
    assert [is_terminal(stream) for stream in (plain, None)] == [False, False]

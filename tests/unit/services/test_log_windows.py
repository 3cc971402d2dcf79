"""The lines of a log by number, while it is written."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from pacc.services.log_windows import LogWindow
from pacc.store.log_files import log_path


@pytest.fixture
def log(runs):
    run = uuid4()
    path = log_path(runs.store.home, run)
    path.parent.mkdir(parents=True, exist_ok=True)

    def write(*messages, end="\n"):
        with path.open("a") as file:
            for message in messages:
                file.write(json.dumps({"t": 1, "level": 20, "logger": "x", "message": message}) + end)

    return path, write, LogWindow(runs.store, run)


def test_lines_are_counted_as_they_are_written_and_read_by_number(log):
    _, write, window = log
    assert not window.grow()
    write("one", "two")
    assert window.grow()
    write("three")
    assert window.grow()
    assert not window.grow()
    assert [each.message for each in window.lines(1, 10)] == ["two", "three"]
    assert window.lines(7, 2) == []


def test_a_line_that_is_still_being_written_is_left_alone(log):
    path, write, window = log
    write("whole")
    write("half", end="")
    window.grow()
    assert len(window) == 1
    with path.open("a") as file:
        file.write("\n")
    assert window.grow()
    assert [each.message for each in window.lines(0, 9)] == ["whole", "half"]


def test_a_log_that_was_begun_anew_or_is_gone_is_noticed(log):
    path, write, window = log
    write("one", "two")
    window.grow()
    path.unlink()
    write("new")
    assert window.grow()
    assert [each.message for each in window.lines(0, 9)] == ["new"]
    path.unlink()
    assert window.lines(0, 9) == []
    assert window.grow()
    assert len(window) == 0

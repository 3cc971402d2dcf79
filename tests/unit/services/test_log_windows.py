"""The lines of a log by number, while it is written."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from pacc.services import log_windows
from pacc.services.log_windows import LogWindow, Narrowing
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


def test_the_end_of_a_long_log_is_there_before_it_was_gone_through(log):
    _, write, window = log
    write(*(f"line {number}" for number in range(100)))
    window.grow(at_most=500)
    assert not window.is_whole
    assert 0 < len(window) < 50
    assert 80 < window.about < 120
    assert [each.message for each in window.last(2)] == ["line 98", "line 99"]
    while not window.is_whole:
        window.grow(at_most=500)
    assert window.about == len(window) == 100
    assert [each.message for each in window.last(2)] == ["line 98", "line 99"]


@pytest.mark.parametrize("at_most", [7, 10**6])
def test_only_lines_that_are_wanted_are_counted(runs, at_most):
    run, task = uuid4(), uuid4()
    path = log_path(runs.store.home, run)
    path.parent.mkdir(parents=True, exist_ok=True)
    told = [
        {"t": 1, "level": 20, "logger": "x", "message": f"not of {task}"},
        {"t": 2, "level": 20, "logger": "x", "task_run_id": str(task), "message": "a"},
        {"t": 3, "level": 40, "logger": "x", "message": "b"},
        {"t": 4, "level": 40, "logger": "x", "task_run_id": str(task), "message": "c"},
    ]
    path.write_text("".join(f"{json.dumps(each)}\n" for each in told))

    def of(**narrowing):
        window = LogWindow(runs.store, run, Narrowing(**narrowing))
        while window.grow(at_most) or not window.is_whole:
            pass
        return [each.message for each in window.lines(0, 9)]

    assert of(level=30) == ["b", "c"]
    assert of(task_run_id=str(task)) == ["a", "c"]
    assert of(level=30, task_run_id=str(task)) == ["c"]


def test_a_text_is_found_forwards_backwards_and_in_parts(log):
    _, write, window = log
    write('say "Hello"', "nothing", "hello again", "Ünïcode", 'level "x"')
    window.grow()
    assert window.find("hello", 0) == (2, None)
    assert window.find("hello", 2) == (None, None)
    assert window.find("hello", 2, backwards=True) == (0, None)
    assert window.find('"hello', -1) == (0, None)
    assert window.find("ünï", -1) == (3, None)
    assert window.find("logger", -1) == (None, None)  # a word of the file, not of the message
    assert window.find("level", -1, at_most=2) == (None, 1)
    assert window.find("level", 1, at_most=9) == (4, None)


def test_the_line_of_a_moment_is_found(runs):
    run = uuid4()
    path = log_path(runs.store.home, run)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join(f'{{"t":{second * 10**6},"level":20,"logger":"x","message":"m"}}\n' for second in range(10))
    )
    window = LogWindow(runs.store, run)
    window.grow()
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert window.place_of(epoch + timedelta(seconds=4.5)) == 5
    assert window.place_of(epoch - timedelta(seconds=1)) == 0
    assert window.place_of(epoch + timedelta(seconds=99)) == 9


@pytest.mark.parametrize("narrowing", [Narrowing(), Narrowing(level=40)])
def test_whatever_its_pages_are_a_log_has_the_same_lines(runs, monkeypatch, narrowing):
    monkeypatch.setattr(log_windows, "_BLOCK", 1000)
    monkeypatch.setattr(log_windows, "_PAGE", 200)
    run, chance, epoch = uuid4(), random.Random(7), datetime(1970, 1, 1, tzinfo=UTC)
    path = log_path(runs.store.home, run)
    path.parent.mkdir(parents=True, exist_ok=True)
    window, told = LogWindow(runs.store, run, narrowing), []
    for second in range(300):
        level, text = chance.choice([20, 20, 20, 40]), "m" * chance.choice([0, 1, 30, 500])
        ends = "\n" * chance.choice([1, 1, 1, 2, 3])
        line = f'{{"t":{second * 10**6},"level":{level},"logger":"x","message":"#{second} {text}"}}{ends}'
        cut = chance.randrange(len(line))
        for part in (line[:cut], line[cut:]):
            with path.open("a") as file:
                file.write(part)
            if chance.random() < 0.3:
                window.grow(chance.choice([50, 10**6]))
        if level >= (narrowing.level or 0):
            told.append(f"#{second} {text}")
    while window.grow() or not window.is_whole:
        pass
    assert len(window) == len(told)
    for first in range(0, len(told), 5):
        assert [each.message for each in window.lines(first, 9)] == told[first : first + 9]
        second = int(told[first].split()[0][1:])
        assert window.place_of(epoch + timedelta(seconds=second - 0.5)) == first
        assert window.find(f"#{second} ", -1) == (first, None)
        assert window.find(f"#{second} ", len(told), backwards=True) == (first, None)

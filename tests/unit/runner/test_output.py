"""What processes write is taken apart into lines, and every line is kept, a long one in part."""

from __future__ import annotations

import json
import os

from hypothesis import given
from hypothesis import strategies as st

from pacc.runner.output import Lines, Output
from pacc.store.log_writing import RunLog


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_lines_come_out_as_they_went_in_however_they_were_cut(parts):
    lines = Lines()
    found = [line for part in parts for line in lines.feed(part)] + list(lines.rest())
    whole = b"".join(parts)
    assert found == (whole[:-1] if whole.endswith(b"\n") else whole).split(b"\n") if whole else found == []


def test_a_line_that_is_too_long_says_how_long_it_was():
    lines = Lines(limit=1000)
    [line] = [*lines.feed(b"a" * 5000), *lines.feed(b"b" * 5000 + b"\n")]
    assert len(line) < 1000
    assert line.startswith(b"aaa")
    assert b"cut: 10,000 bytes in all" in line
    assert list(lines.feed(b"next\n")) == [b"next"]


def written(tmp_path, data, **options):
    """What an output keeps of some bytes, and what it passes on."""
    ears, mouth = os.pipe()
    heard, onward = os.pipe()
    output = Output(ears, RunLog(tmp_path / "run.jsonl"), logger="pacc.stdout", onward=onward, **options)
    os.write(mouth, data)
    assert output.collect()
    os.close(mouth)
    output.close()
    os.close(onward)
    passed_on = os.read(heard, 100_000)
    os.close(heard)
    return [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()], passed_on


def test_lines_are_kept_in_the_log_and_passed_on(tmp_path):
    lines, passed_on = written(tmp_path, b"one\r\ntwo\xff\nthree")
    assert [line["message"] for line in lines] == ["one", "two\\xff", "three"]
    assert {line["logger"] for line in lines} == {"pacc.stdout"}
    assert passed_on == b"one\r\ntwo\xff\nthree\n"


def test_who_listens_may_leave_and_the_log_goes_on(tmp_path):
    ears, mouth = os.pipe()
    heard, onward = os.pipe()
    os.close(heard)
    output = Output(ears, RunLog(tmp_path / "run.jsonl"), logger="pacc.stdout", onward=onward)
    os.write(mouth, b"one\ntwo\n")
    output.collect()
    os.close(mouth)
    output.close()
    os.close(onward)
    assert (tmp_path / "run.jsonl").read_text().count("\n") == 2

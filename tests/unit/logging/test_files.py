"""The log file of a run: what is written can be read, whatever happens in between."""

from __future__ import annotations

import json
import logging
import os
import pickle
import shutil
import stat
import threading

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pacc._internal.ids import new_id
from pacc.services.logs import decode
from pacc.store.log_writing import RunLog, encode_line, line_head

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
    max_leaves=5,
)
HEAD = line_head("pacc.flow_runs")


def written(message, **options):
    return encode_line(time=1, level=20, head=HEAD, message=message, **options)


@pytest.fixture
def log(tmp_path):
    made = RunLog(tmp_path / "logs" / f"{new_id()}.jsonl")
    yield made
    made.close()


def kept(log):
    return log.path.read_bytes().splitlines()


def without_pairs(text):
    """Two halves of one character, next to each other, are that character; nothing else changes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def check_that_it_comes_back(message, extra):
    made = written(message, extra=extra)
    assert made.endswith(b"\n")
    assert made.count(b"\n") == 1
    read = decode(new_id(), 0, made[:-1])
    assert read.message == without_pairs(message)
    assert json.dumps(read.extra) == without_pairs(json.dumps(extra)) or read.extra == json.loads(
        without_pairs(json.dumps(extra, ensure_ascii=False)), strict=False
    )


EXTRAS = st.none() | st.dictionaries(ANY_TEXT, JSON_VALUES, min_size=1)


@settings(max_examples=100)
@given(message=ANY_TEXT, extra=EXTRAS)
@example(message="a\nb\r\u2028 \x85\x1c \x00 \udcff \N{PARTY POPPER}", extra=None)
def test_any_text_comes_back_as_it_was(message, extra):
    check_that_it_comes_back(message, extra)


@pytest.mark.soak
@settings(max_examples=10_000)
@given(message=ANY_TEXT, extra=EXTRAS)
def test_any_of_many_texts_comes_back_as_it_was(message, extra):
    check_that_it_comes_back(message, extra)


def test_a_line_says_when_how_who_and_what(log):
    head = line_head("pacc.task_runs", "0193", "fetch-817")
    log.write(encode_line(time=1_795_251_600_000_000, level=30, head=head, message="Zürich", extra={"n": 1}))
    assert log.path.read_text(encoding="utf-8") == (
        '{"t":1795251600000000,"level":30,"logger":"pacc.task_runs","task_run_id":"0193",'
        '"task_run_name":"fetch-817","message":"Zürich","extra":{"n": 1}}\n'
    )


class Hostile:
    def __repr__(self):
        raise RuntimeError("no")


def test_fields_json_does_not_know_are_kept_as_they_look():
    circle = []
    circle.append(circle)
    for extra, expected in [
        ({"when": {1}}, {"when": "{1}"}),
        ({"hostile": Hostile()}, {"hostile": "<Hostile whose repr raised RuntimeError>"}),
        ({"circle": circle}, {"circle": "[[...]]"}),
        ({"keys": {(1, 2): 3}}, {"keys": "{(1, 2): 3}"}),
    ]:
        assert json.loads(written("x", extra=extra))["extra"] == expected


@given(
    message=ANY_TEXT,
    limit=st.integers(300, 500),
    extra=st.none() | st.dictionaries(st.just("field"), ANY_TEXT),
)
@example(message="é" * 1000, limit=300, extra=None)
@example(message="\x00" * 1000, limit=300, extra={"field": "y" * 5000})
def test_an_overlong_line_is_cut_to_the_limit_and_says_so(message, limit, extra):
    made = written(message, extra=extra, limit=limit)
    whole = written(message, extra=extra)
    if len(whole) <= limit:
        assert made == whole
    else:
        assert len(made) <= limit
        read = json.loads(made)
        begin, mark = read["message"].rsplit("... [cut: ", 1)
        assert (
            message.startswith(begin)
            or "\ud800" <= max(message) <= "\udfff"
            or begin in without_pairs(message)
        )
        assert mark == f"{len(message):,} characters in all, PACC_LOGGING_TO_API_MAX_LOG_SIZE is {limit}]"


def test_the_file_and_its_folder_are_the_owners_alone(log):
    before = os.umask(0)
    try:
        log.write(written("x"))
    finally:
        os.umask(before)
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700


def test_nothing_is_made_before_the_first_line(log):
    log.close()
    assert not log.path.parent.exists()


def test_a_line_after_closing_is_still_kept(log):
    log.write(written("one"))
    log.close()
    log.write(written("two"))
    assert len(kept(log)) == 2


def test_a_line_that_a_kill_cut_short_stays_apart_from_the_next(log):
    log.path.parent.mkdir()
    log.path.write_bytes(written("one") + written("half")[:-9])
    log.write(written("two"))
    assert [decode(new_id(), 0, each).message for each in kept(log)] == [
        "one",
        written("half")[:-9].decode(),
        "two",
    ]


def test_threads_and_forked_children_write_whole_lines(log):
    def write(name):
        for number in range(50):
            log.write(written(f"{name} {number} " + "x" * number * 10))

    def fork_and_write(name):
        child = os.fork()
        if child == 0:
            write(f"child of {name}")
            os._exit(0)
        write(name)
        os.waitpid(child, 0)

    threads = [threading.Thread(target=write, args=(f"thread {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fork_and_write("main")
    messages = [json.loads(each)["message"] for each in kept(log)]
    assert len(messages) == len(set(messages)) == 300


def test_threads_that_race_to_the_first_line_share_one_file(log):
    barrier = threading.Barrier(16)

    def write():
        barrier.wait()
        log.write(written("x"))

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(log)) == 16


def test_closing_while_others_write_loses_nothing(log):
    def write(name):
        for number in range(500):
            log.write(written(f"{name} {number}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        log.close()
    assert (len(kept(log)), log.lost) == (2000, 0)


def test_a_removed_folder_is_made_again(log):
    log.write(written("one"))
    shutil.rmtree(log.path.parent)
    log._look_again = 0.0
    log.write(written("two"))
    assert [json.loads(each)["message"] for each in kept(log)] == ["two"]


def test_lines_that_cannot_be_written_are_counted_said_once_and_noted_later(log, caplog):
    log.path.parent.write_text("a file where the folder should be")
    with caplog.at_level(logging.ERROR, "pacc.logging"):
        for _ in range(3):
            log.write(written("lost"))
    assert log.lost == 3
    assert [each.getMessage().split(" (")[0] for each in caplog.records] == [
        f"The log {log.path} cannot be written"
    ]
    log.path.parent.unlink()
    log.write(written("found"))
    note, found = (json.loads(each) for each in kept(log) if each)
    assert note["message"].startswith("3 log lines are missing here: they could not be written (")
    assert found["message"] == "found"


def test_a_log_travels_to_other_processes_as_its_path(log):
    log.write(written("x"))
    copy = pickle.loads(pickle.dumps(log))
    assert copy.path == log.path
    copy.close()

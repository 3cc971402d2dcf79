"""Reading and following what runs logged."""

from __future__ import annotations

import itertools
import logging
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc._internal.ids import new_id
from pacc.services import logs
from pacc.store.log_files import log_path
from pacc.store.log_writing import RunLog, encode_line, line_head

FETCH, SAVE = "01a1fdbb-ee3e-7f33-8e1d-d2414634d940", "01a1fdbb-ee3e-7f33-8e1d-d2414634d941"


class Written:
    """A log with lines "0", "1", ... of the flow and two task runs in turn, levels rising."""

    def __init__(self, home):
        self.store = SimpleNamespace(home=home)
        self.run_id = new_id()
        self.log = RunLog(log_path(home, self.run_id))

    def write(self, message, *, level=logging.INFO, task=None, **options):
        name = None if task is None else f"task-{task[-1]}"
        head = line_head("pacc.task_runs" if task else "pacc.flow_runs", task, name)
        self.log.write(encode_line(time=1_000_000, level=level, head=head, message=message, **options))

    def write_many(self, count):
        for number in range(count):
            self.write(str(number), level=10 * (number % 5 + 1), task=(None, FETCH, SAVE)[number % 3])

    def read(self, **options):
        return [log.message for log in logs.read(self.store, self.run_id, **options)]

    def follow(self, **options):
        return logs.follow(self.store, self.run_id, **options)


@pytest.fixture
def written(tmp_path):
    made = Written(tmp_path)
    yield made
    made.log.close()


def test_a_record_has_all_a_line_holds(written):
    written.write("Zürich", level=30, task=FETCH, extra={"degrees": 21.5})
    (log,) = logs.read(written.store, written.run_id)
    assert (log.name, log.level, log.message, log.extra) == (
        "pacc.task_runs",
        30,
        "Zürich",
        {"degrees": 21.5},
    )
    assert (log.flow_run_id, log.task_run_id, log.task_run_name) == (
        UUID(written.run_id),
        UUID(FETCH),
        "task-0",
    )
    assert log.timestamp.isoformat() == "1970-01-01T00:00:01+00:00"


def test_a_line_has_the_same_id_each_time_it_is_read(written):
    written.write_many(10)
    forwards = [log.id for log in logs.read(written.store, written.run_id)]
    backwards = [log.id for log in logs.read(written.store, written.run_id, reverse=True)]
    assert forwards == backwards[::-1]
    assert len(set(forwards)) == 10


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "0123456789"),
        ({"head": 3}, "012"),
        ({"tail": 3}, "789"),
        ({"reverse": True}, "9876543210"),
        ({"head": 3, "reverse": True}, "987"),
        ({"tail": 3, "reverse": True}, "987"),
        ({"offset": 8}, "89"),
        ({"tail": 2, "offset": 3}, "56"),
        ({"level": 40}, "3489"),
        ({"level": 40, "tail": 1}, "9"),
        ({"task_run_id": FETCH}, "147"),
        ({"task_run_id": UUID(SAVE), "head": 2}, "25"),
        ({"head": 0}, ""),
        ({"tail": 0}, ""),
    ],
)
def test_a_log_can_be_read_in_part(written, options, expected):
    written.write_many(10)
    assert "".join(written.read(**options)) == expected


@given(
    count=st.integers(0, 12),
    level=st.none() | st.sampled_from([10, 20, 50]),
    task=st.none() | st.sampled_from([FETCH, SAVE]),
    limit=st.none() | st.integers(0, 5),
    from_the_end=st.booleans(),
    reverse=st.booleans(),
    offset=st.integers(0, 4),
)
def test_every_combination_is_as_if_the_whole_had_been_read(
    tmp_path_factory, count, level, task, limit, from_the_end, reverse, offset
):
    written = Written(tmp_path_factory.mktemp("home"))
    written.write_many(count)
    written.log.close()
    whole = [
        log.message
        for log in logs.read(written.store, written.run_id)
        if (level is None or log.level >= level) and (task is None or str(log.task_run_id) == task)
    ]
    end = None if limit is None else offset + limit
    from_the_end = from_the_end and limit is not None
    part = (whole[::-1] if reverse or from_the_end else whole)[offset:end]
    expected = part[::-1] if from_the_end and not reverse else part
    side = {"tail": limit} if from_the_end else {"head": limit}
    assert written.read(level=level, task_run_id=task, reverse=reverse, offset=offset, **side) == expected


def test_head_and_tail_are_refused_together(written):
    with pytest.raises(ValueError, match="not from both"):
        written.read(head=1, tail=1)


def test_a_line_still_being_written_is_left_alone(written):
    written.write("whole")
    with written.log.path.open("ab") as file:
        file.write(b'{"t": 1, "level": 20, "logger": "x", "mess')
    assert written.read() == written.read(tail=5) == ["whole"]


@pytest.mark.parametrize(
    "damaged",
    [
        b"\xff\xfe garbage",
        b"[1, 2]",
        b'{"t": "late"}',
        b'{"t": 1e400, "level": 1, "logger": "", "message": ""}',
        b"null",
    ],
)
def test_a_damaged_line_is_shown_as_it_is(written, damaged):
    written.write("before")
    with written.log.path.open("ab") as file:
        file.write(damaged + b"\n")
    written.write("after")
    before, broken, after = logs.read(written.store, written.run_id)
    assert (before.message, after.message) == ("before", "after")
    assert (broken.name, broken.message) == (logs.DAMAGED, damaged.decode("utf-8", "backslashreplace"))


def times(count):
    """Say no so often, then yes: the run has ended."""
    answers = itertools.chain(itertools.repeat(False, count), itertools.repeat(True))
    return lambda: next(answers)


def test_following_ends_when_the_run_has_and_every_line_was_seen(written):
    written.write("0")
    rounds = itertools.count(1)

    def sleep(seconds):
        assert seconds == logs.POLL
        written.write(str(next(rounds)))

    followed = written.follow(finished=times(2), sleep=sleep)
    assert "".join(log.message for log in followed) == "0123"


def test_following_sees_what_is_said_right_after_the_end(written):
    followed = written.follow(
        finished=times(0), sleep=lambda _: written.write("Finished in state Completed()")
    )
    assert [log.message for log in followed] == ["Finished in state Completed()"]


def test_following_waits_for_the_rest_of_a_line(written):
    written.log.path.parent.mkdir()
    halves = iter([b'{"t":1,"level":20,"logger":"pacc","mess', b'age":"whole"}\n', b""])

    def sleep(_):
        with written.log.path.open("ab") as file:
            file.write(next(halves))

    assert [log.message for log in written.follow(finished=times(2), sleep=sleep)] == ["whole"]


@pytest.mark.parametrize(
    ("options", "expected"), [({}, "0123456"), ({"tail": 2}, "3456"), ({"tail": 0}, "56")]
)
def test_following_can_start_near_the_end(written, options, expected):
    written.write_many(5)
    more = iter("56")

    def sleep(_):
        for message in more:
            written.write(message)

    followed = written.follow(finished=times(1), sleep=sleep, **options)
    assert "".join(log.message for log in followed) == expected


def test_following_shows_only_what_is_asked_for(written):
    written.write_many(10)
    only = {"finished": times(0), "sleep": lambda _: None, "task_run_id": FETCH}
    assert [log.message for log in written.follow(level=30, **only)] == ["4", "7"]
    assert [log.message for log in written.follow(tail=1, **only)] == ["7"]


def test_a_run_that_said_nothing_can_be_read_and_followed(written):
    assert written.read() == written.read(tail=3) == []
    assert list(written.follow(finished=times(0), sleep=lambda _: None, tail=3)) == []

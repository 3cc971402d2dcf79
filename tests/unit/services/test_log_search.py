"""Log lines are found by Prefect's filters, over the files of many runs."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

import pytest

from pacc._internal.clock import to_datetime
from pacc.schemas.filters import LogFilter
from pacc.schemas.sorting import LogSort
from pacc.services import log_search
from pacc.store.log_files import log_path
from pacc.store.log_writing import RunLog, encode_line, line_head


@pytest.fixture
def write(store):
    """Write one line into the log of a run; time in seconds."""
    logs = {}

    def line(run_id, message, *, at=0, level=logging.INFO, task=None, logger="pacc.flow_runs"):
        log = logs.setdefault(run_id, RunLog(log_path(store.home, run_id)))
        head = line_head(logger, task, None if task is None else "fetch")
        log.write(encode_line(time=at * 1_000_000, level=level, head=head, message=message))

    yield line
    for log in logs.values():
        log.close()


def said(store, wanted=None, **options):
    log_filter = None if wanted is None else LogFilter(**wanted)
    return [log.message for log in log_search.select(store, log_filter, **options)]


def test_lines_of_all_runs_come_in_the_order_they_were_said(store, runs, write):
    one, other = runs.flow_run(), runs.flow_run()
    write(one, "a", at=1)
    write(one, "c", at=3)
    write(other, "b", at=2)
    write(other, "b2", at=2)
    assert said(store) == ["a", "b", "b2", "c"]
    assert said(store, sort=LogSort.TIMESTAMP_DESC) == ["c", "b", "b2", "a"]


def test_pages_are_parts_of_the_whole(store, runs, write):
    one = runs.flow_run()
    for number in range(6):
        write(one, str(number), at=number)
    assert said(store, limit=2, offset=1) == ["1", "2"]
    assert said(store, limit=2, offset=1, sort=LogSort.TIMESTAMP_DESC) == ["4", "3"]
    assert said(store, offset=4) == ["4", "5"]
    assert said(store, limit=0) == []
    with pytest.raises(ValueError, match="from 0 on"):
        said(store, limit=-1)


def test_lines_are_narrowed_by_run_level_and_time(store, runs, write):
    one, other = runs.flow_run(), runs.flow_run()
    write(one, "early", at=1, level=logging.ERROR)
    write(one, "late", at=9)
    write(other, "other", at=5)
    assert said(store, {"flow_run_id": {"any_": [one]}}) == ["early", "late"]
    assert said(store, {"level": {"ge_": 40}}) == ["early"]
    assert said(store, {"level": {"le_": 20}}) == ["other", "late"]
    moments = {"after_": to_datetime(5_000_000), "before_": to_datetime(9_000_000) - timedelta(seconds=1)}
    assert said(store, {"timestamp": moments}) == ["other"]


def test_parts_are_joined_by_the_operator(store, runs, write):
    one, other = runs.flow_run(), runs.flow_run()
    write(one, "a", at=1)
    write(other, "b", at=2, level=logging.ERROR)
    write(other, "c", at=3)
    wanted = {"flow_run_id": {"any_": [one]}, "level": {"ge_": 40}}
    assert said(store, wanted) == []
    assert said(store, {**wanted, "operator": "or_"}) == ["a", "b"]


def test_lines_of_a_task_run_are_found_in_its_flow_run_or_in_its_own_file(store, runs, write):
    flow_run = runs.flow_run()
    inside, outside = runs.task_run(flow_run), runs.task_run()
    write(flow_run, "the flow's", at=1)
    write(flow_run, "inside", at=2, task=inside)
    write(outside, "outside", at=3, task=outside)
    for task_run, expected in ((inside, ["inside"]), (outside, ["outside"])):
        assert said(store, {"task_run_id": {"any_": [task_run]}}) == expected


def test_a_run_without_a_log_and_files_that_are_no_logs_say_nothing(store, runs, write):
    write(runs.flow_run(), "a")
    (store.home / "logs" / "notes.jsonl").write_text("no log\n")
    assert said(store, {"flow_run_id": {"any_": [runs.flow_run(), UUID(int=1)]}}) == []
    assert said(store) == ["a"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("timeout", ["Timeout of api"]),
        ("timeout refused", ["Timeout of api", "connection refused"]),
        ('"connection refused"', ["connection refused"]),
        ("+api +timeout", ["Timeout of api"]),
        ("+api +refused", []),
        ("-api", ["connection refused", "100% done"]),
        ("!api -done", ["connection refused"]),
        ("100%", ["100% done"]),
        ("flow_runs", ["Timeout of api", "connection refused", "100% done"]),
        ("", ["Timeout of api", "connection refused", "100% done"]),
        ('"', ["Timeout of api", "connection refused", "100% done"]),
    ],
)
def test_text_is_searched_as_in_prefect(store, runs, write, query, found):
    run = runs.flow_run()
    for number, message in enumerate(("Timeout of api", "connection refused", "100% done")):
        write(run, message, at=number)
    assert said(store, {"text": {"query": query}}) == found

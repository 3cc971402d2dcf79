"""`pacc events`: said, listed and followed from a shell."""

from __future__ import annotations

import json
import re
import signal
import sys

import pytest

from pacc import flow
from pacc.cli.root import main
from pacc.engine import place
from pacc.events import emit_event


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(words)
        told = capsys.readouterr()
        return int(code), told.out, told.err

    return run


def test_an_event_is_said_and_listed_with_all_it_tells(pacc):
    code, out, _ = pacc(
        "events", "emit", "table.loaded", "-r", "prefect.resource.id=table.customers", "-r", "owner=ada",
        "--related", '{"prefect.resource.id": "job.1", "prefect.resource.role": "job"}', "-p", '{"rows": 3}',
    )  # fmt: skip
    assert code == 0
    assert re.fullmatch(r"Emitted event table\.loaded with id [0-9a-f-]{36}\n", out)
    (event,) = json.loads(pacc("events", "ls", "-o", "json")[1])
    assert event["resource"] == {"pacc.resource.id": "table.customers", "owner": "ada"}
    assert event["related"] == [{"pacc.resource.id": "job.1", "pacc.resource.role": "job"}]
    assert event["payload"] == {"rows": 3}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["x"], "an event happens to a resource, and none was named"),
        (["x", "-r", "foo"], '--resource takes LABEL=VALUE or a JSON object, not "foo"'),
        (["x", "--resource-id", "t", "-p", "[1"], "--payload takes a JSON object"),
        (["x", "--resource-id", "t", "--related", "{"], "--related takes JSON"),
        (
            ["x", "--resource-id", "t", "--related", '{"a": "b"}'],
            'a resource needs the label "pacc.resource.id"',
        ),
        (["", "--resource-id", "t"], "an event needs a name"),
    ],
)
def test_what_cannot_be_said_is_refused_in_a_sentence(pacc, words, why):
    code, out, err = pacc("events", "emit", *words)
    assert code
    assert not out
    assert why in err


def test_a_listing_is_narrowed_by_pattern_resource_and_time(pacc):
    @flow
    def etl():
        emit_event("table.loaded", resource={"prefect.resource.id": "table.customers"})

    etl()
    place.current().store.journal.flush()
    lines = pacc("events", "ls", "-e", "prefect.flow-run.*", "-o", "plain")[1].splitlines()
    assert [line.split("\t")[1].rpartition(".")[2] for line in lines] == ["Completed", "Running", "Pending"]
    assert len(pacc("events", "ls", "-e", "pacc.flow-run.*", "-o", "plain")[1].splitlines()) == 3
    assert "table.loaded" in pacc("events", "ls", "-r", "table.*")[1]
    assert "flow etl" in pacc("events", "ls", "--search", "customers")[1]
    code, out, err = pacc("events", "ls", "--until", "2020-01-01")
    assert (code, out) == (0, "")
    assert "no such events" in err
    assert pacc("events", "ls", "--since", "someday")[0]


def test_a_stream_shows_what_happens_until_it_is_interrupted(processes, pacc_home):
    stream = processes.start(
        sys.executable, "-m", "pacc", "events", "stream", "-o", "json", "-e", "a.*", "--since", "1h"
    )
    emit_event("a.b", resource={"prefect.resource.id": "t"}, payload={"n": 1})
    place.current().store.journal.flush()
    line = json.loads(stream.stdout.readline())
    assert (line["event"], line["payload"]) == ("a.b", {"n": 1})
    stream.send_signal(signal.SIGINT)
    assert processes.finish(stream).code == 130


def test_a_stream_may_end_after_one_event_and_go_to_a_file(pacc, tmp_path):
    emit_event("a.b", resource={"prefect.resource.id": "t"})
    place.current().store.journal.flush()
    file = tmp_path / "events.jsonl"
    words = ("events", "stream", "--since", "1h", "--run-once", "--format", "json", "--output-file")
    assert pacc(*words, str(file))[:2] == (0, "")
    assert json.loads(file.read_text())["event"] == "a.b"
    code, _, err = pacc(*words, str(tmp_path))
    assert code
    assert "cannot be written" in err

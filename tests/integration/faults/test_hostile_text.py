"""G22: no text becomes code, SQL, a path outside its folder or a terminal command: it is refused, or it comes back as it was."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import re
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from pacc import flow, get_run_logger, tags, task
from pacc.cli.root import main as pacc_main
from pacc.exceptions import PaccException
from pacc.logging import configure
from pacc.settings import refresh_settings
from pacc.store import open_store

NASTY = (
    "\x00", "a\x00b", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b2J", "\r\nError: forged", "\u202etxt.exe", "\udcff\ud800",
    "[red]markup[/red]", "[link=file:///etc/passwd]x[/link]", "'; DROP TABLE flow_run; --", '" OR 1=1 --', "%_%", "[a-z]*",
    "../../x", "/etc/passwd", "~root", "C:\\con", "$(touch PWNED)", "`touch PWNED`", "{{ 7*7 }}", "{0.__class__}", "%(name)s %s",
    "@last", "@failed", "-o", "--help", "", " ", "\n", "x" * 70_000, "\U0001f4a9" * 500, "nan", "null", "👨‍👩‍👧",
)  # fmt: skip
TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=40),
    st.builds(str.__add__, st.text(max_size=5), st.sampled_from(NASTY)),
)
# Line breaks and tabs may pass, and nothing else that a terminal acts on or that changes how a line is read.
RAW = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
UNUSUAL = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def counted(quick, soak):
    """The quick count with every change, the soak count with `-m soak`."""
    return pytest.mark.parametrize(
        "count", [quick, pytest.param(soak, marks=[pytest.mark.soak, pytest.mark.timeout(7200)])]
    )


def spelled(text):
    """What the store makes of text that UTF-8 cannot hold: nothing is dropped, the odd characters are spelled out."""
    return text.encode("utf-8", "backslashreplace").decode()


@pytest.fixture
def place(pacc_home, tmp_path, monkeypatch):
    """A home beside an empty folder that everything runs in; whatever else appears was written where it should not."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("PACC_LOGGING_LEVEL", "DEBUG")
    refresh_settings()
    configure()
    before = sorted(os.listdir("/"))
    yield SimpleNamespace(home=pacc_home, store=open_store(pacc_home))
    open_store(pacc_home).close()
    assert sorted(os.listdir(tmp_path)) == ["home", "work"]
    assert os.listdir(work) == []
    assert sorted(os.listdir("/")) == before
    allowed = {
        "logs",
        "seal-key",
        "sessions",
        "storage",
        "pacc.db",
        "pacc.db-wal",
        "pacc.db-shm",
        "pacc.db-gate",
        "pacc.db-open",
    }
    assert set(os.listdir(pacc_home)) <= allowed
    assert all(re.fullmatch(r"[0-9a-f-]{36}\.jsonl", name) for name in os.listdir(pacc_home / "logs"))


def command(*words):
    """Run a command here and now; whatever it answers is fit for a terminal and is no mishap."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = int(pacc_main(words))
    said = out.getvalue() + err.getvalue()
    assert not RAW.search(said), (words, RAW.search(said))
    assert "Traceback" not in err.getvalue()
    assert "something went wrong inside pacc" not in err.getvalue(), err.getvalue()
    return code, out.getvalue(), err.getvalue()


numbers = itertools.count()


def run_with(name, run_name, tag, parameter, message, error):
    """Run a flow with all of it and return its id, `None` where a name was refused; the console is fit for a terminal, too."""
    seen = []
    console = io.StringIO()
    with contextlib.redirect_stderr(console):
        try:

            @task(name=name, task_run_name=lambda: run_name)
            def say(text):
                get_run_logger().warning("said %s", text, extra={"told": text})

            @flow(name=name, flow_run_name=lambda: run_name)
            def talk(text):
                from pacc.runtime import flow_run

                seen.append(flow_run.id)
                say(text)
                print(text)
                get_run_logger().info(message)
                raise ValueError(error)

            with tags(tag):
                talk.with_options(log_prints=True)(parameter, return_state=True)
        except PaccException:
            return None  # refused, in a sentence
    assert not RAW.search(console.getvalue()), RAW.search(console.getvalue())
    return seen[0] if seen else None


@counted(10, 10_000)
def test_text_in_runs_comes_back_as_it_was(place, checking, count):
    @settings(max_examples=count, phases=[p for p in Phase if p is not Phase.explain], **UNUSUAL)
    @given(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
    def check(name, run_name, tag, parameter, message, error):
        run_id = run_with(name, run_name, tag, parameter, message, error)
        if run_id is None:
            return
        (row,) = place.store.read("flow_runs.read", {"id": run_id})
        assert row["name"] == spelled(run_name) or not run_name.strip()
        assert json.loads(row["tags"]) in ([tag], [spelled(tag)])
        assert json.loads(row["parameters"])["text"] in (parameter, spelled(parameter))
        assert row["state_message"].startswith("Flow run encountered an exception: ValueError")
        assert spelled(error).strip() in spelled(row["state_message"])
        assert list(checking.faults_of(dict(row))) == []
        code, out, _ = command("flow-run", "inspect", run_id, "-o", "json")
        assert code == 0
        told = json.loads(out)
        assert told["parameters"]["text"] in (parameter, spelled(parameter))
        code, out, _ = command("flow-run", "logs", run_id, "-o", "json")
        assert code == 0
        messages = [line["message"] for line in json.loads(out)]
        assert f"said {parameter}" in messages
        assert message in messages
        for words in (
            ("flow-run", "inspect", run_id),
            ("flow-run", "logs", run_id),
            ("flow-run", "ls"),
            ("task-run", "ls"),
        ):
            assert command(*words)[0] == 0

    check()
    assert command("flow", "ls", "--limit", "100000")[0] == 0
    assert checking.faults(place.home) == []


def test_text_in_references_and_filters_finds_its_own_run_or_none(place):
    @flow(flow_run_name="{wanted}")
    def named(wanted):
        return len(wanted)

    with contextlib.redirect_stderr(io.StringIO()):
        named("plain")
    commands = (
        ("flow-run", "inspect"), ("flow-run", "logs"), ("task-run", "inspect"), ("flow-run", "ls", "--flow-name"),
        ("flow-run", "ls", "--state"), ("flow-run", "ls", "--tag"), ("flow-run", "ls", "--since"), ("flow-run", "ls", "--sort"),
        ("flow-run", "ls", "--limit"), ("flow-run", "ls", "-o"), ("task-run", "ls", "--task-run-name"), ("task-run", "ls", "--flow-run"),
        ("flow-run", "delete"), ("config", "view"), ("profile", "inspect"), (),
    )  # fmt: skip

    @settings(max_examples=50, **UNUSUAL)
    @given(st.sampled_from(commands), TEXT)
    @example(("flow-run", "inspect"), "'; DROP TABLE flow_run; --")
    @example(("flow-run", "ls", "--flow-name"), "\x1b[31m")
    def check(words, text):
        if words == ("flow-run", "delete") and text.startswith("@"):
            return  # it does what it is asked to do
        code, out, err = command(*words, text)
        assert code in (0, 1, 2, 10, 13), err
        if code:
            assert out == ""
            assert err
        if (
            words[:2] in (("flow-run", "ls"), ("task-run", "ls"))
            and len(words) == 3
            and code == 0
            and words[2] not in ("-o", "--limit", "--sort", "--since")
        ):
            assert "plain" not in out or text.lower() in ("completed", "plain")

    check()
    assert len(place.store.read_sql("SELECT id FROM flow_run")) == 1

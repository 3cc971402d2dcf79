"""Of runs whose supervisor was killed the log says what became of them, and their hooks are called."""

from __future__ import annotations

import json

import pytest

from pacc.services import bereaved
from pacc.services.outcomes import Ended
from pacc.store.log_files import log_path

RUN = "01a21a38-f944-71ee-be9e-ad109757d1db"


def ended(state_name="Crashed", **process):
    return Ended(id=RUN, name="brave-otter", state_name=state_name, process=json.dumps(process))


@pytest.fixture
def called(monkeypatch):
    """What is to be called by a process of its own."""
    noted = []
    monkeypatch.setattr(bereaved, "_start", lambda _, wanted: noted.extend(wanted))
    return noted


@pytest.mark.parametrize(
    ("run", "wanted"),
    [
        (ended(role="supervises"), [f"on_crashed:{RUN}"]),
        (ended("Cancelled", role="supervises"), [f"on_cancellation:{RUN}"]),
        (ended(role="supervises", hooks=["on_crashed"]), [f"on_crashed:{RUN}"]),
        (ended(role="supervises", hooks=["on_failure"]), []),
        (ended(role="supervises", hooks=[]), []),
        (ended(role="executes"), []),
        (ended(), []),
    ],
)
def test_hooks_are_called_where_a_supervisor_had_done_it_and_the_flow_may_have_some(
    store, called, run, wanted
):
    bereaved.see_to(store, [run], "It was killed.")
    assert called == wanted


def test_the_log_of_such_a_run_says_why_it_ended(store, called):
    bereaved.see_to(store, [ended(role="supervises")], "It was killed.")
    assert "Crashed: It was killed." in log_path(store.home, RUN).read_text()


def test_a_process_that_cannot_be_started_is_said_and_ends_nothing(store, monkeypatch, caplog):
    monkeypatch.setattr(bereaved.sys, "executable", "/nowhere/python")
    bereaved.see_to(store, [ended(role="supervises")], "It was killed.")
    assert "The hooks of 1 flow runs are not called" in caplog.text

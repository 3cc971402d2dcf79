"""Runs that only their contexts know, so that logging can be looked at without an engine."""

from __future__ import annotations

import json
import logging
from types import SimpleNamespace

import pytest

from pacc._internal.ids import new_id
from pacc.context import FlowRunContext, TaskRunContext
from pacc.logging import configuration
from pacc.settings import refresh_settings, temporary_settings
from pacc.store.log_files import log_path
from pacc.store.log_writing import RunLog


@pytest.fixture(autouse=True)
def _as_before():
    """Whatever a test configures is taken back, as is what other tests left; the root logger was never touched."""
    configuration.reset()
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    refresh_settings()
    yield
    configuration.reset()
    refresh_settings()
    assert (root.level, list(root.handlers)) == before


class Console:
    """What was written to standard output and standard error so far."""

    def __init__(self, capsys):
        self._capsys = capsys
        self._out = self._err = ""

    def _read(self):
        more = self._capsys.readouterr()
        self._out += more.out
        self._err += more.err

    @property
    def out(self):
        self._read()
        return self._out

    def getvalue(self):
        self._read()
        return self._err


@pytest.fixture
def console(capsys):
    """What is written to standard error: `getvalue()`, and to standard output: `out`."""
    return Console(capsys)


@pytest.fixture
def configure():
    """Configure logging with settings, given as keywords: `configure(PACC_LOGGING_LEVEL="DEBUG")`."""
    entered = []

    def with_settings(**settings):
        entered.append(temporary_settings(settings))
        entered[-1].__enter__()
        configuration.configure()

    yield with_settings
    for each in reversed(entered):
        each.__exit__(None, None, None)


class Run:
    """A flow run with its log, and task runs in it."""

    def __init__(self, home, name="noisy-raccoon", *, log_prints=False):
        self.home = home
        self.run = SimpleNamespace(id=new_id(), name=name)
        self.log = RunLog(log_path(home, self.run.id))
        self.context = FlowRunContext(
            self.run,
            {},
            flow=SimpleNamespace(name="pipeline"),
            store=None,
            home=home,
            upstream=None,
            log_prints=log_prints,
            run_log=self.log,
        )

    def task(self, name="fetch_weather-817", *, log_prints=False, inside=True):
        """The context of a task run in this flow run, or outside of flows with a log of its own."""
        run = SimpleNamespace(id=new_id(), name=name, flow_run_id=self.run.id if inside else None)
        return TaskRunContext(
            run,
            {},
            task=SimpleNamespace(name="fetch_weather"),
            flow_context=self.context if inside else None,
            log_prints=log_prints,
            run_log=self.log if inside else RunLog(log_path(self.home, run.id)),
        )

    def lines(self):
        """The log file's lines as they are."""
        return [json.loads(line) for line in self.log.path.read_bytes().splitlines()]

    def messages(self):
        return [line["message"] for line in self.lines()]


@pytest.fixture
def make_run(pacc_home):
    """Make flow runs; their files are closed afterwards."""
    made = []

    def make(name="noisy-raccoon", **options):
        made.append(Run(pacc_home, name, **options))
        return made[-1]

    yield make
    for each in made:
        each.log.close()


@pytest.fixture
def run(make_run):
    """One flow run."""
    return make_run()

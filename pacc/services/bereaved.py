"""Runs whose supervisor was killed: nobody is left to say in their log what became of them, and to have their hooks called.

Whoever finds such a run and writes how it ended does both. The hooks are called by a process of their own that loads the flow, at most
once: only one process finds the run.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc._internal.process_tree import MARK
from pacc.services.outcomes import HOOKS
from pacc.services.processes_of_runs import Role, role_of
from pacc.settings import get_current_settings
from pacc.store.log_files import log_path
from pacc.store.log_writing import RunLog, encode_line, line_head

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.services.outcomes import Ended
    from pacc.store import Store

_MOST = 500
"""How many runs one process calls the hooks of, one after the other."""

_log = logging.getLogger("pacc.reaper")
_started: list[subprocess.Popen[bytes]] = []
"""Processes this one has started, until it has seen their end."""


def see_to(store: Store, ended: Iterable[Ended], why: str) -> None:
    """Say in the logs of runs what became of them, and have their hooks called.

    Args:
        store: where they are kept.
        ended: runs that were ended just now.
        why: why, in a sentence.
    """
    _started[:] = [process for process in _started if process.poll() is None]
    supervised = [run for run in ended if role_of(run.process) is Role.SUPERVISES]
    if supervised and get_current_settings().logging.to_api.enabled:
        for run in supervised:
            _say(RunLog(log_path(store.home, run.id)), f"{run.state_name}: {why}")
    wanted = [f"{HOOKS[run.state_name]}:{run.id}" for run in supervised if _may_have_hooks(run)]
    for first in range(0, len(wanted), _MOST):
        _start(store, wanted[first : first + _MOST])


def _may_have_hooks(run: Ended) -> bool:
    """Say whether hooks are to be called for a run; those that the flow has stand in its row where they were known when it began."""
    there = json.loads(run.process or "{}").get("hooks")
    return there is None or HOOKS[run.state_name] in there


def _say(log: RunLog, message: str) -> None:
    log.write(
        encode_line(time=clock.now(), level=logging.ERROR, head=line_head("pacc.runner"), message=message)
    )
    log.close()


def _start(store: Store, wanted: list[str]) -> None:
    settings = get_current_settings().to_environment_variables(exclude_unset=True)
    environment = {**os.environ, **settings, "PACC_HOME": str(store.home)}
    environment.pop(MARK, None)  # it is nothing of the run, if any, that this process executes
    try:
        _started.append(
            subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-m", "pacc.flow_engine", "--hooks", *wanted],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
    except OSError as error:
        _log.error("The hooks of %d flow runs are not called: %s", len(wanted), error)

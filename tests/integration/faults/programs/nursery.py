"""Processes for fault programs: forked from one that has loaded pacc, since a fresh interpreter for each fault would take minutes.

The nursery itself never opens a store, so what it forks is as good as a new process.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import io
import os
import sys
import threading
import traceback

from pacc.cli.root import main as pacc_main
from pacc.settings import refresh_settings

for name in (
    "cli.flow_run.ls",
    "loops.housekeeper",
    "presentation.as_json",
):  # what children would load each for itself
    importlib.import_module(f"pacc.{name}")


def forked(work, *args, home=None):
    """Do `work(*args)` in a child that ends as an interpreter does, and return the child's pid at once."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        if home is not None:
            os.environ["PACC_HOME"] = str(home)
            refresh_settings()
        code = _outcome(work, args)
        leave()
    finally:
        os._exit(code)


def leave():
    """Do what an interpreter does on its way out."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()


def _outcome(work, args):
    try:
        return work(*args) or 0
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:  # noqa: BLE001 - what an interpreter does with it
        traceback.print_exc()
        return 1


def finished(pid):
    """Wait for a child and return its exit code, below zero for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def run(work, *args, home=None):
    """Do `work(*args)` in a child of its own and return its exit code."""
    return finished(forked(work, *args, home=home))


def command(*words):
    """Run a `pacc` command in this process; return its code, what it said, and what it remarked."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = int(pacc_main(words))
    return code, out.getvalue(), err.getvalue()

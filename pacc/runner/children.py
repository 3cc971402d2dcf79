"""How a supervisor's children begin and end: forked from it with their output caught, gone when it is gone."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from pacc._internal.process_tree import MARK
from pacc.engine import supervision
from pacc.logging.handlers import set_console
from pacc.runner.system import end_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD)
"""What a supervisor listens to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process that executes the user's code, as its supervisor holds it."""

    pid: int
    stdout: int
    """The reading ends of its pipes."""
    stderr: int
    told: int
    """What it tells its supervisor; see `pacc.engine.supervision`."""
    lifeline: int
    """Kept open as long as the supervisor lives."""


def start(body: Callable[[], None], *, run_id: str, stream: bool) -> Child:
    """Fork a process that calls `body` and then ends as a program does; it is killed when this one ends.

    Args:
        body: what to do there.
        run_id: stands in the environment of the process.
        stream: whether its log lines go to this process's standard error.
    """
    out, err, told, lifeline = os.pipe(), os.pipe(), os.pipe(), os.pipe()
    _flush()
    parent = os.getpid()
    with _held(SIGNALS):
        pid = os.fork()
        if not pid:
            for descriptor in (out[0], err[0], told[0], lifeline[1]):
                os.close(descriptor)
            _be_a_child(body, parent, (out[1], err[1], told[1], lifeline[0]), run_id, stream=stream)
        with suppress(OSError):  # as the child does: whichever is first, whoever is told to end it now can
            os.setpgid(pid, pid)
    for descriptor in (out[1], err[1], told[1], lifeline[0]):
        os.close(descriptor)
    return Child(pid=pid, stdout=out[0], stderr=err[0], told=told[0], lifeline=lifeline[1])


@contextmanager
def _held(numbers: tuple[int, ...]) -> Iterator[None]:
    """Let no signal through for the length of the block: the child must not hear one as if it were the parent."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _be_a_child(
    body: Callable[[], None], parent: int, ends: tuple[int, int, int, int], run_id: str, *, stream: bool
) -> NoReturn:
    out, err, told, lifeline = ends
    code = 1
    try:
        os.setpgid(0, 0)
        _default_signals()
        end_with(parent, lifeline)
        _catch_output(out, err, stream=stream)
        os.environ[MARK], os.environ["PYTHONUNBUFFERED"] = run_id, "1"
        supervision.speak_through(told)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        body()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001 - as an interpreter ends a program
        with suppress(Exception):
            traceback.print_exc()
    _leave(code)


def _default_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _catch_output(out: int, err: int, *, stream: bool) -> None:
    """Put the pipes in the place of standard output and error, and the console where standard error was."""
    console = os.dup(2) if stream else os.open(os.devnull, os.O_WRONLY)
    set_console(open(console, "w", encoding="utf-8", errors="backslashreplace"))  # noqa: SIM115 - for the process's life
    for descriptor, standard in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(descriptor, standard, inheritable=True)
        os.close(descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as above
    for number, name in ((1, "stdout"), (2, "stderr")):
        fresh = open(number, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115 - as above
        setattr(sys, name, fresh)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()


def _leave(code: int) -> NoReturn:
    """End as a program does: wait for its threads, call its exit handlers, write what it printed."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - as multiprocessing ends its children
        atexit._run_exitfuncs()  # noqa: SLF001 - as above
        _flush()
    finally:
        os._exit(code)

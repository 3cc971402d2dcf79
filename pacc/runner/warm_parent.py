"""A process that has loaded a flow and forks a supervisor for each of its runs, in a few milliseconds.

It has one thread, no connection to the store and no lock, so that its children begin clean. It speaks with its runner through a
socket, a line of JSON each: `{"run": ...}` asks for a supervisor; `began`, `ended` and `refused` tell what became of it. Where the
loaded code has started threads or opened files, or has changed on disk, it says so and forks nothing more.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from pacc._internal import process_tree as tree
from pacc._internal.processes import IS_LINUX
from pacc._internal.readable import readable
from pacc.runner.heap import fill_holes
from pacc.runner.output import Lines
from pacc.runner.posts import Posts
from pacc.runner.sources import Sources
from pacc.runner.system import take_in_orphans
from pacc.runner.warm import CHANGED

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from socket import socket

    from pacc.runner.posts import Post


class WarmParent:
    """This process.

    Args:
        runner: the socket to the runner.
        load: loads the code; whatever it raises is told to the runner.
        supervise: supervises a run, given what the runner asked for, and others it gets through its post, in a process that was
            forked for it; returns the exit code.
    """

    def __init__(
        self, runner: socket, load: Callable[[], None], supervise: Callable[[dict[str, Any], Post], int]
    ) -> None:
        self._runner = runner
        self._load = load
        self._supervise = supervise
        self._children: dict[int, str] = {}
        """The run that each supervisor is at, empty for one that waits."""
        self._posts = Posts()
        self._orders = Lines()

    def serve(self) -> None:
        """Fork supervisors until the runner has left and the last one has ended."""
        take_in_orphans()
        self._ears = _wake_on_children()
        self._open_before = _open_files()
        try:
            self._load()
        except BaseException as error:  # noqa: BLE001 - the user's code is loaded; the runner is told
            self._tell(unfit=f"its code cannot be loaded: {error}")
            return
        self._sources = Sources()
        _try_forking()
        why = self._surprise()
        if why:
            self._tell(unfit=why)
            return
        gc.collect()
        fill_holes()
        gc.freeze()  # what is loaded by now stays shared with the children
        self._tell(ready=True)
        self._attend()

    def _attend(self) -> None:
        runner: list[Any] = [self._runner]
        while runner or self._children:
            heard = readable([*runner, *self._posts.ears(), self._ears], self._posts.pause())
            if self._ears in heard:
                with suppress(BlockingIOError):
                    os.read(self._ears, 4096)
            self._hear_supervisors()
            if self._runner in heard and not self._hear():
                runner = []
                self._posts.close()
            self._posts.dismiss()
            self._collect()

    def _hear_supervisors(self) -> None:
        """Tell of those that are done with their run, and wait for another one."""
        for pid in self._posts.hear():
            if run := self._children.get(pid):
                self._children[pid] = ""
                self._tell(ended=run, status=0)

    def _hear(self) -> bool:
        """Do what the runner asks for; say whether it is still there."""
        try:
            data = self._runner.recv(1 << 16)
        except OSError:
            return False
        for line in self._orders.feed(data):
            order = json.loads(line)
            if "run" in order:
                self._begin(order)
            else:
                for pid in self._children:
                    tree.send(pid, order["signal"])
        return bool(data)

    def _begin(self, order: dict[str, Any]) -> None:
        if self._sources.have_changed():
            self._tell(refused=order["run"], why=CHANGED)
            return
        pid = self._posts.give(order)
        if pid is None:
            pid = self._forked(order)
        if pid is None:
            return
        self._children[pid] = order["run"]
        self._tell(began=order["run"], pid=pid)

    def _forked(self, order: dict[str, Any]) -> int | None:
        """Fork a supervisor and return its pid, `None` where that would be unsafe, as the runner is told."""
        why = self._surprise()
        if why:
            self._tell(refused=order["run"], why=why)
            return None
        pid = os.fork()
        if not pid:
            self._become_supervisor(order)
        return pid

    def _become_supervisor(self, order: dict[str, Any]) -> NoReturn:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            self._runner.close()
            os.close(self._ears)
            code = self._supervise(order, self._posts.leave())
        finally:
            for stream in (sys.stdout, sys.stderr):
                with suppress(Exception):
                    stream.flush()
            os._exit(code)

    def _collect(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            run = self._children.pop(pid, None)
            if run is not None:
                if os.WIFSIGNALED(status):
                    self._end_orphans()
                if run:
                    self._tell(ended=run, status=status)

    def _end_orphans(self) -> None:
        """Kill what a supervisor that was killed leaves behind: every child here that is no supervisor, and all below it."""
        mine = os.getpid()
        while orphans := [
            member
            for member in tree.below(mine)
            if member.parent == mine and member.pid not in self._children
        ]:
            for orphan in orphans:
                tree.kill(member.pid for member in tree.below(orphan.pid))
                tree.send(orphan.pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                for orphan in orphans:
                    os.waitpid(orphan.pid, 0)

    def _surprise(self) -> str:
        """Return what makes forking unsafe here, nothing where all is well."""
        if _threads() > 1:
            return "its code has started threads"
        more = _open_files(self._posts.descriptors()) - self._open_before
        return f"its code has opened {', '.join(sorted(more))}" if more else ""

    def _tell(self, **facts: Any) -> None:
        with suppress(OSError):  # the runner has left
            self._runner.sendall(json.dumps(facts).encode() + b"\n")


def _try_forking() -> None:
    """Fork once for nothing: libraries that keep threads of their own, as those of linear algebra, end them at a fork."""
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)


def _wake_on_children() -> int:
    ears, mouth = os.pipe()
    for end in (ears, mouth):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return ears


def _threads() -> int:
    return len(os.listdir("/proc/self/task")) if IS_LINUX else threading.active_count()


def _open_files(known: Container[int] = ()) -> set[str]:
    """Return the files, pipes and sockets this process has open besides known ones, by name where the system tells it."""
    found = set()
    for name in os.listdir("/dev/fd"):
        if int(name) in known:
            continue
        with suppress(OSError):
            found.add(os.readlink(f"/proc/self/fd/{name}") if IS_LINUX else f"descriptor {name}")
    return {name for name in found if not name.startswith(("/proc/", "/dev/fd"))}

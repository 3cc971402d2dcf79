"""The processes below one: who they are, what they use, and how all of them are ended.

A run's supervisor is the parent of every orphan below it, so whoever is not its descendant never was one. Where the system has no
such parents, processes that carry the run's id in their environment are looked for as well.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.processes import IS_LINUX, told_in

if TYPE_CHECKING:
    from collections.abc import Iterable

MARK = "PACC__FLOW_RUN_ID"
"""The variable that names a run in the environment of its processes."""

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = 1 / os.sysconf("SC_CLK_TCK")
_OTHERS_AFTER = 0.25
"""Seconds after which those outside of the leader's group are told, too; most trees have none, and looking costs."""
_AGAIN = 0.02


class Member(NamedTuple):
    """One process of a tree."""

    pid: int
    parent: int
    group: int
    memory: int
    """Resident bytes."""
    cpu_seconds: float
    """Its own, and that of the children it has waited for."""


def below(root: int) -> list[Member]:
    """Return the processes below one, without those that only wait to be collected."""
    children: dict[int, list[Member]] = {}
    for member in _everyone():
        children.setdefault(member.parent, []).append(member)
    found: list[Member] = []
    waiting = [root]
    while waiting:
        under = children.pop(waiting.pop(), [])
        found += under
        waiting += [member.pid for member in under]
    return found


def count() -> int:
    """Return how many processes the system has, which is what looking through them costs."""
    return sum(name.isdigit() for name in os.listdir("/proc")) if IS_LINUX else 1000


def memory_of(pid: int) -> int:
    """Return the resident bytes of one process, 0 where it is gone or the system does not say."""
    told = told_in(f"/proc/{pid}/statm").split()
    return int(told[1]) * _PAGE if told else 0


def proportional_memory_of(pid: int) -> int:
    """Return the bytes of one process with shared ones divided among those who share them, 0 where that is not told."""
    lines = told_in(f"/proc/{pid}/smaps_rollup").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(b"Pss:")), 0)


def carrying(run_id: str) -> list[int]:
    """Return the processes that were started with the run's id in their environment, this one excepted."""
    mark = f"{MARK}={run_id}".encode()
    return [pid for pid in _pids() if pid != os.getpid() and mark in _environment(pid).split(b"\0")]


class Ending:
    """The end of a tree, step by step, so that whoever waits for it can go on collecting what it says.

    First everyone is asked to terminate (and stopped ones to go on, so that they hear it); after the grace all are killed, again
    and again until none is left.

    Args:
        leader: the process whose group is told first.
        grace: seconds between asking and killing; 0 kills at once.
    """

    def __init__(self, leader: int, grace: float) -> None:
        self._leader = leader
        self._began = time.monotonic()
        self._grace = grace
        self._told_others = False
        if grace > 0:
            self._tell_group()

    def hurry(self) -> None:
        """Let the grace be over."""
        self._grace = 0.0

    def step(self) -> float:
        """Do what is due by now, and return the seconds until there is something to do again."""
        passed = time.monotonic() - self._began
        if passed >= self._grace:
            kill(member.pid for member in below(os.getpid()))
            return _AGAIN
        if passed < _OTHERS_AFTER:
            return min(_OTHERS_AFTER, self._grace) - passed
        if not self._told_others:
            self._told_others = True
            self._tell_others()
        return self._grace - passed

    def tell_others_now(self) -> None:
        """Ask those outside of the leader's group, now that the leader is gone."""
        if not self._told_others and self._grace > 0:
            self._told_others = True
            self._tell_others()

    def _tell_group(self) -> None:
        for number in (signal.SIGTERM, signal.SIGCONT):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._leader, number)

    def _tell_others(self) -> None:
        for member in below(os.getpid()):
            if member.group != self._leader:
                send(member.pid, signal.SIGTERM)
                send(member.pid, signal.SIGCONT)


def send(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def kill(pids: Iterable[int]) -> None:
    """Kill processes, whatever they are doing."""
    for pid in pids:
        send(pid, signal.SIGKILL)


def kill_all(root: int) -> None:
    """Kill a process and all below it, but never this one, whoever's orphans they would become.

    They are stopped first, and looked for until no more are found: a process that is killed before its children leaves them to
    another parent, and nobody would know any more whose they are.
    """
    stopped = {root}
    send(root, signal.SIGSTOP)
    while found := {member.pid for member in below(root)} - stopped - {os.getpid()}:
        for pid in found:
            send(pid, signal.SIGSTOP)
        stopped |= found
    kill(stopped)


# ---------------------------------------------------------------------------------- what the system says


def _pids() -> list[int]:
    if IS_LINUX:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [member.pid for member in _everyone()]


def _everyone() -> list[Member]:
    if IS_LINUX:
        return [member for pid in _pids() if (member := _stat(pid)) is not None]
    return _listed()


def _stat(pid: int) -> Member | None:
    fields = told_in(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    if not fields or fields[0] in (b"Z", b"X"):
        return None
    ticks = sum(int(each) for each in fields[11:15])
    return Member(pid, int(fields[1]), int(fields[2]), int(fields[21]) * _PAGE, ticks * _TICK)


def _listed() -> list[Member]:
    """Where there is no /proc: what `ps` says."""
    command = ["ps", "-A", "-o", "pid=,ppid=,pgid=,rss=,time=,state="]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - words of ours
    rows = [line.split() for line in listing.splitlines()]
    return [
        Member(int(row[0]), int(row[1]), int(row[2]), int(row[3]) * 1024, _seconds(row[4]))
        for row in rows
        if len(row) == 6 and not row[5].startswith("Z")
    ]


def _seconds(text: str) -> float:
    """Return a time as `ps` writes it, in seconds.

    >>> _seconds("1:02.50")
    62.5
    """
    days, _, rest = text.rpartition("-")
    total = 0.0
    for part in rest.split(":"):
        total = 60 * total + float(part)
    return total + 86_400 * int(days or 0)


def _environment(pid: int) -> bytes:
    if not IS_LINUX:
        command = ["ps", "-E", "-ww", "-o", "command=", "-p", str(pid)]
        told = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - words of ours
        return told.stdout.replace(b" ", b"\0")
    return told_in(f"/proc/{pid}/environ")

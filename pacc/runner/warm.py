"""A warm parent as its runner has it: a process that has loaded one flow and forks a supervisor for each of its runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from socket import SHUT_WR, socketpair
from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal import process_tree as tree
from pacc._internal.jsontext import dumps
from pacc.runner.output import Lines
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from socket import socket

    from pacc.orchestration.run_limits import Limits
    from pacc.services.taking_up import Code
    from pacc.store.scribe import Scribe


CHANGED = "its source has changed"
"""Why a warm parent forks nothing more where another one will."""

_ENDED = "its process has ended"

_ENTERING = {f"{owner}.deployments.steps.set_working_directory" for owner in ("pacc", "prefect")}
"""The steps that enter a folder."""

_LONGEST_ROW = 32_768
"""Characters of a row that is passed on: with the rest of the order it fits into a pipe."""


class News(NamedTuple):
    """What a warm parent tells."""

    ended: list[tuple[str, bool]]
    """Runs whose supervisors have ended, and whether each ended as it should."""
    sent_back: list[str]
    """Runs that somebody else must start."""


class Terms(NamedTuple):
    """What holds for all supervisors that are forked for a runner."""

    session: str
    """The session of the runner, which tells them to look at the store when there is something to see."""
    scribe: Scribe
    """What writes for the processes of runs whose row is given along with the order."""
    stream: bool = True
    """Whether what runs write comes to this process's standard output and error."""


class Order(NamedTuple):
    """A run that a supervisor is asked for."""

    run: str
    """Its id."""
    limits: Limits | None = None
    """What its processes may use; its supervisor finds out where that is not given."""
    row: dict[str, Any] | None = None
    """The run as it was read a moment ago; its process reads it where that is not given, or is too long to be passed on."""


class Source(NamedTuple):
    """What is loaded once for many runs: the same flow, in the same folder, in the same environment."""

    entrypoint: str
    folder: str
    environment: tuple[tuple[str, str], ...]


def source_of(code: Code) -> Source | None:
    """Return what can be loaded beforehand for a run, `None` where its code must be fetched first, or its folder is not there."""
    if code.entrypoint is None:
        return None
    if code.pull_steps:
        folder = _entered_by(code.pull_steps)
    else:
        folder = os.path.expanduser(code.job_variables.get("working_dir") or code.path or os.getcwd())
    if folder is None or not os.path.isdir(folder):
        return None
    return Source(code.entrypoint, folder, tuple(sorted(code.environment.items())))


def _entered_by(steps: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the folder that pull steps enter, `None` where they do anything else, or it may be another one each time.

    >>> _entered_by([{"pacc.deployments.steps.set_working_directory": {"directory": "/srv/flows"}}])
    '/srv/flows'
    """
    if len(steps) != 1 or len(steps[0]) != 1:
        return None
    ((name, inputs),) = steps[0].items()
    folder = inputs["directory"] if inputs and set(inputs) == {"directory"} else None
    if name not in _ENTERING or not isinstance(folder, str) or "{{" in folder:
        return None
    entered = os.path.expanduser(folder)
    return entered if os.path.isabs(entered) else None


class Warm:
    """One warm parent. What is asked for before it is ready waits.

    Args:
        source: what it loads.
        terms: what holds for all that it forks.

    Raises:
        OSError: its process cannot be started.
    """

    def __init__(self, source: Source, terms: Terms) -> None:
        self.source = source
        self._terms = terms
        self._mouth, theirs = socketpair()
        self._mouth.setblocking(False)
        try:
            self._process = self._started(theirs)
        except OSError:
            self._mouth.close()
            raise
        finally:
            theirs.close()
        self._words = Lines()
        self._unsent = bytearray()
        self._waiting: dict[str, Order] = {}
        self._signals: list[int] = []
        """What those that wait are to be sent once they have a supervisor."""
        self._asked: set[str] = set()
        self._begun: dict[str, int] = {}
        self._orphans: dict[str, int] = {}
        self.is_ready = False
        self.unfit = ""
        """Why it forks nothing, or nothing more."""

    def _started(self, theirs: socket) -> subprocess.Popen[bytes]:
        source, descriptors = self.source, [theirs.fileno(), self._terms.scribe.mouth.fileno()]
        return subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-m", "pacc.flow_engine", "--warm", *map(str, descriptors), source.entrypoint],
            pass_fds=descriptors,
            env={**os.environ, **_settings(), **dict(source.environment)},
            cwd=source.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __len__(self) -> int:
        return len(self._waiting) + len(self._asked) + len(self._begun) + len(self._orphans)

    def has_orphans(self) -> bool:
        """Say whether supervisors are at work that it forked before it was killed."""
        return bool(self._orphans)

    def fileno(self) -> int:
        """Return what is readable when it has something to tell."""
        return self._mouth.fileno()

    def start(self, order: Order) -> None:
        """Have a supervisor take up a run, as soon as it is ready; see `Parents.start`."""
        if self.is_ready:
            self._ask(order)
        else:
            self._waiting[order.run] = order._replace(row=None)  # by then it may be another one

    def signal(self, number: int) -> None:
        """Send a signal to every supervisor it has forked, or is going to fork for a run that waits."""
        if self._waiting:
            self._signals.append(number)
        self._send({"signal": number})
        for pid in self._orphans.values():
            tree.send(pid, number)

    def collect(self) -> News:
        """Return what has happened since this was last asked."""
        news = News([], [])
        while self._mouth.fileno() >= 0:
            try:
                data = self._mouth.recv(1 << 16)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                self._lose(news)
                break
            for line in self._words.feed(data):
                self._take_note(json.loads(line), news)
        self._flush()
        for run in [run for run, pid in self._orphans.items() if not _is_there(pid)]:
            del self._orphans[run]
            news.ended.append((run, True))
        return news

    def close(self) -> None:
        """Ask for nothing more; it ends once the last supervisor has, and tells until then."""
        with suppress(OSError):
            self._mouth.shutdown(SHUT_WR)

    def is_replaced(self) -> bool:
        """Say whether another one would do: its code has changed, or it was killed."""
        return self.is_ready and self.unfit in (CHANGED, _ENDED)

    def is_gone(self) -> bool:
        """Say whether its process has ended, and all that it told has been heard."""
        return self._mouth.fileno() < 0 and self._process.poll() is not None

    def leave(self) -> None:
        """Let go of its process, which ends without this one, too."""
        self._mouth.close()
        if self._process.poll() is None:
            self._process.returncode = 0  # or Python would warn of a child that is left to itself

    def _take_note(self, told: dict[str, Any], news: News) -> None:
        if "ready" in told:
            self.is_ready = True
            for order in self._waiting.values():
                self._ask(order)
            self._waiting.clear()
            for number in self._signals:
                self._send({"signal": number})
        elif "began" in told:
            self._asked.discard(told["began"])
            self._begun[told["began"]] = told["pid"]
        elif "ended" in told:
            self._begun.pop(told["ended"], None)
            news.ended.append((told["ended"], told["status"] == 0))
        elif "refused" in told:
            self._asked.discard(told["refused"])
            self.unfit = told["why"]
            news.sent_back.append(told["refused"])
        elif "unfit" in told:
            self.unfit = told["unfit"]
            news.sent_back.extend(self._waiting)
            self._waiting.clear()

    def _lose(self, news: News) -> None:
        """Its process is gone: what was asked for is for others to do, and what had begun goes on without it."""
        self._mouth.close()
        self.unfit = self.unfit or _ENDED
        news.sent_back.extend([*self._waiting, *self._asked])
        self._orphans.update(self._begun)
        self._waiting.clear()
        self._asked.clear()
        self._begun.clear()

    def _ask(self, order: Order) -> None:
        self._asked.add(order.run)
        self._send(
            {
                "run": order.run,
                "claimed_by": self._terms.session,
                "stream": self._terms.stream,
                "limits": None if order.limits is None else asdict(order.limits),
                "row": order.row if order.row is None or len(dumps(order.row)) <= _LONGEST_ROW else None,
            }
        )

    def _send(self, order: dict[str, Any]) -> None:
        self._unsent += json.dumps(order).encode() + b"\n"
        self._flush()

    def _flush(self) -> None:
        """Send as much as there is room for; the rest is sent another time."""
        with suppress(OSError):  # one that is gone is found out by listening
            while self._unsent and self._mouth.fileno() >= 0:
                del self._unsent[: self._mouth.send(self._unsent)]


def _settings() -> dict[str, str]:
    return get_current_settings().to_environment_variables(exclude_unset=True)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

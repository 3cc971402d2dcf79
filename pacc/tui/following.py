"""One thread that looks at the store for the pane that is seen, and does what the pane asks for.

Whether anyone has committed is one number that costs microseconds; only then is anything read again, and only what the pane that is
seen has asked for. Every read fetches all its rows, so no read transaction is left open between two looks. A look that takes long is
made less often, so that following never takes more than a tenth of a core.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pacc.exceptions import StoreError
from pacc.tui.messages import Done, Refused, Reported, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.message import Message

    from pacc.store import Store

TICK = 0.1
"""Seconds between two looks at whether anyone has committed."""
SLOW_TICK = 1.0
"""The same while the terminal is not looked at."""
REAP_EVERY = 2.0
"""Seconds between two looks for runs whose process is gone, so that what is shown is true."""
AGAIN_AFTER_AN_ERROR = 1.0
_REST_FACTOR = 9
_NEVER = -2
"""What was seen of a store that was not looked at yet; -1 is one that could not be asked."""


class Pane(Protocol):
    """Gets reports, from any thread."""

    def post_message(self, message: Message, /) -> bool:
        """Take a message; returns whether it was taken."""
        ...


@dataclass(slots=True)
class _Look:
    """Something that is read again when the store has changed."""

    pane: Pane
    name: str
    read: Callable[[Store], Any]
    always: bool
    """Read on every tick: what it reads changes without a commit."""
    every: float | None
    """Seconds after which it is read again although nothing was committed."""
    rests: bool
    """Whether it is read the less often the longer it takes."""
    stale: bool = True
    not_before: float = 0.0
    at: float = 0.0


class _Deed(NamedTuple):
    """Something a pane asked for, once."""

    pane: Pane
    name: str
    act: Callable[[Store], Any]


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one of its name, nothing where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class Following:
    """Follows a store on a thread of its own.

    Args:
        store: what to look at.
        reaps: whether runs whose process is gone are marked as crashed meanwhile.

    Example:
        >>> following = Following(store)  # doctest: +SKIP
        >>> following.start()  # doctest: +SKIP
        >>> following.watch(pane, "pools", work_pools.select)  # doctest: +SKIP
    """

    def __init__(self, store: Store, *, reaps: bool = True) -> None:
        self.pace = TICK
        self._store = store
        self._reaps = reaps
        self._reaped = 0.0
        self._looks: dict[tuple[int, str], _Look] = {}
        self._deeds: deque[_Deed] = deque()
        self._changed = threading.Condition()
        self._stopped = False
        self._busy = True
        self._began = time.monotonic()
        self._version = -1
        self._file = _identity(store.path)
        self._thread = threading.Thread(target=self._follow, name="pacc dashboard", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; returns when the thread is gone."""
        with self._changed:
            self._stopped = True
            self._looks.clear()
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def watch(
        self,
        pane: Pane,
        name: str,
        read: Callable[[Store], Any],
        *,
        always: bool = False,
        every: float | None = None,
        rests: bool = True,
    ) -> None:
        """Have a pane told what a look finds, now and whenever the store has changed.

        Args:
            pane: gets `Seen`, or `Unseen` where the store cannot be read; nothing where the look returns `None`.
            name: what the look is called; a look of the same pane and name takes its place.
            read: looks at the store, in the thread.
            always: look on every tick, for what changes without a commit.
            every: seconds after which to look again in any case.
            rests: look the less often the longer it takes; false for a look that gets on with something bit by bit.
        """
        with self._changed:
            self._looks[id(pane), name] = _Look(pane, name, read, always, every, rests)
            self._changed.notify_all()

    def unwatch(self, pane: Pane) -> None:
        """Look at nothing for a pane any more."""
        with self._changed:
            for key in [key for key, look in self._looks.items() if look.pane is pane]:
                del self._looks[key]

    def do(self, pane: Pane, name: str, act: Callable[[Store], Any]) -> None:
        """Do something once, in the thread; the pane gets `Done` with what came of it, or `Refused`."""
        with self._changed:
            self._deeds.append(_Deed(pane, name, act))
            self._changed.notify_all()

    @property
    def busy_for(self) -> float:
        """For how many seconds it has been at what it looks at or does now; the longer, the older is what is seen."""
        return time.monotonic() - self._began if self._busy else 0.0

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until everything asked for was looked at and done; return whether it was, in so many seconds. For tests."""
        with self._changed:
            return self._changed.wait_for(lambda: self._stopped or self._is_settled(), timeout)

    def _is_settled(self) -> bool:
        return not (self._busy or self._deeds or any(look.stale for look in self._looks.values()))

    # -------------------------------------------------------------------------------- in the thread

    def _follow(self) -> None:
        while self._wait():
            while self._deeds:
                self._act(self._deeds.popleft())
            self._notice()
            for look in self._due():
                self._look(look)
            self._reap()

    def _wait(self) -> bool:
        """Wait for the next tick or for something that was asked, and say whether to go on."""
        with self._changed:
            self._busy = False
            self._changed.notify_all()
            if not (self._deeds or self._due_now()):
                self._changed.wait(self.pace)
            self._busy, self._began = True, time.monotonic()
            return not self._stopped

    def _due_now(self) -> bool:
        now = time.monotonic()
        return any(look.stale and look.not_before <= now for look in self._looks.values())

    def _due(self) -> list[_Look]:
        now = time.monotonic()
        with self._changed:
            for look in self._looks.values():
                if look.always or (look.every is not None and now - look.at >= look.every):
                    look.stale = True
            return [look for look in self._looks.values() if look.stale and look.not_before <= now]

    def _notice(self) -> None:
        """Ask whether anyone has committed; a store that cannot be asked is one that has changed."""
        file = _identity(self._store.path)
        if file != self._file:
            self._file, self._version = file, _NEVER
            with suppress(StoreError):
                self._store.close()  # what is open is the file that was there before; the next look opens this one
        try:
            version = -1 if file is None else self._store.data_version()
        except StoreError:
            version = -1
        if version != self._version:
            self._version = version
            with self._changed:
                for look in self._looks.values():
                    look.stale = True

    def _look(self, look: _Look) -> None:
        began = time.monotonic()
        look.stale, look.at = False, began
        try:
            self._require_file()
            value = look.read(self._store)
        except Exception as error:  # noqa: BLE001 - the border of the thread: it reports, and goes on
            look.not_before = time.monotonic() + AGAIN_AFTER_AN_ERROR
            self._say(look.pane, Unseen(name=look.name, sentence=str(error)))
            self._version = -1  # it is looked at again although nobody may commit
            return
        ended = time.monotonic()
        look.not_before = ended + _REST_FACTOR * (ended - began) if look.rests else ended
        if value is not None:
            self._say(look.pane, Seen(name=look.name, value=value))

    def _require_file(self) -> None:
        if self._file is None:
            raise StoreError(f"the store is gone: {self._store.path}")

    def _act(self, deed: _Deed) -> None:
        try:
            value = deed.act(self._store)
        except Exception as error:  # noqa: BLE001 - as above
            hint = getattr(error, "hint", None)
            self._say(deed.pane, Refused(name=deed.name, sentence=str(error), hint=hint))
        else:
            self._say(deed.pane, Done(name=deed.name, value=value))

    def _reap(self) -> None:
        now = time.monotonic()
        if not self._reaps or (self._reaped and now - self._reaped < REAP_EVERY):
            return
        self._reaped = now
        from pacc.services import reaping  # start-up: after the first look

        try:
            reaping.reap(self._store)
        except StoreError:  # a store that cannot be written can be read; the look itself reports the rest
            return

    @staticmethod
    def _say(pane: Pane, report: Seen | Unseen | Done | Refused) -> None:
        pane.post_message(Reported(report))

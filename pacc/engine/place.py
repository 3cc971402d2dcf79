"""Where runs of this process are kept: the home in force, its store, and the session that says the process is alive."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pacc._internal import sessions  # before the store: what is imported first is ended last
from pacc._internal.jsontext import dumps
from pacc.logging import configure
from pacc.services.flow_names import FlowIds
from pacc.settings import get_current_settings
from pacc.store import close_store, open_store
from pacc.store.errors import translate_os

if TYPE_CHECKING:
    from pathlib import Path

    from pacc.store import Store


class Place:
    """One home as the engine uses it."""

    __slots__ = ("flow_ids", "home", "store")

    def __init__(self, home: Path, store: Store) -> None:
        self.home = home
        self.store = store
        self.flow_ids = FlowIds(store)

    @property
    def session(self) -> sessions.Session | sessions.Adopted:
        """The session of this process, begun when first asked for.

        Raises:
            StoreError: its file cannot be made.
        """
        try:
            return sessions.current(self.home)
        except OSError as error:
            raise translate_os(error, self.home / sessions.FOLDER) from error

    @property
    def process(self) -> str:
        """What names this process, as the store keeps it."""
        return dumps(self.session.process)


active_flow_runs: set[str] = set()
"""The ids of the top-level flow runs this process is executing at this moment."""

loading: set[int] = set()
"""The threads that are loading a program for a flow that is written in it."""


class CalledWhileLoading(BaseException):
    """A program that is only being loaded goes to work; nothing after that is executed. No error: programs catch those."""


def stop_loading(called: str) -> None:
    """End the loading of a program that goes on to call a flow or to serve, in the thread that loads it.

    Args:
        called: what it calls.
    """
    if threading.get_ident() in loading:
        raise CalledWhileLoading(called)


_places: dict[int, Place] = {}


def current() -> Place:
    """Return the place that runs started now belong to; logging is set up on the way.

    Raises:
        StoreError: the store there cannot be opened.
    """
    configure()
    home = get_current_settings().home
    store = open_store(home)
    place = _places.get(id(store))
    if place is None or place.store is not store:
        place = _places[id(store)] = Place(home, store)
    return place


def leave(home: Path) -> None:
    """Close the store of a home, end the session there, and forget both: the home may be removed afterwards.

    Raises:
        StoreError: what was pending could not be written.
    """
    for key in [key for key, place in _places.items() if place.home == home]:
        del _places[key]
    try:
        close_store(home)  # first, since the session is the word that its runs are alive
    finally:
        sessions.end(home)

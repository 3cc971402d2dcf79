"""What commands need of the store beyond one service call: opening it, and knowing when a run has ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pacc.cli._terminal import terminal
from pacc.exceptions import StoreError
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from pacc.schemas.flow_runs import FlowRun
    from pacc.store import Store

REAP_EVERY_SECONDS = 2.0
"""How often a command that stays looks for runs whose process is gone."""


def open_for_command(*, reap: bool = True) -> Store:
    """Open the store for one command.

    Args:
        reap: mark runs whose process is gone as crashed first, so that what is shown is true.
    """
    store = open_store(get_current_settings().home)
    if reap:
        reap_dead_runs(store)
    return store


def reap_dead_runs(store: Store) -> None:
    """Mark runs whose process is gone as crashed; say so where that cannot be written, and go on reading."""
    from pacc.services import reaping  # start-up: not every listing is of runs

    try:
        reaping.reap(store)
    except StoreError as error:
        terminal.remark(f"Warning: runs whose process is gone may be shown as running: {error}")


class Ended:
    """Says whether a flow run has ended, and looks for dead runs meanwhile, so that the answer comes.

    Args:
        store: where the run is kept.
        run_id: the flow run.
        on_state: called with the run whenever its state is another than before.
    """

    def __init__(
        self, store: Store, run_id: UUID, *, on_state: Callable[[FlowRun], None] | None = None
    ) -> None:
        self._store = store
        self._run_id = run_id
        self._on_state = on_state
        self._seen: object = None
        self._reaped = time.monotonic()

    def __call__(self) -> bool:
        """Return whether the run has ended."""
        if time.monotonic() - self._reaped >= REAP_EVERY_SECONDS:
            reap_dead_runs(self._store)
            self._reaped = time.monotonic()
        from pacc.services import flow_runs  # start-up: not every command is about runs

        run = flow_runs.read(self._store, self._run_id)
        if self._on_state is not None and run.state != self._seen:
            self._seen = run.state
            self._on_state(run)
        return run.state is not None and run.state.is_final()

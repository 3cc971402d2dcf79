"""`pacc flow-run watch`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._logs import write_logs
from pacc.cli._options import FlowRunReference, Output
from pacc.cli._store import Ended, open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.states import state_cell
from pacc.services import flow_runs, logs

if TYPE_CHECKING:
    from pacc.cli._terminal import OutputFormat
    from pacc.schemas.flow_runs import FlowRun
    from pacc.store import Store

Timeout = Annotated[
    int | None, typer.Option("--timeout", min=1, metavar="SECONDS", help="Give up after so many seconds.")
]


def command(run: FlowRunReference, *, timeout: Timeout = None, output: Output = "table") -> None:
    """Follow a flow run, its states and its log, until it ends. Fails unless the run completes."""
    store = open_for_command()
    follow(store, flow_runs.find(store, run), timeout=timeout, output=output)


def follow(
    store: Store, found: FlowRun, *, timeout: int | None, output: OutputFormat, interval: float | None = None
) -> None:
    """Follow a flow run until it ends.

    Args:
        store: where it is kept.
        found: the run.
        timeout: seconds after which to give up.
        output: how its log is written.
        interval: seconds between two looks at its log, as few as is sensible by default.

    Raises:
        CommandError: it did not complete, or not in time.
    """
    watch = Watch(Ended(store, found.id, on_state=_say_open_state), timeout)
    lines = logs.follow(store, found.id, interval or logs.POLL, finished=watch)
    write_logs(lines, found.name, output, stream=True)
    ended = flow_runs.read(store, found.id)
    if watch.gave_up and not (ended.state is not None and ended.state.is_final()):
        raise CommandError(
            f'flow run "{found.name}" had not ended after {timeout} s; it is {ended.state_name}',
            hint=f"pacc flow-run inspect {found.id}",
            code="timeout",
        )
    if ended.state_type != "COMPLETED":
        raise CommandError(
            f'flow run "{found.name}" ended in state {ended.state_name}',
            hint=f"pacc flow-run inspect {found.id}",
            code="not_completed",
        )
    _say_state(ended)


class Watch:
    """Ends when the run does, or when the patience is over."""

    def __init__(self, ended: Ended, seconds: int | None) -> None:
        self._ended = ended
        self._until = None if seconds is None else time.monotonic() + seconds
        self.gave_up = False

    def __call__(self) -> bool:
        """Return whether to stop."""
        if self._ended():
            return True
        self.gave_up = self._until is not None and time.monotonic() >= self._until
        return self.gave_up


def _say_open_state(run: FlowRun) -> None:
    if (
        run.state is not None and not run.state.is_final()
    ):  # the last state is said after the last line of the log
        _say_state(run)


def _say_state(run: FlowRun) -> None:
    shown = state_cell(run.state_type or "", run.state_name or "", glyphs=terminal.glyphs)
    why = f": {run.state.message}" if run.state and run.state.message else ""
    terminal.remark(f'{shown.text}  flow run "{run.name}"{why}')

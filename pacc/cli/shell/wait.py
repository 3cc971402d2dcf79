"""`pacc shell wait`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._exits import CommandError, ExitCode
from pacc.cli._store import REAP_EVERY_SECONDS, open_for_command, reap_dead_runs
from pacc.cli._terminal import terminal
from pacc.cli.flow_run.watch import Timeout
from pacc.cli.shell._jobs import Group, Start, found, have_executed
from pacc.schemas.states import TERMINAL_STATES
from pacc.services import flow_runs, shell_queue

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.store import Store

_LOOK_SECONDS = 0.05

Some = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[RUN]...", help="Which ones; all that run or wait by default.", show_default=False
    ),
]


def command(run: Some = None, *, group: Group = None, timeout: Timeout = None, start: Start = True) -> None:
    """Wait until commands of the queue have ended; exit 3 where one did not complete, 4 where it took too long."""
    store = open_for_command()
    named = None if group is None else shell_queue.find_group(store, group).name
    asked = found(store, run) if run else shell_queue.jobs(store, group=named)
    waited_for = [each.id for each in asked if each.state_name != shell_queue.STASHED]
    have_executed(store, start=start)
    if not _ended(store, waited_for, timeout):
        raise CommandError(
            f"not all had ended after {timeout} s", hint="pacc shell ls",
            code="waited_too_long", exit_code=ExitCode.WAITED_TOO_LONG,
        )  # fmt: skip
    bad = [
        each
        for each in (flow_runs.read(store, each) for each in waited_for)
        if each.state_type != "COMPLETED"
    ]
    if bad:
        raise CommandError(
            f'"{bad[0].name}" ended in state {bad[0].state_name}'
            + (f", and {len(bad) - 1} more did not complete" if len(bad) > 1 else ""),
            hint=f"pacc flow-run logs {bad[0].id}", code="finished_badly", exit_code=ExitCode.FINISHED_BADLY,
        )  # fmt: skip
    terminal.remark(f"{len(waited_for)} completed.")


def _ended(store: Store, waited_for: list[UUID], timeout: int | None) -> bool:
    """Wait for all of them; return whether they have ended in time."""
    until = None if timeout is None else time.monotonic() + timeout
    left, reaped = list(waited_for), time.monotonic()
    while True:
        left = [each for each in left if flow_runs.read(store, each).state_type not in TERMINAL_STATES]
        if not left or (until is not None and time.monotonic() >= until):
            return not left
        if time.monotonic() - reaped >= REAP_EVERY_SECONDS:
            reap_dead_runs(store)
            reaped = time.monotonic()
        time.sleep(_LOOK_SECONDS)

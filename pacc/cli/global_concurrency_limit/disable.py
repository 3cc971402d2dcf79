"""`pacc global-concurrency-limit disable`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.global_concurrency_limit._options import LimitName
from pacc.services import concurrency_limits


def command(name: LimitName) -> None:
    """Let everyone through a concurrency limit until it is enabled again."""
    concurrency_limits.update(open_for_command(reap=False), name, active=False)
    terminal.remark(f'The concurrency limit "{name}" lets everyone through.')

"""`pacc global-concurrency-limit inspect`."""

from __future__ import annotations

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli.global_concurrency_limit._options import LimitName
from pacc.cli.global_concurrency_limit._shown import show_limit


def command(name: LimitName, *, output: Output = "table") -> None:
    """Show a concurrency limit and who holds its slots."""
    show_limit(open_for_command(), name, output)

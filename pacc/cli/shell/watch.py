"""`pacc shell watch`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli.shell._options import LogOutput, ShellCommand, ShellTags, StreamStdout


def command(
    shell_command: ShellCommand,
    *,
    log_output: LogOutput = True,
    flow_run_name: Annotated[
        str | None, typer.Option("--flow-run-name", metavar="NAME", help="Give the run this name.")
    ] = None,
    flow_name: Annotated[
        str, typer.Option("--flow-name", metavar="NAME", help="Of which flow it is a run.")
    ] = "Shell Command",
    stream_stdout: StreamStdout = True,
    tag: ShellTags = None,
) -> None:
    """Run a shell command now, as a flow run: its lines are logged, its exit code is the run's state and this command's."""
    from pacc.context import tags  # start-up: help needs no engine
    from pacc.exceptions import ShellCommandFailed
    from pacc.shell_commands import run_shell_command

    named = None if flow_run_name is None else lambda: flow_run_name
    flow = run_shell_command.with_options(name=flow_name, flow_run_name=named)
    try:
        with tags("shell", *(tag or ())):
            flow(shell_command, log_output=log_output, stream_stdout=stream_stdout)
    except ShellCommandFailed as failure:
        if failure.exit_code > 0:
            raise typer.Exit(failure.exit_code) from None
        raise CommandError(str(failure), hint="pacc flow-run inspect @last") from None

"""`pacc shell serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli.shell._options import LogOutput, ShellCommand, ShellTags, StreamStdout


def command(
    shell_command: ShellCommand,
    *,
    flow_name: Annotated[
        str, typer.Option("--flow-name", metavar="NAME", help="The name of its flow.", show_default=False)
    ],
    deployment_name: Annotated[
        str, typer.Option("--deployment-name", metavar="NAME", help="The deployment's name.")
    ] = "CLI Runner Deployment",
    tag: ShellTags = None,
    log_output: LogOutput = True,
    stream_stdout: StreamStdout = True,
    cron_schedule: Annotated[
        str | None, typer.Option("--cron-schedule", metavar="EXPRESSION", help="Run it by a cron expression.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="ZONE", help="The zone meant, such as Europe/Kyiv.")
    ] = None,
    concurrency_limit: Annotated[
        int | None,
        typer.Option("--concurrency-limit", metavar="N", min=1, help="Let so many runs be open at once."),
    ] = None,
    run_once: Annotated[
        bool, typer.Option("--run-once/--no-run-once", help="Execute what is due now, and stop.")
    ] = False,
) -> None:
    """Make a deployment of a shell command and execute its runs in this folder and environment, until Ctrl-C."""
    if timezone is not None and cron_schedule is None:
        raise UsageError("--timezone goes with --cron-schedule", hint="pacc shell serve --help")
    from pacc.deployments.runner import EntrypointType, RunnerDeployment  # start-up: help needs no runner
    from pacc.deployments.serving import serve
    from pacc.schedules import Cron
    from pacc.shell_commands import run_shell_command

    declared = RunnerDeployment.from_flow(
        run_shell_command.with_options(name=flow_name), deployment_name,
        entrypoint_type=EntrypointType.MODULE_PATH, tags=["shell", *(tag or ())],
        parameters={"command": shell_command, "log_output": log_output, "stream_stdout": stream_stdout},
        schedule=None if cron_schedule is None else Cron(cron_schedule, timezone=timezone),
        concurrency_limit=concurrency_limit, description=f"The shell command: {shell_command}",
    )  # fmt: skip
    serve(declared, run_once=run_once)

"""What both commands for shell commands take."""

from __future__ import annotations

from typing import Annotated

import typer

ShellCommand = Annotated[
    str, typer.Argument(metavar="COMMAND", help="What the shell is given, in quotes.", show_default=False)
]

LogOutput = Annotated[
    bool, typer.Option("--log-output/--no-log-output", help="Log what the command says, or nothing of it.")
]

StreamStdout = Annotated[
    bool,
    typer.Option(
        "--stream-stdout/--no-stream-stdout",
        help="Log its output line by line, or at once when it has ended.",
    ),
]

ShellTags = Annotated[
    list[str] | None,
    typer.Option("--tag", "--deployment-tags", metavar="TAG", help="A tag besides `shell`; repeat for more."),
]

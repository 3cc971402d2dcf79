"""`pacc service install`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from pacc import at_boot
from pacc._internal.near_files import instead_of
from pacc.cli._exits import CommandError
from pacc.cli._terminal import terminal


def command(
    script: Annotated[
        Path | None,
        typer.Argument(
            metavar="[SCRIPT]",
            help="A script that serves flows; the housekeeping, `pacc server start`, otherwise.",
            show_default=False,
        ),
    ] = None,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ARGUMENTS]...", help="What the script is given.", show_default=False),
    ] = None,
    *,
    name: Annotated[
        str | None,
        typer.Option("--name", "-n", metavar="NAME", help="What it is called; after the script otherwise."),
    ] = None,
    shown: Annotated[bool, typer.Option("--print", help="Only show what would be written.")] = False,
) -> None:
    """Have a script that serves flows, or the housekeeping, start with the machine: a systemd user unit or a launchd agent."""
    program = _program(script, arguments or [], name)
    if shown:
        text = at_boot.agent(program).decode() if sys.platform == "darwin" else at_boot.unit(program)
        terminal.line(text.rstrip("\n"))
        return
    path = at_boot.install(program)
    terminal.remark(f'"{program.name}" starts with the machine, and has been started ({path}).')
    if sys.platform != "darwin":
        terminal.remark("So that it runs while nobody is logged in: loginctl enable-linger")


def _program(script: Path | None, arguments: list[str], name: str | None) -> at_boot.Program:
    environment = at_boot.kept_environment(os.environ)
    if script is None:
        return at_boot.Program(
            name=at_boot.checked_name(name or "server"),
            command=(sys.executable, "-m", "pacc", "server", "start"),
            folder=str(Path.home()),
            environment=environment,
        )
    if not script.is_file():
        raise CommandError(f'there is no script "{script}"', hint=instead_of(script))
    return at_boot.Program(
        name=at_boot.checked_name(name or script.stem),
        command=(sys.executable, str(script.resolve()), *arguments),
        folder=str(script.resolve().parent),
        environment=environment,
    )

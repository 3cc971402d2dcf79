"""`pacc completion`: prints the completion script of a shell, for an installation that put none into its place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

import pacc
from pacc.cli._exits import CommandError
from pacc.cli._terminal import terminal

_SCRIPTS = {"bash": "bash/pacc", "zsh": "zsh/_pacc", "fish": "fish/pacc.fish"}


def command(
    shell: Annotated[
        Literal["bash", "zsh", "fish"],
        typer.Argument(metavar="SHELL", help="Which shell is to complete.", show_default=False),
    ],
) -> None:
    """Print a script by which a shell completes commands, options and the names of things in the store.

    In bash: pacc completion bash > ~/.local/share/bash-completion/completions/pacc

    In zsh: pacc completion zsh > "${fpath[1]}/_pacc"

    In fish: pacc completion fish > ~/.config/fish/completions/pacc.fish
    """
    terminal.out.write(script(shell))


def script(shell: str) -> str:
    """Return the completion script of a shell.

    Raises:
        CommandError: this installation of pacc has it not.

    Example:
        >>> script("zsh").startswith("#compdef pacc")
        True
    """
    package = Path(pacc.__file__).parent
    for folder in (package, package.parent):  # the second is that of a checkout
        path = folder / "completions" / _SCRIPTS[shell]
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise CommandError(f"this pacc came without its script for {shell}", hint="install pacc again")

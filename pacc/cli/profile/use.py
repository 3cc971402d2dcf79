"""`pacc profile use`: the profile from now on."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli.profile._choosing import choose


def command(name: Annotated[str, typer.Argument(help="The profile to use.")]) -> None:
    """Make a profile the active one."""
    choose(name)

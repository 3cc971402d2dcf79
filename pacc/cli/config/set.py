"""`pacc config set`: settings of the active profile."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._terminal import terminal
from pacc.cli.config._elsewhere import remark_on_other_sources
from pacc.settings import Setting, update_current_profile
from pacc.settings.collection import holdable


def command(
    settings: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME=VALUE...", help="One or more settings, such as PACC_LOGGING_LEVEL=DEBUG."
        ),
    ],
) -> None:
    """Set settings in the active profile."""
    wanted: dict[str | Setting, str] = dict(map(_pair, _joined(settings)))
    profile = update_current_profile(wanted)
    changed = [holdable(name) for name in wanted]
    for setting in changed:
        shown = setting.shown(profile.settings[setting])
        terminal.remark(f'Set {setting.name} to "{shown}" in profile "{profile.name}".')
    remark_on_other_sources(changed)


def _joined(words: list[str]) -> list[str]:
    """Put `NAME = VALUE` together, as the course writes it and a shell takes it apart."""
    joined: list[str] = []
    for word in words:
        if joined and (word == "=" or joined[-1].endswith("\0")):
            joined[-1] = joined[-1].removesuffix("\0") + (f"{word}\0" if word == "=" else word)
        else:
            joined.append(word)
    return [word.removesuffix("\0") for word in joined]


def _pair(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals or not name:
        raise UsageError(f'"{word}" is not NAME=VALUE', hint="pacc config set --help")
    return name, value

"""A profile is the last source but one, so changing it may change nothing: say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.cli._terminal import terminal
from pacc.settings import read_settings
from pacc.settings.loading import described
from pacc.settings.sources import PROFILE
from pacc.settings.values import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.settings import Setting


def remark_on_other_sources(changed: Iterable[Setting]) -> None:
    """Remark on each of the settings whose value still comes from somewhere else than the profile.

    Args:
        changed: the settings a command has just set or unset.
    """
    settings = read_settings()
    for setting in changed:
        source = settings.source(setting)
        if source not in (PROFILE, DEFAULT):
            where = described(source, settings.profile_name)
            terminal.remark(f"Note: {setting.name} is also set in {where}, which goes before the profile.")

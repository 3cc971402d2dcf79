"""The page about settings, read off their declarations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pacc.settings.declared import SETTINGS

if TYPE_CHECKING:
    from pacc.settings.declaring import Setting


def page() -> str:
    """Return one table for each section of the settings."""
    tables: dict[str, list[Setting]] = {}
    for declared in SETTINGS.values():
        tables.setdefault(declared.accessor.rpartition(".")[0], []).append(declared)
    return "\n\n".join(_table(section, members) for section, members in tables.items())


def _table(section: str, members: list[Setting]) -> str:
    rows = [f"## `[{section}]`" if section else "## At the top", ""]
    rows += ["| environment | in a file | default | |", "| --- | --- | --- | --- |"]
    rows += [_row(declared) for declared in members]
    return "\n".join(rows)


def _row(declared: Setting) -> str:
    meaning = f"{declared.meaning} Its value {declared.kind.expected}."
    if declared.aliases:
        meaning += f" Also read from {', '.join(f'`{name}`' for name in declared.aliases)}."
    cells = [f"`{declared.name}`", f"`{declared.accessor}`", _default(declared), meaning.replace("|", "\\|")]
    return f"| {' | '.join(cells)} |"


def _default(declared: Setting) -> str:
    text = re.sub(r"\s+", " ", declared.shown(declared.default()))
    return f"`{text}`" if text else "empty"

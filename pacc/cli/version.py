"""`pacc version`: what a bug report needs to begin with."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from typing import Annotated

import typer

from pacc import __version__
from pacc._internal.build import build
from pacc.cli._options import Output
from pacc.cli._terminal import terminal
from pacc.presentation.tables import Description, cell
from pacc.settings import get_current_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What `pacc version -o json` writes."""

    version: str
    python_version: str
    git_commit: str | None
    built: str | None
    os_arch: str
    profile: str
    store: str
    sqlite_version: str


LABELS = {
    "version": "Version",
    "python_version": "Python version",
    "git_commit": "Git commit",
    "built": "Built",
    "os_arch": "OS/Arch",
    "profile": "Profile",
    "store": "Store",
    "sqlite_version": "SQLite version",
}


def command(
    *,
    omit_integrations: Annotated[bool, typer.Option(hidden=True)] = False,
    output: Output = "table",
) -> None:
    """Show the version and where pacc keeps its things."""
    del omit_integrations  # there are none; scripts written for Prefect may still say it
    found = read_version()
    if output == "json":
        terminal.json(found)
        return
    facts = [(label, cell(getattr(found, name) or "unknown")) for name, label in LABELS.items()]
    terminal.description(Description(title="pacc", facts=tuple(facts)), output)


def read_version() -> Version:
    """Return what `pacc version` tells."""
    import sqlite3  # start-up: help needs no database

    origin = build()
    settings = get_current_settings()
    return Version(
        version=__version__,
        python_version=platform.python_version(),
        git_commit=origin.commit,
        built=origin.built.strftime("%a, %b %-d, %Y %-I:%M %p UTC") if origin.built else None,
        os_arch=f"{os.uname().sysname.lower()}/{os.uname().machine}",
        profile=settings.profile_name,
        store=str(settings.home / "pacc.db"),
        sqlite_version=sqlite3.sqlite_version,
    )

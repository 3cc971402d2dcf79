"""Settings and profiles as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pacc.presentation.fitting import Fit
from pacc.presentation.sifting import Order
from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.settings import DEFAULT_PROFILES_PATH
from pacc.settings.kinds import as_text
from pacc.settings.values import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from pacc.settings import Profile, Setting, Settings


def settings_table(settings: Settings, shown: Mapping[Setting, Any], *, show_sources: bool = True) -> Table:
    """Return settings as a table, the active profile first.

    Args:
        settings: where the values are from.
        shown: the settings to show, with their values, secrets masked as they have to be.
        show_sources: a column that says where each value comes from.
    """
    rows = [("PACC_PROFILE", settings.profile_name, "active profile")]
    rows += [(each.name, as_text(value), settings.source(each)) for each, value in shown.items()]
    columns = (Column(name="Setting"), Column(name="Value", gives_way=True), Column(name="Source"))
    count = 3 if show_sources else 2
    return Table(
        title="Settings", columns=columns[:count], rows=tuple(tuple(map(cell, row[:count])) for row in rows)
    )


def profiles_table(profiles: Iterable[Profile], active: str) -> Table:
    """Return profiles as a table.

    Args:
        profiles: in the order to list them.
        active: the name of the one in use, which gets a star.
    """
    columns = (
        Column(name="Active"),
        Column(name="Name"),
        Column(name="Settings", right=True),
        Column(name="From", gives_way=True),
    )
    rows = [
        ("*" if each.name == active else "", each.name, len(each.settings), _origin(each))
        for each in profiles
    ]
    return Table(title="Profiles", columns=columns, rows=tuple(tuple(map(cell, row)) for row in rows))


def stores_table(homes: Mapping[str, Path], active: str) -> Table:
    """Return profiles as a table, with where the store of each is.

    Args:
        homes: the home of each profile.
        active: the name of the one in use, which gets a star.
    """
    columns = (Column(name="Active"), Column(name="Profile"), Column(name="Home", gives_way=True))
    rows = [("*" if name == active else "", name, home) for name, home in homes.items()]
    return Table(title="Profiles", columns=columns, rows=tuple(tuple(map(cell, row)) for row in rows))


def profile_table(profile: Profile) -> Table:
    """Return what a profile sets as a table, secrets masked."""
    return Table(
        title=f'Profile "{profile.name}"',
        columns=(Column(name="Setting"), Column(name="Value", gives_way=True)),
        rows=tuple((cell(each.name), cell(each.shown(value))) for each, value in profile.settings.items()),
    )


def _origin(profile: Profile) -> str:
    return "built in" if profile.source == DEFAULT_PROFILES_PATH else str(profile.source)


# ------------------------------------------------------------------------------------------ on a screen


class ListedSetting(NamedTuple):
    """A setting with its value and where that comes from."""

    setting: Setting
    shown: str
    """The value as text, a secret masked."""
    source: str


LIST_COLUMNS = (Fit("setting", 34, grows=1), Fit("value", 9, grows=3), Fit("from", 11, grows=1, goes=1))
"""The columns of a list of settings."""
ORDERS = (Order("set ones first"), Order("by name", key=lambda listed: listed.setting.name))
"""The orders of a list of settings that is read with those first that somebody set."""


def listed_cells(listed: ListedSetting, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a setting as a row of `LIST_COLUMNS`; what somebody set stands out."""
    del now, glyphs
    is_set = listed.source != DEFAULT
    return (
        cell(listed.setting.name.removeprefix("PACC_"), "cyan" if is_set else ""),
        cell(listed.shown, "bold" if is_set else "bright_black"),
        cell(listed.source, "bright_black"),
    )


def setting_description(listed: ListedSetting) -> Description:
    """Return everything about a setting."""
    setting = listed.setting
    facts = (
        ("Setting", cell(setting.name, "cyan")),
        ("Does", cell(setting.meaning)),
        ("Value", cell(listed.shown, "bold")),
        ("From", cell(listed.source)),
        ("Unless set", cell(setting.shown(setting.default()))),
        ("May be", cell(setting.kind.expected.removeprefix("must be "))),
        ("In pacc.toml", cell(setting.accessor)),
        ("Also called", cell(", ".join(setting.aliases))),
    )
    return Description(
        title=setting.name, facts=tuple((label, shown) for label, shown in facts if shown.text)
    )

"""The settings: what each is, where its value comes from, and another value in the active profile."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar

from pacc._internal.sizes import size
from pacc.presentation import settings as presented
from pacc.presentation.block_fields import NO_DEFAULT, Field
from pacc.presentation.tables import Cell
from pacc.settings import SETTINGS, read_settings, refresh_settings
from pacc.settings.sources import PROFILE
from pacc.settings.values import DEFAULT
from pacc.tui import actions
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.presentation.settings import ListedSetting
    from pacc.settings import Setting
    from pacc.store import Store


def _read(store: Store, _: datetime) -> list[ListedSetting]:
    """Return all settings, those that somebody set first."""
    del store
    refresh_settings()  # others may have changed the files meanwhile
    settings = read_settings()
    found = [
        presented.ListedSetting(each, each.shown(settings.value(each)), settings.source(each))
        for each in SETTINGS.values()
    ]
    return sorted(found, key=lambda listed: listed.source == DEFAULT)


def _tell(store: Store, listed: ListedSetting, now: datetime) -> Told:
    del store, now
    return Told.of(presented.setting_description(listed))


def _edit(listed: ListedSetting) -> Asked:
    setting, choices = listed.setting, listed.setting.kind.choices
    meaning = "" if choices else f"{setting.kind.expected[:1].upper()}{setting.kind.expected[1:]}."
    value = Field(
        "value", "text", meaning, NO_DEFAULT, required=True, secret=setting.is_secret, choices=choices
    )

    def command(typed: Mapping[str, str]) -> str:
        shown = "VALUE" if setting.is_secret or not typed["value"] else typed["value"]
        return f"pacc config set {quote(f'{setting.name}={shown}')}"

    def act(store: Store, values: Mapping[str, Any]) -> str:
        del store
        return _changed(setting, values["value"])

    return Asked(
        question=setting.meaning,
        command=command,
        yes="sets it in the active profile",
        act=act,
        lines=(setting.name,),
        fields=(value,),
        values={}
        if setting.is_secret or (listed.source == DEFAULT and not choices)
        else {"value": listed.shown},
    )


def _unset(listed: ListedSetting) -> Asked:
    setting = listed.setting

    def act(store: Store, _: Mapping[str, Any]) -> str:
        del store
        return _changed(setting, None)

    return Asked(
        question=f"Take {setting.name} out of the active profile?",
        command=f"pacc config unset {setting.name} --yes",
        yes="take it out",
        act=act,
    )


def _changed(setting: Setting, value: str | None) -> str:
    """Change a setting of the active profile and say so, also where something else still goes before it."""
    from pacc.settings import update_current_profile  # start-up: only changing profiles needs it

    profile = update_current_profile({setting: value})
    said = "Took out" if value is None else "Set"
    source = read_settings().source(setting)
    elsewhere = "" if source in (PROFILE, DEFAULT) else f" It is also set by {source}, which goes before."
    return f'{said} {setting.name} in profile "{profile.name}".{elsewhere}'


class Settings(NounPage):
    """The list of settings."""

    name_of_screen = actions.SETTINGS
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.SETTINGS)]
    noun = Noun(
        title="Settings",
        one="setting",
        many="settings",
        empty="no settings",
        columns=presented.LIST_COLUMNS,
        read=_read,
        identify=lambda listed: str(listed.setting.name),
        cells=presented.listed_cells,
        command=lambda row: "pacc config view" if row is None else "pacc config view --show-defaults",
        tell=_tell,
        acts={"edit": _edit, "unset": _unset},
        every=5.0,
        orders=presented.ORDERS,
        also={"does": lambda listed: (listed.setting.name, listed.setting.meaning, *listed.setting.aliases)},
    )

    def about(self, rows: list[Any]) -> list[Cell]:
        """Return how big the store of the profile is, and where that is cared for."""
        del rows
        path = self.dashboard.store.path
        told = size(path.stat().st_size) if path.exists() else "not there"
        return [Cell(f"   store {told} (:doctor)", "bright_black")]

    def said(self, sentence: str) -> None:
        """Say what was set, and show the colours that were."""
        super().said(sentence)
        if not self.dashboard.no_color:
            self.dashboard.theme = read_settings().tui.theme

    def open_row(self) -> None:
        """Ask for another value."""
        self.action_do("edit")

"""Settings and profiles: what the user wants to be different, from wherever they wrote it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pacc.settings.built_in import DEFAULT_PROFILES_PATH
from pacc.settings.collection import Profile, ProfilesCollection
from pacc.settings.context import (
    choose_profile,
    get_current_settings,
    read_settings,
    refresh_settings,
    temporary_settings,
    use_profile,
)
from pacc.settings.declared import SETTINGS, Settings
from pacc.settings.declaring import Setting

if TYPE_CHECKING:
    from typing import Any

    from pacc.settings.profiles import (
        load_current_profile,
        load_profile,
        load_profiles,
        save_profiles,
        update_current_profile,
    )

__all__ = [
    "DEFAULT_PROFILES_PATH",
    "SETTINGS",
    "Profile",
    "ProfilesCollection",
    "Setting",
    "Settings",
    "choose_profile",
    "get_current_settings",
    "load_current_profile",
    "load_profile",
    "load_profiles",
    "read_settings",
    "refresh_settings",
    "save_profiles",
    "temporary_settings",
    "update_current_profile",
    "use_profile",
]


def __getattr__(name: str) -> Any:
    """Return a setting by its name (`PACC_LOGGING_LEVEL`), or what only changing profiles needs."""
    if name in SETTINGS:
        return SETTINGS[name]
    if name in __all__:
        return getattr(import_module("pacc.settings.profiles"), name)  # start-up
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

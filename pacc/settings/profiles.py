"""The profiles as their file has them: read, changed and written back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pacc.exceptions import ConfigurationError
from pacc.settings.built_in import DEFAULT_PROFILES_PATH
from pacc.settings.collection import Profile, ProfilesCollection, known
from pacc.settings.context import read_settings, refresh_settings
from pacc.settings.kinds import as_toml
from pacc.settings.loading import read_profiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pacc.settings.declaring import Setting

__all__ = [
    "DEFAULT_PROFILES_PATH",
    "Profile",
    "ProfilesCollection",
    "edit_profiles",
    "load_current_profile",
    "load_profile",
    "load_profiles",
    "save_profiles",
    "update_current_profile",
]


def load_profiles(include_defaults: bool = True) -> ProfilesCollection:
    """Return the profiles in the profiles file.

    Args:
        include_defaults: Those that come with pacc as well, where the file does not replace them.

    Raises:
        ConfigurationError: The file is not valid.
    """
    return read_profiles(_path(), include_built_in=include_defaults)[0]


def save_profiles(profiles: ProfilesCollection) -> None:
    """Write profiles to the profiles file; comments, order and whatever pacc does not know in it stay.

    Profiles that come with pacc are left out, as long as nobody changed them.

    Raises:
        ConfigurationError: The file there is not valid, so it cannot be changed without losing something.
    """
    from pacc.settings.document import write_profiles  # start-up: only changing profiles needs tomlkit

    write_profiles(_path(), profiles.without_profile_source(DEFAULT_PROFILES_PATH))
    refresh_settings()


@contextmanager
def edit_profiles() -> Iterator[ProfilesCollection]:
    """Hand out the profiles and save them at the end, with no other process writing them in between.

    Nothing is saved when the block raises.

    Raises:
        ConfigurationError: The file is not valid.
    """
    from pacc.settings.document import locked  # start-up

    with locked(_path().parent):
        profiles = load_profiles()
        yield profiles
        save_profiles(profiles)


def load_profile(name: str) -> Profile:
    """Return one profile.

    Raises:
        MissingProfileError: There is none of that name.
    """
    return load_profiles().find(name)


def load_current_profile() -> Profile:
    """Return the active profile; if there is none of that name, an empty one."""
    name = read_settings().profile_name
    return load_profiles().profiles_by_name.get(name) or Profile(name)


def update_current_profile(settings: Mapping[str | Setting, Any]) -> Profile:
    """Change settings of the active profile in its file; a value of None takes a setting out.

    Raises:
        ConfigurationError: A setting is unknown, one that no profile may hold, or a value does not fit.
    """
    name = read_settings().profile_name
    with edit_profiles() as profiles:
        return change_profile(profiles, name, settings)


def change_profile(profiles: ProfilesCollection, name: str, settings: Mapping[Any, Any]) -> Profile:
    """Change settings of one profile in a collection, after checking the new values."""
    changed = {
        key: None if value is None else as_toml(key.read(value))
        for key, value in Profile(name, settings).settings.items()
    }
    return profiles.update_profile(name, changed, source=_path())


def unset_in_current_profile(names: Iterable[str]) -> Profile:
    """Take settings out of the active profile in its file, also such that pacc does not know.

    Raises:
        ConfigurationError: The profile does not have one of them.
    """
    current = read_settings().profile_name
    with edit_profiles() as profiles:
        profile = profiles.profiles_by_name.get(current) or Profile(current)
        for name in names:
            _unset(profile, name)
        profile.source = _path()
        return profile


def _unset(profile: Profile, name: str) -> None:
    if name in profile.unknown:
        del profile.unknown[name]
    elif known(name) in profile.settings:
        del profile.settings[known(name)]
    else:
        raise ConfigurationError(
            f'{name} is not set in profile "{profile.name}".', hint="pacc profile inspect"
        )


def not_in_file(profiles: ProfilesCollection) -> list[Profile]:
    """Return those of the profiles that come with pacc and that the file does not have."""
    return [each for each in profiles.profiles_by_name.values() if each.source == DEFAULT_PROFILES_PATH]


def must_be_own(profile: Profile, verb: str) -> None:
    """Check that a profile is the user's.

    Raises:
        ConfigurationError: It comes with pacc, so it cannot be ... `verb` ends the sentence.
    """
    if profile.source == DEFAULT_PROFILES_PATH:
        raise ConfigurationError(f'profile "{profile.name}" comes with pacc and cannot be {verb}.')


def _path() -> Path:
    return read_settings().profiles_path

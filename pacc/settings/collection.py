"""Profiles: named sets of settings, of which one is active. Here they are values; `profiles.py` keeps them in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.exceptions import ConfigurationError, MissingProfileError, ProfileSettingsValidationError
from pacc.settings.built_in import BUILT_IN, DEFAULT_PROFILE, DEFAULT_PROFILES_PATH
from pacc.settings.declared import BY_ANY_NAME
from pacc.settings.kinds import as_text
from pacc.settings.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import ItemsView, Iterable, Iterator, Mapping
    from pathlib import Path

    from pacc.settings.declaring import Setting

SERVERS = ("PACC_API_", "PACC_CLOUD_", "PACC_UI_")
"""How the names of settings begin that only Prefect has, because it has servers to be told about."""

LOCATING = "PACC_PROFILES_PATH"
"""The setting no profile may hold: it says where the profiles are."""


class Profile:
    """A named set of settings.

    Args:
        name: What it is called.
        settings: Values by setting or name, as they were written.
        source: The file it was read from; none when it is new.

    Raises:
        ConfigurationError: A setting is unknown, or one that no profile may hold.
    """

    __slots__ = ("name", "settings", "source", "unknown")

    def __init__(
        self, name: str, settings: Mapping[Any, Any] | None = None, source: Path | None = None
    ) -> None:
        self.name = name
        self.settings: dict[Setting, Any] = {
            holdable(setting): value for setting, value in (settings or {}).items()
        }
        self.source = source
        self.unknown: dict[str, Any] = {}
        """What its table holds that is no setting; kept there until someone unsets it."""

    def to_environment_variables(self) -> dict[str, str]:
        """Return its settings as environment variables."""
        return {setting.name: as_text(value) for setting, value in self.settings.items() if value is not None}

    def validate_settings(self) -> None:
        """Check that every value is of its setting's kind.

        Raises:
            ProfileSettingsValidationError: Some are not; `errors` lists them.
        """
        errors = []
        for setting, value in self.settings.items():
            try:
                setting.read(value, f'profile "{self.name}"')
            except ConfigurationError as error:
                errors.append((setting.name, str(error)))
        if errors:
            raise ProfileSettingsValidationError(errors)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Profile) and (self.name, self.settings) == (other.name, other.settings)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = {setting.name: setting.shown(value) for setting, value in self.settings.items()}
        return f"Profile(name={self.name!r}, settings={shown!r})"


class ProfilesCollection:
    """Some profiles, one of them active."""

    def __init__(self, profiles: Iterable[Profile], active: str | None = None) -> None:
        self.profiles_by_name = {profile.name: profile for profile in profiles}
        self.active_name = active
        self.renamed: dict[str, str] = {}
        """New names by the names the file still has, so that saving finds the tables and their comments."""

    @property
    def names(self) -> set[str]:
        """The names of all profiles."""
        return set(self.profiles_by_name)

    @property
    def active_profile(self) -> Profile | None:
        """The active profile; none when no profile has its name."""
        return self.profiles_by_name.get(self.active_name) if self.active_name is not None else None

    def set_active(self, name: str | None, check: bool = True) -> None:
        """Make a profile the active one.

        Raises:
            MissingProfileError: `check` is on and there is no such profile.
        """
        if check and name is not None:
            self.find(name)
        self.active_name = name

    def find(self, name: str) -> Profile:
        """Return the profile of that name.

        Raises:
            MissingProfileError: There is none.
        """
        if name not in self.profiles_by_name:
            raise missing_profile(name, self.names)
        return self.profiles_by_name[name]

    def update_profile(self, name: str, settings: Mapping[Any, Any], source: Path | None = None) -> Profile:
        """Change settings of a profile, which is made if there is none; a value of None takes a setting out."""
        existing = self.profiles_by_name.get(name)
        changed = {**existing.settings} if existing else {}
        changed.update(Profile(name, settings).settings)
        kept = {setting: value for setting, value in changed.items() if value is not None}
        profile = Profile(name, kept, source or (existing.source if existing else None))
        profile.unknown = existing.unknown if existing else {}
        self.profiles_by_name[name] = profile
        return profile

    def add_profile(self, profile: Profile) -> None:
        """Add a profile.

        Raises:
            ConfigurationError: There is one of that name.
        """
        self._must_be_free(profile.name)
        self.profiles_by_name[profile.name] = profile

    def remove_profile(self, name: str) -> None:
        """Take a profile out."""
        self.profiles_by_name.pop(name)

    def rename_profile(self, name: str, new_name: str) -> None:
        """Give a profile another name, in its place; if it is the active one it stays so.

        Raises:
            MissingProfileError: There is no profile `name`.
            ConfigurationError: There is a profile `new_name`.
        """
        self.find(name)
        self._must_be_free(new_name)
        self.profiles_by_name = {
            new_name if each == name else each: profile for each, profile in self.profiles_by_name.items()
        }
        self.profiles_by_name[new_name].name = new_name
        self.renamed[name] = new_name
        if self.active_name == name:
            self.active_name = new_name

    def without_profile_source(self, path: Path | None) -> ProfilesCollection:
        """Return the collection without the profiles that were read from `path`."""
        kept = [profile for profile in self.profiles_by_name.values() if profile.source != path]
        collection = ProfilesCollection(kept, self.active_name)
        collection.renamed = self.renamed
        return collection

    def to_dict(self) -> dict[str, Any]:
        """Return it as profiles.toml has it."""
        profiles = {
            profile.name: profile.to_environment_variables() for profile in self.profiles_by_name.values()
        }
        return {"active": self.active_name, "profiles": profiles}

    def _must_be_free(self, name: str) -> None:
        if not name.strip() or not name.isprintable():
            raise ConfigurationError(f"{name!r} cannot be the name of a profile.")
        if name in self.profiles_by_name:
            raise ConfigurationError(f'there is a profile "{name}" already.', hint="pacc profile ls")

    def items(self) -> ItemsView[str, Profile]:
        """Return names with their profiles."""
        return self.profiles_by_name.items()

    def __iter__(self) -> Iterator[str]:
        return iter(self.profiles_by_name)

    def __getitem__(self, name: str) -> Profile:
        return self.profiles_by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.profiles_by_name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProfilesCollection) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]


def holdable(key: str | Setting) -> Setting:
    """Return the setting a profile's key names.

    Raises:
        ConfigurationError: There is no such setting, or no profile may hold it.
    """
    setting = known(key) if isinstance(key, str) else key
    if setting.name == LOCATING:
        raise ConfigurationError(
            f"{setting.name} cannot be in a profile: it says where the profiles are.",
            hint=f"set it in the environment: export {setting.name}=...",
        )
    return setting


def known(name: str) -> Setting:
    """Return the setting called `name`.

    Raises:
        ConfigurationError: There is none; the error says what may have been meant.
    """
    if name in BY_ANY_NAME:
        return BY_ANY_NAME[name]
    if name.startswith(SERVERS):
        raise ConfigurationError(f'there is no setting "{name}": pacc has no server to be told about.')
    meant = did_you_mean(name.upper().replace("PREFECT_", "PACC_", 1), BY_ANY_NAME)
    raise ConfigurationError(f'there is no setting "{name}".{meant}', hint="pacc config view --show-defaults")


def missing_profile(name: str, names: Iterable[str]) -> MissingProfileError:
    """Return the error that there is no profile `name`, with the one that may have been meant."""
    return MissingProfileError(
        f'there is no profile "{name}".{did_you_mean(name, names)}', hint="pacc profile ls"
    )


def built_in_profiles() -> ProfilesCollection:
    """Return the profiles that come with pacc."""
    profiles = [Profile(name, settings, DEFAULT_PROFILES_PATH) for name, settings in BUILT_IN.items()]
    return ProfilesCollection(profiles, DEFAULT_PROFILE)

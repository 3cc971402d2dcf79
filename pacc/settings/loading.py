"""One pass over all sources that gives the settings, and everything that was wrong with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc.exceptions import ConfigurationError
from pacc.settings.built_in import DEFAULT_PROFILE
from pacc.settings.collection import Profile, ProfilesCollection, built_in_profiles, holdable, missing_profile
from pacc.settings.declared import SETTINGS, Settings
from pacc.settings.sources import (
    ENVIRONMENT,
    PROFILE,
    Layer,
    contents,
    dotenv_layer,
    environment_layer,
    pacc_toml_layer,
    parsed,
    pyproject_layer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def load_settings(
    environ: Mapping[str, str],
    directory: str = ".",
    profile: str | None = None,
    *,
    beats_environment: bool = True,
) -> Settings:
    """Read the settings from every source.

    Nothing wrong in a source stops the reading: values that do not fit keep their default and are told in the result's `errors`.
    `get_current_settings()` raises those, commands that mend settings do not.

    Args:
        environ: The environment variables.
        directory: Where .env, pacc.toml and pyproject.toml are looked for.
        profile: The profile asked for by name.
        beats_environment: Let a profile asked for by name beat the environment and the files.

    Raises:
        MissingProfileError: There is no profile `profile`.
    """
    errors: list[str] = []
    layers = [environment_layer(environ)]
    for read in (dotenv_layer, pacc_toml_layer, pyproject_layer):
        layers += _attempt(read, directory, errors)
    file = Path(_read(layers, errors=[]).value("PACC_PROFILES_PATH"))
    layer = _profile_layer(file, profile, layers)
    layers.insert(0 if profile and beats_environment else len(layers), layer)
    if "PACC_HOME" in layer.raw:  # the profile's home is not where the profiles are
        layers.append(Layer(PROFILE, {"PACC_PROFILES_PATH": str(file)}))
    return _read(layers, errors, layer.profile or DEFAULT_PROFILE)


def _attempt(read: Callable[[str], Layer], directory: str, errors: list[str]) -> list[Layer]:
    try:
        return [read(directory)]
    except ConfigurationError as error:
        errors.append(str(error))
        return []


def _read(layers: list[Layer], errors: list[str], profile: str = DEFAULT_PROFILE) -> Settings:
    written: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for layer in reversed(layers):
        for name, raw in layer.raw.items():
            written[name], sources[name] = raw, layer.source
    for name, raw in list(written.items()):
        try:
            written[name] = SETTINGS[name].read(raw, described(sources[name], profile))
        except ConfigurationError as error:
            errors.append(str(error))
            del written[name], sources[name]
    problems = [problem for layer in layers for problem in layer.problems]
    return Settings(written, sources, profile, problems, errors)


def described(source: str, profile: str) -> str:
    """Return a source as a sentence names it."""
    return {ENVIRONMENT: "the environment", PROFILE: f'profile "{profile}"'}.get(source, source)


def _profile_layer(file: Path, asked: str | None, layers: list[Layer]) -> Layer:
    """Return what the active profile says; one that was asked for must exist, any other is passed over with a sentence."""
    profiles, problems = _profiles_or_problem(file)
    named = asked or next((layer.profile for layer in layers if layer.profile), None) or profiles.active_name
    profile = profiles.profiles_by_name.get(named or DEFAULT_PROFILE)
    if profile is None:
        missing = missing_profile(str(named), profiles.names)
        if asked:
            raise missing
        problems.append(f'{missing} Using "{DEFAULT_PROFILE}".')
        profile = profiles.profiles_by_name[DEFAULT_PROFILE]
    raw = {setting.name: value for setting, value in profile.settings.items()}
    if "PACC_HOME" in raw:
        raw["PACC_HOME"] = os.path.join(file.parent, os.path.expanduser(str(raw["PACC_HOME"])))
    layer = Layer(PROFILE, raw, tuple(problems))
    layer.profile = profile.name
    return layer


def read_profiles(file: Path, *, include_built_in: bool = True) -> tuple[ProfilesCollection, list[str]]:
    """Return the profiles in a file, over those that come with pacc, and sentences about what was passed over in it.

    Raises:
        ConfigurationError: The file cannot be read or is not valid TOML.
    """
    content = contents(str(file))
    document = {} if content is None else parsed(content, str(file))
    profiles = built_in_profiles() if include_built_in else ProfilesCollection([])
    problems: list[str] = []
    tables = document.get("profiles", {})
    for name, table in tables.items() if isinstance(tables, dict) else ():
        profiles.profiles_by_name[name] = _profile(name, table, file, problems)
    active = document.get("active")
    profiles.active_name = str(active) if active else profiles.active_name
    return profiles, problems


def _profiles_or_problem(file: Path) -> tuple[ProfilesCollection, list[str]]:
    try:
        return read_profiles(file)
    except ConfigurationError as error:
        return built_in_profiles(), [f"{error} No profile of it is used."]


def _profile(name: str, table: object, file: Path, problems: list[str]) -> Profile:
    if not isinstance(table, dict):
        problems.append(f'{file}: profile "{name}" is not a table.')
        table = {}
    profile = Profile(name, source=file)
    for key, value in table.items():
        try:
            profile.settings[holdable(key)] = value
        except ConfigurationError as error:
            profile.unknown[key] = value
            problems.append(f'{file}: profile "{name}": {error}')
    return profile

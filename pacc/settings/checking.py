"""Everything that is wrong with the settings, in every profile too, for someone who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.exceptions import ConfigurationError, ProfileSettingsValidationError
from pacc.settings.context import read_settings
from pacc.settings.declared import BY_ANY_NAME
from pacc.settings.profiles import load_profiles
from pacc.settings.suggestions import closest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pacc.settings.collection import Profile

NO_SETTINGS = ("PACC_PROFILE", "PACC_ENCRYPTION_KEY")
"""Variables that are read and are no settings."""


def check_settings(environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each mistake: values that do not fit, names that do not exist.

    Args:
        environ: The environment variables.
    """
    settings = read_settings()
    mistakes = [*settings.errors, *settings.problems, *_unknown_variables(environ)]
    try:
        profiles = load_profiles(include_defaults=False)
    except ConfigurationError:
        return mistakes  # it is among the problems already
    for profile in profiles.profiles_by_name.values():
        mistakes += [mistake for mistake in _in_profile(profile) if mistake not in mistakes]
    return mistakes


def _in_profile(profile: Profile) -> list[str]:
    try:
        profile.validate_settings()
    except ProfileSettingsValidationError as error:
        return [sentence for _, sentence in error.errors]
    return []


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(environ):
        if not name.startswith("PACC_") or name in BY_ANY_NAME or name in NO_SETTINGS:
            continue
        meant = closest(name, BY_ANY_NAME, cutoff=0.85)
        if meant:
            yield f'The environment has {name}, which is no setting. Did you mean "{meant}"?'
        elif not name.startswith(("PACC__", "PACC_LOGGING_")):  # runtime and logging.yml overrides
            yield f"The environment has {name}, which is no setting."

"""The settings in force: read once per process, replaced for a while by `temporary_settings`.

This is the one place below the faces that looks at the environment and the current directory, on behalf of everything else.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from pacc.exceptions import ConfigurationError
from pacc.settings.declaring import Setting
from pacc.settings.loading import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pacc.settings.declared import Settings


class _Process:
    """What this process has read, and which profile it was told to use."""

    __slots__ = ("profile", "settings")

    def __init__(self) -> None:
        self.settings: Settings | None = None
        self.profile: str | None = None


_process = _Process()
_temporary: ContextVar[Settings | None] = ContextVar("pacc_temporary_settings", default=None)
# A thread starts with an empty context. It finds here what the code that started it made temporary: better a
# test's home than the user's.
_entered: list[Settings] = []


def get_current_settings() -> Settings:
    """Return the settings in force.

    Raises:
        ConfigurationError: A setting has a value that does not fit, or a file of settings cannot be read.
        MissingProfileError: The profile asked for does not exist.

    Example:
        >>> from pacc.settings import get_current_settings
        >>> get_current_settings().logging.log_prints
        False
    """
    here = _temporary.get()  # spelled out, because this is called very often
    if here is not None:
        return here
    if _entered:
        return read_settings()
    return _process.settings or _checked(_load())


def read_settings() -> Settings:
    """Return the settings in force, and do so also when some are wrong: those have their defaults, `errors` names them.

    For faces, which have to show mistakes, and for the commands that mend them.
    """
    return _temporary.get() or next(reversed(_entered), None) or _process.settings or _load()


def _load() -> Settings:
    settings = load_settings(os.environ, profile=_process.profile)
    if not settings.errors:
        _process.settings = settings
    return settings


def _checked(settings: Settings) -> Settings:
    if settings.errors:
        raise ConfigurationError(" ".join(settings.errors), hint="pacc config validate")
    return settings


def refresh_settings() -> None:
    """Forget what was read, so that the next look sees the environment and the files as they are then."""
    _process.settings = None


def choose_profile(name: str | None) -> None:
    """Use a profile for the rest of this process; it beats every other source. None goes back to the active one.

    Raises:
        MissingProfileError: There is no such profile.
    """
    loaded = load_settings(os.environ, profile=name)
    _process.profile = name
    _process.settings = None if loaded.errors else loaded


def settings_of_profile(name: str) -> Settings:
    """Return the settings that commands with `--profile name` have.

    Raises:
        MissingProfileError: There is no such profile.
        ConfigurationError: A setting has a value that does not fit.
    """
    return _checked(load_settings(os.environ, profile=name))


@contextmanager
def temporary_settings(
    updates: Mapping[Any, Any] | None = None,
    set_defaults: Mapping[Any, Any] | None = None,
    restore_defaults: Iterable[str | Setting] | None = None,
) -> Iterator[Settings]:
    """Change settings for the length of a `with` block, here and in threads started inside it.

    Args:
        updates: Values to have, by constant or name.
        set_defaults: Values to have where nobody set one.
        restore_defaults: Settings to return to their defaults.

    Raises:
        ConfigurationError: A setting is unknown, or a value is not of its kind.

    Example:
        >>> from pacc.settings import PACC_LOGGING_LEVEL, temporary_settings
        >>> with temporary_settings({PACC_LOGGING_LEVEL: "DEBUG"}) as settings:
        ...     settings.logging.level
        'DEBUG'
    """
    with _in_force(
        get_current_settings().copy_with_update(updates, set_defaults, restore_defaults)
    ) as settings:
        yield settings


@contextmanager
def use_profile(profile: str, override_environment_variables: bool = False) -> Iterator[Settings]:
    """Use a profile for the length of a `with` block.

    Args:
        profile: Its name.
        override_environment_variables: Let it beat the environment and the files as well.

    Raises:
        MissingProfileError: There is no such profile.
    """
    loaded = load_settings(os.environ, profile=profile, beats_environment=override_environment_variables)
    with _in_force(_checked(loaded)) as settings:
        yield settings


@contextmanager
def _in_force(settings: Settings) -> Iterator[Settings]:
    token = _temporary.set(settings)
    _entered.append(settings)
    try:
        yield settings
    finally:
        _entered.remove(settings)
        with suppress(
            ValueError
        ):  # an async fixture may end in another context than it began in: nothing to undo there
            _temporary.reset(token)


Setting.current = staticmethod(get_current_settings)

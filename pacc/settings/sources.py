"""Where settings are written, highest first: the environment, .env, pacc.toml, pyproject.toml, the active profile.

Each source is turned into the same thing, a `Layer` of raw values by setting name. Files that are not there cost one failed open,
and no parser is imported for a file that has nothing to say.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pacc.exceptions import ConfigurationError
from pacc.settings.declared import BY_ACCESSOR, BY_ANY_NAME, SETTINGS
from pacc.settings.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENVIRONMENT = "environment"
DOTENV = ".env"
PACC_TOML = "pacc.toml"
PYPROJECT = "pyproject.toml"
PROFILE = "profile"


class Layer:
    """What one source says: raw values by setting name, and sentences about what was passed over."""

    __slots__ = ("problems", "profile", "raw", "source")

    def __init__(self, source: str, raw: Mapping[str, Any], problems: tuple[str, ...] = ()) -> None:
        self.source = source
        self.raw = raw
        self.problems = problems
        self.profile: str | None = None
        """The profile this source names as the active one."""


def environment_layer(environ: Mapping[str, str], source: str = ENVIRONMENT) -> Layer:
    """Return the settings among environment variables; an empty variable sets nothing."""
    raw: dict[str, str] = {}
    for name, setting in BY_ANY_NAME.items():
        text = environ.get(name)
        if text:
            raw.setdefault(setting.name, text)
    layer = Layer(source, raw)
    layer.profile = environ.get("PACC_PROFILE") or None
    return layer


def dotenv_layer(directory: str) -> Layer:
    """Return the settings in `.env`."""
    path = os.path.join(directory, DOTENV)
    content = contents(path)
    if content is None or b"PACC_" not in content:
        return Layer(DOTENV, {})
    from io import StringIO  # start-up, and python-dotenv costs 30 ms

    from dotenv import dotenv_values

    values = dotenv_values(stream=StringIO(content.decode("utf-8", "replace")))
    return environment_layer({name: text for name, text in values.items() if text}, DOTENV)


def pacc_toml_layer(directory: str) -> Layer:
    """Return the settings in `pacc.toml`, whose tables nest as the settings do."""
    path = os.path.join(directory, PACC_TOML)
    content = contents(path)
    return Layer(PACC_TOML, {}) if content is None else _nested(PACC_TOML, parsed(content, path))


def pyproject_layer(directory: str) -> Layer:
    """Return the settings below `[tool.pacc]` in `pyproject.toml`."""
    path = os.path.join(directory, PYPROJECT)
    content = contents(path)
    if content is None or b"tool.pacc" not in content:
        return Layer(PYPROJECT, {})
    return _nested(PYPROJECT, parsed(content, path).get("tool", {}).get("pacc", {}))


def contents(path: str) -> bytes | None:
    """Return what a file holds; none when there is no such file.

    Raises:
        ConfigurationError: It is there and cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error


def parsed(content: bytes, path: str) -> dict[str, Any]:
    """Return TOML as nested dicts.

    Raises:
        ConfigurationError: It is not valid TOML.
    """
    import tomllib  # start-up: most homes and projects have no such file

    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error


def _nested(source: str, tables: Mapping[str, Any]) -> Layer:
    raw, problems = {}, []
    for accessor, value in _leaves(tables):
        if accessor in BY_ACCESSOR:
            raw[BY_ACCESSOR[accessor].name] = value
        else:
            problems.append(f'{source} sets "{accessor}", which is no setting.{_meant(accessor)}')
    return Layer(source, raw, tuple(problems))


def _leaves(tables: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _meant(accessor: str) -> str:
    setting = SETTINGS.get(accessor.rpartition(".")[2])
    return f' Did you mean "{setting.accessor}"?' if setting else did_you_mean(accessor, BY_ACCESSOR)

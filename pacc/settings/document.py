"""profiles.toml as a person wrote it: changes go in beside their comments, and the file is replaced whole or not at all."""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import tomlkit
from tomlkit.exceptions import TOMLKitError

from pacc.exceptions import ConfigurationError
from pacc.settings.declared import BY_ANY_NAME
from pacc.settings.kinds import as_toml
from pacc.settings.sources import contents, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from pathlib import Path
    from typing import Any

    from tomlkit import TOMLDocument

    from pacc.settings.collection import Profile, ProfilesCollection


def write_profiles(file: Path, profiles: ProfilesCollection) -> None:
    """Make a profiles file say what `profiles` says, and change nothing else in it.

    Raises:
        ConfigurationError: The file is not valid TOML, or cannot be written.
    """
    before = contents(str(file)) or b""
    document = _document(before, file)
    if profiles.active_name is not None and "active" not in document:
        # A key outside the tables has to stand above the first of them and of its comments.
        document = _document(b'active = ""\n\n' + before, file)
    _change(document, profiles)
    after = tomlkit.dumps(document).encode()
    if parsed(after, str(file)) != document.unwrap():
        raise ConfigurationError(
            f"{file} is laid out in a way that cannot be changed safely; edit it by hand."
        )
    if after != before:
        replace(file, after)


def _document(content: bytes, file: Path) -> TOMLDocument:
    try:
        return tomlkit.parse(content.decode())
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} is not valid TOML: {error}.") from error


def _change(document: TOMLDocument, profiles: ProfilesCollection) -> None:
    if profiles.active_name is None:
        document.pop("active", None)
    elif document["active"] != profiles.active_name:
        document["active"] = profiles.active_name
    tables: Any = document.get("profiles", {})
    for name in [name for name in tables if name not in profiles]:
        del tables[name]
    for name, profile in profiles.items():
        if name not in tables:
            _table_of_profiles(document)[name] = tomlkit.table()
        _change_profile(document["profiles"][name], profile)


def _table_of_profiles(document: TOMLDocument) -> Any:
    return document.setdefault("profiles", tomlkit.table(is_super_table=True))


def _change_profile(table: MutableMapping[str, Any], profile: Profile) -> None:
    """Bring a profile's table up to date; a key pacc does not know is the user's and stays."""
    wanted = {setting.name: as_toml(value) for setting, value in profile.settings.items()}
    for key in [key for key in table if key in BY_ANY_NAME]:
        name = BY_ANY_NAME[key].name
        if name not in wanted:
            del table[key]
        elif table[key] == wanted.pop(name):
            continue
        else:
            table[key] = as_toml(profile.settings[BY_ANY_NAME[key]])
    for name, value in wanted.items():
        table[name] = value


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder of the profiles file, so that two commands changing it go one after the other.

    Raises:
        ConfigurationError: The folder cannot be made or held.
    """
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be used: {error.strerror}.") from error
    try:
        yield
    finally:
        os.close(handle)


def replace(file: Path, content: bytes) -> None:
    """Write a file whole, readable by its owner alone, or leave it as it is; a link to a file elsewhere stays a link.

    Raises:
        ConfigurationError: The file system refused.
    """
    try:
        os.makedirs(file.parent, mode=0o700, exist_ok=True)
        _replace(os.path.realpath(file), content)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}.") from error


def _replace(target: str, content: bytes) -> None:
    handle, beside = tempfile.mkstemp(dir=os.path.dirname(target), prefix=f".{os.path.basename(target)}.")
    try:
        with open(handle, "wb") as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        os.replace(beside, target)
    except BaseException:
        os.unlink(beside)
        raise

"""profiles.toml as a person wrote it: changes go in beside their comments, and the file is replaced whole or not at all.

The text is cut into blocks, one a table, each with the comments right above its heading; so a profile that goes takes its own
comments along and no others. Inside a block tomlkit changes the keys. In the end the text is read again, and if it does not say
what it should, it is not written.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import tomlkit

from pacc.exceptions import ConfigurationError
from pacc.settings.declared import BY_ANY_NAME
from pacc.settings.kinds import as_toml
from pacc.settings.sources import contents, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from pacc.settings.collection import Profile, ProfilesCollection

ELSEWHERE = ""
"""The name of a block that is no profile's: another table, or what stands above all tables."""


class Block:
    """One table of the file, from the comments above its heading to those above the next."""

    __slots__ = ("name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    def rename(self, name: str) -> None:
        """Give the heading another name."""
        self.text = self.text.replace(_heading(self.text, self.name), f"[profiles.{_key(name)}]", 1)
        self.name = name

    def change(self, profile: Profile) -> None:
        """Bring the keys up to date; what already says the right thing is not touched."""
        ink = self.text.rstrip("\r\n")
        blank = self.text[len(ink) :] or "\n"
        document = tomlkit.parse(ink + "\n")
        table: Any = document["profiles"][self.name]
        wanted = {setting.name: as_toml(value) for setting, value in profile.settings.items()}
        for key in [key for key in table if key not in profile.unknown]:
            name = BY_ANY_NAME[key].name if key in BY_ANY_NAME else key
            if name not in wanted:
                del table[key]
            elif table[key] != wanted[name]:
                table[key] = wanted[name]
            wanted.pop(name, None)
        table.update(wanted)
        self.text = tomlkit.dumps(document).rstrip("\r\n") + blank


def write_profiles(file: Path, profiles: ProfilesCollection) -> None:
    """Make a profiles file say what `profiles` says, and change nothing else in it.

    Raises:
        ConfigurationError: The file is not valid TOML, or cannot be written, or cannot be changed without losing something.
    """
    before = contents(str(file)) or b""
    document = parsed(before, str(file))
    meant = _meant(document, profiles)
    if meant != _said(document):
        after = _changed(before.decode(), profiles).encode()
        _check(after, meant, file)
        replace(file, after)


def _check(content: bytes, meant: dict[str, Any], file: Path) -> None:
    """Refuse to write what does not say what it should, e.g. because a profile is written as dotted keys."""
    with suppress(ConfigurationError):
        if _said(parsed(content, str(file))) == meant:
            return
    raise ConfigurationError(f"{file} is laid out in a way that cannot be changed safely; edit it by hand.")


def _changed(text: str, profiles: ProfilesCollection) -> str:
    blocks = _blocks(text)
    for block in blocks:
        if block.name in profiles.renamed:
            block.rename(profiles.renamed[block.name])
    _set_active(blocks[0], profiles.active_name)
    blocks = [block for block in blocks if block.name == ELSEWHERE or block.name in profiles]
    _add_missing(blocks, profiles)
    for block in blocks:
        if block.name != ELSEWHERE:
            block.change(profiles[block.name])
    return "".join(block.text for block in blocks)


def _add_missing(blocks: list[Block], profiles: ProfilesCollection) -> None:
    """Add an empty block for each profile that has none, below the other profiles, a blank line apart."""
    last = max((n for n, block in enumerate(blocks) if block.name != ELSEWHERE), default=len(blocks) - 1)
    there = {block.name for block in blocks}
    missing = [name for name in profiles if name not in there]
    for place, name in enumerate(missing, start=last + 1):
        above = "".join(block.text for block in blocks[:place])
        apart = "" if not above or above.endswith("\n\n") else "\n"
        more = "\n" if blocks[place:] else ""
        blocks.insert(place, Block(name, f"{apart}[profiles.{_key(name)}]\n{more}"))


def _blocks(text: str) -> list[Block]:
    lines = [f"{line}\n" for line in text.removesuffix("\n").split("\n")] if text else []
    starts, names = [0], [ELSEWHERE]
    for number, line in enumerate(lines):
        name = _profile_headed(line)
        if name is not None:
            starts.append(_first_comment(lines, number, starts[-1]))
            names.append(name)
    ends = [*starts[1:], len(lines)]
    return [
        Block(name, "".join(lines[start:end])) for name, start, end in zip(names, starts, ends, strict=True)
    ]


def _first_comment(lines: list[str], heading: int, floor: int) -> int:
    """Return the line where the comments right above a heading begin."""
    while heading > floor and lines[heading - 1].lstrip().startswith("#"):
        heading -= 1
    return heading


def _profile_headed(line: str) -> str | None:
    """Return the profile a line is the heading of; `ELSEWHERE` for other tables, none when it is no heading."""
    if not line.lstrip().startswith("["):
        return None
    try:
        tables = parsed(line.encode(), "")
    except ConfigurationError:
        return None  # part of a list that goes over several lines
    inside = tables.get("profiles", {})
    return next(iter(inside)) if isinstance(inside, dict) and list(inside.values()) == [{}] else ELSEWHERE


def _heading(text: str, name: str) -> str:
    line = next(line for line in text.split("\n") if _profile_headed(line) == name)
    comment = tomlkit.parse(line)["profiles"][name].trivia.comment
    return line.removesuffix("\r").removesuffix(comment).strip()


def _key(name: str) -> str:
    return tomlkit.key(name).as_string()


def _set_active(top: Block, name: str | None) -> None:
    document = tomlkit.parse(top.text)
    if name is None:
        document.pop("active", None)
    elif "active" not in document:
        top.text = f"active = {tomlkit.item(name).as_string()}\n{top.text}"
        return
    elif document["active"] != name:
        document["active"] = name
    top.text = tomlkit.dumps(document)


def _meant(before: dict[str, Any], profiles: ProfilesCollection) -> dict[str, Any]:
    """Return what the file has to say in the end."""
    meant = {key: value for key, value in before.items() if key not in {"active", "profiles"}}
    if profiles.active_name is not None:
        meant["active"] = profiles.active_name
    names = {new: old for old, new in profiles.renamed.items()}
    tables = before.get("profiles", {})
    filled = {name: _table(tables.get(names.get(name, name), {}), each) for name, each in profiles.items()}
    return {**meant, "profiles": filled} if filled else meant


def _said(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document without the empty table that is left when all profiles are gone."""
    return {key: value for key, value in document.items() if key != "profiles" or value}


def _table(before: dict[str, Any], profile: Profile) -> dict[str, Any]:
    """Return what a profile's table has to say; a setting keeps the older name it is written with."""
    written = {BY_ANY_NAME[key].name: key for key in reversed(before) if key in BY_ANY_NAME}
    values = {
        written.get(setting.name, setting.name): as_toml(value) for setting, value in profile.settings.items()
    }
    return {**profile.unknown, **values}


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

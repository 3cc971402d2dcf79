"""Where files are kept, plainly: a folder, anything fsspec reaches by a URL, wherever a saved block leads.

Paths given to a place are relative to it and never lead out of it. The blocks people configure are in
`pacc.filesystems.blocks`; these are what they are made of, and what runs use that load no block.
"""

from __future__ import annotations

import os
import secrets
import stat
from abc import ABC, abstractmethod
from contextlib import suppress
from inspect import isawaitable
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

from pacc._internal.steps import run_in_own_loop
from pacc.exceptions import ConfigurationError
from pacc.settings import get_current_settings

_URL = "://"
_MINE = secrets.token_hex(6)
_numbers = count()


class UnsafeFile(Exception):
    """A file that someone else could have put there or changed."""


class Place(ABC):
    """Somewhere files are written and read by paths."""

    @abstractmethod
    def read_path(self, path: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            FileNotFoundError: there is none.
        """

    @abstractmethod
    def write_path(self, path: str, content: bytes) -> object:
        """Write the bytes of a file, all or none, and make the folders it needs."""

    @abstractmethod
    def delete_path(self, path: str) -> None:
        """Remove a file; that there is none is fine."""

    def sync_path(self, path: str) -> None:
        """Return once a file that was written survives power loss; one that is gone again is fine."""
        del path  # a place elsewhere has seen to that itself

    @property
    @abstractmethod
    def location(self) -> str:
        """What tells this place from others, on this machine and for ever."""

    def opened(self) -> Place:
        """Return the place itself, where this is only its name."""
        return self


class Folder(Place):
    """A folder of this machine.

    Args:
        basepath: the folder; the current one unless given. It is made when the first file is written, for its owner alone.

    >>> Folder("/tmp/results").location
    '/tmp/results'
    """

    def __init__(self, basepath: str | Path | None = None) -> None:
        self.basepath = None if basepath is None else str(basepath)
        self._root = os.path.realpath(os.path.expanduser(self.basepath or os.getcwd()))

    @property
    def location(self) -> str:
        """The folder, every link in it resolved."""
        return self._root

    def path_of(self, path: str) -> str:
        """Return where a file lies.

        Raises:
            ValueError: that is not inside the folder.
        """
        inside = os.path.normpath(os.path.join(self._root, path))
        if "\0" in path or not inside.startswith(self._root.rstrip("/") + "/"):
            raise ValueError(f"{path!r} does not lie inside the folder {self._root!r}")
        return inside

    def read_path(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return Path(self.path_of(path)).read_bytes()

    def read_own(self, path: str) -> tuple[bytes, tuple[int, int, int]]:
        """Return the bytes of a file that nobody else could have put there, and what tells this version of it from others.

        Raises:
            FileNotFoundError: there is none.
            UnsafeFile: it is no regular file, lies elsewhere, belongs to someone else, or others may write it.
        """
        place = self.path_of(path)
        if os.path.realpath(os.path.dirname(place)) != os.path.dirname(place):
            raise UnsafeFile("a link leads to it from another folder")
        try:
            fd = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            raise
        except OSError as error:
            if os.path.islink(place):
                raise UnsafeFile("it is a link") from error
            raise
        with open(fd, "rb") as file:
            status = os.fstat(fd)
            _require_own(status)
            return file.read(), _version_of(status)

    def version(self, path: str) -> tuple[int, int, int] | None:
        """Return what tells this version of a file from others, `None` where there is no file."""
        try:
            return _version_of(os.lstat(self.path_of(path)))
        except OSError:
            return None

    def write_path(self, path: str, content: bytes) -> str:
        """Write a file under another name first, so that nobody ever sees half of it, and return where it lies."""
        place = self.path_of(path)
        partial = f"{place}.{_MINE}-{next(_numbers)}.partial"
        try:
            fd = _create(partial)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
            fd = _create(partial)
        try:
            with open(fd, "wb") as file:
                file.write(content)
            os.replace(partial, place)
        except BaseException:
            with suppress(OSError):
                os.unlink(partial)
            raise
        return place

    def sync_path(self, path: str) -> None:
        """Make a file and its name survive power loss."""
        place = self.path_of(path)
        with suppress(FileNotFoundError):
            for each in (place, os.path.dirname(place), self._root):
                _sync(each)

    def delete_path(self, path: str) -> None:
        """Remove a file; that there is none is fine."""
        with suppress(FileNotFoundError):
            os.unlink(self.path_of(path))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Folder) and self._root == other._root

    def __hash__(self) -> int:
        return hash(self._root)

    def __repr__(self) -> str:
        return f"Folder(basepath={self.basepath!r})"


class Remote(Place):
    """Anything fsspec has a protocol for; what that needs (`s3fs`, `gcsfs`, ...) is installed apart.

    Args:
        basepath: a URL, e.g. `s3://my-bucket/folder`.
        settings: what fsspec's file system is made with.
        named: the name of the block it comes from, where no other process could reach it by the URL alone.

    Raises:
        ValueError: `basepath` is no URL.
    """

    def __init__(
        self, basepath: str, settings: dict[str, Any] | None = None, *, named: str | None = None
    ) -> None:
        if _URL not in basepath or basepath.startswith(_URL):
            raise ValueError(
                f"a remote file system needs a URL such as 's3://bucket/folder', not {basepath!r}"
            )
        self.basepath = basepath.rstrip("/")
        self.settings = dict(settings or {})
        self._named = named
        self._made: Any = None

    @property
    def location(self) -> str:
        """The block it comes from, or else the URL."""
        return self._named or self.basepath

    @property
    def needs_name(self) -> bool:
        """Whether another process could not reach it by the URL alone, and nothing names the block it comes from."""
        return bool(self.settings) and self._named is None

    @property
    def files(self) -> Any:
        """The file system that fsspec makes.

        Raises:
            ConfigurationError: a package it needs is not installed.
        """
        if self._made is None:
            import fsspec  # start-up: local results never need it

            protocol = self.basepath.partition(_URL)[0]
            try:
                self._made = fsspec.filesystem(protocol, **self.settings)
            except (ImportError, ValueError) as error:
                raise ConfigurationError(f"{protocol}:// cannot be reached: {error}") from error
        return self._made

    def path_of(self, path: str) -> str:
        """Return the URL of a file.

        Raises:
            ValueError: that is not inside the folder.
        """
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\0" in path:
            raise ValueError(f"{path!r} does not lie inside the folder {self.basepath!r}")
        return f"{self.basepath}/{'/'.join(parts)}"

    def read_path(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return self.files.cat_file(self.path_of(path))  # type: ignore[no-any-return]

    def write_path(self, path: str, content: bytes) -> str:
        """Write a file and return its URL."""
        place = self.path_of(path)
        self.files.makedirs(place.rpartition("/")[0], exist_ok=True)
        self.files.pipe_file(place, content)
        return place

    def exists(self, path: str) -> bool:
        """Say whether there is a file."""
        return bool(self.files.exists(self.path_of(path)))

    def get_folder(self, path: str | None, target: str) -> None:
        """Copy a folder, or everything, to this machine.

        Raises:
            FileNotFoundError: there is no such folder.
        """
        source = self.path_of(path) if path and path.strip("/.") else self.basepath
        if not self.files.isdir(source):
            raise FileNotFoundError(f"there is no folder {source!r}")
        self.files.get(f"{source}/", f"{target}/", recursive=True)

    def delete_path(self, path: str) -> None:
        """Remove a file; that there is none is fine."""
        with suppress(FileNotFoundError):
            self.files.rm_file(self.path_of(path))

    def __eq__(self, other: object) -> bool:
        mine = (self.basepath, self.settings)
        return isinstance(other, Remote) and mine == (other.basepath, other.settings)

    def __hash__(self) -> int:
        return hash(self.basepath)

    def __repr__(self) -> str:
        return f"Remote(basepath={self.basepath!r})"


class BlockPlace(Place):
    """A place that a saved block leads to: one of someone's own, a bucket.

    Args:
        block: a block that reads and writes paths, plainly or with coroutines.
        reference: its type and name.
    """

    def __init__(self, block: Any, reference: str) -> None:
        self._block = block
        self._reference = reference

    @property
    def location(self) -> str:
        """The block's type and name."""
        return self._reference

    def read_path(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return _settled(self._block.read_path(path))  # type: ignore[no-any-return]

    def write_path(self, path: str, content: bytes) -> object:
        """Write a file."""
        return _settled(self._block.write_path(path, content))

    def delete_path(self, path: str) -> None:
        """Remove a file.

        Raises:
            NotImplementedError: such blocks cannot.
        """
        if not hasattr(self._block, "delete_path"):
            raise NotImplementedError(f"{type(self._block).__name__} cannot remove files")
        _settled(self._block.delete_path(path))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BlockPlace) and self._reference == other._reference

    def __hash__(self) -> int:
        return hash(self._reference)


class NamedPlace(Place):
    """A place by the type and name of its block, which is loaded when the place is first used.

    Args:
        reference: `type/name`.
    """

    def __init__(self, reference: str) -> None:
        self._reference = reference
        self._places: dict[Path, Place] = {}

    @property
    def location(self) -> str:
        """The block's type and name."""
        return self._reference

    def opened(self) -> Place:
        """Load the block and return where it leads.

        Raises:
            BlockNotFound, UnknownBlockType, BlockSchemaMismatch, EncryptionKeyError: as `Block.load`.
            TypeError: it is no block that reads and writes paths.
        """
        home = get_current_settings().home
        place = self._places.get(home)
        if place is None:
            from pacc.blocks.core import load_block  # start-up: places named by blocks are few

            place = self._places[home] = place_for(load_block(self._reference)).opened()
        return place

    def read_path(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return self.opened().read_path(path)

    def write_path(self, path: str, content: bytes) -> object:
        """Write a file."""
        return self.opened().write_path(path, content)

    def delete_path(self, path: str) -> None:
        """Remove a file."""
        self.opened().delete_path(path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedPlace) and self._reference == other._reference

    def __hash__(self) -> int:
        return hash(self._reference)

    def __repr__(self) -> str:
        return f"NamedPlace({self._reference!r})"


class Nowhere(Place):
    """Keeps nothing."""

    @property
    def location(self) -> str:
        """A word for it."""
        return "nowhere"

    def read_path(self, path: str) -> bytes:
        """Find nothing."""
        raise FileNotFoundError(path)

    def write_path(self, path: str, content: bytes) -> None:
        """Let it go."""

    def delete_path(self, path: str) -> None:
        """Do nothing."""


def place_for(wanted: Any) -> Place:
    """Return the place that a path, a URL, a block or its name means.

    Args:
        wanted: text with exactly one slash is the name of a block, `type/name`; it is loaded when the place is used.

    Raises:
        TypeError: it is something else, or a block that has to be saved first.

    >>> place_for("memory://results"), place_for("s3-bucket/mine")
    (Remote(basepath='memory://results'), NamedPlace('s3-bucket/mine'))
    """
    if isinstance(wanted, Place):
        return wanted
    if isinstance(wanted, Path):
        return Folder(wanted)
    if not isinstance(wanted, str):
        return _place_of_block(wanted)
    if wanted.startswith("file://"):
        return Folder(wanted.removeprefix("file://"))
    if _URL in wanted:
        return Remote(wanted)
    if is_block_name(wanted):
        return NamedPlace(wanted)
    return Folder(wanted)


def is_block_name(text: str) -> bool:
    """Say whether text that names a place is the name of a block, and not a path.

    >>> is_block_name("s3-bucket/mine"), is_block_name("./results"), is_block_name("results")
    (True, False, False)
    """
    return text.count("/") == 1 and text[0] not in "/.~" and not text.endswith("/")


def _place_of_block(wanted: Any) -> Place:
    """Return where a block leads; this module knows blocks only by what they can do."""
    found = wanted.place() if callable(getattr(wanted, "place", None)) else None
    if isinstance(found, Place) and not (isinstance(found, Remote) and found.needs_name):
        return found
    if found is None and not (hasattr(wanted, "read_path") and hasattr(wanted, "write_path")):
        raise TypeError(f"results can be kept in a path, a URL or a storage block, not in {wanted!r}")
    reference = wanted._block_reference() if hasattr(wanted, "_block_reference") else None  # noqa: SLF001 - one of ours
    if reference is None:
        raise TypeError(
            f"a {type(wanted).__name__} has to be saved before results are kept in it, or no other process could find "
            'them: call `.save("name")`'
        )
    return BlockPlace(wanted, reference)


def _settled(value: Any) -> Any:
    """A block of someone's own may be written with coroutines."""
    return run_in_own_loop(value) if isawaitable(value) else value


def _start_over() -> None:
    """Let no forked child write under the names of its parent."""
    global _MINE
    _MINE = secrets.token_hex(6)


os.register_at_fork(after_in_child=_start_over)


def _create(place: str) -> int:
    return os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)


def _sync(place: str) -> None:
    fd = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _require_own(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeFile("it is no regular file")
    if status.st_uid != os.getuid():
        raise UnsafeFile("it belongs to another user")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise UnsafeFile("other users may write it")


def _version_of(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_mtime_ns, status.st_size

"""Where results are kept: a folder, or anything fsspec reaches by a URL.

Paths given to a file system are relative to its own folder and never lead out of it.
"""

from __future__ import annotations

import os
import secrets
import stat
from abc import ABC, abstractmethod
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

from pacc._internal.steps import awaitable

__all__ = [
    "LocalFileSystem",
    "NullFileSystem",
    "ReadableFileSystem",
    "RemoteFileSystem",
    "UnsafeFile",
    "WritableFileSystem",
]

_URL = "://"
_MINE = secrets.token_hex(6)
_numbers = count()


class UnsafeFile(Exception):
    """A file that someone else could have put there or changed."""


class ReadableFileSystem(ABC):
    """Something files can be read from."""

    @abstractmethod
    def read_path(self, path: str) -> Any:
        """Return the bytes of a file; a coroutine that returns them is as good.

        Raises:
            FileNotFoundError: there is none.
        """


class WritableFileSystem(ReadableFileSystem):
    """Something files can be read from and written to."""

    @abstractmethod
    def write_path(self, path: str, content: bytes) -> Any:
        """Write the bytes of a file, all or none, and make the folders it needs."""

    def delete_path(self, path: str) -> None:
        """Remove a file; that there is none is fine."""
        raise NotImplementedError(f"{type(self).__name__} cannot remove files")

    def sync_path(self, path: str) -> None:
        """Return once a file that was written survives power loss; one that is gone again is fine."""

    @property
    def location(self) -> str:
        """What tells this place from others, on this machine and for ever."""
        return f"{type(self).__module__}.{type(self).__qualname__}"


class LocalFileSystem(WritableFileSystem):
    """A folder of this machine.

    Args:
        basepath: the folder; the current one unless given. It is made when the first file is written, for its owner alone.

    >>> LocalFileSystem("/tmp/results").location
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

    aread_path = awaitable(read_path)
    awrite_path = awaitable(write_path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LocalFileSystem) and self._root == other._root

    def __hash__(self) -> int:
        return hash(self._root)

    def __repr__(self) -> str:
        return f"LocalFileSystem(basepath={self.basepath!r})"


class RemoteFileSystem(WritableFileSystem):
    """Anything fsspec has a protocol for; what that needs (`s3fs`, `gcsfs`, ...) is installed apart.

    Args:
        basepath: a URL, e.g. `s3://my-bucket/folder`.
        settings: what fsspec's file system is made with.

    Raises:
        ValueError: `basepath` is no URL.
    """

    def __init__(self, basepath: str, settings: dict[str, Any] | None = None) -> None:
        if _URL not in basepath or basepath.startswith(_URL):
            raise ValueError(
                f"a remote file system needs a URL such as 's3://bucket/folder', not {basepath!r}"
            )
        self.basepath = basepath.rstrip("/")
        self.settings = dict(settings or {})
        self._made: Any = None

    @property
    def location(self) -> str:
        """The URL."""
        return self.basepath

    @property
    def _files(self) -> Any:
        if self._made is None:
            import fsspec  # start-up: local results never need it

            self._made = fsspec.filesystem(self.basepath.partition(_URL)[0], **self.settings)
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
        return self._files.cat_file(self.path_of(path))  # type: ignore[no-any-return]

    def write_path(self, path: str, content: bytes) -> str:
        """Write a file and return its URL."""
        place = self.path_of(path)
        self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
        self._files.pipe_file(place, content)
        return place

    def delete_path(self, path: str) -> None:
        """Remove a file; that there is none is fine."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self.path_of(path))

    aread_path = awaitable(read_path)
    awrite_path = awaitable(write_path)

    def __eq__(self, other: object) -> bool:
        mine = (self.basepath, self.settings)
        return isinstance(other, RemoteFileSystem) and mine == (other.basepath, other.settings)

    def __hash__(self) -> int:
        return hash(self.basepath)

    def __repr__(self) -> str:
        return f"RemoteFileSystem(basepath={self.basepath!r})"


class NullFileSystem(WritableFileSystem):
    """Keeps nothing."""

    def read_path(self, path: str) -> bytes:
        """Find nothing."""
        raise FileNotFoundError(path)

    def write_path(self, path: str, content: bytes) -> None:
        """Let it go."""

    def delete_path(self, path: str) -> None:
        """Do nothing."""


def filesystem_for(wanted: WritableFileSystem | str | Path) -> WritableFileSystem:
    """Return the file system a path, a URL or a file system itself means.

    Raises:
        ValueError: it is text with exactly one slash, which is the name of a block, and there are no blocks yet.
        TypeError: it is something else.

    >>> filesystem_for("memory://results")
    RemoteFileSystem(basepath='memory://results')
    """
    if isinstance(wanted, WritableFileSystem):
        return wanted
    if isinstance(wanted, Path):
        return LocalFileSystem(wanted)
    if not isinstance(wanted, str):
        raise TypeError(f"results can be kept in a path, a URL or a file system, not in {wanted!r}")
    if wanted.startswith("file://"):
        return LocalFileSystem(wanted.removeprefix("file://"))
    if _URL in wanted:
        return RemoteFileSystem(wanted)
    if wanted.count("/") == 1 and wanted[0] not in "/.~":
        raise ValueError(
            f"{wanted!r} is the name of a block, and this pacc has no blocks yet; for a folder write './{wanted}'"
        )
    return LocalFileSystem(wanted)


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

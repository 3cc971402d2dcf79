"""A folder of this machine as a place: files are whole, their owner's alone, and no one else's is taken for one's own."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from itertools import count
from pathlib import Path

from pacc.filesystems.place import Place

_MINE = secrets.token_hex(6)
_numbers = count()


class UnsafeFile(Exception):
    """A file that someone else could have put there or changed."""


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

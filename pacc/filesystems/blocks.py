"""File systems as blocks: a folder, whatever fsspec reaches by a URL, a Windows share, and the bases of those of one's own.

Their methods have both colours: `read_path` gives the bytes, and in async code something to await; `aread_path` does everywhere.
"""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator

from pacc._internal.ignoring import ignored_by
from pacc._internal.steps import in_a_thread
from pacc.blocks.core import Block
from pacc.context import either_colour
from pacc.filesystems.folders import Folder
from pacc.filesystems.places import Nowhere
from pacc.filesystems.remotes import Remote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pacc.filesystems.place import Place

__all__ = [
    "SMB",
    "LocalFileSystem",
    "NullFileSystem",
    "ReadableDeploymentStorage",
    "ReadableFileSystem",
    "RemoteFileSystem",
    "WritableDeploymentStorage",
    "WritableFileSystem",
]


class ReadableFileSystem(Block):
    """Something files can be read from."""

    _block_schema_capabilities = ("read-path",)

    @abstractmethod
    def read_path(self, path: str) -> Any:
        """Return the bytes of a file; a coroutine that returns them is as good.

        Args:
            path: where it is, relative to the file system.

        Raises:
            FileNotFoundError: there is none.
        """


class WritableFileSystem(Block):
    """Something files can be read from and written to."""

    _block_schema_capabilities = ("read-path", "write-path")

    @abstractmethod
    def read_path(self, path: str) -> Any:
        """Return the bytes of a file; a coroutine that returns them is as good.

        Args:
            path: where it is, relative to the file system.

        Raises:
            FileNotFoundError: there is none.
        """

    @abstractmethod
    def write_path(self, path: str, content: bytes) -> Any:
        """Write the bytes of a file, all or none, and make the folders it needs.

        Args:
            path: where it is to be, relative to the file system.
            content: the bytes.
        """


class ReadableDeploymentStorage(Block):
    """Something a whole folder can be fetched from."""

    _block_schema_capabilities = ("get-directory",)

    @abstractmethod
    def get_directory(self, from_path: str | None = None, local_path: str | None = None) -> Any:
        """Copy a folder of the file system to this machine.

        Args:
            from_path: which one; all of the file system unless given.
            local_path: where to; the current folder unless given.
        """


class WritableDeploymentStorage(Block):
    """Something a whole folder can be fetched from and put into."""

    _block_schema_capabilities = ("get-directory", "put-directory")

    @abstractmethod
    def get_directory(self, from_path: str | None = None, local_path: str | None = None) -> Any:
        """Copy a folder of the file system to this machine.

        Args:
            from_path: which one; all of the file system unless given.
            local_path: where to; the current folder unless given.
        """

    @abstractmethod
    def put_directory(
        self, local_path: str | None = None, to_path: str | None = None, ignore_file: str | None = None
    ) -> Any:
        """Copy a folder of this machine into the file system.

        Args:
            local_path: which one; the current folder unless given.
            to_path: where to; the top of the file system unless given.
            ignore_file: a file of patterns, as in `.gitignore`; what fits one is left out.
        """


# -- methods of both colours ---------------------------------------------------------------------------------------------


def _read_path(self: Any, path: str) -> bytes:
    """Return the bytes of a file.

    Args:
        self: the file system.
        path: where it is, relative to the file system.

    Raises:
        FileNotFoundError: there is none.
        ValueError: the path leads out of the file system.

    >>> LocalFileSystem(basepath="/tmp").read_path("../etc/passwd")
    Traceback (most recent call last):
    ...
    ValueError: '../etc/passwd' does not lie inside the folder '/tmp'
    """
    return self.place().read_path(os.fspath(path))  # type: ignore[no-any-return]


def _write_path(self: Any, path: str, content: bytes) -> str:
    """Write the bytes of a file, all or none, and return where it lies; the folders it needs are made.

    Args:
        self: the file system.
        path: where it is to be, relative to the file system.
        content: the bytes.

    Raises:
        ValueError: the path leads out of the file system.

    >>> LocalFileSystem(basepath="results").write_path("../elsewhere", b"")
    Traceback (most recent call last):
    ...
    ValueError: '../elsewhere' does not lie inside the folder ...
    """
    return str(self.place().write_path(os.fspath(path), content))


def _get_folder(self: Any, from_path: str | None = None, local_path: str | None = None) -> None:
    """Copy a folder of the file system to another place on this machine.

    Args:
        self: the file system.
        from_path: which one, relative to the file system; all of it unless given.
        local_path: where to; the current folder unless given.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: the path leads out of the file system.

    >>> LocalFileSystem(basepath="nothing-here").get_directory()
    Traceback (most recent call last):
    ...
    FileNotFoundError: ...
    """
    source = self.inside(from_path)
    target = os.path.abspath(os.path.expanduser(local_path or "."))
    if source != os.path.realpath(target):
        shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)


def _put_folder(
    self: Any,
    local_path: str | None = None,
    to_path: str | None = None,
    ignore_file: str | None = None,
) -> None:
    """Copy a folder of this machine into the file system.

    Args:
        self: the file system.
        local_path: which one; the current folder unless given.
        to_path: where to, relative to the file system; its top unless given.
        ignore_file: a file of patterns, as in `.gitignore`; what fits one is left out.

    Raises:
        FileNotFoundError: there is no such folder, or no such ignore file.
        ValueError: the path leads out of the file system.

    >>> LocalFileSystem(basepath="kept").put_directory("nothing-here")
    Traceback (most recent call last):
    ...
    FileNotFoundError: ...
    """
    source = os.path.realpath(os.path.expanduser(local_path or "."))
    target = self.inside(to_path)
    if source == target:
        return
    is_ignored = _ignoring(ignore_file)

    def left_out(folder: str, names: list[str]) -> set[str]:
        places = {name: os.path.join(folder, name) for name in names}
        return {
            name
            for name, place in places.items()
            if os.path.realpath(place) == target or is_ignored(_relative(place, source))
        }

    shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True, ignore=left_out)


def _get_remote(self: Any, from_path: str | None = None, local_path: str | None = None) -> None:
    """Copy a folder of the file system to this machine.

    Args:
        self: the file system.
        from_path: which one, relative to the file system; all of it unless given.
        local_path: where to; the current folder unless given.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: the path leads out of the file system.

    >>> RemoteFileSystem(basepath="memory://kept").get_directory("../elsewhere")
    Traceback (most recent call last):
    ...
    ValueError: '../elsewhere' does not lie inside the folder 'memory://kept'
    """
    self.place().get_folder(from_path, os.path.abspath(os.path.expanduser(local_path or ".")))


def _put_remote(
    self: Any,
    local_path: str | None = None,
    to_path: str | None = None,
    ignore_file: str | None = None,
    overwrite: bool = True,
) -> int:
    """Copy a folder of this machine into the file system and return how many files that were.

    Args:
        self: the file system.
        local_path: which one; the current folder unless given.
        to_path: where to, relative to the file system; its top unless given.
        ignore_file: a file of patterns, as in `.gitignore`; what fits one is left out.
        overwrite: whether files that are there already are replaced; they stay otherwise.

    Raises:
        FileNotFoundError: there is no such folder, or no such ignore file.
        ValueError: the path leads out of the file system.

    >>> RemoteFileSystem(basepath="memory://kept").put_directory("nothing-here")
    Traceback (most recent call last):
    ...
    FileNotFoundError: ...
    """
    source = os.path.abspath(os.path.expanduser(local_path or "."))
    place, count = self.place(), 0
    for path in _files_below(source, _ignoring(ignore_file)):
        inside = f"{to_path.rstrip('/')}/{path}" if to_path else path
        if overwrite or not place.exists(inside):
            place.write_path(inside, Path(source, path).read_bytes())
            count += 1
    return count


def _files_below(folder: str, is_ignored: Callable[[str], bool]) -> Iterator[str]:
    """Yield the paths of all files below a folder, relative to it; links to folders are not followed."""
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"there is no folder {folder!r}")
    for inside, folders, names in os.walk(folder):
        folders.sort()
        for path in (_relative(os.path.join(inside, name), folder) for name in sorted(names)):
            if not is_ignored(path):
                yield path


def _relative(place: str, folder: str) -> str:
    return os.path.relpath(place, folder).replace(os.sep, "/")


def _ignoring(ignore_file: str | None) -> Callable[[str], bool]:
    return ignored_by(Path(ignore_file).read_text("utf-8").splitlines() if ignore_file else ())


# -- the file systems ----------------------------------------------------------------------------------------------------


class RemoteFiles(ABC):
    """Reading and writing for blocks that lead to a place behind a URL, in both colours."""

    @abstractmethod
    def place(self) -> Remote:
        """Return the place the block leads to."""

    read_path = either_colour(_read_path, in_a_thread)
    aread_path = in_a_thread(_read_path)
    write_path = either_colour(_write_path, in_a_thread)
    awrite_path = in_a_thread(_write_path)
    get_directory = either_colour(_get_remote, in_a_thread)
    aget_directory = in_a_thread(_get_remote)
    put_directory = either_colour(_put_remote, in_a_thread)
    aput_directory = in_a_thread(_put_remote)

    @property
    def filesystem(self) -> Any:
        """Return fsspec's file system.

        Raises:
            ConfigurationError: a package it needs is not installed.
        """
        return self.place().files


class LocalFileSystem(WritableFileSystem, WritableDeploymentStorage):
    """A folder of this machine.

    Attributes:
        basepath: the folder; the current one unless given.

    Example:
        from pacc.filesystems import LocalFileSystem

        LocalFileSystem(basepath="/data/results").save("results")

    >>> LocalFileSystem(basepath="/tmp/results").basepath
    '/tmp/results'
    """

    _block_type_name = "Local File System"

    basepath: str | None = Field(default=None, description="The folder; the current one unless given.")

    @field_validator("basepath", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return os.fspath(value) if isinstance(value, os.PathLike) else value

    read_path = either_colour(_read_path, in_a_thread)
    aread_path = in_a_thread(_read_path)
    write_path = either_colour(_write_path, in_a_thread)
    awrite_path = in_a_thread(_write_path)
    get_directory = either_colour(_get_folder, in_a_thread)
    aget_directory = in_a_thread(_get_folder)
    put_directory = either_colour(_put_folder, in_a_thread)
    aput_directory = in_a_thread(_put_folder)

    def place(self) -> Folder:
        """Return the folder itself, for those who keep results in it."""
        return Folder(self.basepath)

    def inside(self, path: str | None) -> str:
        """Return where a folder of the file system lies, the top one unless a path is given.

        Args:
            path: relative to the file system.

        Raises:
            ValueError: the path leads out of it.
        """
        folder = self.place()
        top = folder.location
        return (
            top if path is None or os.path.normpath(os.path.join(top, path)) == top else folder.path_of(path)
        )


class RemoteFileSystem(RemoteFiles, WritableFileSystem, WritableDeploymentStorage):
    """Anything fsspec has a protocol for; what that needs (`s3fs`, `gcsfs`, ...) is installed apart.

    Attributes:
        basepath: the URL, such as `s3://my-bucket/folder`.
        settings: what fsspec's file system is made with.

    Example:
        from pacc.filesystems import RemoteFileSystem

        RemoteFileSystem(basepath="s3://my-bucket/results").save("results")

    >>> RemoteFileSystem(basepath="memory://kept").write_path("a.txt", b"hello")
    'memory://kept/a.txt'
    """

    _block_type_name = "Remote File System"

    basepath: str = Field(description="The URL, such as s3://my-bucket/folder.")
    settings: dict[str, Any] = Field(
        default_factory=dict, description="What fsspec's file system is made with, such as key and secret."
    )

    @field_validator("basepath")
    @classmethod
    def _is_url(cls, value: str) -> str:
        return Remote(value).basepath

    def place(self) -> Remote:
        """Return the place itself, for those who keep results in it."""
        return Remote(self.basepath, self.settings, named=self._block_reference() if self.settings else None)


class SMB(RemoteFiles, WritableFileSystem, WritableDeploymentStorage):
    """A share of a Windows server. Needs the package `smbprotocol`.

    Attributes:
        share_path: the share and the folder in it.
        smb_username: who one is there.
        smb_password: what proves it.
        smb_host: the server.
        smb_port: where it listens; 445 unless given.

    >>> SMB(share_path="/share/data", smb_host="files.example").basepath
    'smb://files.example/share/data'
    """

    _block_type_name = "SMB"

    share_path: str = Field(description="The share and the folder in it.", examples=["/share/folder"])
    smb_username: SecretStr | None = Field(default=None, description="Who one is there.")
    smb_password: SecretStr | None = Field(default=None, description="What proves it.")
    smb_host: str = Field(description="The server.", examples=["files.example"])
    smb_port: int | None = Field(default=None, description="Where it listens; 445 unless given.")

    @property
    def basepath(self) -> str:
        """The share as a URL."""
        return f"smb://{self.smb_host}/{quote(self.share_path.strip('/'))}"

    def place(self) -> Remote:
        """Return the place itself, for those who keep results in it."""
        settings = {
            "host": self.smb_host,
            "port": self.smb_port,
            "username": self.smb_username and self.smb_username.get_secret_value(),
            "password": self.smb_password and self.smb_password.get_secret_value(),
        }
        given = {name: value for name, value in settings.items() if value is not None}
        return Remote(self.basepath, given, named=self._block_reference())


class NullFileSystem:
    """Keeps nothing."""

    def place(self) -> Place:
        """Return the place itself."""
        return Nowhere()

    def read_path(self, path: str) -> bytes:
        """Find nothing.

        Args:
            path: of a file that is not there.
        """
        return Nowhere().read_path(path)

    def write_path(self, path: str, content: bytes) -> None:
        """Let it go.

        Args:
            path: where it would be.
            content: what would be there.
        """

    def get_directory(self, from_path: str | None = None, local_path: str | None = None) -> None:
        """Fetch nothing.

        Args:
            from_path: a folder that is not there.
            local_path: where it would go.
        """

    def put_directory(
        self, local_path: str | None = None, to_path: str | None = None, ignore_file: str | None = None
    ) -> None:
        """Let it go.

        Args:
            local_path: the folder.
            to_path: where it would be.
            ignore_file: which files would be left out.
        """

"""Anything fsspec reaches by a URL as a place."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

from pacc.exceptions import ConfigurationError
from pacc.filesystems.place import Place

_URL = "://"


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
            ValueError: a file would come to lie outside of the target.
        """
        source = self.path_of(path) if path and path.strip("/.") else self.basepath
        if not self.files.isdir(source):
            raise FileNotFoundError(f"there is no folder {source!r}")
        copy_folder(self.files, source, target)

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


def copy_folder(files: Any, source: str, target: str) -> None:
    """Copy everything below a folder of fsspec's to this machine, or nothing where a name would lead elsewhere, as some in a zip do.

    Args:
        files: the file system fsspec made.
        source: the folder there.
        target: the folder here.

    Raises:
        ValueError: a file would come to lie outside of the target.

    >>> import fsspec
    >>> copy_folder(fsspec.filesystem("memory"), "memory://flows", "/srv/flows")  # doctest: +SKIP
    """
    for name in files.find(source):
        if ".." in PurePosixPath(name).parts:
            raise ValueError(
                f"the file {name!r} would come to lie outside of {target!r}, so nothing was copied"
            )
    files.get(f"{source}/", f"{target}/", recursive=True)

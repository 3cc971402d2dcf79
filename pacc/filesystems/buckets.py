"""What all buckets of objects can do, whoever keeps them: the methods of Prefect's storage blocks, over fsspec."""

from __future__ import annotations

import os
import shutil
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator

from pacc._internal.steps import in_a_thread
from pacc.blocks.abstract import ObjectStorageBlock
from pacc.context import either_colour
from pacc.filesystems.blocks import RemoteFiles, WritableDeploymentStorage, WritableFileSystem

if TYPE_CHECKING:
    from typing import BinaryIO

    from pacc.filesystems.remotes import Remote

__all__ = ["Bucket", "FolderInside"]


def _without_slashes(value: str) -> str:
    if ".." in value.split("/"):
        raise ValueError("a folder's name holds no ..")
    return value.strip("/")


FolderInside = Annotated[str, AfterValidator(_without_slashes)]
"""The folder of a bucket that all paths begin with; nothing for the top."""


def _list_objects(
    self: Any,
    folder: str = "",
    delimiter: str = "",
    page_size: int | None = None,
    max_items: int | None = None,
) -> list[dict[str, Any]]:
    """Return the objects below a folder by key: `Key`, `Size` in bytes, `LastModified` and `ETag` where the service says.

    Args:
        self: the bucket.
        folder: where to begin; the bucket's own folder unless given.
        delimiter: "/" for those right in the folder alone, not in folders below.
        page_size: taken for compatibility; pages are as large as the service makes them.
        max_items: so many at most.

    Raises:
        ValueError: the folder leads out of the bucket's, or the delimiter is another.
    """
    del page_size
    if delimiter not in ("", "/"):
        raise ValueError(f'the delimiter can be "/" or nothing, not "{delimiter}"')
    files, top = self.filesystem, self.url_of(folder)
    found = files.find(top, maxdepth=1 if delimiter else None, detail=True)
    keys = sorted(found)[:max_items]
    return [_told(self.key_of(key), found[key]) for key in keys]


def _told(key: str, info: dict[str, Any]) -> dict[str, Any]:
    moment = next(
        (info[name] for name in ("LastModified", "updated", "last_modified", "created") if name in info), None
    )
    told = {
        "Key": key,
        "Size": info.get("size"),
        "LastModified": moment,
        "ETag": info.get("ETag", info.get("etag")),
    }
    return {name: value for name, value in told.items() if value is not None}


def _download_object(self: Any, from_path: str, to_path: str | Path | None = None, **options: Any) -> Path:
    """Download an object to a file and return where it lies; the folders it needs are made.

    Args:
        self: the bucket.
        from_path: the object, as a path in the bucket's folder or as a key.
        to_path: the file; one of the object's name in the current folder unless given.
        options: what fsspec's `get_file` takes besides.

    Raises:
        FileNotFoundError: there is no such object.
    """
    target = Path(to_path or from_path.rpartition("/")[2]).expanduser().absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    self.filesystem.get_file(self.url_of(from_path), str(target), **options)
    return target


def _download_into(self: Any, from_path: str, to_file_object: BinaryIO, **options: Any) -> BinaryIO:
    """Download an object into an open file and return that.

    Args:
        self: the bucket.
        from_path: the object, as a path in the bucket's folder or as a key.
        to_file_object: a file open for writing bytes.
        options: what fsspec's `open` takes besides.

    Raises:
        FileNotFoundError: there is no such object.
    """
    with self.filesystem.open(self.url_of(from_path), "rb", **options) as source:
        shutil.copyfileobj(source, to_file_object)
    return to_file_object


def _download_folder(
    self: Any, from_folder: str, to_folder: str | Path | None = None, **options: Any
) -> Path:
    """Download everything below a folder and return where it lies.

    Args:
        self: the bucket.
        from_folder: the folder, as a path in the bucket's own or as the beginning of keys.
        to_folder: where to; the current folder unless given.
        options: what fsspec's `get_file` takes besides.

    Raises:
        FileNotFoundError: there is nothing below it.
    """
    target = Path(to_folder or ".").expanduser().absolute()
    top = self.key_of(self.url_of(from_folder))
    found = _list_objects(self, from_folder)
    if not found:
        raise FileNotFoundError(f"there is nothing below {self.url_of(from_folder)!r}")
    for each in found:
        inside = each["Key"].removeprefix(top).lstrip("/")
        _download_object(self, each["Key"], _within(target, inside), **options)
    return target


def _within(folder: Path, path: str) -> Path:
    """Return where a file of a folder lies; a key may hold dots that would lead out of it."""
    place = Path(os.path.normpath(folder / path))
    if not place.is_relative_to(folder):
        raise ValueError(f"the key {path!r} does not lie inside the folder {str(folder)!r}")
    return place


def _upload_file(self: Any, from_path: str | Path, to_path: str | None = None, **options: Any) -> str:
    """Upload a file and return its key.

    Args:
        self: the bucket.
        from_path: the file.
        to_path: where to, in the bucket's folder; its name unless given.
        options: what fsspec's `put_file` takes besides.

    Raises:
        FileNotFoundError: there is no such file.
    """
    source = Path(from_path).expanduser()
    if not source.is_file():
        raise FileNotFoundError(f"there is no file {str(source)!r}")
    url = self.url_of(to_path or source.name)
    self.filesystem.put_file(str(source), url, **options)
    return self.key_of(url)  # type: ignore[no-any-return]


def _upload_from(self: Any, from_file_object: BinaryIO, to_path: str, **options: Any) -> str:
    """Upload what an open file holds and return its key.

    Args:
        self: the bucket.
        from_file_object: a file open for reading bytes.
        to_path: where to, in the bucket's folder.
        options: what fsspec's `open` takes besides.
    """
    url = self.url_of(to_path)
    with self.filesystem.open(url, "wb", **options) as target:
        shutil.copyfileobj(from_file_object, target)
    return self.key_of(url)  # type: ignore[no-any-return]


def _upload_folder(self: Any, from_folder: str | Path, to_folder: str | None = None, **options: Any) -> str:
    """Upload everything below a folder and return the beginning of its keys.

    Args:
        self: the bucket.
        from_folder: the folder.
        to_folder: where to, in the bucket's folder; its top unless given.
        options: what fsspec's `put_file` takes besides.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    source = Path(from_folder).expanduser()
    if not source.is_dir():
        raise FileNotFoundError(f"there is no folder {str(source)!r}")
    for file in sorted(each for each in source.rglob("*") if each.is_file()):
        inside = file.relative_to(source).as_posix()
        _upload_file(self, file, f"{to_folder.rstrip('/')}/{inside}" if to_folder else inside, **options)
    return self.key_of(self.url_of(to_folder or ""))  # type: ignore[no-any-return]


def _copy_object(self: Any, from_path: str, to_path: str, to_bucket: Bucket | None = None) -> str:
    """Copy an object and return the copy's key.

    Args:
        self: the bucket.
        from_path: the object.
        to_path: the copy.
        to_bucket: the bucket of the copy; this one unless given.

    Raises:
        FileNotFoundError: there is no such object.
    """
    if to_bucket is not None and to_bucket is not self:
        return _stream_from(to_bucket, self, from_path, to_path)
    url = self.url_of(to_path)
    self.filesystem.cp_file(self.url_of(from_path), url)
    return self.key_of(url)  # type: ignore[no-any-return]


def _move_object(self: Any, from_path: str, to_path: str, to_bucket: Bucket | None = None) -> str:
    """Copy an object, remove it, and return the copy's key.

    Args:
        self: the bucket.
        from_path: the object.
        to_path: the copy.
        to_bucket: the bucket of the copy; this one unless given.

    Raises:
        FileNotFoundError: there is no such object.
    """
    key = _copy_object(self, from_path, to_path, to_bucket)
    self.filesystem.rm_file(self.url_of(from_path))
    return key


def _stream_from(
    self: Any, bucket: Bucket, from_path: str, to_path: str | None = None, **options: Any
) -> str:
    """Copy an object from another bucket without a file in between, and return its key here.

    Args:
        self: the bucket it goes to.
        bucket: the bucket it comes from.
        from_path: the object there.
        to_path: where to, in this bucket's folder; the object's name unless given.
        options: what fsspec's `open` takes besides for writing.

    Raises:
        FileNotFoundError: there is no such object.
    """
    with bucket.filesystem.open(bucket.url_of(from_path), "rb") as source:
        return _upload_from(self, source, to_path or from_path.rpartition("/")[2], **options)


class Bucket(RemoteFiles, WritableFileSystem, WritableDeploymentStorage, ObjectStorageBlock):
    """A bucket of objects. Paths are relative to its folder; a key that begins with that folder means the same."""

    @abstractmethod
    def place(self) -> Remote:
        """Return the place the bucket leads to, its folder included."""

    list_objects = either_colour(_list_objects, in_a_thread)
    alist_objects = in_a_thread(_list_objects)
    download_object_to_path = either_colour(_download_object, in_a_thread)
    adownload_object_to_path = in_a_thread(_download_object)
    download_object_to_file_object = either_colour(_download_into, in_a_thread)
    adownload_object_to_file_object = in_a_thread(_download_into)
    download_folder_to_path = either_colour(_download_folder, in_a_thread)
    adownload_folder_to_path = in_a_thread(_download_folder)
    upload_from_path = either_colour(_upload_file, in_a_thread)
    aupload_from_path = in_a_thread(_upload_file)
    upload_from_file_object = either_colour(_upload_from, in_a_thread)
    aupload_from_file_object = in_a_thread(_upload_from)
    upload_from_folder = either_colour(_upload_folder, in_a_thread)
    aupload_from_folder = in_a_thread(_upload_folder)
    copy_object = either_colour(_copy_object, in_a_thread)
    acopy_object = in_a_thread(_copy_object)
    move_object = either_colour(_move_object, in_a_thread)
    amove_object = in_a_thread(_move_object)
    stream_from = either_colour(_stream_from, in_a_thread)
    astream_from = in_a_thread(_stream_from)

    def url_of(self, path: str) -> str:
        """Return the URL of an object or a folder.

        Args:
            path: relative to the bucket's folder, or a key that begins with it; the folder itself where empty.

        Raises:
            ValueError: it leads out of the folder.
        """
        place = self.place()
        folder = self.key_of(place.basepath)
        if folder and (path == folder or path.startswith(f"{folder}/")):
            path = path[len(folder) + 1 :]
        return place.path_of(path) if path.strip("/.") or ".." in path else place.basepath

    @staticmethod
    def key_of(url: str) -> str:
        """Return what the service calls an object: its URL without the bucket."""
        return url.partition("://")[2].partition("/")[2] if "://" in url else url.partition("/")[2]

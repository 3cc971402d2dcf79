"""Containers of Azure Blob Storage, and tasks for single blobs."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from pydantic import Field

from pacc._internal.steps import in_a_thread
from pacc.context import either_colour
from pacc.filesystems.buckets import Bucket, FolderInside
from pacc.filesystems.remotes import Remote
from pacc.integrations._tasks import EitherColourTask
from pacc.integrations.azure.credentials import AzureBlobStorageCredentials  # noqa: TC001 - pydantic reads the annotations

__all__ = [
    "AzureBlobStorageContainer",
    "blob_storage_download",
    "blob_storage_list",
    "blob_storage_upload",
]


def _list_blobs(self: Any) -> list[str]:
    """Return the names of all blobs in the container's folder.

    Args:
        self: the block.
    """
    return [each["Key"] for each in self.list_objects()]


class AzureBlobStorageContainer(Bucket):
    """A container of Azure Blob Storage.

    Attributes:
        container_name: its name.
        credentials: who one is there.
        base_folder: the folder in it that all paths begin with.

    Example:
        from pacc.integrations.azure import AzureBlobStorageContainer, AzureBlobStorageCredentials

        AzureBlobStorageContainer(
            container_name="my-container", credentials=AzureBlobStorageCredentials.load("mine")
        ).save("data")
        AzureBlobStorageContainer.load("data").upload_from_path("report.csv", "2026/report.csv")

    >>> mine = AzureBlobStorageCredentials(account_url="https://mine.blob.core.windows.net")
    >>> AzureBlobStorageContainer(container_name="my-container", credentials=mine, base_folder="etl/").place()
    Remote(basepath='az://my-container/etl')
    """

    _block_type_name = "Azure Blob Storage Container"

    container_name: str = Field(min_length=1, description="The container's name.")
    credentials: AzureBlobStorageCredentials = Field(description="Who one is to Azure Blob Storage.")
    base_folder: FolderInside | None = Field(
        default=None, description="The folder in it that all paths begin with."
    )

    list_blobs = either_colour(_list_blobs, in_a_thread)
    alist_blobs = in_a_thread(_list_blobs)

    def place(self) -> Remote:
        """Return the place the container leads to, its folder included."""
        url = f"az://{self.container_name}{f'/{self.base_folder}' if self.base_folder else ''}"
        return Remote(url, self.credentials.fsspec_settings(), named=self._block_reference())


def _download(container: str, blob: str, blob_storage_credentials: AzureBlobStorageCredentials) -> bytes:
    """Return what a blob holds.

    Args:
        container: the container's name.
        blob: the blob's.
        blob_storage_credentials: who one is there.

    Raises:
        ConfigurationError: a package it needs is not installed.
    """
    with blob_storage_credentials.get_blocking_client() as service:
        return bytes(service.get_blob_client(container, blob).download_blob().readall())


def _upload(
    data: bytes,
    container: str,
    blob_storage_credentials: AzureBlobStorageCredentials,
    blob: str | None = None,
    overwrite: bool = False,
) -> str:
    """Write a blob and return its name.

    Args:
        data: what it is to hold.
        container: the container's name.
        blob_storage_credentials: who one is there.
        blob: the blob's name; one is made up unless given.
        overwrite: whether one of that name may go.

    Raises:
        ConfigurationError: a package it needs is not installed.
    """
    name = blob or str(uuid4())
    with blob_storage_credentials.get_blocking_client() as service:
        service.get_blob_client(container, name).upload_blob(data, overwrite=overwrite)
    return name


def _list(
    container: str,
    blob_storage_credentials: AzureBlobStorageCredentials,
    name_starts_with: str | None = None,
    include: str | list[str] | None = None,
    **kwargs: Any,
) -> list[Any]:
    """Return what Azure tells of each blob of a container, as its `BlobProperties`.

    Args:
        container: the container's name.
        blob_storage_credentials: who one is there.
        name_starts_with: only blobs whose names begin so.
        include: what is told besides, such as "metadata".
        kwargs: what Azure's `list_blobs` takes besides.

    Raises:
        ConfigurationError: a package it needs is not installed.
    """
    with blob_storage_credentials.get_blocking_client() as service:
        found = service.get_container_client(container).list_blobs(
            name_starts_with=name_starts_with, include=include, **kwargs
        )
        return list(found)


blob_storage_download = EitherColourTask(_download, name="blob_storage_download")
blob_storage_upload = EitherColourTask(_upload, name="blob_storage_upload")
blob_storage_list = EitherColourTask(_list, name="blob_storage_list")

"""Steps that put the code of flows into a container of Azure Blob Storage, and bring it from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.integrations._bucket_steps import IGNORE_FILE, made, pull, push
from pacc.integrations.azure.blob_storage import AzureBlobStorageContainer
from pacc.integrations.azure.credentials import AzureBlobStorageCredentials

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["pull_from_azure_blob_storage", "push_to_azure_blob_storage"]


def push_to_azure_blob_storage(
    container: str,
    folder: str,
    credentials: Mapping[str, Any],
    ignore_file: str | None = IGNORE_FILE,
) -> dict[str, str]:
    """Copy the current folder into a container.

    Args:
        container: the container.
        folder: the folder in it.
        credentials: fields of `AzureBlobStorageCredentials`, as `{{ prefect.blocks.azure-blob-storage-credentials.mine }}` gives them.
        ignore_file: a file of patterns of what stays here.

    Raises:
        InvalidValueError: the inputs do not fit. ConfigurationError: a package it needs is not installed.

    >>> push_to_azure_blob_storage("mine", "flows", {"connection_string": "..."})  # doctest: +SKIP
    {'container': 'mine', 'folder': 'flows'}
    """
    push(_bucket(container, folder, credentials), ignore_file)
    return {"container": container, "folder": folder}


def pull_from_azure_blob_storage(
    container: str, folder: str, credentials: Mapping[str, Any]
) -> dict[str, str]:
    """Copy a folder of a container into the current one.

    Args:
        container: the container.
        folder: the folder in it.
        credentials: fields of `AzureBlobStorageCredentials`, as `{{ prefect.blocks.azure-blob-storage-credentials.mine }}` gives them.

    Raises:
        FileNotFoundError: there is no such folder.
        InvalidValueError: the inputs do not fit. ConfigurationError: a package it needs is not installed.

    >>> pull_from_azure_blob_storage("mine", "flows", {"connection_string": "..."})  # doctest: +SKIP
    {'container': 'mine', 'folder': 'flows', 'directory': '/srv/run'}
    """
    directory = pull(_bucket(container, folder, credentials))
    return {"container": container, "folder": folder, "directory": directory}


def _bucket(name: str, folder: str, credentials: Mapping[str, Any]) -> Any:
    who = made(AzureBlobStorageCredentials, credentials)
    return made(
        AzureBlobStorageContainer, {"container_name": name, "base_folder": folder, "credentials": who}
    )

"""Steps that put the code of flows into a bucket of Google Cloud Storage, and bring it from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.integrations._bucket_steps import IGNORE_FILE, made, pull, push
from pacc.integrations.gcp.cloud_storage import GcsBucket
from pacc.integrations.gcp.credentials import GcpCredentials

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["pull_from_gcs", "push_to_gcs"]


def push_to_gcs(
    bucket: str,
    folder: str,
    project: str | None = None,
    credentials: Mapping[str, Any] | None = None,
    ignore_file: str | None = IGNORE_FILE,
) -> dict[str, str]:
    """Copy the current folder into a bucket.

    Args:
        bucket: the bucket.
        folder: the folder in it.
        project: the project.
        credentials: what the key file of a service account holds, or fields of `GcpCredentials`, as
            `{{ prefect.blocks.gcp-credentials.mine }}` gives them; the machine's own unless given.
        ignore_file: a file of patterns of what stays here.

    Raises:
        InvalidValueError: the inputs do not fit. ConfigurationError: a package it needs is not installed.

    >>> push_to_gcs("my-bucket", "flows")  # doctest: +SKIP
    {'bucket': 'my-bucket', 'folder': 'flows'}
    """
    push(_bucket(bucket, folder, project, credentials), ignore_file)
    return {"bucket": bucket, "folder": folder}


def pull_from_gcs(
    bucket: str,
    folder: str,
    project: str | None = None,
    credentials: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Copy a folder of a bucket into the current one.

    Args:
        bucket: the bucket.
        folder: the folder in it.
        project: the project.
        credentials: what the key file of a service account holds, or fields of `GcpCredentials`, as
            `{{ prefect.blocks.gcp-credentials.mine }}` gives them; the machine's own unless given.

    Raises:
        FileNotFoundError: there is no such folder.
        InvalidValueError: the inputs do not fit. ConfigurationError: a package it needs is not installed.

    >>> pull_from_gcs("my-bucket", "flows")  # doctest: +SKIP
    {'bucket': 'my-bucket', 'folder': 'flows', 'directory': '/srv/run'}
    """
    directory = pull(_bucket(bucket, folder, project, credentials))
    return {"bucket": bucket, "folder": folder, "directory": directory}


def _bucket(name: str, folder: str, project: str | None, credentials: Mapping[str, Any] | None) -> Any:
    given = dict(credentials or {})
    if "private_key" in given:
        given = {"service_account_info": given}
    if project is not None:
        given["project"] = project
    who = made(GcpCredentials, given)
    return made(GcsBucket, {"bucket": name, "bucket_folder": folder, "gcp_credentials": who})

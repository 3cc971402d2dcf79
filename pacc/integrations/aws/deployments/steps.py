"""Steps that put the code of flows into a bucket of S3, and bring it from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.integrations._bucket_steps import IGNORE_FILE, made, pull, push
from pacc.integrations.aws.credentials import AwsCredentials, MinIOCredentials
from pacc.integrations.aws.s3 import S3Bucket

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["pull_from_s3", "push_to_s3"]


def push_to_s3(
    bucket: str,
    folder: str,
    credentials: Mapping[str, Any] | None = None,
    client_parameters: Mapping[str, Any] | None = None,
    ignore_file: str | None = IGNORE_FILE,
) -> dict[str, str]:
    """Copy the current folder into a bucket.

    Args:
        bucket: the bucket.
        folder: the folder in it.
        credentials: fields of `AwsCredentials` or `MinIOCredentials`, as `{{ prefect.blocks.aws-credentials.mine }}` gives them.
        client_parameters: fields of `AwsClientParameters`, over those of the credentials.
        ignore_file: a file of patterns of what stays here.

    Raises:
        InvalidValueError: the inputs do not fit. ConfigurationError: a package it needs is not installed.

    >>> push_to_s3("my-bucket", "flows")  # doctest: +SKIP
    {'bucket': 'my-bucket', 'folder': 'flows'}
    """
    push(_bucket(bucket, folder, credentials, client_parameters), ignore_file)
    return {"bucket": bucket, "folder": folder}


def pull_from_s3(
    bucket: str,
    folder: str,
    credentials: Mapping[str, Any] | None = None,
    client_parameters: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Copy a folder of a bucket into the current one.

    Args:
        bucket: the bucket.
        folder: the folder in it.
        credentials: fields of `AwsCredentials` or `MinIOCredentials`, as `{{ prefect.blocks.aws-credentials.mine }}` gives them.
        client_parameters: fields of `AwsClientParameters`, over those of the credentials.

    Raises:
        FileNotFoundError: there is no such folder.
        InvalidValueError: the inputs do not fit. ConfigurationError: a package it needs is not installed.

    >>> pull_from_s3("my-bucket", "flows")  # doctest: +SKIP
    {'bucket': 'my-bucket', 'folder': 'flows', 'directory': '/srv/run'}
    """
    directory = pull(_bucket(bucket, folder, credentials, client_parameters))
    return {"bucket": bucket, "folder": folder, "directory": directory}


def _bucket(
    name: str, folder: str, credentials: Mapping[str, Any] | None, parameters: Mapping[str, Any] | None
) -> Any:
    given = dict(credentials or {})
    if parameters:
        given["aws_client_parameters"] = {**(given.get("aws_client_parameters") or {}), **parameters}
    kind = MinIOCredentials if "minio_root_user" in given else AwsCredentials
    who = made(kind, given)
    return made(S3Bucket, {"bucket_name": name, "bucket_folder": folder, "credentials": who})

"""Buckets of Google Cloud Storage."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from pacc._internal.steps import in_a_thread
from pacc.context import either_colour
from pacc.filesystems.buckets import Bucket, FolderInside
from pacc.filesystems.remotes import Remote
from pacc.integrations.gcp.credentials import GcpCredentials

__all__ = ["GCSBucket", "GcsBucket"]


def _create_bucket(self: Any, location: str | None = None, **options: Any) -> Any:
    """Make the bucket and return Google's own object for it.

    Args:
        self: the block.
        location: where its data lies; the United States unless given.
        options: what `Client.create_bucket` takes besides.
    """
    return self.gcp_credentials.get_cloud_storage_client().create_bucket(
        self.bucket, location=location, **options
    )


def _get_bucket(self: Any) -> Any:
    """Return Google's own object for the bucket.

    Args:
        self: the block.
    """
    return self.gcp_credentials.get_cloud_storage_client().get_bucket(self.bucket)


class GcsBucket(Bucket):
    """A bucket of Google Cloud Storage.

    Attributes:
        bucket: its name.
        gcp_credentials: who one is there.
        bucket_folder: the folder in it that all paths begin with.

    Example:
        from pacc.integrations.gcp import GcpCredentials, GcsBucket

        GcsBucket(bucket="my-bucket", gcp_credentials=GcpCredentials.load("mine")).save("data")
        GcsBucket.load("data").upload_from_path("report.csv", "2026/report.csv")

    >>> GcsBucket(bucket="my-bucket", bucket_folder="etl/").place()
    Remote(basepath='gs://my-bucket/etl')
    """

    _block_type_name = "GCS Bucket"

    bucket: str = Field(min_length=1, description="The bucket's name.")
    gcp_credentials: GcpCredentials = Field(
        default_factory=GcpCredentials, description="Who one is to Google Cloud."
    )
    bucket_folder: FolderInside = Field(default="", description="The folder in it that all paths begin with.")

    create_bucket = either_colour(_create_bucket, in_a_thread)
    acreate_bucket = in_a_thread(_create_bucket)
    get_bucket = either_colour(_get_bucket, in_a_thread)
    aget_bucket = in_a_thread(_get_bucket)
    list_blobs = Bucket.list_objects
    alist_blobs = Bucket.alist_objects

    def place(self) -> Remote:
        """Return the place the bucket leads to, its folder included."""
        url = f"gs://{self.bucket}{f'/{self.bucket_folder}' if self.bucket_folder else ''}"
        return Remote(url, self.gcp_credentials.fsspec_settings(), named=self._block_reference())


GCSBucket = GcsBucket
"""The same, as some write it."""

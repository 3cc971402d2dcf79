"""Buckets of S3, and of servers that speak like it."""

from __future__ import annotations

from pydantic import Field

from pacc.filesystems.buckets import Bucket, FolderInside
from pacc.filesystems.remotes import Remote
from pacc.integrations.aws.credentials import AwsCredentials, MinIOCredentials

__all__ = ["S3Bucket"]


class S3Bucket(Bucket):
    """A bucket of S3, or of a server that speaks like it, such as MinIO.

    Attributes:
        bucket_name: the bucket.
        credentials: who one is there.
        bucket_folder: the folder in it that all paths begin with.

    Example:
        from pacc.integrations.aws import AwsCredentials, S3Bucket

        S3Bucket(bucket_name="my-bucket", credentials=AwsCredentials.load("mine")).save("data")
        bucket = S3Bucket.load("data")
        bucket.upload_from_path("report.csv", "2026/report.csv")

    >>> S3Bucket(bucket_name="my-bucket", bucket_folder="etl/").place()
    Remote(basepath='s3://my-bucket/etl')
    """

    _block_type_name = "S3 Bucket"

    bucket_name: str = Field(min_length=1, description="The bucket.")
    credentials: MinIOCredentials | AwsCredentials = Field(
        default_factory=AwsCredentials, description="Who one is to AWS, or to a MinIO server."
    )
    bucket_folder: FolderInside = Field(default="", description="The folder in it that all paths begin with.")

    def place(self) -> Remote:
        """Return the place the bucket leads to, its folder included."""
        url = f"s3://{self.bucket_name}{f'/{self.bucket_folder}' if self.bucket_folder else ''}"
        return Remote(url, self.credentials.fsspec_settings(), named=self._block_reference())

"""Amazon S3 and what speaks like it, under the names of `prefect_aws`. Needs the extra: `pip install 'pacc[aws]'`."""

from pacc.integrations.aws.client_parameters import AwsClientParameters
from pacc.integrations.aws.credentials import AwsCredentials, MinIOCredentials
from pacc.integrations.aws.s3 import S3Bucket

__all__ = ["AwsClientParameters", "AwsCredentials", "MinIOCredentials", "S3Bucket"]

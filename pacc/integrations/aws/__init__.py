"""Amazon S3 and what speaks like it, and secrets AWS keeps, under the names of `prefect_aws`. Needs the extra: `pip install 'pacc[aws]'`."""

from pacc.integrations.aws.client_parameters import AwsClientParameters
from pacc.integrations.aws.credentials import AwsCredentials, MinIOCredentials
from pacc.integrations.aws.s3 import S3Bucket
from pacc.integrations.aws.secrets_manager import AwsSecret

__all__ = ["AwsClientParameters", "AwsCredentials", "AwsSecret", "MinIOCredentials", "S3Bucket"]

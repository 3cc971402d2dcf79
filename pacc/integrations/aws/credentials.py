"""Who one is to AWS, or to a MinIO server."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SecretStr

from pacc.blocks.abstract import CredentialsBlock
from pacc.integrations._extras import required
from pacc.integrations.aws.client_parameters import AwsClientParameters

__all__ = ["AwsCredentials", "MinIOCredentials"]


def _boto3() -> Any:
    return required("boto3", package="boto3", extra="aws")


class _AwsBlock(CredentialsBlock):
    """What both have in common: a session, and clients made with the parameters."""

    region_name: str | None = Field(default=None, description="The region, such as eu-central-1.")
    aws_client_parameters: AwsClientParameters = Field(
        default_factory=AwsClientParameters, description="How clients connect."
    )

    def get_boto3_session(self) -> Any:
        """Return a session of boto3 with these credentials.

        Raises:
            ConfigurationError: boto3 is not installed.
        """
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def get_client(self, client_type: str, **options: Any) -> Any:
        """Return a client of boto3.

        Args:
            client_type: the service, such as "s3".
            options: what the client takes besides the block's parameters.

        Raises:
            ConfigurationError: boto3 is not installed.
        """
        session = self.get_boto3_session()
        parameters = self.aws_client_parameters
        given = {**parameters.given(), **options}
        if parameters.config is not None and "config" not in options:
            from botocore.config import Config  # start-up: an extra

            given["config"] = Config(**parameters.config)
        return session.client(getattr(client_type, "value", client_type), **given)

    def get_s3_client(self) -> Any:
        """Return a client of boto3 for S3."""
        return self.get_client("s3")

    def fsspec_settings(self) -> dict[str, Any]:
        """Return what fsspec's `s3` file system is made with."""
        parameters = self.aws_client_parameters
        client = parameters.given() | ({"region_name": self.region_name} if self.region_name else {})
        settings = {
            "client_kwargs": {name: value for name, value in client.items() if name != "use_ssl"},
            "config_kwargs": parameters.config or {},
            "use_ssl": parameters.use_ssl,
            "use_listings_cache": False,  # others may write as well
            **self._keys(),
        }
        return {name: value for name, value in settings.items() if value is not None}

    def _keys(self) -> dict[str, Any]:
        raise NotImplementedError  # pragma: no cover - each kind has its own


class AwsCredentials(_AwsBlock):
    """Who one is to AWS. What is not given is found as AWS's own tools find it: in the environment, in `~/.aws`, by the machine.

    Attributes:
        aws_access_key_id: the id of an access key.
        aws_secret_access_key: its secret.
        aws_session_token: the token of temporary keys.
        profile_name: a profile of `~/.aws` instead.
        region_name: the region.
        aws_client_parameters: how clients connect.
        assume_role_arn: a role to take.
        assume_role_kwargs: what taking it needs besides, as `sts.assume_role` calls it: `RoleSessionName`, `ExternalId`, ...

    Example:
        from pacc.integrations.aws import AwsCredentials

        AwsCredentials(aws_access_key_id="AKIA...", aws_secret_access_key="...").save("mine")
        s3 = AwsCredentials.load("mine").get_client("s3")

    >>> AwsCredentials(aws_access_key_id="AKIA1", aws_secret_access_key="shh").aws_secret_access_key
    SecretStr('**********')
    """

    _block_type_name = "AWS Credentials"

    aws_access_key_id: str | None = Field(default=None, description="The id of an access key.")
    aws_secret_access_key: SecretStr | None = Field(default=None, description="The access key's secret.")
    aws_session_token: SecretStr | None = Field(default=None, description="The token of temporary keys.")
    profile_name: str | None = Field(default=None, description="A profile of ~/.aws instead.")
    assume_role_arn: str | None = Field(default=None, description="A role to take.")
    assume_role_kwargs: dict[str, Any] = Field(
        default_factory=dict, description="What taking the role needs besides, such as ExternalId."
    )

    def get_boto3_session(self) -> Any:
        """Return a session of boto3 with these credentials, those of the role where one is to be taken.

        Raises:
            ConfigurationError: boto3 is not installed.
        """
        boto3 = _boto3()
        session = boto3.Session(**self._session_options(), profile_name=self.profile_name)
        if self.assume_role_arn is None:
            return session
        asked = {"RoleSessionName": "pacc", **self.assume_role_kwargs}
        sts = session.client("sts", **self.aws_client_parameters.given())
        taken = sts.assume_role(RoleArn=self.assume_role_arn, **asked)["Credentials"]
        return boto3.Session(
            aws_access_key_id=taken["AccessKeyId"],
            aws_secret_access_key=taken["SecretAccessKey"],
            aws_session_token=taken["SessionToken"],
            region_name=self.region_name,
        )

    def get_secrets_manager_client(self) -> Any:
        """Return a client of boto3 for the Secrets Manager."""
        return self.get_client("secretsmanager")

    def _session_options(self) -> dict[str, Any]:
        secret, token = self.aws_secret_access_key, self.aws_session_token
        return {
            "aws_access_key_id": self.aws_access_key_id,
            "aws_secret_access_key": secret and secret.get_secret_value(),
            "aws_session_token": token and token.get_secret_value(),
            "region_name": self.region_name,
        }

    def _keys(self) -> dict[str, Any]:
        if self.assume_role_arn is not None:
            keys = self.get_boto3_session().get_credentials().get_frozen_credentials()
            return {"key": keys.access_key, "secret": keys.secret_key, "token": keys.token}
        given = self._session_options()
        return {
            "key": given["aws_access_key_id"],
            "secret": given["aws_secret_access_key"],
            "token": given["aws_session_token"],
            "profile": self.profile_name,
        }


class MinIOCredentials(_AwsBlock):
    """Who one is to a MinIO server, whose address stands in `aws_client_parameters.endpoint_url`.

    Attributes:
        minio_root_user: the user.
        minio_root_password: the password.
        region_name: the region.
        aws_client_parameters: how clients connect.

    Example:
        from pacc.integrations.aws import AwsClientParameters, MinIOCredentials

        server = AwsClientParameters(endpoint_url="http://127.0.0.1:9000")
        MinIOCredentials(minio_root_user="ada", minio_root_password="...", aws_client_parameters=server).save("mine")

    >>> MinIOCredentials(minio_root_user="ada", minio_root_password="shh").minio_root_password
    SecretStr('**********')
    """

    _block_type_name = "MinIO Credentials"

    minio_root_user: str = Field(description="The user.")
    minio_root_password: SecretStr = Field(description="The password.")

    def get_boto3_session(self) -> Any:
        """Return a session of boto3 with these credentials.

        Raises:
            ConfigurationError: boto3 is not installed.
        """
        return _boto3().Session(
            aws_access_key_id=self.minio_root_user,
            aws_secret_access_key=self.minio_root_password.get_secret_value(),
            region_name=self.region_name,
        )

    def _keys(self) -> dict[str, Any]:
        return {"key": self.minio_root_user, "secret": self.minio_root_password.get_secret_value()}

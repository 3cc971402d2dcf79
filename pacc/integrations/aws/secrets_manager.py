"""Secrets that AWS's Secrets Manager keeps."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from pacc._internal.steps import in_a_thread
from pacc.blocks.abstract import SecretBlock
from pacc.context import either_colour
from pacc.exceptions import ObjectNotFound
from pacc.integrations.aws.credentials import AwsCredentials

__all__ = ["AwsSecret"]


def _read(
    self: Any, version_id: str | None = None, version_stage: str | None = None, **read_kwargs: Any
) -> bytes:
    """Return the secret; what was stored as text as UTF-8.

    Args:
        self: the block.
        version_id: a version by its id; the present one unless given.
        version_stage: a version by its label.
        read_kwargs: what `get_secret_value` of boto3 takes besides.

    Raises:
        ObjectNotFound: AWS has no such secret, or no such version of it.
        ConfigurationError: boto3 is not installed.
    """
    wanted = {"VersionId": version_id, "VersionStage": version_stage}
    client = self.client()
    try:
        found = client.get_secret_value(
            SecretId=self.secret_name,
            **{name: value for name, value in wanted.items() if value},
            **read_kwargs,
        )
    except client.exceptions.ResourceNotFoundException:
        raise ObjectNotFound(f'AWS has no secret "{self.secret_name}", or not in that version') from None
    if "SecretBinary" in found:
        return bytes(found["SecretBinary"])
    return str(found["SecretString"]).encode()


def _write(self: Any, secret_data: bytes, **put_or_create_secret_kwargs: Any) -> str:
    """Store a new version of the secret, or make the secret where there is none yet, and return its ARN.

    Args:
        self: the block.
        secret_data: the secret.
        put_or_create_secret_kwargs: what `put_secret_value` or `create_secret` of boto3 takes besides.

    Raises:
        ConfigurationError: boto3 is not installed.
    """
    client = self.client()
    more = put_or_create_secret_kwargs
    try:
        kept = client.put_secret_value(SecretId=self.secret_name, SecretBinary=secret_data, **more)
    except client.exceptions.ResourceNotFoundException:
        kept = client.create_secret(Name=self.secret_name, SecretBinary=secret_data, **more)
    return str(kept["ARN"])


def _delete(
    self: Any,
    recovery_window_in_days: int = 30,
    force_delete_without_recovery: bool = False,
    **delete_kwargs: Any,
) -> str:
    """Delete the secret and return its ARN.

    Args:
        self: the block.
        recovery_window_in_days: for how many days it can be restored, 7 to 30.
        force_delete_without_recovery: delete it for good at once instead.
        delete_kwargs: what `delete_secret` of boto3 takes besides.

    Raises:
        ValueError: AWS cannot keep it for so many days.
        ObjectNotFound: AWS has no such secret.
        ConfigurationError: boto3 is not installed.
    """
    if force_delete_without_recovery:
        how: dict[str, Any] = {"ForceDeleteWithoutRecovery": True}
    elif 7 <= recovery_window_in_days <= 30:
        how = {"RecoveryWindowInDays": recovery_window_in_days}
    else:
        raise ValueError(f"AWS keeps a deleted secret for 7 to 30 days, not {recovery_window_in_days}")
    client = self.client()
    try:
        return str(client.delete_secret(SecretId=self.secret_name, **how, **delete_kwargs)["ARN"])
    except client.exceptions.ResourceNotFoundException:
        raise ObjectNotFound(f'AWS has no secret "{self.secret_name}"') from None


class AwsSecret(SecretBlock):
    """A secret that AWS's Secrets Manager keeps; the block holds its name alone.

    Attributes:
        aws_credentials: who one is to AWS.
        secret_name: the secret's name or ARN.

    Example:
        from pacc.integrations.aws import AwsCredentials, AwsSecret

        AwsSecret(aws_credentials=AwsCredentials.load("mine"), secret_name="prod/api-keys").save("keys")
        keys = AwsSecret.load("keys").read_secret()
    """

    _block_type_name = "AWS Secret"

    aws_credentials: AwsCredentials = Field(default_factory=AwsCredentials, description="Who one is to AWS.")
    secret_name: str = Field(min_length=1, description="The secret's name or ARN.")

    read_secret = either_colour(_read, in_a_thread)
    aread_secret = in_a_thread(_read)
    write_secret = either_colour(_write, in_a_thread)
    awrite_secret = in_a_thread(_write)
    delete_secret = either_colour(_delete, in_a_thread)
    adelete_secret = in_a_thread(_delete)

    def client(self) -> Any:
        """Return a client of boto3 for the Secrets Manager.

        Raises:
            ConfigurationError: boto3 is not installed.
        """
        return self.aws_credentials.get_secrets_manager_client()

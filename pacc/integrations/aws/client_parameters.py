"""How clients of AWS connect: to which endpoint, with which certificate."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, FilePath

__all__ = ["AwsClientParameters"]


class AwsClientParameters(BaseModel):
    """How clients of AWS connect.

    Attributes:
        api_version: the version of the service's API; the newest unless given.
        use_ssl: whether to connect over TLS.
        verify: whether the certificate has to be good, or the file of those that are.
        endpoint_url: another address than AWS's own, such as a MinIO server's.
        config: what `botocore.config.Config` takes.

    >>> AwsClientParameters(endpoint_url="http://127.0.0.1:9000").given()
    {'use_ssl': True, 'endpoint_url': 'http://127.0.0.1:9000'}
    """

    api_version: str | None = Field(default=None, description="The version of the service's API.")
    use_ssl: bool = Field(default=True, description="Whether to connect over TLS.")
    verify: bool | FilePath | None = Field(
        default=None, description="Whether the certificate has to be good, or the file of those that are."
    )
    endpoint_url: str | None = Field(default=None, description="Another address than AWS's own.")
    config: dict[str, Any] | None = Field(default=None, description="What botocore's Config takes.")

    def given(self) -> dict[str, Any]:
        """Return the keyword arguments of a client, `config` apart."""
        shown = self.model_dump(exclude={"config"}, exclude_none=True)
        return {
            name: str(value) if name == "verify" and not isinstance(value, bool) else value
            for name, value in shown.items()
        }

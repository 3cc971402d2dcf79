"""Who one is to Azure Blob Storage."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from pacc.blocks.abstract import CredentialsBlock
from pacc.integrations._extras import required

__all__ = ["AzureBlobStorageCredentials"]


class AzureBlobStorageCredentials(CredentialsBlock):
    """Who one is to Azure Blob Storage: a connection string, or the account's address and whoever the machine or a secret says one is.

    Attributes:
        connection_string: what Azure's portal shows for an account.
        account_url: the account's address instead, such as `https://mine.blob.core.windows.net`.
        client_id: with it, a service principal of Entra; without, the machine's default credentials are used.
        tenant_id: the service principal's tenant.
        client_secret: its secret.

    Example:
        from pacc.integrations.azure import AzureBlobStorageCredentials

        AzureBlobStorageCredentials(connection_string="DefaultEndpointsProtocol=https;AccountName=...").save("mine")
        async with AzureBlobStorageCredentials.load("mine").get_blob_client("container", "a.csv") as client:
            ...

    >>> AzureBlobStorageCredentials(connection_string="AccountName=mine;AccountKey=shh").connection_string
    SecretStr('**********')
    """

    _block_type_name = "Azure Blob Storage Credentials"

    connection_string: SecretStr | None = Field(
        default=None, description="What Azure's portal shows for an account."
    )
    account_url: str | None = Field(
        default=None,
        title="Account URL",
        description="The account's address instead.",
        examples=["https://mine.blob.core.windows.net"],
    )
    client_id: str | None = Field(
        default=None, title="Client ID", description="A service principal; the machine's own unless given."
    )
    tenant_id: str | None = Field(
        default=None, title="Tenant ID", description="The service principal's tenant."
    )
    client_secret: SecretStr | None = Field(default=None, description="The service principal's secret.")

    @model_validator(mode="after")
    def _is_whole(self) -> AzureBlobStorageCredentials:
        principal = (self.client_id, self.tenant_id, self.client_secret)
        if self.connection_string is not None and (self.account_url or any(principal)):
            raise ValueError("a connection string says it all: give it alone")
        if self.connection_string is None and self.account_url is None:
            raise ValueError("give `connection_string` or `account_url`")
        if any(principal) and not all(principal):
            raise ValueError("`client_id`, `tenant_id` and `client_secret` go together")
        if self.account_url is not None and not urlsplit(self.account_url).hostname:
            raise ValueError('`account_url` is an address such as "https://mine.blob.core.windows.net"')
        return self

    def get_client(self) -> Any:
        """Return Azure's own asynchronous client of the account, a `BlobServiceClient`: `async with` closes it.

        Raises:
            ConfigurationError: its package is not installed.
        """
        return self._client("BlobServiceClient", colour=".aio")

    def get_container_client(self, container: str) -> Any:
        """Return Azure's own asynchronous client of a container, a `ContainerClient`.

        Args:
            container: its name.

        Raises:
            ConfigurationError: its package is not installed.
        """
        return self._client("ContainerClient", container, colour=".aio")

    def get_blob_client(self, container: str, blob: str) -> Any:
        """Return Azure's own asynchronous client of a blob, a `BlobClient`.

        Args:
            container: the container's name.
            blob: the blob's.

        Raises:
            ConfigurationError: its package is not installed.
        """
        return self._client("BlobClient", container, blob, colour=".aio")

    def get_blocking_client(self) -> Any:
        """Return the client of the account that blocks instead; `with` closes it.

        Raises:
            ConfigurationError: its package is not installed.
        """
        return self._client("BlobServiceClient", colour="")

    def _client(self, kind: str, *names: str, colour: str) -> Any:
        blobs = required(f"azure.storage.blob{colour}", package="azure-storage-blob", extra="azure")
        if self.connection_string is not None:
            known = self.connection_string.get_secret_value()
            return getattr(blobs, kind).from_connection_string(known, *names)
        return getattr(blobs, kind)(self.account_url, *names, credential=self._credential(colour))

    def _credential(self, colour: str) -> Any:
        identity = required(f"azure.identity{colour}", package="azure-identity", extra="azure")
        if self.client_secret is None:
            return identity.DefaultAzureCredential()
        secret = self.client_secret.get_secret_value()
        return identity.ClientSecretCredential(self.tenant_id, self.client_id, secret)

    def fsspec_settings(self) -> dict[str, Any]:
        """Return what fsspec's `az` file system is made with."""
        if self.connection_string is not None:
            settings: dict[str, Any] = {"connection_string": self.connection_string.get_secret_value()}
        else:
            host = urlsplit(self.account_url or "").netloc
            settings = {
                "account_name": host.partition(".")[0],
                "account_host": host,
                "client_id": self.client_id,
                "tenant_id": self.tenant_id,
                "client_secret": self.client_secret and self.client_secret.get_secret_value(),
                "anon": False,
            }
        known = {name: value for name, value in settings.items() if value is not None}
        return {**known, "use_listings_cache": False}  # others may write as well

"""Who one is to Google Cloud."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003 - pydantic reads the annotations
from typing import Any

from pydantic import Field, model_validator

from pacc.blocks.abstract import CredentialsBlock
from pacc.blocks.fields import SecretDict  # noqa: TC001 - pydantic reads the annotations
from pacc.exceptions import ConfigurationError
from pacc.integrations._extras import required

__all__ = ["GcpCredentials"]

EMULATOR = "STORAGE_EMULATOR_HOST"
"""Google's own variable for the address of a server that stands in for Cloud Storage; nobody logs in there."""


class GcpCredentials(CredentialsBlock):
    """Who one is to Google Cloud. Without a service account the machine's default credentials are used.

    Attributes:
        service_account_file: the key file of a service account.
        service_account_info: what such a file holds.
        project: the project; that of the service account unless given.

    Example:
        from pacc.integrations.gcp import GcpCredentials

        GcpCredentials(service_account_info={...}).save("mine")
        client = GcpCredentials.load("mine").get_client("cloud_storage")

    >>> GcpCredentials(service_account_info={"private_key": "shh"}).service_account_info
    SecretDict('********')
    """

    _block_type_name = "GCP Credentials"

    service_account_file: Path | None = Field(default=None, description="The key file of a service account.")
    service_account_info: SecretDict | None = Field(default=None, description="What such a file holds.")
    project: str | None = Field(default=None, description="The project; the service account's unless given.")

    @model_validator(mode="after")
    def _only_one(self) -> GcpCredentials:
        if self.service_account_file is not None and self.service_account_info is not None:
            raise ValueError("give `service_account_file` or `service_account_info`, not both")
        return self

    def get_client(self, client_type: str = "cloud_storage", **options: Any) -> Any:
        """Return a client of Google's.

        Args:
            client_type: the service: "cloud_storage".
            options: what the client takes besides.

        Raises:
            ConfigurationError: its package is not installed, or the service is another.
        """
        kind = getattr(client_type, "value", client_type)
        if kind != "cloud_storage":
            raise ConfigurationError(f'there are clients for "cloud_storage", not for "{kind}"')
        return self.get_cloud_storage_client(**options)

    def get_cloud_storage_client(self, project: str | None = None, **options: Any) -> Any:
        """Return a client of `google.cloud.storage`.

        Args:
            project: another project than the block's.
            options: what the client takes besides.

        Raises:
            ConfigurationError: its package is not installed.
        """
        storage = required("google.cloud.storage", package="google-cloud-storage", extra="gcp")
        return storage.Client(
            project=project or self.project, credentials=self._google_credentials(), **options
        )

    def fsspec_settings(self) -> dict[str, Any]:
        """Return what fsspec's `gs` file system is made with."""
        settings = {"token": self._token(), "project": self.project, "use_listings_cache": False}
        return {name: value for name, value in settings.items() if value is not None}

    def _token(self) -> Any:
        if self.service_account_info is not None:
            return self.service_account_info.get_secret_value()
        if self.service_account_file is not None:
            return str(self.service_account_file.expanduser())
        return "anon" if EMULATOR in os.environ else None

    def _google_credentials(self) -> Any:
        from google.oauth2 import service_account  # start-up: an extra

        kind: Any = service_account.Credentials
        token = self._token()
        if isinstance(token, dict):
            return kind.from_service_account_info(token)
        return kind.from_service_account_file(token) if token not in (None, "anon") else None

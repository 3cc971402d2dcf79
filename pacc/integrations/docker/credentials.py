"""Who one is to a registry of images."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SecretStr

from pacc.blocks.core import Block

__all__ = ["DockerRegistryCredentials"]


class DockerRegistryCredentials(Block):
    """Who one is to a registry of images.

    Attributes:
        username: who one is.
        password: what proves it, or a token.
        registry_url: the registry.
        reauth: whether to log in where that was done before.

    Example:
        from pacc.integrations.docker import DockerRegistryCredentials

        DockerRegistryCredentials(username="ada", password="...", registry_url="registry.example").save("mine")

    >>> DockerRegistryCredentials(username="ada", password="shh", registry_url="registry.example").password
    SecretStr('**********')
    """

    _block_type_name = "Docker Registry Credentials"

    username: str = Field(description="Who one is.")
    password: SecretStr = Field(description="What proves it, or a token.")
    registry_url: str = Field(title="Registry URL", description="The registry.", examples=["index.docker.io"])
    reauth: bool = Field(default=True, description="Whether to log in where that was done before.")

    def login(self, client: Any) -> None:
        """Let a client log in to the registry.

        Args:
            client: of the package `docker`, as `DockerHost.get_client` gives it.
        """
        client.login(
            username=self.username,
            password=self.password.get_secret_value(),
            registry=self.registry_url,
            reauth=self.reauth,
        )

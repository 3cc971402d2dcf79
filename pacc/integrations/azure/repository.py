"""Repositories of Azure DevOps and who one is there."""

from __future__ import annotations

from pydantic import Field, SecretStr

from pacc.blocks.core import Block
from pacc.integrations._repositories import RepositoryBlock

__all__ = ["AzureDevopsCredentials", "AzureDevopsRepository"]


class AzureDevopsCredentials(Block):
    """A token of Azure DevOps's, for fetching the code of deployments.

    Attributes:
        token: a personal access token that may read the repository.

    Example:
        from pacc.integrations.azure import AzureDevopsCredentials
        from pacc.runner.storage import GitRepository

        AzureDevopsCredentials(token="...").save("mine")
        url = "https://dev.azure.com/me/project/_git/flows"
        source = GitRepository(url, credentials=AzureDevopsCredentials.load("mine"))

    >>> AzureDevopsCredentials(token="t-1234567890").token
    SecretStr('**********')
    """

    _block_type_name = "AzureDevops Credentials"

    token: SecretStr | None = Field(default=None, description="A personal access token.")


class AzureDevopsRepository(RepositoryBlock):
    """A repository of Azure DevOps's that flows' code, or other files, are fetched from.

    Attributes:
        repository: its address.
        reference: the branch or the tag.
        credentials: who may read it.

    Example:
        from pacc.integrations.azure import AzureDevopsCredentials, AzureDevopsRepository

        AzureDevopsRepository(
            repository="https://dev.azure.com/me/project/_git/flows", credentials=AzureDevopsCredentials.load("mine")
        ).save("flows")
        AzureDevopsRepository.load("flows").get_directory("etl", "/srv/etl")

    >>> AzureDevopsRepository(repository="https://dev.azure.com/me/project/_git/flows").address
    'https://dev.azure.com/me/project/_git/flows'
    """

    _block_type_name = "AzureDevops Repository"

    repository: str = Field(min_length=1, description="Its address, as for git clone.")
    credentials: AzureDevopsCredentials | None = Field(default=None, description="Who may read it.")

    @property
    def address(self) -> str:
        """Where it is, as for `git clone`."""
        return self.repository

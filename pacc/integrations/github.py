"""Repositories and who one is to GitHub, under the name of `prefect_github`."""

from __future__ import annotations

from pydantic import Field, SecretStr

from pacc.blocks.core import Block
from pacc.integrations._repositories import RepositoryBlock

__all__ = ["GitHubCredentials", "GitHubRepository"]


class GitHubCredentials(Block):
    """A token of GitHub's, for fetching the code of deployments.

    Attributes:
        token: a personal access token that may read the repository.

    Example:
        from pacc.integrations.github import GitHubCredentials
        from pacc.runner.storage import GitRepository

        GitHubCredentials(token="...").save("mine")
        source = GitRepository("https://github.com/me/flows.git", credentials=GitHubCredentials.load("mine"))

    >>> GitHubCredentials(token="ghp_1234567890").token
    SecretStr('**********')
    """

    _block_type_name = "GitHub Credentials"
    _block_type_slug = "github-credentials"

    token: SecretStr | None = Field(default=None, description="A personal access token.")


class GitHubRepository(RepositoryBlock):
    """A repository of GitHub's that flows' code, or other files, are fetched from.

    Attributes:
        repository_url: its address.
        reference: the branch or the tag.
        credentials: who may read it.

    Example:
        from pacc.integrations.github import GitHubCredentials, GitHubRepository

        GitHubRepository(
            repository_url="https://github.com/me/flows.git", credentials=GitHubCredentials.load("mine")
        ).save("flows")
        GitHubRepository.load("flows").get_directory("etl", "/srv/etl")

    >>> GitHubRepository(repository_url="https://github.com/me/flows.git").address
    'https://github.com/me/flows.git'
    """

    _block_type_name = "GitHub Repository"
    _block_type_slug = "github-repository"

    repository_url: str = Field(min_length=1, description="Its address, as for git clone.")
    credentials: GitHubCredentials | None = Field(default=None, description="Who may read it.")

    @property
    def address(self) -> str:
        """Where it is, as for `git clone`."""
        return self.repository_url

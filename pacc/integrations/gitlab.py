"""Repositories and who one is to GitLab, under the name of `prefect_gitlab`."""

from __future__ import annotations

from pydantic import Field, SecretStr

from pacc.blocks.core import Block
from pacc.integrations._repositories import RepositoryBlock

__all__ = ["GitLabCredentials", "GitLabRepository"]


class GitLabCredentials(Block):
    """A token of GitLab's, for fetching the code of deployments.

    Attributes:
        token: a personal or project access token with the scope `read_repository`.
        url: the server, where it is one of your own.

    Example:
        from pacc.integrations.gitlab import GitLabCredentials
        from pacc.runner.storage import GitRepository

        GitLabCredentials(token="...").save("mine")
        source = GitRepository("https://gitlab.com/me/flows.git", credentials=GitLabCredentials.load("mine"))

    >>> GitLabCredentials(token="glpat-1234567890").token
    SecretStr('**********')
    """

    _block_type_name = "GitLab Credentials"
    _block_type_slug = "gitlab-credentials"

    token: SecretStr | None = Field(default=None, description="A personal or project access token.")
    url: str | None = Field(default=None, description="The server, where it is one of your own.")


class GitLabRepository(RepositoryBlock):
    """A repository of GitLab's that flows' code, or other files, are fetched from.

    Attributes:
        repository: its address.
        reference: the branch or the tag.
        credentials: who may read it.

    Example:
        from pacc.integrations.gitlab import GitLabCredentials, GitLabRepository

        GitLabRepository(
            repository="https://gitlab.com/me/flows.git", credentials=GitLabCredentials.load("mine")
        ).save("flows")
        GitLabRepository.load("flows").get_directory("etl", "/srv/etl")

    >>> GitLabRepository(repository="https://gitlab.com/me/flows.git").address
    'https://gitlab.com/me/flows.git'
    """

    _block_type_name = "GitLab Repository"
    _block_type_slug = "gitlab-repository"

    repository: str = Field(min_length=1, description="Its address, as for git clone.")
    credentials: GitLabCredentials | None = Field(default=None, description="Who may read it.")

    @property
    def address(self) -> str:
        """Where it is, as for `git clone`."""
        return self.repository

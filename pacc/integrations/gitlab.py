"""Who one is to GitLab, under the name of `prefect_gitlab`."""

from __future__ import annotations

from pydantic import Field, SecretStr

from pacc.blocks.core import Block

__all__ = ["GitLabCredentials"]


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

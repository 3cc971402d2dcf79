"""Who one is to GitHub, under the name of `prefect_github`."""

from __future__ import annotations

from pydantic import Field, SecretStr

from pacc.blocks.core import Block

__all__ = ["GitHubCredentials"]


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

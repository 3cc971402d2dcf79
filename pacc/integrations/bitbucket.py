"""Repositories and who one is to Bitbucket, under the name of `prefect_bitbucket`."""

from __future__ import annotations

from pydantic import Field, SecretStr

from pacc.blocks.core import Block
from pacc.integrations._repositories import RepositoryBlock

__all__ = ["BitBucketCredentials", "BitBucketRepository"]


class BitBucketCredentials(Block):
    """A token or a password of Bitbucket's, for fetching the code of deployments.

    Attributes:
        token: an access token, of a repository, a project or a person.
        username: whose it is; what the server expects by default.
        password: instead of a token.
        url: the server, where it is one of your own.

    Example:
        from pacc.integrations.bitbucket import BitBucketCredentials
        from pacc.runner.storage import GitRepository

        BitBucketCredentials(token="...").save("mine")
        source = GitRepository("https://bitbucket.org/me/flows.git", credentials=BitBucketCredentials.load("mine"))

    >>> BitBucketCredentials(token="ATCTT1234567890").token
    SecretStr('**********')
    """

    _block_type_name = "BitBucket Credentials"
    _block_type_slug = "bitbucket-credentials"

    token: SecretStr | None = Field(default=None, description="An access token.")
    username: str | None = Field(default=None, description="Whose token or password it is.")
    password: SecretStr | None = Field(default=None, description="A password, instead of a token.")
    url: str = Field(default="https://api.bitbucket.org/", description="The server.")


class BitBucketRepository(RepositoryBlock):
    """A repository of Bitbucket's that flows' code, or other files, are fetched from.

    Attributes:
        repository: its address.
        reference: the branch or the tag.
        credentials: who may read it.

    Example:
        from pacc.integrations.bitbucket import BitBucketCredentials, BitBucketRepository

        BitBucketRepository(
            repository="https://bitbucket.org/me/flows.git", credentials=BitBucketCredentials.load("mine")
        ).save("flows")
        BitBucketRepository.load("flows").get_directory("etl", "/srv/etl")

    >>> BitBucketRepository(repository="https://bitbucket.org/me/flows.git").address
    'https://bitbucket.org/me/flows.git'
    """

    _block_type_name = "BitBucket Repository"
    _block_type_slug = "bitbucket-repository"

    repository: str = Field(min_length=1, description="Its address, as for git clone.")
    credentials: BitBucketCredentials | None = Field(default=None, description="Who may read it.")

    @property
    def address(self) -> str:
        """Where it is, as for `git clone`."""
        return self.repository

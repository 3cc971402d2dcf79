"""Who one is to Bitbucket, under the name of `prefect_bitbucket`."""

from __future__ import annotations

from pydantic import Field, SecretStr

from pacc.blocks.core import Block

__all__ = ["BitBucketCredentials"]


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

"""Where Docker is, and what its errors mean."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pacc.blocks.core import Block
from pacc.exceptions import ConfigurationError, InvalidValueError
from pacc.integrations._extras import required

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DockerHost"]


class DockerHost(Block):
    """Where Docker is. Without an address it is where Docker's own command finds it: `DOCKER_HOST`, or this machine's socket.

    Attributes:
        base_url: its address, such as `unix:///var/run/docker.sock` or `tcp://192.168.0.5:2375`.
        version: the version of its API; the one it says it has unless given.
        timeout: seconds that each answer may take; a minute unless given.
        max_pool_size: how many connections are kept.
        client_kwargs: what `docker.DockerClient` takes besides.

    Example:
        from pacc.integrations.docker import DockerHost

        with DockerHost().get_client() as client:
            print([container.name for container in client.containers.list()])

    >>> DockerHost(base_url="tcp://127.0.0.1:2375").base_url
    'tcp://127.0.0.1:2375'
    """

    _block_type_name = "Docker Host"

    base_url: str | None = Field(
        default=None,
        title="Base URL",
        description="Its address; where Docker's own command finds it unless given.",
        examples=["unix:///var/run/docker.sock"],
    )
    version: str = Field(default="auto", description="The version of its API.")
    timeout: int | None = Field(default=None, gt=0, description="Seconds that each answer may take.")
    max_pool_size: int | None = Field(default=None, gt=0, description="How many connections are kept.")
    client_kwargs: dict[str, Any] = Field(
        default_factory=dict,
        title="Additional Configuration",
        description="What docker.DockerClient takes besides.",
    )

    def get_client(self) -> Any:
        """Return a client of the package `docker`; `with` closes it.

        Raises:
            ConfigurationError: the package is not installed, or no Docker answers.
        """
        given = {"version": self.version, "timeout": self.timeout, "max_pool_size": self.max_pool_size}
        options = {name: value for name, value in given.items() if value is not None}
        return _connected(self.base_url, {**options, **self.client_kwargs})


def _connected(base_url: str | None, options: dict[str, Any]) -> Any:
    docker = required("docker", package="docker", extra="docker")

    class Client(docker.DockerClient):  # type: ignore[misc,name-defined]  # the package may be missing
        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            self.close()

    try:
        if base_url is None:
            return Client.from_env(**options)
        return Client(base_url=base_url, **options)
    except docker.errors.DockerException as error:
        where = base_url or os.environ.get("DOCKER_HOST") or "the socket of this machine"
        raise ConfigurationError(
            f"no Docker answers at {where}: {_reason(error)}",
            hint="Start Docker, or say where it is with `DOCKER_HOST` or `DockerHost(base_url=...)`.",
        ) from None


def _reason(error: BaseException) -> str:
    """Return what the system said, below all that was wrapped around it."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, OSError) and below.strerror:
            return below.strerror
        below = below.__cause__ or below.__context__
    return str(error)


@contextmanager
def client_of(host: DockerHost | None) -> Iterator[Any]:
    """Lend a client of a host, or of this machine's; what Docker refuses is a sentence.

    Args:
        host: the host.

    Raises:
        ConfigurationError: the package is not installed, or no Docker answers.
        InvalidValueError: Docker refuses.

    Example:
        >>> with client_of(None) as client:  # doctest: +SKIP
        ...     client.ping()
        True
    """
    with (host or DockerHost()).get_client() as client:
        errors = required("docker.errors", package="docker", extra="docker")
        try:
            yield client
        except errors.APIError as error:
            raise InvalidValueError(f"Docker refuses: {error.explanation or error}") from error

"""A task that fetches images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.integrations._tasks import EitherColourTask
from pacc.integrations.docker.host import client_of

if TYPE_CHECKING:
    from pacc.integrations.docker.credentials import DockerRegistryCredentials
    from pacc.integrations.docker.host import DockerHost

__all__ = ["pull_docker_image"]


def _pull(
    repository: str,
    tag: str | None = None,
    platform: str | None = None,
    all_tags: bool = False,
    docker_host: DockerHost | None = None,
    docker_registry_credentials: DockerRegistryCredentials | None = None,
    **pull_kwargs: Any,
) -> Any:
    """Fetch an image from its registry and return Docker's own object for it, or a list of those for all tags.

    Args:
        repository: the image, without its tag.
        tag: its tag; `latest` unless given.
        platform: for which machines it is, such as "linux/arm64".
        all_tags: fetch every tag instead.
        docker_host: where Docker is; this machine's unless given.
        docker_registry_credentials: who one is to the registry.
        pull_kwargs: what Docker's `pull` takes besides.

    Raises:
        ConfigurationError: no Docker answers, or its package is not installed.
        InvalidValueError: Docker refuses: there is no such image, above all.
    """
    with client_of(docker_host) as client:
        if docker_registry_credentials is not None:
            docker_registry_credentials.login(client)
        return client.images.pull(repository, tag=tag, platform=platform, all_tags=all_tags, **pull_kwargs)


pull_docker_image = EitherColourTask(_pull, name="pull_docker_image")

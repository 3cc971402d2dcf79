"""Tasks that make, start, stop and remove containers, and read what they wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.integrations._tasks import EitherColourTask
from pacc.integrations.docker.host import client_of

if TYPE_CHECKING:
    from pacc.integrations.docker.host import DockerHost

__all__ = [
    "create_docker_container",
    "get_docker_container_logs",
    "remove_docker_container",
    "start_docker_container",
    "stop_docker_container",
]


def _create(
    image: str,
    command: str | list[str] | None = None,
    name: str | None = None,
    detach: bool | None = None,
    entrypoint: str | list[str] | None = None,
    environment: dict[str, str] | list[str] | None = None,
    docker_host: DockerHost | None = None,
    **create_kwargs: Any,
) -> Any:
    """Make a container that does not run yet and return Docker's own object for it.

    Args:
        image: what it is made of.
        command: what it runs; what its image says unless given.
        name: its name; Docker makes one up unless given.
        detach: whether it goes on by itself.
        entrypoint: what runs the command.
        environment: its environment variables.
        docker_host: where Docker is; this machine's unless given.
        create_kwargs: what Docker's `create` takes besides.

    Raises:
        ConfigurationError: no Docker answers, or its package is not installed.
        InvalidValueError: Docker refuses: there is no such image, above all.
    """
    given = {
        "name": name, "detach": detach, "entrypoint": entrypoint, "environment": environment,
    }  # fmt: skip
    options = {name: value for name, value in given.items() if value is not None}
    with client_of(docker_host) as client:
        return client.containers.create(image, command, **options, **create_kwargs)


def _logs(container_id: str, docker_host: DockerHost | None = None, **logs_kwargs: Any) -> str:
    """Return what a container has written.

    Args:
        container_id: its id or its name.
        docker_host: where Docker is; this machine's unless given.
        logs_kwargs: what Docker's `logs` takes besides, such as `tail`.

    Raises:
        ConfigurationError: no Docker answers, or its package is not installed.
        InvalidValueError: there is no such container.
    """
    with client_of(docker_host) as client:
        written = client.containers.get(container_id).logs(**logs_kwargs)
    return written.decode(errors="replace") if isinstance(written, bytes) else "".join(written)


def _start(container_id: str, docker_host: DockerHost | None = None, **start_kwargs: Any) -> Any:
    """Start a container and return Docker's own object for it.

    Args:
        container_id: its id or its name.
        docker_host: where Docker is; this machine's unless given.
        start_kwargs: what Docker's `start` takes besides.

    Raises:
        ConfigurationError: no Docker answers, or its package is not installed.
        InvalidValueError: there is no such container, or it cannot start.
    """
    with client_of(docker_host) as client:
        container = client.containers.get(container_id)
        container.start(**start_kwargs)
        return container


def _stop(container_id: str, docker_host: DockerHost | None = None, **stop_kwargs: Any) -> Any:
    """Stop a container and return Docker's own object for it.

    Args:
        container_id: its id or its name.
        docker_host: where Docker is; this machine's unless given.
        stop_kwargs: what Docker's `stop` takes besides, such as `timeout` in seconds.

    Raises:
        ConfigurationError: no Docker answers, or its package is not installed.
        InvalidValueError: there is no such container.
    """
    with client_of(docker_host) as client:
        container = client.containers.get(container_id)
        container.stop(**stop_kwargs)
        return container


def _remove(container_id: str, docker_host: DockerHost | None = None, **remove_kwargs: Any) -> Any:
    """Remove a container and return Docker's own object for it, as it was.

    Args:
        container_id: its id or its name.
        docker_host: where Docker is; this machine's unless given.
        remove_kwargs: what Docker's `remove` takes besides, such as `force`.

    Raises:
        ConfigurationError: no Docker answers, or its package is not installed.
        InvalidValueError: there is no such container, or it runs.
    """
    with client_of(docker_host) as client:
        container = client.containers.get(container_id)
        container.remove(**remove_kwargs)
        return container


create_docker_container = EitherColourTask(_create, name="create_docker_container")
get_docker_container_logs = EitherColourTask(_logs, name="get_docker_container_logs")
start_docker_container = EitherColourTask(_start, name="start_docker_container")
stop_docker_container = EitherColourTask(_stop, name="stop_docker_container")
remove_docker_container = EitherColourTask(_remove, name="remove_docker_container")

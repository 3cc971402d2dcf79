"""`DockerImage`: the name of an image that a work pool starts runs in. pacc makes no images; it takes those that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from pacc.exceptions import ObjectUnsupported

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["DockerImage"]


class DockerImage:
    """An image, as `flow.deploy(image=DockerImage(...))` names it.

    Args:
        name: what it is called, with a tag or without one.
        tag: its tag, where the name has none; `latest` by default.
        dockerfile: kept as it is given, as is all that follows; nothing is made of it.
        stream_progress_to: where the making would be told.
        build_backend: what would make it.
        build_kwargs: what that would be told.

    Raises:
        ValueError: the name has a tag, and another was given.

    >>> DockerImage("registry:5000/flows", tag="1").reference
    'registry:5000/flows:1'
    """

    def __init__(
        self,
        name: str,
        tag: str | None = None,
        dockerfile: str = "auto",
        stream_progress_to: TextIO | None = None,
        build_backend: str = "docker-py",
        **build_kwargs: Any,
    ) -> None:
        place, slash, last = name.rpartition("/")
        base, _, own_tag = last.partition(":")
        if own_tag and tag:
            raise ValueError(f'the name "{name}" has a tag already, so `tag` cannot be "{tag}"')
        self.name = f"{place}{slash}{base}"
        self.tag = own_tag or tag or "latest"
        self.dockerfile = dockerfile
        self.stream_progress_to = stream_progress_to
        self.build_backend = build_backend
        self.build_kwargs = build_kwargs

    @property
    def reference(self) -> str:
        """The name with the tag."""
        return f"{self.name}:{self.tag}"

    def build(self) -> NoReturn:
        """Make the image, which pacc does not.

        Raises:
            ObjectUnsupported: always.
        """
        raise _unsupported("makes", f"docker build --tag {self.reference} .")

    def push(self) -> NoReturn:
        """Send the image to its registry, which pacc does not.

        Raises:
            ObjectUnsupported: always.
        """
        raise _unsupported("pushes", f"docker push {self.reference}")

    def __repr__(self) -> str:
        return f"DockerImage({self.reference!r})"


def _unsupported(verb: str, command: str) -> ObjectUnsupported:
    return ObjectUnsupported(f"pacc {verb} no images", hint=command)

"""What a place to keep files is: something files are written to and read from by paths that never lead out of it."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Place(ABC):
    """Somewhere files are written and read by paths."""

    @abstractmethod
    def read_path(self, path: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            FileNotFoundError: there is none.
        """

    @abstractmethod
    def write_path(self, path: str, content: bytes) -> object:
        """Write the bytes of a file, all or none, and make the folders it needs."""

    @abstractmethod
    def delete_path(self, path: str) -> None:
        """Remove a file; that there is none is fine."""

    def sync_path(self, path: str) -> None:
        """Return once a file that was written survives power loss; one that is gone again is fine."""
        del path  # a place elsewhere has seen to that itself

    @property
    @abstractmethod
    def location(self) -> str:
        """What tells this place from others, on this machine and for ever."""

    def opened(self) -> Place:
        """Return the place itself, where this is only its name."""
        return self

"""Where files are kept, plainly, and which place a path, a URL, a block or its name means.

The blocks people configure are in `pacc.filesystems.blocks`; these are what they are made of, and what runs use that load no block.
"""

from __future__ import annotations

from inspect import isawaitable
from pathlib import Path
from typing import Any

from pacc._internal.steps import run_in_own_loop
from pacc.filesystems.folders import Folder
from pacc.filesystems.place import Place
from pacc.filesystems.remotes import Remote
from pacc.settings import get_current_settings

_URL = "://"


class BlockPlace(Place):
    """A place that a saved block leads to: one of someone's own, a bucket.

    Args:
        block: a block that reads and writes paths, plainly or with coroutines.
        reference: its type and name.
    """

    def __init__(self, block: Any, reference: str) -> None:
        self._block = block
        self._reference = reference

    @property
    def location(self) -> str:
        """The block's type and name."""
        return self._reference

    def read_path(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return _settled(self._block.read_path(path))  # type: ignore[no-any-return]

    def write_path(self, path: str, content: bytes) -> object:
        """Write a file."""
        return _settled(self._block.write_path(path, content))

    def delete_path(self, path: str) -> None:
        """Remove a file.

        Raises:
            NotImplementedError: such blocks cannot.
        """
        if not hasattr(self._block, "delete_path"):
            raise NotImplementedError(f"{type(self._block).__name__} cannot remove files")
        _settled(self._block.delete_path(path))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BlockPlace) and self._reference == other._reference

    def __hash__(self) -> int:
        return hash(self._reference)


class NamedPlace(Place):
    """A place by the type and name of its block, which is loaded when the place is first used.

    Args:
        reference: `type/name`.
    """

    def __init__(self, reference: str) -> None:
        self._reference = reference
        self._places: dict[Path, Place] = {}

    @property
    def location(self) -> str:
        """The block's type and name."""
        return self._reference

    def opened(self) -> Place:
        """Load the block and return where it leads.

        Raises:
            BlockNotFound, UnknownBlockType, BlockSchemaMismatch, EncryptionKeyError: as `Block.load`.
            TypeError: it is no block that reads and writes paths.
        """
        home = get_current_settings().home
        place = self._places.get(home)
        if place is None:
            from pacc.blocks.core import load_block  # start-up: places named by blocks are few

            place = self._places[home] = place_for(load_block(self._reference)).opened()
        return place

    def read_path(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return self.opened().read_path(path)

    def write_path(self, path: str, content: bytes) -> object:
        """Write a file."""
        return self.opened().write_path(path, content)

    def delete_path(self, path: str) -> None:
        """Remove a file."""
        self.opened().delete_path(path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedPlace) and self._reference == other._reference

    def __hash__(self) -> int:
        return hash(self._reference)

    def __repr__(self) -> str:
        return f"NamedPlace({self._reference!r})"


class Nowhere(Place):
    """Keeps nothing."""

    @property
    def location(self) -> str:
        """A word for it."""
        return "nowhere"

    def read_path(self, path: str) -> bytes:
        """Find nothing."""
        raise FileNotFoundError(path)

    def write_path(self, path: str, content: bytes) -> None:
        """Let it go."""

    def delete_path(self, path: str) -> None:
        """Do nothing."""


def place_for(wanted: Any) -> Place:
    """Return the place that a path, a URL, a block or its name means.

    Args:
        wanted: text with exactly one slash is the name of a block, `type/name`; it is loaded when the place is used.

    Raises:
        TypeError: it is something else, or a block that has to be saved first.

    >>> place_for("memory://results"), place_for("s3-bucket/mine")
    (Remote(basepath='memory://results'), NamedPlace('s3-bucket/mine'))
    """
    if isinstance(wanted, Place):
        return wanted
    if isinstance(wanted, Path):
        return Folder(wanted)
    if not isinstance(wanted, str):
        return _place_of_block(wanted)
    if wanted.startswith("file://"):
        return Folder(wanted.removeprefix("file://"))
    if _URL in wanted:
        return Remote(wanted)
    if is_block_name(wanted):
        return NamedPlace(wanted)
    return Folder(wanted)


def is_block_name(text: str) -> bool:
    """Say whether text that names a place is the name of a block, and not a path.

    >>> is_block_name("s3-bucket/mine"), is_block_name("./results"), is_block_name("results")
    (True, False, False)
    """
    return text.count("/") == 1 and text[0] not in "/.~" and not text.endswith("/")


def _place_of_block(wanted: Any) -> Place:
    """Return where a block leads; this module knows blocks only by what they can do."""
    found = wanted.place() if callable(getattr(wanted, "place", None)) else None
    if isinstance(found, Place) and not (isinstance(found, Remote) and found.needs_name):
        return found
    if found is None and not (hasattr(wanted, "read_path") and hasattr(wanted, "write_path")):
        raise TypeError(f"results can be kept in a path, a URL or a storage block, not in {wanted!r}")
    reference = wanted._block_reference() if hasattr(wanted, "_block_reference") else None  # noqa: SLF001 - one of ours
    if reference is None:
        raise TypeError(
            f"a {type(wanted).__name__} has to be saved before results are kept in it, or no other process could find "
            'them: call `.save("name")`'
        )
    return BlockPlace(wanted, reference)


def _settled(value: Any) -> Any:
    """A block of someone's own may be written with coroutines."""
    return run_in_own_loop(value) if isawaitable(value) else value

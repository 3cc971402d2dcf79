"""Seals: what says that bytes in the store were put there by a process of this home.

Loading a pickle runs code, and a digest beside the bytes says nothing: whoever can edit the one can edit the other. A seal is made
with a key that lies in a file of its own, so that a store brought here from elsewhere, or edited by someone who may write that one
file, has nothing in it that is loaded.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "seal-key"
"""The file in the home that holds the key."""

SIZE = 16
"""Bytes of a seal."""

_BYTES = 32
_keys: dict[str, bytes] = {}


class Seals:
    """Makes and knows the seals of one home.

    Args:
        home: the folder whose key is used; it is made when there is none.

    Raises:
        OSError: the key can be neither read nor made.
    """

    __slots__ = ("_begun",)

    def __init__(self, home: Path) -> None:
        self._begun = hashlib.blake2b(digest_size=SIZE, key=_key_of(home))

    def seal(self, place: str, data: bytes) -> bytes:
        """Return bytes with their seal in front; the same bytes have another one at another place."""
        digest = self._begun.copy()
        digest.update(f"{place}\0".encode())
        digest.update(data)
        return digest.digest() + data

    def opened(self, place: str, sealed: bytes) -> bytes:
        """Return what was sealed at a place.

        Raises:
            ValueError: it was not, or not by this home, or not there.
        """
        import hmac  # start-up: only a retry looks

        data = sealed[SIZE:]
        if not hmac.compare_digest(self.seal(place, data), sealed):
            raise ValueError("it was not sealed here by a process of this home")
        return data


def _key_of(home: Path) -> bytes:
    """Return the key of a home, made when it is first asked for.

    A file that is no regular one, belongs to someone else or may be written or read by others is no key: it is replaced, and what
    was sealed with it counts for nothing.

    Raises:
        OSError: the file can be neither read nor made.
    """
    key = _keys.get(str(home))
    if key is None:
        path = home / FILE_NAME
        key = _keys[str(home)] = _read(path) or _made(path)
    return key


def _read(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:  # none, or a link
        return None
    try:
        about = os.fstat(descriptor)
        private = about.st_uid == os.geteuid() and not about.st_mode & 0o077
        key = os.read(descriptor, _BYTES) if stat.S_ISREG(about.st_mode) and private else b""
    finally:
        os.close(descriptor)
    return key if len(key) == _BYTES else None


def _made(path: Path) -> bytes:
    """Make a key and put it in its place whole; where another process was faster, theirs counts."""
    own = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, os.urandom(_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(own, path)
    except FileExistsError:
        if _read(path) is None:
            os.replace(own, path)
            own = path
    finally:
        if own != path:
            os.unlink(own)
    key = _read(path)
    if key is None:
        raise PermissionError(f"the key in {str(path)!r} cannot be kept to its owner")
    return key

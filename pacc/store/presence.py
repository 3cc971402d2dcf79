"""Knows whether the machine went down while the store was open, since only then the file deserves a check.

A killed process leaves a log behind, and SQLite takes it up again: nothing to check. A power cut or a crash of the system leaves a
log behind too, and a note of another boot. So each process holds a shared lock on a small file that names the boot.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Presence:
    """This process's note that it has the store open.

    Args:
        path: The store's file.
        boot: Names the current boot; by default what the system says.
    """

    def __init__(self, path: Path, boot: bytes | None = None) -> None:
        self._path = path.with_name(f"{path.name}-open")
        self._log = path.with_name(f"{path.name}-wal")
        self._boot = boot
        self._fd = -1

    def enter(self) -> bool:
        """Take note, and return whether the file should be checked before it is used; then `settle` follows."""
        try:
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # others have it open, or the folder cannot be written
            self.settle()
            return False
        boot = self._boot or _current_boot()
        noted = os.pread(self._fd, 64, 0)
        if noted == boot:
            return False
        suspicious = noted != b"" and self._log_left()
        if not suspicious:
            self._note(boot)
        return suspicious

    def checked(self) -> None:
        """Remember that the file was found whole in this boot."""
        self._note(self._boot or _current_boot())

    def settle(self) -> None:
        """Hold the lock together with others from now on."""
        if self._fd >= 0:
            with suppress(OSError):
                fcntl.flock(self._fd, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def alone(self) -> bool:
        """Return whether no other process has the store open, and keep it so until this one closes."""
        try:
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.close()
            return False
        return True

    def close(self) -> None:
        """Forget this process."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _log_left(self) -> bool:
        try:
            return os.stat(self._log).st_size > 0
        except OSError:
            return False

    def _note(self, boot: bytes) -> None:
        with suppress(OSError):  # a full disk: the check comes once more
            os.ftruncate(self._fd, len(boot))
            os.pwrite(self._fd, boot, 0)


def _current_boot() -> bytes:
    try:
        return _BOOT.read_bytes().strip()
    except OSError:
        return b"unknown"

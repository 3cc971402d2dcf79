"""When the log is folded back into the file: a decision made from two numbers, so that it can be tested without a file.

How it is done safely is in `connection.py`: most installed SQLite versions lose commits when a checkpoint and a writer meet.
"""

from __future__ import annotations


class CheckpointPlan:
    """Counts one process's commits and watches the size of the log.

    Args:
        commits: After so many commits it is time.
        size: Above so many bytes of log it is time.
    """

    def __init__(self, commits: int, size: int) -> None:
        self._commits = commits
        self._size = size
        self._counted = 0
        self._ceiling = size

    def due(self, log_size: int) -> bool:
        """Count a commit that left the log at that size, and tell whether to fold it back now."""
        self._counted += 1
        return self._counted >= self._commits or log_size > self._ceiling

    def tried(self, log_size: int, *, complete: bool) -> None:
        """Start anew; where a reader kept part of the log in use, wait until it has grown before trying again."""
        self._counted = 0
        self._ceiling = self._size if complete else max(self._size, log_size) + self._size

"""Named SQL statements: `flow_runs.insert` is the statement under that name in `queries/flow_runs.sql`, read when first asked for."""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).parent / "queries"
_NAME = re.compile(r"^-- name: ([a-z_]+\.[a-z_]+)$", re.MULTILINE)
_COMMENT = re.compile(r"^--.*\n?", re.MULTILINE)


class Queries:
    """The statements of one folder, one file per noun.

    Example:
        >>> Queries().text("flows.upsert").split()[0]
        'INSERT'
    """

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._folder = folder
        self._statements: dict[str, str] = {}

    def text(self, name: str) -> str:
        """Return the statement of that name.

        Raises:
            LookupError: No file has it, which is a mistake in pacc.
        """
        statement = self._statements.get(name)
        if statement is None:
            self._load(name.partition(".")[0])
            statement = self._statements.get(name)
        if statement is None:
            raise LookupError(f"there is no statement named {name!r}")
        return statement

    def load(self, *nouns: str) -> None:
        """Read the statements of these nouns now, for children that will be forked."""
        for noun in nouns:
            self._load(noun)

    def _load(self, noun: str) -> None:
        try:
            text = (self._folder / f"{noun}.sql").read_text("utf-8")
        except FileNotFoundError:
            return
        _, *parts = _NAME.split(text)
        for name, body in zip(parts[::2], parts[1::2], strict=True):
            self._statements[name] = _COMMENT.sub("", body).strip().rstrip(";")

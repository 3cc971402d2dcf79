"""What people keep for the dashboard from one day to the next: searches they have given a name. A small file in the home."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pacc.store import Store


def file_of(store: Store) -> Path:
    """Return where they are kept, whether or not there are any."""
    return store.home / "dashboard.json"


def searches(file: Path, kind: str) -> dict[str, str]:
    """Return the saved searches of one kind of list, what was typed by their names; none where the file says nothing that can be read.

    Example:
        >>> from pathlib import Path
        >>> searches(Path("/nowhere"), "flow runs")
        {}
    """
    found = _read(file).get("searches")
    kept = found.get(kind) if isinstance(found, dict) else None
    return {str(name): str(typed) for name, typed in kept.items()} if isinstance(kept, dict) else {}


def save(file: Path, kind: str, name: str, typed: str | None) -> None:
    """Keep a search under a name, or forget it.

    Args:
        file: where they are kept.
        kind: the kind of list.
        name: its name.
        typed: what was typed; `None` forgets it.

    Raises:
        OSError: the file cannot be written.
    """
    kept = searches(file, kind)
    if typed is None:
        kept.pop(name, None)
    else:
        kept[name] = typed
    held = _read(file)
    others = held.get("searches")
    held["searches"] = {**(others if isinstance(others, dict) else {}), kind: kept}
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_text(f"{json.dumps(held, indent=2)}\n", encoding="utf-8")
    beside.replace(file)


def _read(file: Path) -> dict[str, object]:
    with suppress(OSError, ValueError, RecursionError):
        held = json.loads(file.read_text("utf-8"))
        if isinstance(held, dict):
            return held
    return {}

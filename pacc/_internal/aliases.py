"""One rule for two spellings: what begins with `prefect.` in an event's name, a label or a resource's id is read as `pacc.`.

Everything is kept and compared in pacc's spelling. It is shown in Prefect's to code that runs as Prefect.
"""

from __future__ import annotations

OURS = "pacc."
THEIRS = "prefect."

_as_prefect = False


def run_as_prefect(*, shown: bool = True) -> None:
    """From now on, show names as Prefect spells them, or no longer; for `pacc.as_prefect` and tests."""
    global _as_prefect
    _as_prefect = shown


def canonical(name: str) -> str:
    """Return a name, or a pattern of names, as pacc keeps it.

    >>> canonical("prefect.flow-run.*"), canonical("!prefect.flow.x"), canonical("my.event")
    ('pacc.flow-run.*', '!pacc.flow.x', 'my.event')
    """
    if name.startswith(THEIRS):
        return OURS + name[8:]
    if name.startswith("!prefect."):
        return "!" + OURS + name[9:]
    return name


def shown(name: str) -> str:
    """Return a name as this process shows it to code that reads it."""
    if _as_prefect and name.startswith(OURS):
        return THEIRS + name[5:]
    return name

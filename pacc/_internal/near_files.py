"""What to do about a file that is not there: the one that was probably meant, or where it was looked for."""

from __future__ import annotations

from pathlib import Path

_LISTED = 5


def instead_of(path: str | Path) -> str:
    """Return the next step of somebody who named a file that is not there.

    Args:
        path: the file, from the present folder or as a whole path.

    >>> instead_of("no/such/folder/flows.py")
    'There is no folder "no/such/folder" either.'
    """
    from difflib import get_close_matches  # start-up: only a mistake needs it

    wanted = Path(path).expanduser()
    try:
        there = sorted(each.name for each in wanted.parent.iterdir() if each.is_file())
    except OSError:
        return f'There is no folder "{wanted.parent}" either.'
    near = get_close_matches(wanted.name, there, n=1)
    if near:
        return f'Did you mean "{wanted.with_name(near[0])}"?'
    alike = [name for name in there if Path(name).suffix == wanted.suffix]
    if 0 < len(alike) <= _LISTED:
        return f"In that folder: {', '.join(alike)}."
    return "Write its path as seen from this folder, or its whole path."

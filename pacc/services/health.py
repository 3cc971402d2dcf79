"""The health of a home: what `pacc doctor` looks at, one function each; and copies of the store, made and brought back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from typing import TYPE_CHECKING

from pacc._internal import clock, sessions
from pacc._internal.counting import counted
from pacc._internal.sizes import size
from pacc.exceptions import EncryptionKeyError, StoreError
from pacc.schemas.findings import Finding
from pacc.services import leases, notifications
from pacc.store import care, open_store
from pacc.store.file import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pacc.schemas.notifications import Trouble
    from pacc.store import Store

backup = care.backup
restore = care.restore
clear = care.clear

_RECENT = 7 * 86_400_000_000
_LITTLE_SPACE = 200 << 20
_SOON_READ = 64 << 20
"""A store up to this size is read as a whole whoever asks: in a third of a second."""
_SEEN = "sound as far as is soon seen; `pacc doctor --deep` reads all"
_SOUND_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


def examine(
    home: Path, *, deep: bool = False, on_progress: Callable[[int, int], None] | None = None
) -> list[Finding]:
    """Look a home over and return what was found, the store first.

    Args:
        home: the folder; it need not exist.
        deep: read every page of the store, however large it is.
        on_progress: called now and then with how much of that is done and how much there is.

    >>> [finding.level for finding in examine(Path("/nowhere"))]  # doctest: +SKIP
    ['warning']
    """
    if not home.is_dir():
        return [
            Finding(
                subject="home",
                level="warning",
                message=f"there is no folder {str(home)!r} yet",
                hint="it is made by the first run",
            )
        ]
    found = examine_store(home, whole=deep or _is_soon_read(home), on_progress=on_progress)
    is_sound = all(finding.level == "ok" for finding in found)
    keeping = [*_secrets(home), *_housekeeping(home), *_notifications(home)] if is_sound else []
    return [*found, _library(), *_privacy(home), *_sessions(home), *keeping, _space(home)]


def problem(store: Store) -> StoreError | None:
    """Return what keeps an open store from being read, `None` if nothing does."""
    try:
        store.data_version()
    except StoreError as error:
        return error
    return None


def _is_soon_read(home: Path) -> bool:
    return (home / FILE_NAME).exists() and (home / FILE_NAME).stat().st_size <= _SOON_READ


def examine_store(
    home: Path, *, whole: bool = True, on_progress: Callable[[int, int], None] | None = None
) -> list[Finding]:
    """Look the store of a home over and return what was found.

    Args:
        home: the folder.
        whole: every page and index; otherwise what is soon seen.
        on_progress: called now and then with how much is done and how much there is.
    """
    if not (home / FILE_NAME).exists():
        return [
            Finding(
                subject="store",
                level="warning",
                message="there is no store yet",
                hint="the first run makes it",
            )
        ]
    try:
        problems = care.examine(home, whole=whole, on_progress=on_progress)
    except StoreError as error:
        return [Finding(subject="store", level="problem", message=str(error), hint=error.hint)]
    if not problems:
        held = size((home / FILE_NAME).stat().st_size)
        sound = f"every page is sound ({held})" if whole else f"{_SEEN} of {held}"
        return [Finding(subject="store", level="ok", message=sound)]
    hint = "bring back a copy with `pacc db restore`; `pacc db backup` may still save what is readable"
    return [Finding(subject="store", level="problem", message=problem, hint=hint) for problem in problems]


def _library() -> Finding:
    """Say whether this SQLite has the bug that can lose a commit when a checkpoint meets a writer, and what pacc does then."""
    version = sqlite3.sqlite_version_info
    sound = version >= _SOUND_SQLITE[0] or any(
        version[:2] == good[:2] and version >= good for good in _SOUND_SQLITE
    )
    rest = (
        ""
        if sound
        else "; pacc folds its log back only where no writer can meet it, so the known bug does not bite"
    )
    return Finding(subject="sqlite", level="ok", message=f"version {sqlite3.sqlite_version}{rest}")


def _privacy(home: Path) -> list[Finding]:
    """Folders and files of a home are its owner's alone."""
    open_to_others = [
        path
        for path in (home, *home.glob("pacc.db*"), *home.glob("key*"), home / "profiles.toml")
        if path.exists() and path.stat().st_mode & 0o077
    ]
    if not open_to_others:
        return [Finding(subject="privacy", level="ok", message="only you can read the home and the store")]
    return [
        Finding(
            subject="privacy",
            level="warning",
            message=f"others may look at {str(path)!r} (mode {path.stat().st_mode & 0o777:03o})",
            hint=f"chmod go= {str(path)!r}",
        )
        for path in open_to_others
    ]


def _sessions(home: Path) -> list[Finding]:
    """Processes that ended without a word; the next command reaps their runs."""
    files = sorted((home / "sessions").glob("*.lock"))
    dead = [file for file in files if not sessions.is_alive(home, file.stem)]
    if not dead:
        return [
            Finding(
                subject="processes", level="ok", message=f"{_processes_of(len(files))} here, none that died"
            )
        ]
    return [
        Finding(
            subject="processes",
            level="warning",
            message=f"{_processes_of(len(dead))} ended without a word; what they left is told by the next command",
            hint="pacc flow-run ls",
        )
    ]


def _processes_of(count: int) -> str:
    return "one process of pacc's" if count == 1 else f"{count or 'no'} processes of pacc's"


def _secrets(home: Path) -> list[Finding]:
    """Whether the key of the secrets in blocks is there and the right one; nothing where there are none."""
    store = open_store(home)
    count = len(store.read("blocks.sealed"))
    if not count:
        return []
    from pacc.services import encryption  # start-up: most homes hold no secrets

    try:
        encryption.cipher(store)
    except EncryptionKeyError as error:
        return [Finding(subject="secrets", level="problem", message=str(error), hint=error.hint)]
    held = "one block" if count == 1 else f"{count} blocks"
    return [Finding(subject="secrets", level="ok", message=f"the key of the secrets in {held} is there")]


def _housekeeping(home: Path) -> list[Finding]:
    """Pieces of housekeeping that have failed in the hands of the process that does them now."""
    held = leases.select(open_store(home))
    failing = [lease for lease in held if lease.failures]
    if not failing:
        who = f"{len(held)} pieces are done by living processes" if held else "nobody does it at the moment"
        return [Finding(subject="housekeeping", level="ok", message=who)]
    return [
        Finding(
            subject="housekeeping",
            level="warning",
            message=f"{lease.name} has failed {counted(lease.failures, 'time')}: {lease.error}",
            hint="pacc server services ls",
        )
        for lease in failing
    ]


def _notifications(home: Path) -> list[Finding]:
    """What could not be told to those who want to know, in the last days."""
    return [
        Finding(
            subject="notifications",
            level="problem" if each.given_up else "warning",
            message=f'{_told_in_vain(each)} of "{each.name}" to {each.address}: {each.error}',
            hint=f"pacc notify test {each.name}",
        )
        for each in notifications.troubles(open_store(home), clock.now() - _RECENT)
    ]


def _told_in_vain(trouble: Trouble) -> str:
    given_up = f"{trouble.given_up} given up" if trouble.given_up else ""
    waiting = f"{trouble.waiting} not sent yet" if trouble.waiting else ""
    return f"notifications {' and '.join(filter(None, (given_up, waiting)))}"


def _space(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    little = free < _LITTLE_SPACE or os.statvfs(home).f_favail == 0
    return Finding(
        subject="disk",
        level="warning" if little else "ok",
        message=f"{size(free)} are free",
        hint="make room before the store cannot grow" if little else None,
    )

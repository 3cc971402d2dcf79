"""Care of the store: what is wrong and what mends it, how much there is, room given back, copied and made, and another key."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pacc._internal import clock
from pacc._internal.counting import counted
from pacc._internal.sizes import size
from pacc.presentation import health as presented
from pacc.presentation.block_fields import NO_DEFAULT, Field
from pacc.presentation.store_stats import store_description
from pacc.presentation.tables import Cell
from pacc.services import health, store_care
from pacc.settings import get_current_settings
from pacc.tui import actions
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

    from pacc.schemas.findings import Finding
    from pacc.schemas.store_stats import StoreStats
    from pacc.store import Store


class _Listed(NamedTuple):
    place: int
    finding: Finding
    stats: StoreStats


def _read(store: Store, now: datetime) -> list[_Listed]:
    settings = get_current_settings()
    stats = store_care.stats(
        store,
        old_before=clock.from_datetime(now - settings.retention.flow_runs),
        results=settings.results.local_storage_path,
    )
    found = sorted(health.examine(store.home), key=lambda each: presented.LEVELS.index(each.level))
    return [_Listed(place, each, stats) for place, each in enumerate(found)]


def _command(listed: _Listed | None) -> str:
    """Return the command that mends what was found, or else the one that looks for it."""
    hint = "" if listed is None else listed.finding.hint or ""
    return hint if hint.startswith(("pacc ", "chmod ")) else "pacc doctor"


def _tell(store: Store, listed: _Listed, now: datetime) -> Told:
    del store
    found, stats = presented.finding_description(listed.finding), store_description(listed.stats, now)
    return Told(title=found.title, facts=(*found.facts, ("", Cell("")), *stats.facts))


# --------------------------------------------------------------------------------------------- acting


def _vacuum() -> Asked:
    def act(store: Store, _: Mapping[str, Any]) -> str:
        given = store_care.vacuum(store)
        return f"Gave {size(given)} back." if given else "There was nothing to give back."

    return Asked(
        question="Give room that nothing uses back to the system? Runs may go on meanwhile.",
        command="pacc db vacuum",
        yes="give it back",
        act=act,
    )


def _backup() -> Asked:
    file = Field("file", "text", "The file to make.", NO_DEFAULT, required=True, secret=False)

    def wrong(values: Mapping[str, Any]) -> dict[str, str]:
        path = Path(values["file"]).expanduser()
        if path.is_dir():
            return {"file": "that is a folder; name a file in it"}
        return {"file": "it is there already"} if path.exists() else {}

    def act(store: Store, values: Mapping[str, Any]) -> str:
        path = Path(values["file"]).expanduser().absolute()
        health.backup(store.home, path)
        return f'Copied the store to "{path}" ({path.stat().st_size / 1e6:.1f} MB).'

    return Asked(
        question="Copy the store into one file and check the copy; runs may go on meanwhile.",
        command=lambda typed: f"pacc db backup {quote(typed['file'] or 'FILE')}",
        yes="copies it",
        act=act,
        fields=(file,),
        wrong=wrong,
    )


def _another_key() -> Asked:
    def act(store: Store, _: Mapping[str, Any]) -> str:
        from pacc.services import encryption  # start-up: only for another key

        return f"The secrets of {counted(encryption.rotate(store), 'block')} are encrypted with the new key."

    return Asked(
        question="Encrypt the secrets of all blocks with a new key, all of them or none?",
        command="pacc block rotate-key",
        yes="make one",
        act=act,
        lines=("Backups made before need the present key: keep a copy of it.",),
    )


def _prune(store: Store, now: datetime) -> Asked:
    """Return what is asked before old runs are deleted, with how much that would be."""
    age = get_current_settings().retention.flow_runs
    before = clock.from_datetime(now - age)
    flow_runs, task_runs = store_care.old_runs(store, before)
    logs = size(store_care.old_logs_size(store, before))

    def act(store: Store, _: Mapping[str, Any]) -> str:
        from pacc.loops.retention import prune  # start-up: only to delete
        from pacc.schemas.retention import Removed  # start-up: as above

        removed = Removed()
        while piece := prune(store, clock.from_datetime(datetime.now(UTC))):
            removed += piece
        return (
            f"Deleted {counted(removed.flow_runs, 'flow run')} and {counted(removed.task_runs, 'task run')}."
        )

    return Asked(
        question=f"Delete runs that ended more than {age.days} days ago, with their logs and results?",
        command="pacc db prune --yes",
        yes="delete them",
        act=act,
        lines=(
            f"{counted(flow_runs, 'flow run')} and {counted(task_runs, 'lone task run')}",
            f"Their logs would free {logs}.",
        ),
    )


class Doctor(NounPage):
    """The list of what was found."""

    name_of_screen = actions.DOCTOR
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.DOCTOR)]
    noun = Noun(
        title="Doctor",
        one="thing looked at",
        many="things looked at",
        empty="nothing was looked at",
        columns=presented.LIST_COLUMNS,
        read=_read,
        identify=lambda listed: str(listed.place),
        cells=lambda listed, now, *, glyphs: presented.listed_cells(listed.finding, now, glyphs=glyphs),
        command=_command,
        tell=_tell,
        makes={"vacuum": _vacuum, "backup": _backup, "another_key": _another_key},
        every=None,
        orders=presented.ORDERS,
    )

    def look(self) -> None:
        """Look everything over once: every page of the store is read for it."""
        self.do("rows", self.read)
        self.look_closer()

    def narrowed(self) -> None:
        """Show what fits of what was found; nothing is looked at for that."""
        whole = self.sifted.whole
        self.do("rows", lambda _: self.sift(whole))
        self.frame()

    def done(self, name: str, value: Any) -> None:
        """Show what was found; after something was done, look again."""
        if name == "rows":
            self.seen(name, value)
            return
        super().done(name, value)
        if not isinstance(value, Asked):
            self.look()

    def act_prune(self) -> None:
        """Ask whether old runs are to be deleted, once it is known how much that would be."""
        now = self.dashboard.now()
        self.do("prune", lambda store: _prune(store, now))

    def act_again(self) -> None:
        """Look everything over once more."""
        self.look()

    def about(self, rows: list[Any]) -> list[Cell]:
        """Return how many of them are not as they should be."""
        counts = Counter(listed.finding.level for listed in rows)
        return [
            Cell(f"   {counts[level]} {level}{'' if counts[level] == 1 else 's'}", presented.COLORS[level])
            for level in presented.LEVELS[:2]
            if counts[level]
        ]

"""The artifacts: what runs made for people to look at, drawn, with earlier versions and what changed since; tables row by row."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.text import Text

from pacc._internal.counting import counted
from pacc._internal.visible import visible
from pacc.presentation import artifacts as presented
from pacc.services import artifacts
from pacc.tui import actions, painting
from pacc.tui.screens import asking
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.schemas.artifacts import Artifact, ArtifactCollection
    from pacc.store import Store
    from pacc.tui.screens.asking import Asked

MOST = 300
"""So many of the latest are listed, unless they are narrowed or sorted."""


def _told(artifact: Artifact, place: int, versions: int, now: datetime, *, glyphs: bool = True) -> Told:
    """Say everything about a version, its content drawn below."""
    from pacc.presentation.drawn_artifacts import drawn_or_plain  # start-up: Markdown and tables

    described = presented.artifact_description(artifact, now, version=(place, versions))
    return Told.of(described, drawn_or_plain(artifact.type, artifact.data, glyphs=glyphs))


def _tell(
    store: Store, row: ArtifactCollection, now: datetime, *, back: int = 0, glyphs: bool = True
) -> Told:
    found, number = _version(store, row, back)
    return _told(found, number, artifacts.number_of_versions(store, row.key), now, glyphs=glyphs)


class _Table(NamedTuple):
    """A version's table."""

    title: str
    headings: list[str]
    rows: list[list[str]]


def _version(store: Store, row: ArtifactCollection, back: int) -> tuple[Artifact, int]:
    """Return the version so many before the latest one, and its number."""
    known = artifacts.versions(store, row.key, limit=back + 1)
    return known[-1], artifacts.number_of_versions(store, row.key) - len(known) + 1


def _table(store: Store, row: ArtifactCollection, back: int) -> _Table | str:
    found, number = _version(store, row, back)
    table = presented.rows_of(found.data) if found.type == "table" else None
    if table is None:
        return f'"{row.key}" is no table.'
    return _Table(f"{visible(row.key)}, version {number}", *table)


def _changes(store: Store, row: ArtifactCollection, back: int, *, dark: bool) -> Told:
    from pacc.presentation.artifact_changes import change_lines  # start-up: only to compare

    found = artifacts.change(store, row.key, artifacts.number_of_versions(store, row.key) - back)
    lines = change_lines(found.after.type, found.before.data, found.after.data, found.names)
    drawn = Text("\n").join(Text(each.text, painting.style(each.color, dark=dark)) for each in lines)
    return Told(
        title=f'What changed in "{visible(row.key)}" from {" to ".join(found.names)}',
        drawn=drawn,
        next_step=f"pacc artifact diff {quote(row.key)} --version {found.number}",
    )


def _delete(row: ArtifactCollection) -> Asked:
    def act(store: Store) -> str:
        deleted = counted(artifacts.delete_key(store, row.key), "artifact")
        return f'Deleted {deleted} of the key "{row.key}".'

    command = f"pacc artifact delete {quote(row.key)} --yes"
    return asking.by_name("artifact", row.key, command, act, "All its versions go with it.")


class Artifacts(NounPage):
    """The list of artifacts, the latest version of each."""

    name_of_screen = actions.ARTIFACTS
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.ARTIFACTS)]
    noun = Noun(
        title="Artifacts",
        one="artifact",
        many="artifacts",
        empty="no artifacts; create_table_artifact in a run makes one",
        columns=presented.LIST_COLUMNS,
        read=lambda store, _: artifacts.select_latest(store, limit=MOST),
        read_all=lambda store, _: artifacts.select_latest(store),
        most=MOST,
        identify=lambda row: row.key,
        cells=presented.listed_cells,
        command=lambda row: "pacc artifact ls" if row is None else f"pacc artifact inspect {quote(row.key)}",
        tell=_tell,
        acts={"delete": _delete},
        orders=presented.ORDERS,
        also={"run": lambda row: row.flow_run_id},
    )

    def __init__(self) -> None:
        super().__init__()
        self._back = 0
        """How many versions before the latest one is shown."""

    def tell(self, store: Store, row: Any, now: datetime) -> Told:
        """Say everything about the version that is looked at."""
        self._back = min(self._back, artifacts.number_of_versions(store, row.key) - 1)
        return _tell(store, row, now, back=max(0, self._back), glyphs=self.dashboard.glyphs)

    def on_window_table_moved(self) -> None:
        """Begin with the latest version of the row the cursor is on now; the handler of every list comes after this one."""
        self._back = 0

    def act_earlier(self) -> None:
        """Show the version before."""
        self._back += 1
        self.look_closer()

    def act_later(self) -> None:
        """Show the version after."""
        self._back = max(0, self._back - 1)
        self.look_closer()

    def act_changes(self) -> None:
        """Show what changed from the version before to the one that is shown."""
        row: ArtifactCollection | None = self.table.current_row
        if row is not None:
            back, dark = self._back, self.app.current_theme.dark
            self.do("changes", lambda store: _changes(store, row, back, dark=dark))

    def act_rows(self) -> None:
        """Show the table that the version is, to sort, narrow and copy it."""
        row: ArtifactCollection | None = self.table.current_row
        if row is not None:
            back = self._back
            self.do("table", lambda store: _table(store, row, back))

    def done(self, name: str, value: Any) -> None:
        """Show a table that was read."""
        if isinstance(value, _Table):
            from pacc.tui.screens.rows import Rows  # start-up: only to look at one

            self.app.push_screen(Rows(*value))
        else:
            super().done(name, value)

    def act_open(self) -> None:
        """Open where it leads."""
        row: ArtifactCollection | None = self.table.current_row
        link = None if row is None else presented.link_of(row.data)
        if link is None:
            self.notify("It is no link.")
        else:
            from pacc.tui.links import follow  # start-up: only to leave the terminal

            follow(self, link)

    def act_parent(self) -> None:
        """Open the flow run that made it."""
        row: ArtifactCollection | None = self.table.current_row
        if row is not None and row.flow_run_id is not None:
            self.dashboard.open_run(str(row.flow_run_id))
        else:
            self.notify("No flow run made it.")

"""The blocks: what each holds with its secrets masked, who uses it, a new one of a type from the catalog, another value for a field."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pacc._internal.visible import visible
from pacc.presentation import blocks as presented
from pacc.presentation.fitting import Fit
from pacc.services import block_listing, blocks
from pacc.tui import actions, block_forms
from pacc.tui.screens import asking
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.presentation.tables import Cell
    from pacc.schemas.block_summaries import BlockMention, BlockSummary
    from pacc.store import Store

CATALOG_COLUMNS = (
    Fit("type", 21, grows=1),
    Fit("can", 10, grows=1),
    Fit("description", 20, grows=3, goes=1),
)


class _Catalog(NamedTuple):
    """The types there are."""

    rows: dict[str, tuple[Cell, ...]]


def _tell(store: Store, row: BlockSummary, now: datetime) -> Told:
    found = blocks.read(store, row.id, include_secrets=False)
    return Told.of(presented.block_description(found, *_users(store, row), now))


def _users(store: Store, row: BlockSummary) -> tuple[list[BlockSummary], list[BlockMention]]:
    return block_listing.users(store, row.id), block_listing.mentions(store, row.id, row.slug)


def _used(store: Store, row: BlockSummary, now: datetime) -> Told:
    del now
    return Told(
        title=f'Who uses "{visible(row.slug)}"',
        lines=tuple(presented.user_lines(*_users(store, row))),
        next_step=f"pacc block inspect {quote(row.slug)}",
    )


def _catalog(store: Store) -> _Catalog:
    """Return the types to choose from; what is typed there is looked for in what each can do, too."""
    from pacc.blocks.catalog import known_types  # start-up: only to make one
    from pacc.services import block_types  # start-up: as above

    known = known_types(store)
    can = {each.block_type_id: each.capabilities for each in reversed(block_types.select_schemas(store))}
    return _Catalog({each.slug: presented.catalog_cells(each, can.get(each.id, [])) for each in known})


# --------------------------------------------------------------------------------------------- acting


def _delete(store: Store, row: BlockSummary) -> Asked:
    """Return what is asked before a block is deleted, with whom it is missed by."""
    users, mentions = _users(store, row)
    missed = ("It is missed by:", *presented.user_lines(users, mentions)) if users or mentions else ()

    def act(store: Store) -> str:
        blocks.delete(store, row.id)
        return f'Deleted block "{row.slug}".'

    return asking.by_name("block", row.slug, f"pacc block delete {quote(row.slug)} --yes", act, *missed)


class Blocks(NounPage):
    """The list of blocks."""

    name_of_screen = actions.BLOCKS
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.BLOCKS)]
    noun = Noun(
        title="Blocks",
        one="block",
        many="blocks",
        empty="no blocks yet; n makes one of a type from the catalog",
        columns=presented.LIST_COLUMNS,
        read=lambda store, _: block_listing.summaries(store),
        identify=lambda row: str(row.id),
        cells=presented.listed_cells,
        command=lambda row: "pacc block ls" if row is None else f"pacc block inspect {quote(row.slug)}",
        tell=_tell,
        tells={"users": _used},
        orders=presented.ORDERS,
        also={"slug": lambda block: block.slug},
    )

    def __init__(self) -> None:
        super().__init__()
        self._raw = False
        """Whether blocks are shown as JSON."""

    def tell(self, store: Store, row: Any, now: datetime) -> Told:
        """Say everything about a block, in words or as JSON."""
        if not self._raw:
            return super().tell(store, row, now)
        found = blocks.read(store, row.id, include_secrets=False)
        return Told(title=f"Block '{visible(row.slug)}'", lines=tuple(presented.raw_lines(found)))

    def command(self) -> str:
        """Return the command that shows the block the same way."""
        row: BlockSummary | None = self.table.current_row
        return f"{super().command()} -o json" if self._raw and row is not None else super().command()

    def act_raw(self) -> None:
        """Show blocks as JSON, or in words."""
        self._raw = not self._raw
        self.frame()
        self.look_closer()

    def act_delete(self) -> None:
        """Ask whether the block is to be deleted, naming who uses it."""
        row: BlockSummary | None = self.table.current_row
        if row is not None:
            self.do("form", lambda store: _delete(store, row))

    def act_new(self) -> None:
        """Show the catalog."""
        self.do("catalog", _catalog)

    def act_edit(self) -> None:
        """Show the form of the block."""
        row: BlockSummary | None = self.table.current_row
        if row is not None:
            self.do("form", lambda store: block_forms.edit_form(store, row))

    def done(self, name: str, value: Any) -> None:
        """Go on from the catalog to the form, and show the form."""
        if isinstance(value, _Catalog):
            from pacc.tui.screens.choosing import Choice  # start-up: only to make one

            choice = Choice("A new block of which type?", CATALOG_COLUMNS, value.rows)
            self.app.push_screen(choice, self._chosen)
        elif isinstance(value, Asked):
            self.ask(value)
        else:
            super().done(name, value)

    def _chosen(self, slug: str | None) -> None:
        if slug is not None:
            self.do("form", lambda store: block_forms.form(store, slug))

"""The blocks: what each holds with its secrets masked, who uses it, a new one of a type from the catalog, another value for a field."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pacc._internal.visible import visible
from pacc.presentation import blocks as presented
from pacc.presentation.block_fields import NO_DEFAULT, Field, fields_of
from pacc.presentation.fitting import Fit
from pacc.services import block_listing, blocks
from pacc.tui import actions
from pacc.tui.screens import asking
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.presentation.tables import Cell
    from pacc.schemas.block_summaries import BlockMention, BlockSummary
    from pacc.schemas.blocks import BlockType
    from pacc.store import Store

NAME = Field("name", "text", "The name to save it under.", NO_DEFAULT, required=True, secret=False)
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


def _command(
    slug: str, name: str, fields: Sequence[Field], typed: Mapping[str, str], *, overwrite: bool
) -> str:
    """Return the command that saves such a block; secrets come from the environment, so that nobody reads them."""
    words = ["pacc block create", quote(slug), "--name", quote(name or "NAME")]
    for field in fields:
        text = typed.get(field.name, "")
        if field.secret and (text or field.required):
            words.append(f"--field-from-env {field.name}={field.name.upper()}")
        elif text:
            words.append(f"--field {quote(f'{field.name}={text}')}")
    return " ".join([*words, "--overwrite"] if overwrite else words)


def _with_blocks(store: Store, fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values in which names of blocks are references to them."""
    from pacc.presentation.block_forms import block_inside  # start-up: only to save one

    inside = {field.name: field for field in fields if field.blocks}
    return {
        name: block_inside(store, inside[name], value) if name in inside and value is not None else value
        for name, value in values.items()
    }


def _form(store: Store, slug: str) -> Asked:
    """Return the form for a new block of a type."""
    from pacc.blocks.catalog import find_type  # start-up: only to make one
    from pacc.presentation.block_forms import schema_of  # start-up: as above

    kind = find_type(store, slug)
    own = tuple(fields_of(schema_of(store, kind)))
    # a field of the block may be called as the field for its name is
    name = NAME if all(field.name != "name" for field in own) else NAME._replace(name="name of the block")

    def act(store: Store, values: Mapping[str, Any]) -> str:
        given = {each: value for each, value in values.items() if each != name.name}
        return _saved(store, kind, values[name.name], _with_blocks(store, own, given))

    return Asked(
        question=f"A new {visible(kind.name)}",
        command=lambda typed: _command(slug, typed[name.name], own, typed, overwrite=False),
        yes="saves it",
        act=act,
        fields=(name, *own),
        values={field.name: _shown(field.default) for field in own if _is_shown(field)},
    )


def _saved(store: Store, kind: BlockType, name: str, values: Mapping[str, Any]) -> str:
    from pacc.presentation import block_forms  # start-up: only to save one
    from pacc.schemas.blocks import checked_name  # start-up: as above

    block_forms.save(store, kind, checked_name(name), values)
    return f'Saved block "{kind.slug}/{name}".'


def _edit_form(store: Store, row: BlockSummary) -> Asked:
    """Return the form that changes a block: what is left out stays, secrets are replaced and never read."""
    known = blocks.read(store, row.id, include_secrets=False)
    inside = {path.split(".")[0] for path in known.block_document_references}
    found = fields_of(known.block_schema.fields) if known.block_schema else []
    own = tuple(
        field._replace(required=False, description=f"{field.description} Empty: it stays.".strip())
        for field in found
        if field.name not in inside
    )

    def act(store: Store, values: Mapping[str, Any]) -> str:
        from pacc.presentation import block_forms  # start-up: only to change one

        block_forms.change(store, str(row.id), _with_blocks(store, own, values))
        return f'Saved block "{row.slug}".'

    held = {
        field.name: _shown(known.data[field.name])
        for field in own
        if field.name in known.data and not field.secret
    }
    return Asked(
        question=f'The block "{visible(row.slug)}"',
        command=lambda typed: _command(row.type_slug, row.name, own, typed, overwrite=True),
        yes="saves it",
        act=act,
        fields=own,
        values=held,
    )


def _is_shown(field: Field) -> bool:
    return not field.secret and field.default is not NO_DEFAULT and field.default is not None


def _shown(value: Any) -> str:
    """Return a value as it is typed."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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
            self.do("form", lambda store: _edit_form(store, row))

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
            self.do("form", lambda store: _form(store, slug))

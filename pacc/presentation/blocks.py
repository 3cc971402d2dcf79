"""Blocks and their types as listings, and one of each in full. What is shown here holds masks where secrets are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pacc._internal.visible import visible
from pacc.presentation.as_json import json_text
from pacc.presentation.fitting import Fit
from pacc.presentation.sifting import Order
from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.times import ago, dated, short_ago

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from pacc.schemas.block_summaries import BlockMention, BlockSummary
    from pacc.schemas.blocks import BlockDocument, BlockSchema, BlockType

COLUMNS = (
    Column(name="ID", at_least=13, gives_way=True),
    Column(name="Type"),
    Column(name="Name"),
    Column(name="Slug"),
    Column(name="Saved"),
)
TYPE_COLUMNS = (
    Column(name="Slug"),
    Column(name="Name"),
    Column(name="Description", at_least=13, gives_way=True),
)


def block_table(found: Iterable[BlockSummary], now: datetime) -> Table:
    """Return blocks as a table, in the order given.

    Args:
        found: what to list.
        now: the moment ages are counted from.
    """
    rows = (
        (
            cell(each.id, "cyan"),
            cell(each.type_name),
            cell(each.name, "green"),
            cell(each.slug),
            cell(ago(each.updated, now)),
        )
        for each in found
    )
    return Table(title="Blocks", columns=COLUMNS, rows=tuple(rows))


def summary_object(block: BlockSummary) -> dict[str, Any]:
    """Return one line of a listing as JSON has it."""
    return {
        "id": block.id, "block_type_name": block.type_name, "block_type_slug": block.type_slug,
        "name": block.name, "slug": block.slug, "updated": block.updated,
    }  # fmt: skip


def block_description(
    block: BlockDocument, users: Iterable[BlockSummary], mentions: Iterable[BlockMention], now: datetime
) -> Description:
    """Return everything about one block.

    Args:
        block: what to describe, its secrets masked.
        users: the blocks it stands in.
        mentions: what else names it.
        now: the moment ages are counted from.
    """
    facts = [
        ("Block", cell(slug_of(block), "green")),
        ("Type", cell(block.block_type_name)),
        ("ID", cell(block.id, "cyan")),
        *((name, _value(value)) for name, value in block.data.items() if name != "block_type_slug"),
        ("Inside it", cell(", ".join(sorted(_inside(block))))),
        ("Stands in", cell(", ".join(each.slug for each in users))),
        ("Named by", cell(", ".join(f"{each.noun} {each.name}" for each in mentions))),
        ("Can", cell(", ".join(block.block_schema.capabilities) if block.block_schema else None)),
        ("Created", cell(dated(block.created, now))),
        ("Saved", cell(dated(block.updated, now))),
    ]
    return Description(
        title=f"Block '{slug_of(block)}'", facts=tuple((label, shown) for label, shown in facts if shown.text)
    )


def user_lines(users: Iterable[BlockSummary], mentions: Iterable[BlockMention]) -> list[str]:
    """Return who uses a block, a line each: the blocks it stands in, and what else names it.

    >>> user_lines([], [])
    ['no block, deployment, automation or work pool names it; code that loads it does so unseen']
    """
    found = [f"block {each.slug}" for each in users]
    found += [f"{each.noun} {each.name}" for each in mentions]
    nobody = "no block, deployment, automation or work pool names it; code that loads it does so unseen"
    return [visible(line) for line in found] or [nobody]


def raw_lines(block: BlockDocument) -> list[str]:
    """Return a block as lines of JSON, as the commands write it; what is secret is masked already."""
    return [visible(line) for line in json_text(block, indent=2).splitlines()]


def slug_of(block: BlockDocument) -> str:
    """Return what `Block.load` takes for a block."""
    return f"{block.block_type.slug if block.block_type else '?'}/{block.name}"


def _inside(block: BlockDocument) -> Iterator[str]:
    for path, reference in block.block_document_references.items():
        inside = reference["block_document"]
        kind = inside["block_type"]
        called = "deleted" if kind is None else f"{kind.slug}/{inside['name']}"
        yield f"{path}: {called}"


def _value(value: Any) -> Cell:
    return cell(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def type_table(types: Iterable[BlockType]) -> Table:
    """Return types of block as a table, in the order given.

    Args:
        types: what to list.
    """
    rows = (
        (cell(each.slug, "cyan"), cell(each.name, "green"), cell(_first_sentence(each.description)))
        for each in types
    )
    return Table(title="Block types", columns=TYPE_COLUMNS, rows=tuple(rows))


def type_object(block_type: BlockType, schema: BlockSchema | None = None) -> dict[str, Any]:
    """Return a type of block as JSON has it, with its class's present fields where a schema is given."""
    names = (
        "id", "name", "slug", "logo_url", "documentation_url", "description", "code_example", "is_protected",
        "class_path", "created", "updated",
    )  # fmt: skip
    told = {name: getattr(block_type, name) for name in names}
    if schema is not None:
        told |= {
            "capabilities": schema.capabilities, "version": schema.version, "checksum": schema.checksum,
            "fields": schema.fields,
        }  # fmt: skip
    return told


def type_description(block_type: BlockType, schema: BlockSchema | None) -> Description:
    """Return everything about one type of block.

    Args:
        block_type: what to describe.
        schema: the fields its class has.
    """
    facts = [
        ("Type", cell(block_type.slug, "cyan")),
        ("Name", cell(block_type.name, "green")),
        ("Description", cell(" ".join((block_type.description or "").split()))),
        ("Class", cell((block_type.class_path or "").replace(":", "."))),
        ("Can", cell(", ".join(schema.capabilities) if schema else None)),
        *((f"  {name}", cell(told)) for name, told in field_lines(schema)),
        ("Comes with pacc", cell("yes, it cannot be deleted" if block_type.is_protected else None)),
        ("More", cell(block_type.documentation_url)),
        *(
            ("Example" if not number else "", cell(line))
            for number, line in enumerate((block_type.code_example or "").splitlines())
        ),
    ]
    return Description(
        title=f"Block type '{block_type.slug}'",
        facts=tuple((label, shown) for label, shown in facts if shown.text),
    )


def field_lines(schema: BlockSchema | None) -> Iterator[tuple[str, str]]:
    """Yield each field of a schema with a line on it: its type, whether it is needed, its default, what it is for.

    Args:
        schema: the fields; nothing is yielded without.
    """
    from pacc.presentation.block_fields import fields_of  # start-up: listings need none of it

    for field in fields_of(schema.fields) if schema else ():
        yield field.name, field.told


def _first_sentence(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split()).partition(". ")[0].rstrip(".")


# ------------------------------------------------------------------------------------------ on a screen

LIST_COLUMNS = (
    Fit("block", 18, grows=3),
    Fit("type", 16, grows=2),
    Fit("can", 12, grows=1, goes=2),
    Fit("saved", 8, right=True, goes=1),
)
"""The columns of a list of blocks."""
ORDERS = (
    Order("by type"),
    Order("by name", key=lambda block: block.name.casefold()),
    Order("saved last first", key=lambda block: block.updated, down=True),
)
"""The orders of a list of blocks that is read by type."""


def catalog_cells(each: BlockType, can: Iterable[str]) -> tuple[Cell, ...]:
    """Return a type of block as a row to choose: its slug, what it can do, and what it is for, or else its name."""
    told = _first_sentence(each.description) or each.name
    return cell(each.slug, "cyan"), cell(" ".join(can), "green"), cell(told)


def listed_cells(each: BlockSummary, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a block as a row of `LIST_COLUMNS`."""
    del glyphs
    return (
        cell(each.name, "green"),
        cell(each.type_name),
        cell(" ".join(each.capabilities), "bright_black"),
        cell(short_ago(each.updated, now), "bright_black"),
    )

"""What the value of a field is chosen or written with: a list, a calendar, a page, a form of its own."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pacc._internal.visible import visible
from pacc.presentation.block_fields import NO_DEFAULT, answer, any_value
from pacc.presentation.fitting import Fit
from pacc.presentation.tables import cell
from pacc.tui.field_texts import text_of
from pacc.tui.screens.asking import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.screen import Screen

    from pacc.presentation.block_fields import Field
    from pacc.presentation.tables import Cell
    from pacc.store import Store

NEW = "a new "
"""Stands before the type of a block that is yet to be made."""
_TIMES = ("date", "moment")
_WRITTEN = ("list", "object", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picker:
    """A screen that answers with a field's value."""

    field: str
    """The field's name."""
    screen: Callable[[], Screen[Any]]
    """Makes the screen."""
    text: Callable[[Any], str] = str
    """Turns what the screen answers with into what is typed into the field."""
    then: dict[str, Picker] = dataclass_field(default_factory=dict)
    """What comes next for each answer, where the answer is only what kind of value it is to be."""


def can_be_picked(field: Field) -> bool:
    """Say whether a field has more than a line to type into.

    Example:
        >>> from pacc.presentation.block_fields import Field
        >>> can_be_picked(Field("n", "whole number", "", 1, False, False))
        False
    """
    return not field.secret and bool(
        field.choices or field.blocks or field.options or field.kind in (*_TIMES, *_WRITTEN)
    )


def picker(store: Store, field: Field, shown: str, now: datetime) -> Picker:
    """Return what a field's value is picked with.

    Args:
        store: where blocks to choose from are.
        field: one that can be picked.
        shown: what is typed into it.
        now: the present moment.

    Raises:
        StoreError: the blocks cannot be read.
    """
    if field.choices:
        return _listed(field, {str(each): "" for each in field.choices})
    if field.blocks:
        return _of_blocks(store, field)
    if field.options:
        return _of_kinds(store, field, shown, now)
    if field.kind in _TIMES:
        return _of_times(field, shown, now)
    if field.inside:
        return Picker(field=field.name, screen=partial(_section, field, shown))
    return _page(field, shown)


def _listed(field: Field, rows: dict[str, str]) -> Picker:
    def screen() -> Screen[Any]:
        from pacc.tui.screens.choosing import Choice  # start-up: only to choose

        columns = (Fit("name", 20, grows=2), Fit("what", 20, grows=1))
        cells: dict[str, tuple[Cell, ...]] = {
            name: (cell(visible(name)), cell(visible(told))) for name, told in rows.items()
        }
        return Choice(f"{visible(field.name)}: which?", columns, cells)

    return Picker(field=field.name, screen=screen)


def _of_blocks(store: Store, field: Field) -> Picker:
    from pacc.services import block_listing  # start-up: only to choose one

    fits = [each for each in block_listing.summaries(store) if each.type_slug in field.blocks]
    new = {f"{NEW}{slug}": slug for slug in field.blocks}
    chosen = _listed(
        field, {**{each.slug: each.type_slug for each in fits}, **dict.fromkeys(new, "makes one")}
    )
    then = {name: _new_block(store, field, slug) for name, slug in new.items()}
    return Picker(field=field.name, screen=chosen.screen, then=then)


def _new_block(store: Store, field: Field, slug: str) -> Picker:
    """Have a block made to stand in the field."""
    from pacc.tui.block_forms import inner_form  # start-up: only to make one

    asked = inner_form(store, slug)

    def screen() -> Screen[Any]:
        from pacc.tui.screens.forms import Form  # start-up: only where there is one

        return Form(asked)

    return Picker(field=field.name, screen=screen)


def _of_kinds(store: Store, field: Field, shown: str, now: datetime) -> Picker:
    """Have the kind of the value chosen; what that kind is picked or typed with comes next."""
    kinds = {_called(each): each for each in field.options}
    then = {
        name: picker(store, kind, held, now) if can_be_picked(kind) else _line(kind, held)
        for name, kind in kinds.items()
        for held in [shown if _is(kind, shown) else ""]
    }
    chosen = _listed(field, dict.fromkeys(kinds, ""))
    return Picker(field=field.name, screen=chosen.screen, then=then)


def _called(kind: Field) -> str:
    return f"{kind.kind} ({kind.description})" if kind.inside and kind.description else kind.kind


def _line(kind: Field, shown: str) -> Picker:
    """Have a line typed that is of one kind."""

    def screen() -> Screen[Any]:
        values = {kind.name: shown} if shown else {}
        return _form(kind.name, (kind,), values, lambda given: text_of(given.get(kind.name)))

    return Picker(field=kind.name, screen=screen)


def _is(kind: Field, shown: str) -> bool:
    try:
        answer(kind, shown)
    except ValueError:
        return False
    return bool(shown)


def _of_times(field: Field, shown: str, now: datetime) -> Picker:
    with_time = field.kind == "moment"
    here = now.astimezone()

    def screen() -> Screen[Any]:
        from pacc.tui.screens.calendar import Calendar  # start-up: only to choose

        return Calendar(visible(field.name), _begun(shown, here), here, with_time=with_time)

    def text(chosen: datetime) -> str:
        return chosen.isoformat(timespec="minutes") if with_time else chosen.date().isoformat()

    return Picker(field=field.name, screen=screen, text=text)


def _begun(shown: str, here: datetime) -> datetime:
    """Return the moment a calendar begins at: the one that is typed, or the present one."""
    try:
        found = datetime.fromisoformat(shown)
    except ValueError:
        return here.replace(second=0, microsecond=0)
    if len(shown) == len(date.min.isoformat()):
        found = datetime.combine(found.date(), here.time().replace(second=0, microsecond=0))
    return found if found.tzinfo is not None else found.replace(tzinfo=here.tzinfo)


def _section(field: Field, shown: str) -> Screen[Any]:
    """Return the form of an object's own fields; it answers with JSON."""
    held = any_value(shown)
    known = held if isinstance(held, dict) else {}
    begun = {
        each.name: text_of(value)
        for each in field.inside
        if (value := known.get(each.name, each.default)) is not NO_DEFAULT and value is not None
    }
    return _form(field.name, field.inside, begun, lambda given: text_of(dict(given)))


def _form(
    title: str, fields: tuple[Field, ...], begun: Mapping[str, str], text: Callable[[Mapping[str, Any]], str]
) -> Screen[Any]:
    from pacc.tui.screens.forms import Form  # start-up: only where there is one

    return Form(
        Asked(
            question=visible(title),
            command="",
            yes="takes it",
            act=lambda _, values: text(values),
            fields=fields,
            values=begun,
        )
    )


def _page(field: Field, shown: str) -> Picker:
    from pacc.tui import written_forms  # start-up: only to write

    def wrong(text: str) -> str | None:
        try:
            typed = written_forms.from_lines(field, text)
            if typed:
                answer(field, typed)
        except ValueError as error:
            return str(error)
        return None

    def screen() -> Screen[Any]:
        from pacc.tui.screens.writing import Writing  # start-up: only to write

        told = "one a line" if written_forms.has_lines(field) else "YAML"
        return Writing(visible(field.name), written_forms.lines_of(field, shown), wrong, told)

    return Picker(field=field.name, screen=screen, text=partial(written_forms.from_lines, field))

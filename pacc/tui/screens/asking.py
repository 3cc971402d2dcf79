"""What an action of a list asks before anything is done: whether it is meant, or for values, with the command that does the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pacc._internal.visible import visible
from pacc.presentation.block_fields import NO_DEFAULT, Field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from rich.console import RenderableType

    from pacc.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, or a form to fill in, and what is done with the answer."""

    question: str
    """In a sentence; safe to write."""
    command: str | Callable[[Mapping[str, str]], str]
    """What does the same; of a form made from what is typed."""
    yes: str
    """What enter does, in a word or two."""
    act: Callable[[Store, Mapping[str, Any]], str]
    """Does it, in the thread, with the values of the form; returns what to say about it."""
    lines: tuple[str, ...] = ()
    """What would happen."""
    drawn: RenderableType | None = None
    """The same, as rich draws it; of a question."""
    markdown: str = ""
    """What a person wrote about it, in Markdown."""
    fields: tuple[Field, ...] = ()
    """What there is to fill in; nothing for a question."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What stands in the fields already."""
    wrong: Callable[[Mapping[str, Any]], dict[str, str]] | None = None
    """Says what is wrong with values that are of the right types, by field."""
    again: Callable[[Store], Mapping[str, str]] | None = None
    """Reads, in the thread, what was filled in the last time; `ctrl+r` puts it into the fields."""
    trial: Callable[[Store, Mapping[str, Any], datetime], tuple[str, ...]] | None = None
    """Says, in the thread, what it would have done until now, in a few lines; `ctrl+t` shows them."""
    tried: tuple[str, ...] = ()
    """The fields that this needs; all of them unless given."""
    steps: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What a form of several pages calls each page, and the fields of it; each field is on one of them, in this order."""
    live: bool = False
    """Whether that is said while they are typed, and not only when the form is sent."""

    def command_for(self, typed: Mapping[str, str]) -> str:
        """Return the command that does the same as the form would with what is typed."""
        return self.command if isinstance(self.command, str) else self.command(typed)


def by_name(noun: str, name: str, command: str, act: Callable[[Store], str], *lines: str) -> Asked:
    """Return what is asked before something is deleted: its name, as it is or as it is shown.

    Args:
        noun: what it is.
        name: its name.
        command: what does the same.
        act: deletes it.
        lines: what goes with it.

    Example:
        >>> by_name("variable", "city", "pacc variable unset city", print).wrong({"name": "town"})
        {'name': 'that is not "city"'}
    """
    return Asked(
        question=f"Delete the {noun}? Type its name.",
        command=command,
        yes="deletes it",
        act=lambda store, _: act(store),
        lines=(visible(name), *lines),
        fields=(Field("name", "text", "", NO_DEFAULT, required=True, secret=False),),
        wrong=lambda values: (
            {} if values["name"] in (name, visible(name)) else {"name": f'that is not "{visible(name)}"'}
        ),
    )

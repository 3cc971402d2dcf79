"""The variables: set, changed and removed."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar

from pacc._internal.visible import visible
from pacc.presentation import variables as presented
from pacc.presentation.block_fields import NO_DEFAULT, Field
from pacc.services import variables
from pacc.tui import actions
from pacc.tui.screens import asking
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.schemas.variables import Variable
    from pacc.store import Store

NAME = Field(
    "name", "text", 'Lower-case letters, digits, "_" and "-".', NO_DEFAULT, required=True, secret=False
)
VALUE = Field(
    "value", "value", "JSON, or a word that stands for itself.", NO_DEFAULT, required=True, secret=False
)
TAGS = Field("tags", "list", "With a comma between two.", NO_DEFAULT, required=False, secret=False)


def _tell(store: Store, variable: Variable, now: datetime) -> Told:
    return Told.of(presented.variable_description(variables.read(store, variable.name), now))


def _command(name: str, typed: Mapping[str, str], *, overwrite: bool) -> str:
    """Return the command that sets a variable."""
    tags = [f"--tag {quote(tag.strip())}" for tag in typed.get("tags", "").split(",") if tag.strip()]
    words = ["pacc variable set", quote(name or "NAME"), quote(typed.get("value") or "VALUE"), *tags]
    return " ".join([*words, "--overwrite"] if overwrite else words)


def _new() -> Asked:
    def act(store: Store, values: Mapping[str, Any]) -> str:
        made = variables.put(store, values["name"], values["value"], tags=values.get("tags"))
        return f'Set variable "{made.name}".'

    return Asked(
        question="A new variable",
        command=lambda typed: _command(typed["name"], typed, overwrite=False),
        yes="sets it",
        act=act,
        fields=(NAME, VALUE, TAGS),
    )


def _edit(variable: Variable) -> Asked:
    def act(store: Store, values: Mapping[str, Any]) -> str:
        variables.update(store, variable.name, value=values["value"], tags=values.get("tags", []))
        return f'Set variable "{variable.name}".'

    return Asked(
        question=f'The variable "{visible(variable.name)}"',
        command=lambda typed: _command(variable.name, typed, overwrite=True),
        yes="sets it",
        act=act,
        fields=(VALUE, TAGS),
        values={"value": presented.value_text(variable.value), "tags": ", ".join(variable.tags)},
    )


def _delete(variable: Variable) -> Asked:
    def act(store: Store) -> str:
        variables.remove(store, variable.name)
        return f'Removed variable "{variable.name}".'

    return asking.by_name("variable", variable.name, f"pacc variable unset {quote(variable.name)} --yes", act)


class Variables(NounPage):
    """The list of variables."""

    name_of_screen = actions.VARIABLES
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.VARIABLES)]
    noun = Noun(
        title="Variables",
        one="variable",
        many="variables",
        empty="no variables yet; n sets one",
        columns=presented.LIST_COLUMNS,
        read=lambda store, _: variables.select(store),
        identify=lambda variable: variable.name,
        cells=presented.listed_cells,
        command=lambda row: "pacc variable ls" if row is None else f"pacc variable inspect {quote(row.name)}",
        tell=_tell,
        acts={"edit": _edit, "delete": _delete},
        makes={"new": _new},
        orders=presented.ORDERS,
        also={"value": lambda variable: presented.value_text(variable.value)},
    )

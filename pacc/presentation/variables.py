"""Variables as a listing, and one of them in full."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pacc._internal.visible import visible
from pacc.presentation.fitting import Fit
from pacc.presentation.sifting import Order
from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.text import shorten
from pacc.presentation.times import ago, dated, short_ago

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.variables import Variable

COLUMNS = (
    Column(name="Name", at_least=13),
    Column(name="Value", at_least=13, gives_way=True),
    Column(name="Tags", gives_way=True),
    Column(name="Updated"),
)
LIST_COLUMNS = (
    Fit("name", 16, grows=2),
    Fit("value", 16, grows=4),
    Fit("tags", 10, grows=1, goes=2),
    Fit("changed", 8, right=True, goes=1),
)
"""The columns of a list of variables on a screen."""
ORDERS = (Order("by name"), Order("changed last first", key=lambda variable: variable.updated, down=True))
"""The orders of a list of variables that is read by name."""
LONGEST = 200
"""Cells of a value in a listing."""


def variable_table(variables: Iterable[Variable], now: datetime) -> Table:
    """Return variables as a table, in the order given.

    Args:
        variables: what to list; a long value is cut.
        now: the moment ages are counted from.
    """
    rows = (
        (
            cell(variable.name, "cyan"),
            cell(shorten(value_text(variable.value), LONGEST)),
            cell(", ".join(variable.tags)),
            cell(ago(variable.updated, now)),
        )
        for variable in variables
    )
    return Table(title="Variables", columns=COLUMNS, rows=tuple(rows))


def listed_cells(variable: Variable, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a variable as a row of `LIST_COLUMNS`."""
    del glyphs
    return (
        cell(variable.name, "cyan"),
        cell(shorten(value_text(variable.value), LONGEST)),
        cell(", ".join(variable.tags)),
        cell(short_ago(variable.updated, now), "bright_black"),
    )


def variable_description(variable: Variable, now: datetime) -> Description:
    """Return everything about one variable.

    Args:
        variable: what to describe.
        now: the moment ages are counted from.
    """
    facts = (
        ("Name", cell(variable.name, "cyan")),
        ("Value", cell(value_text(variable.value))),
        ("Tags", cell(", ".join(variable.tags))),
        ("ID", cell(variable.id)),
        ("Created", cell(dated(variable.created, now))),
        ("Updated", cell(dated(variable.updated, now))),
    )
    return Description(
        title=f"Variable '{variable.name}'",
        facts=tuple((label, shown) for label, shown in facts if shown.text),
    )


def value_text(value: Any) -> str:
    """Return a value as JSON on one line.

    >>> value_text({"model": "ford"}), value_text("ford")
    ('{"model": "ford"}', '"ford"')
    """
    return json.dumps(value, ensure_ascii=False)


def value_lines(value: Any) -> list[str]:
    r"""Return a value as lines for a shell to take: text as it is, anything else as JSON.

    >>> value_lines("two\nlines"), value_lines([1, 2])
    (['two', 'lines'], ['[1, 2]'])
    """
    text = value if isinstance(value, str) else value_text(value)
    return visible(text, lines=True).split("\n")

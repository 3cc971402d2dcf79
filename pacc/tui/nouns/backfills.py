"""The backfills: how far each is, and an end to one that is not wanted any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pacc._internal.counting import counted
from pacc._internal.visible import visible
from pacc.presentation import backfills as presented
from pacc.schemas.backfills import BackfillState
from pacc.services import backfills
from pacc.tui import actions
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.schemas.backfills import Backfill
    from pacc.store import Store

MOST = 500
"""So many of the latest are listed, unless they are narrowed or sorted."""


def _tell(store: Store, backfill: Backfill, now: datetime, *, glyphs: bool = True) -> Told:
    known = backfills.read(store, backfill.id)
    return Told.of(presented.backfill_description(known, now, glyphs=glyphs))


def _cancel(backfill: Backfill) -> Asked | str:
    if backfill.state is not BackfillState.RUNNING:
        return f"It is over already: {backfill.state.lower()}."
    left = backfill.total - backfill.made

    def act(store: Store, _: Mapping[str, Any]) -> str:
        waiting = backfills.cancel(store, backfill.id)
        return f"Cancelled the backfill and {counted(waiting, 'run')} of it that waited; {counted(left, 'run')} will not be made."

    return Asked(
        question=f'Cancel the backfill of "{visible(backfill.deployment_name)}", {left} runs before its end?',
        command=f"pacc backfill cancel {backfill.id} --yes",
        yes="cancel it",
        act=act,
    )


class Backfills(NounPage):
    """The list of backfills."""

    name_of_screen = actions.BACKFILLS
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.BACKFILLS)]
    noun = Noun(
        title="Backfills",
        one="backfill",
        many="backfills",
        empty="no backfills; B on a deployment makes one",
        columns=presented.LIST_COLUMNS,
        read=lambda store, _: backfills.select(store, limit=MOST),
        read_all=lambda store, _: backfills.select(store),
        most=MOST,
        identify=lambda backfill: str(backfill.id),
        cells=presented.listed_cells,
        command=lambda row: "pacc backfill ls" if row is None else f"pacc backfill inspect {row.id}",
        tell=_tell,
        acts={"cancel": _cancel},
        orders=presented.ORDERS,
    )

    def tell(self, store: Store, row: Any, now: datetime) -> Told:
        """Say everything about a backfill, with a bar."""
        return _tell(store, row, now, glyphs=self.dashboard.glyphs)

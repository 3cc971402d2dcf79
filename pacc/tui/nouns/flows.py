"""The flows: which there are, what is deployed of each, how their last runs ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pacc._internal.visible import visible
from pacc.presentation import flows as presented
from pacc.services import deployments, flows, overview
from pacc.tui import actions, searching
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.presentation.flows import ListedFlow
    from pacc.store import Store

LAST_ENDS = 20


def _read(store: Store, now: datetime) -> list[ListedFlow]:
    del now
    found = flows.select(store)
    ends = overview.last_ends_of_flows(store, LAST_ENDS)
    deployed: dict[str, list[str]] = {}
    for each in deployments.select(store):
        deployed.setdefault(str(each.flow_id), []).append(each.name)
    return [
        presented.ListedFlow(
            flow, tuple(sorted(deployed.get(str(flow.id), ()))), tuple(ends.get(str(flow.id), ()))
        )
        for flow in sorted(found, key=lambda flow: flow.name)
    ]


def _tell(store: Store, listed: ListedFlow, now: datetime) -> Told:
    return Told.of(presented.flow_description(listed, flows.read(store, listed.flow.id), now))


class Flows(NounPage):
    """The list of flows."""

    name_of_screen = actions.FLOWS
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.FLOWS)]
    noun = Noun(
        title="Flows",
        one="flow",
        many="flows",
        empty="no flows; a flow that is run is listed here",
        columns=presented.LIST_COLUMNS,
        read=_read,
        identify=lambda listed: str(listed.flow.id),
        cells=presented.listed_cells,
        command=lambda _: "pacc flow ls",
        tell=_tell,
        orders=presented.ORDERS,
        also={"tag": lambda listed: listed.flow.tags},
    )

    def act_matrix(self) -> None:
        """Show how each task of the flow ended in its last runs."""
        listed: ListedFlow | None = self.table.current_row
        if listed is not None:
            self.dashboard.open_matrix(str(listed.flow.id), visible(listed.flow.name))

    def act_open(self) -> None:
        """Show the runs of the flow."""
        listed: ListedFlow | None = self.table.current_row
        if listed is None:
            return
        name = listed.flow.name
        if len(name.split()) > 1 or "," in name:
            self.notify(searching.NO_WORD, severity="warning")
        else:
            self.dashboard.show_runs(f"flow:{name}")

"""`pacc flow-run timeline`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._options import FlowRunReference, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation import gantt, timelines
from pacc.presentation.folding import TIMELINE_FOLDS_AT
from pacc.services import flow_runs, graphs

if TYPE_CHECKING:
    from pacc.presentation.timelines import Row

_NARROWEST = 40


def command(
    run: FlowRunReference,
    *,
    width: Annotated[
        int | None,
        typer.Option("--width", min=_NARROWEST, max=1000, metavar="CELLS", help="How wide it is drawn."),
    ] = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Write it as an SVG picture, and no more.")
    ] = None,
    unfold: Annotated[
        bool,
        typer.Option(
            "--unfold", help=f"Draw every run; else more than {TIMELINE_FOLDS_AT} of one task are one row."
        ),
    ] = False,
    output: Output = "table",
) -> None:
    """Draw when what ran within a flow run ran: bars over time, what each waited for, how long it took.

    As wide as the terminal unless --width says otherwise. With -o json and -o plain every run is listed, none folded.
    """
    if svg is not None and output != "table":
        raise UsageError("--svg and -o exclude each other", hint="pacc flow-run timeline --help")
    store = open_for_command()
    found = flow_runs.find(store, run)
    graph = graphs.read(store, found.id)
    if output == "json":
        terminal.json(graph.nodes)
        return
    if output == "plain":
        terminal.table(gantt.timeline_table(graph), output)
        return
    now = datetime.now(UTC).astimezone()
    drawn = timelines.rows(graph, fold_at=None if unfold else TIMELINE_FOLDS_AT, glyphs=terminal.glyphs)
    if svg is not None:
        svg.write_text("\n".join([*gantt.svg(drawn, now, title=found.name), ""]), encoding="utf-8")
        terminal.remark(f'Wrote "{svg}".')
        return
    _write(drawn, terminal.width if width is None else width, now)


def _write(drawn: tuple[Row, ...], width: int, now: datetime) -> None:
    for line in gantt.chart(drawn, max(_NARROWEST, width), now, glyphs=terminal.glyphs):
        terminal.cells(line)

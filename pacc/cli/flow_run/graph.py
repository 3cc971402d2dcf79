"""`pacc flow-run graph`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._exits import UsageError
from pacc.cli._options import FlowRunReference, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation import graphs as pictures
from pacc.presentation.folding import GRAPH_FOLDS_AT
from pacc.services import flow_runs, graphs


def command(
    run: FlowRunReference,
    *,
    dot: Annotated[bool, typer.Option("--dot", help="In the language of Graphviz.")] = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="In the language of Mermaid.")] = False,
    unfold: Annotated[
        bool,
        typer.Option(
            "--unfold", help=f"Draw every run; else more than {GRAPH_FOLDS_AT} of one task are one."
        ),
    ] = False,
    output: Output = "table",
) -> None:
    """Show what ran within a flow run, who called it, and which result went where.

    A tree unless asked otherwise: what a run's code called stands below it, and behind an arrow is where its
    arguments came from. With -o json and -o plain every run is listed, none folded.
    """
    if dot + mermaid + (output != "table") > 1:
        raise UsageError("--dot, --mermaid and -o exclude each other", hint="pacc flow-run graph --help")
    store = open_for_command()
    graph = graphs.read(store, flow_runs.find(store, run).id)
    if output == "json":
        terminal.json(graph)
        return
    if output == "plain":
        terminal.table(pictures.graph_table(graph), output)
        return
    drawn = pictures.picture(graph, fold_at=None if unfold else GRAPH_FOLDS_AT)
    if dot or mermaid:
        terminal.lines(pictures.dot(drawn) if dot else pictures.mermaid(drawn))
        return
    paint = terminal.paint if terminal.colored(terminal.out) else pictures.unpainted
    terminal.lines(pictures.tree(drawn, glyphs=terminal.glyphs, paint=paint))

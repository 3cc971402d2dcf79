"""What a sketch of a flow looks like: an image by Graphviz where its program is there, a tree in the terminal, text for Mermaid."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pacc._internal.drawing import dot_text, mermaid_text
from pacc._internal.visible import visible
from pacc.exceptions import FlowVisualizationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.tree import Tree

    from pacc.engine.sketches import Sketch

_PATIENCE = 60
"""Seconds that Graphviz may take."""


def show(flow_name: str, sketch: Sketch) -> Path | None:
    """Draw a sketch into a file of the current folder by Graphviz, or print it as a tree where Graphviz is not there.

    Returns:
        The image's path; `None` where a tree was printed.

    Raises:
        FlowVisualizationError: Graphviz did not manage.
    """
    program = shutil.which("dot")
    if program is None:
        from rich.console import Console  # start-up: only where a tree is printed

        Console(file=sys.stdout, markup=False, highlight=False).print(tree(flow_name, sketch))
        return None
    path = Path(f"{flow_name}.png").absolute()
    text = "\n".join(dot(sketch))
    try:
        subprocess.run(  # noqa: S603 - the program is Graphviz's, and the picture comes on its standard input
            [program, "-Tpng", "-o", str(path)],
            input=text,
            text=True,
            encoding="utf-8",
            capture_output=True,
            check=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or error
        raise FlowVisualizationError(f"Graphviz could not draw the flow {flow_name!r}: {said}") from error
    return path


def dot(sketch: Sketch) -> Iterator[str]:
    """Yield a sketch in Graphviz's language."""
    yield "digraph {"
    yield '  rankdir=LR; node [shape=box, style=rounded, fontname="sans-serif"];'
    for number, call in enumerate(sketch.calls):
        yield f'  n{number} [label="{dot_text(call.name)}"];'
    for number, call in enumerate(sketch.calls):
        yield from (f"  n{source} -> n{number};" for source in call.sources)
    yield "}"


def mermaid(sketch: Sketch) -> str:
    """Return a sketch in Mermaid's language."""
    lines = ["flowchart LR"]
    lines += [f'  n{number}["{mermaid_text(call.name)}"]' for number, call in enumerate(sketch.calls)]
    lines += [
        f"  n{source} --> n{number}" for number, call in enumerate(sketch.calls) for source in call.sources
    ]
    return "\n".join(lines) + "\n"


def tree(flow_name: str, sketch: Sketch) -> Tree:
    """Return a sketch as a tree: each call below the last one whose result it gets, the others named behind an arrow."""
    from rich.text import Text  # start-up: as above
    from rich.tree import Tree

    root = Tree(Text(visible(flow_name), style="bold"))
    branches: list[Tree] = []
    for call in sketch.calls:
        label = Text(visible(call.name))
        *others, last = call.sources or (None,)
        if others:
            names = ", ".join(visible(sketch.calls[number].name) for number in others if number is not None)
            label.append(f"  ← {names}", style="dim")
        branches.append((root if last is None else branches[last]).add(label))
    return root

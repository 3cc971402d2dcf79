"""The graph of a flow run as a tree of lines, in the language of Graphviz, and in that of Mermaid.

A task that ran thousands of times would fill the picture, so more than a few runs of one thing in one place are drawn as one box.
Names are the user's: each language gets them escaped, so that a name is never read as anything else.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.drawing import dot_text, mermaid_text
from pacc._internal.durations import took
from pacc._internal.visible import visible
from pacc.presentation.folding import GRAPH_FOLDS_AT
from pacc.presentation.states import mark
from pacc.presentation.tables import Cell, Column, Table, cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from uuid import UUID

    from pacc.schemas.graphs import FlowRunGraph, GraphEdge, GraphNode

_SOURCES_SHOWN = 3
_FILLS = {
    "COMPLETED": "#d5f0d8",
    "FAILED": "#f8d0cf",
    "CRASHED": "#f5b8a8",
    "RUNNING": "#cfe3f8",
    "CANCELLED": "#e4e4e4",
}
_OTHER_FILL = "#f2f2f2"
_WORST_FIRST = ("CRASHED", "FAILED", "CANCELLED", "CANCELLING", "RUNNING", "PAUSED", "PENDING", "SCHEDULED")


_TOLD_APART = 4
"""Characters that are added to the name of a task, so that each of its runs has another one."""


class Box(NamedTuple):
    """What is drawn as one: a run, or many runs of one thing."""

    number: int
    runs: tuple[GraphNode, ...]
    inside: int | None
    """The number of the box around; `None` for the first."""

    @property
    def name(self) -> str:
        """The run's name, a flow run's with its flow, or what they are runs of and how many they are; as the user wrote it."""
        first = self.runs[0]
        if len(self.runs) > 1:
            return f"{first.subject} ×{len(self.runs)}"
        return f"{first.name} ({first.subject})" if first.kind == "flow-run" else first.name

    @property
    def tail(self) -> int:
        """How many characters at the end of its name tell it from others: how many they are, or which one of a task it is."""
        if len(self.runs) > 1:
            return len(f" ×{len(self.runs)}")
        return _TOLD_APART if self.runs[0].kind == "task-run" else 0

    @property
    def state_type(self) -> str:
        """The state type of the run, of many that of the worst off."""
        kinds = {run.state_type for run in self.runs}
        return next((kind for kind in _WORST_FIRST if kind in kinds), "COMPLETED")

    @property
    def states(self) -> str:
        """The name of the run's state, of many a tally."""
        if len(self.runs) == 1:
            return visible(self.runs[0].state_name)
        tally = Counter(run.state_name for run in self.runs)
        return ", ".join(f"{visible(name)} {count}" for name, count in tally.most_common())

    @property
    def says_more_than_completed(self) -> bool:
        """Whether its mark does not say everything about its state."""
        return any(run.state_name != "Completed" for run in self.runs)

    @property
    def seconds(self) -> str:
        """How long the run took; of many, from the first start to the last end."""
        started = [run.start_time for run in self.runs if run.start_time is not None]
        ended = [run.end_time for run in self.runs if run.end_time is not None]
        return took((max(ended) - min(started)).total_seconds()) if started and ended else ""


class Arrow(NamedTuple):
    """Results of one box went into another, as these parameters."""

    source: int
    target: int
    parameters: tuple[str, ...]


class Picture(NamedTuple):
    """Boxes in boxes, and arrows between them."""

    boxes: tuple[Box, ...]
    """Each after the one around it, the flow run first."""
    arrows: tuple[Arrow, ...]


def picture(graph: FlowRunGraph, fold_at: int | None = GRAPH_FOLDS_AT) -> Picture:
    """Return what to draw of a graph.

    Args:
        graph: the flow run's.
        fold_at: how many runs of one thing, called in one place, are drawn one by one; `None` for any number.
    """
    within: dict[UUID | None, list[GraphNode]] = {}
    for node in graph.nodes:
        within.setdefault(node.inside, []).append(node)
    boxes = [Box(0, tuple(within[None]), None)]
    for around in boxes:  # grows while it is gone through
        called = [node for run in around.runs for node in within.get(run.id, ())]
        boxes += _boxed(called, around.number, len(boxes), fold_at)
    number_of = {run.id: box.number for box in boxes for run in box.runs}
    return Picture(tuple(boxes), _arrows(graph.edges, number_of))


def _boxed(called: list[GraphNode], around: int, first: int, fold_at: int | None) -> Iterator[Box]:
    groups: dict[tuple[str, str], list[GraphNode]] = {}
    for node in called:
        groups.setdefault((node.kind, node.subject), []).append(node)
    folded = {key for key, nodes in groups.items() if fold_at is not None and len(nodes) > fold_at}
    drawn: list[tuple[GraphNode, ...]] = []
    for node in called:
        key = (node.kind, node.subject)
        if key not in folded:
            drawn.append((node,))
        elif node is groups[key][0]:
            drawn.append(tuple(groups[key]))
    return (Box(first + place, runs, around) for place, runs in enumerate(drawn))


def _arrows(edges: Iterable[GraphEdge], number_of: dict[UUID, int]) -> tuple[Arrow, ...]:
    parameters: dict[tuple[int, int], dict[str, None]] = {}
    for edge in edges:
        source, target = number_of.get(edge.source), number_of.get(edge.target)
        if source is not None and target is not None and source != target:
            parameters.setdefault((source, target), {})[edge.parameter] = None
    return tuple(Arrow(source, target, tuple(names)) for (source, target), names in parameters.items())


# ------------------------------------------------------------------------------------------------ tree


def unpainted(text: str, color: str) -> str:
    """Return the text as it is, for where there is no colour: `unpainted("ok", "green")`."""
    del color
    return text


def tree(
    drawn: Picture, *, glyphs: bool = True, paint: Callable[[str, str], str] = unpainted
) -> Iterator[str]:
    """Yield a picture as lines: who called whom by indentation, and after `←` what its arguments came from.

    Args:
        drawn: what to draw.
        glyphs: false where only ASCII may be drawn.
        paint: puts text in a colour, for terminals that take it.
    """
    children: dict[int | None, list[Box]] = {}
    for box in drawn.boxes:
        children.setdefault(box.inside, []).append(box)
    fed = _fed_by(drawn)
    branch, last, pipe = ("├ ", "└ ", "│ ") if glyphs else ("|- ", "`- ", "|  ")
    waiting = [(drawn.boxes[0], "", "")]
    while waiting:
        box, lead, below = waiting.pop()
        yield f"{lead}{_line(box, fed.get(box.number, []), glyphs=glyphs, paint=paint)}"
        inside = children.get(box.number, [])
        waiting += [
            (
                child,
                below + (last if child is inside[-1] else branch),
                below + (" " * len(pipe) if child is inside[-1] else pipe),
            )
            for child in reversed(inside)
        ]


def _fed_by(drawn: Picture) -> dict[int, list[str]]:
    """Return for each box what its arguments came from: `city: lookup-1a2`."""
    fed: dict[int, list[str]] = {}
    for arrow in drawn.arrows:
        names = ", ".join(visible(name) for name in arrow.parameters)
        fed.setdefault(arrow.target, []).append(f"{names}: {visible(drawn.boxes[arrow.source].name)}")
    return fed


def _line(box: Box, sources: list[str], *, glyphs: bool, paint: Callable[[str, str], str]) -> str:
    sign = mark(box.state_type, box.runs[0].state_name if len(box.runs) == 1 else "")
    parts = [paint(sign.glyph if glyphs else sign.letter, sign.color), _ascii(visible(box.name), glyphs)]
    parts.append(box.states if box.says_more_than_completed else "")
    parts.append(paint(box.seconds, "bright_black") if box.seconds else "")
    if sources:
        shown = [_ascii(source, glyphs) for source in sources[:_SOURCES_SHOWN]]
        more = len(sources) - len(shown)
        parts.append(f"{'←' if glyphs else '<-'} {'; '.join(shown)}{f'; {more} more' * bool(more)}")
    return "  ".join(part for part in parts if part)


def _ascii(text: str, glyphs: bool) -> str:
    return text if glyphs else text.replace("×", "x")


# ------------------------------------------------------------------------------------------------ rows

COLUMNS = tuple(Column(name=name) for name in ("ID", "Inside", "Kind", "Name", "State", "Sources"))


def graph_table(graph: FlowRunGraph) -> Table:
    """Return every run of a graph as a row; the last cell lists `parameter=id` of what its arguments came from."""
    sources: dict[UUID, list[str]] = {}
    for edge in graph.edges:
        sources.setdefault(edge.target, []).append(f"{edge.parameter}={edge.source}")
    rows = tuple(
        (
            cell(node.id),
            cell(node.inside),
            Cell(node.kind),
            cell(node.name),
            cell(node.state_name),
            cell(" ".join(sources.get(node.id, ()))),
        )
        for node in graph.nodes
    )
    return Table(title="Graph", columns=COLUMNS, rows=rows)


# ------------------------------------------------------------------------------------- other languages


class _Language(NamedTuple):
    """How one language writes what both can draw."""

    escape: Callable[[str], str]
    new_line: str
    node: str
    opening: str
    closing: str
    arrow: str


_DOT = _Language(
    escape=dot_text,
    new_line="\\n",
    node='n{number} [label="{label}", fillcolor="{fill}"];',
    opening='subgraph cluster_{number} {{ label=""; color="#999999"; style=rounded;',
    closing="}",
    arrow='n{source} -> n{target} [label="{label}"];',
)
_MERMAID = _Language(
    escape=mermaid_text,
    new_line="<br/>",
    node='n{number}["{label}"]:::{state}',
    opening='subgraph g{number}[" "]',
    closing="end",
    arrow='n{source} -->|"{label}"| n{target}',
)


def dot(drawn: Picture) -> Iterator[str]:
    """Yield a picture in Graphviz's language: `pacc flow-run graph @last --dot | dot -Tsvg > run.svg`."""
    yield "digraph {"
    yield '  rankdir=LR; node [shape=box, style="rounded,filled", fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];'
    yield from _written(drawn, _DOT)
    yield "}"


def mermaid(drawn: Picture) -> Iterator[str]:
    """Yield a picture in Mermaid's language, which Markdown pages of many sites draw."""
    yield "flowchart LR"
    yield from _written(drawn, _MERMAID)
    for kind in dict.fromkeys(box.state_type for box in drawn.boxes):
        yield f"  classDef {kind.lower()} fill:{_FILLS.get(kind, _OTHER_FILL)},stroke:#666,color:#111"


def _written(drawn: Picture, language: _Language) -> Iterator[str]:
    """Yield the boxes, each that others are in with them in a frame, and then the arrows."""
    children: dict[int | None, list[Box]] = {}
    for box in drawn.boxes:
        children.setdefault(box.inside, []).append(box)
    waiting: list[tuple[Box | str, int]] = [(drawn.boxes[0], 1)]
    while waiting:
        next_one, depth = waiting.pop()
        if isinstance(next_one, str):
            yield "  " * depth + next_one
            continue
        inside = children.get(next_one.number, [])
        if inside and next_one.inside is not None:
            yield "  " * depth + language.opening.format(number=next_one.number)
            waiting.append((language.closing, depth))
            depth += 1
        yield "  " * depth + _node(next_one, language)
        waiting += [(child, depth) for child in reversed(inside)]
    for arrow in drawn.arrows:
        label = language.escape(", ".join(arrow.parameters))
        yield "  " + language.arrow.format(source=arrow.source, target=arrow.target, label=label)


def _node(box: Box, language: _Language) -> str:
    lines = [box.name, " ".join(part for part in (box.states, box.seconds) if part)]
    return language.node.format(
        number=box.number,
        label=language.new_line.join(language.escape(line) for line in lines),
        fill=_FILLS.get(box.state_type, _OTHER_FILL),
        state=box.state_type.lower(),
    )

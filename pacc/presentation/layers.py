"""The graph of a flow run drawn in cells: a column for each layer, a row for each box, lines from where results came to where they went."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.visible import visible
from pacc.presentation.graphs import picture
from pacc.presentation.states import mark
from pacc.presentation.tables import Cell
from pacc.presentation.text import shorten, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pacc.presentation.graphs import Arrow, Box, Picture
    from pacc.schemas.graphs import FlowRunGraph

MOST_BOXES = 200
"""Of a graph with more boxes the neighbourhood of one of them is drawn."""
_WIDEST_NAME = 22
_CHANNELS = 4
"""Lines of so many boxes run side by side between two layers; more share one."""
_SIGNS = {
    "right": "─",
    "down": "│",
    "out": "╮",
    "in": "╰",
    "branch": "├",
    "join": "┬",
    "cross": "┼",
    "head": "▸",
}
_SIGNS_ASCII = {
    "right": "-",
    "down": "|",
    "out": ".",
    "in": "`",
    "branch": "+",
    "join": "+",
    "cross": "+",
    "head": ">",
}
_MEETING = {
    frozenset(("down", "right")): "cross",
    frozenset(("in", "down")): "branch",
    frozenset(("in", "out")): "branch",
    frozenset(("out", "down")): "cross",
    frozenset(("out", "right")): "join",
    frozenset(("in", "right")): "cross",
    frozenset(("branch", "right")): "cross",
}
"""What stands where two lines meet; elsewhere the one that says more does."""
_SAYS_MORE = ("right", "down", "out", "in", "join", "branch", "head", "cross")


class DrawnBox(NamedTuple):
    """A row of a drawn graph."""

    id: str
    """The run's id, of many the first one's."""
    kind: str
    """`flow-run` or `task-run`."""
    cells: tuple[Cell, ...]
    """The lines that pass by or lead to it, its mark, its name, and the lines that leave it."""


def drawn(
    graph: FlowRunGraph, *, around: str | None = None, fold_at: int | None = 8, glyphs: bool = True
) -> tuple[DrawnBox, ...]:
    """Return the boxes of a graph as rows in the order of their layers: what a box got results from stands left of it and above.

    Args:
        graph: the flow run's.
        around: the id of the run whose neighbourhood is drawn where there are too many boxes.
        fold_at: how many runs of one thing are drawn one by one.
        glyphs: false where only ASCII may be drawn.
    """
    whole = picture(graph, fold_at)
    kept = _kept(whole, around)
    arrows = [each for each in whole.arrows if each.source in kept and each.target in kept]
    layer = _layers(kept, arrows)
    order = sorted(kept, key=lambda number: (layer[number], number))
    grid = _Grid(
        [whole.boxes[number] for number in order], [layer[number] for number in order], glyphs=glyphs
    )
    row_of = {number: row for row, number in enumerate(order)}
    for arrow in arrows:
        grid.connect(row_of[arrow.source], row_of[arrow.target])
    return tuple(grid.rows())


def _kept(whole: Picture, around: str | None) -> set[int]:
    """Return the numbers of the boxes to draw: all but the flow run's own, or those nearest to one of them."""
    inner = {box.number for box in whole.boxes[1:]}
    if len(inner) <= MOST_BOXES:
        return inner
    named = (box.number for box in whole.boxes[1:] if any(str(run.id) == around for run in box.runs))
    near: dict[int, set[int]] = {}
    for arrow in whole.arrows:
        near.setdefault(arrow.source, set()).add(arrow.target)
        near.setdefault(arrow.target, set()).add(arrow.source)
    waiting = [next(named, 1)]
    kept = set(waiting)
    for number in waiting:  # grows while it is gone through: the nearest come first
        for other in sorted(near.get(number, set()) & inner - kept)[: MOST_BOXES - len(kept)]:
            kept.add(other)
            waiting.append(other)
    return kept


def _layers(kept: Iterable[int], arrows: Iterable[Arrow]) -> dict[int, int]:
    """Return for each box how long the longest way to it is; folded runs may feed each other, and only the first way counts."""
    sources: dict[int, set[int]] = {number: set() for number in kept}
    for arrow in arrows:
        if arrow.source < arrow.target:  # boxes are numbered in the order of the calls, so there is no circle
            sources[arrow.target].add(arrow.source)
    layer: dict[int, int] = {}
    for number in TopologicalSorter(sources).static_order():
        layer[number] = max((layer[each] + 1 for each in sources[number]), default=0)
    return layer


class _Grid:
    """Rows of boxes, and the lines between them.

    Args:
        boxes: one for each row.
        layer: the layer of each.
        glyphs: false where only ASCII may be drawn.
    """

    def __init__(self, boxes: Sequence[Box], layer: Sequence[int], *, glyphs: bool) -> None:
        self._boxes, self._layer, self._glyphs = boxes, layer, glyphs
        self._names = [self._name(box) for box in boxes]
        self._lines: list[dict[int, str]] = [{} for _ in boxes]
        self._channel: dict[int, int] = {}
        """Of each row whose box has arrows, which of the lines behind its layer is its own."""
        sizes: dict[int, int] = {}
        for name, each in zip(self._names, layer, strict=True):
            sizes[each] = max(sizes.get(each, 0), width(name) + 2)
        self._begins = self._begin(sizes)
        self._ends = {each: self._begins[each] + sizes[each] for each in sizes}

    def _name(self, box: Box) -> str:
        name = visible(box.name)
        return shorten(name if self._glyphs else name.replace("×", "x"), _WIDEST_NAME, tail=box.tail)

    @staticmethod
    def _begin(sizes: Mapping[int, int]) -> dict[int, int]:
        begins, at = {}, 0
        for each in sorted(sizes):
            begins[each] = at
            at += sizes[each] + _CHANNELS + 3
        return begins

    def connect(self, source: int, target: int) -> None:
        """Draw a line from the right end of a box down beside its layer, and then right to another one below it."""
        layer = self._layer[source]
        if target <= source or self._layer[target] <= layer:
            return
        others = sum(self._layer[row] == layer for row in self._channel if row != source)
        channel = self._channel.setdefault(source, others % _CHANNELS)
        column = self._ends[layer] + 1 + channel
        begin = self._begins[layer] + width(self._names[source]) + 3
        for place in range(begin, column):
            self._put(source, place, "right")
        self._put(source, column, "out")
        for row in range(source + 1, target):
            self._put(row, column, "down")
        self._put(target, column, "in")
        head = self._begins[self._layer[target]] - 1
        for place in range(column + 1, head):
            self._put(target, place, "right")
        self._put(target, head, "head")

    def _put(self, row: int, column: int, what: str) -> None:
        line = self._lines[row]
        there = line.get(column)
        more = what if there is None else max(there, what, key=_SAYS_MORE.index)
        line[column] = more if there is None else _MEETING.get(frozenset((there, what)), more)

    def rows(self) -> Iterator[DrawnBox]:
        """Yield the rows with their boxes."""
        for box, name, layer, line in zip(self._boxes, self._names, self._layer, self._lines, strict=True):
            first, many = box.runs[0], len(box.runs) > 1
            sign = mark(box.state_type, "" if many else first.state_name)
            begin = self._begins[layer]
            end = begin + width(name) + 2
            yield DrawnBox(
                id=str(first.id),
                kind=first.kind,
                cells=(
                    Cell(self._text(line, 0, begin), "bright_black"),
                    Cell(sign.glyph if self._glyphs else sign.letter, sign.color),
                    Cell(f" {name}"),
                    Cell(self._text(line, end, max(line, default=0) + 1), "bright_black"),
                ),
            )

    def _text(self, line: Mapping[int, str], begin: int, end: int) -> str:
        signs = _SIGNS if self._glyphs else _SIGNS_ASCII
        return "".join(signs[line[place]] if place in line else " " for place in range(begin, end))

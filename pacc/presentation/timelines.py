"""What ran within a flow run, as rows of a timeline: who called what, and when it went on."""

from __future__ import annotations

import math
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.durations import took
from pacc._internal.visible import visible
from pacc.presentation.folding import TIMELINE_FOLDS_AT
from pacc.presentation.graphs import Box, picture
from pacc.presentation.states import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from pacc.schemas.graphs import FlowRunGraph, GraphNode


_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900,
          1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800)  # fmt: skip


class Stretch(NamedTuple):
    """A stretch of time in which a run waited, in seconds since the epoch."""

    kind: str
    """As `Wait.kind` has it."""
    began: float
    ended: float | None


class Row(NamedTuple):
    """One run of a timeline, or many of one task."""

    id: str
    """The run's id, of many the first one's."""
    kind: str
    """`flow-run` or `task-run`."""
    guide: str
    """What leads to it in the tree."""
    label: str
    sign: str
    color: str
    spans: tuple[tuple[float, float | None], ...]
    """When it began and ended, in seconds since the epoch; the end of one that goes on is nothing. Empty where none began."""
    number: int
    """How many runs it stands for."""
    waits: tuple[Stretch, ...] = ()
    """When it did not run, of many nothing."""
    cached: bool = False
    """Whether its result was that of another run; then it is a point."""
    state: str = ""
    """The name of its state, of many a tally."""
    tail: int = 0
    """So many characters at the end of its label are kept where that is shortened."""

    def took(self, now: float) -> str:
        """Return how long it went on, from the first beginning to the last end."""
        if not self.spans:
            return ""
        return took(max(end or now for _, end in self.spans) - min(begin for begin, _ in self.spans))


def rows(
    graph: FlowRunGraph, *, fold_at: int | None = TIMELINE_FOLDS_AT, glyphs: bool = True
) -> tuple[Row, ...]:
    """Return the rows of a timeline, the flow run's first, each below the one that called it.

    Args:
        graph: the flow run's.
        fold_at: how many runs of one thing are drawn one by one; `None` for any number.
        glyphs: false where only ASCII may be drawn.
    """
    drawn = picture(graph, fold_at)
    children: dict[int | None, list[Box]] = {}
    for box in drawn.boxes:
        children.setdefault(box.inside, []).append(box)
    return tuple(_rows(drawn.boxes[0], children, glyphs=glyphs))


def _rows(root: Box, children: dict[int | None, list[Box]], *, glyphs: bool) -> Iterator[Row]:
    branch, last, pipe = ("├ ", "└ ", "│ ") if glyphs else ("|-", "`-", "| ")
    waiting = [(root, "", "")]
    while waiting:
        box, guide, below = waiting.pop()
        yield _row(box, guide, glyphs=glyphs)
        inside = children.get(box.number, [])
        for child in reversed(inside):
            is_last = child is inside[-1]
            waiting.append(
                (child, below + (last if is_last else branch), below + ("  " if is_last else pipe))
            )


def _row(box: Box, guide: str, *, glyphs: bool) -> Row:
    first, many = box.runs[0], len(box.runs) > 1
    sign = mark(box.state_type, "" if many else first.state_name)
    name = visible(box.name if many or first.kind == "task-run" else f"{first.subject} {first.name}")
    return Row(
        id=str(first.id),
        kind=first.kind,
        guide=guide,
        label=name if glyphs else name.replace("×", "x"),
        sign=sign.glyph if glyphs else sign.letter,
        color=sign.color,
        spans=tuple(
            (run.start_time.timestamp(), None if run.end_time is None else run.end_time.timestamp())
            for run in box.runs
            if run.start_time is not None
        ),
        number=len(box.runs),
        tail=box.tail,
        waits=() if many else tuple(_stretches(first)),
        cached=not many and first.state_name == "Cached",
        state=box.states,
    )


def _stretches(node: GraphNode) -> Iterator[Stretch]:
    for wait in node.waits:
        yield Stretch(
            wait.kind, wait.began.timestamp(), None if wait.ended is None else wait.ended.timestamp()
        )


class Lane(NamedTuple):
    """Runs one after the other that did not go on at the same time."""

    runs: tuple[Row, ...]

    @property
    def longest(self) -> Row:
        """The run that took longest."""
        return max(self.runs, key=lambda row: (row.spans[0][1] or math.inf) - row.spans[0][0])

    @property
    def id(self) -> str:
        """The id of the run that took longest."""
        return self.longest.id

    @property
    def kind(self) -> str:
        """What that is a run of, `flow-run` or `task-run`."""
        return self.longest.kind

    @property
    def label(self) -> str:
        """What they are runs of, each named once, in the order of their beginnings.

        Example:
            >>> Lane(()).label
            ''
        """
        return ", ".join(dict.fromkeys(row.label.rpartition("-")[0] or row.label for row in self.runs))


def lanes(graph: FlowRunGraph, now: float, *, glyphs: bool = True) -> tuple[Lane, ...]:
    """Return the runs within a flow run packed by time: as many lanes as went on at once, the earliest runs in the first.

    Runs that called others are left out, as these fill their time, and so are runs that never began.

    Args:
        graph: the flow run's.
        now: the present moment in seconds since the epoch, where what goes on ends.
        glyphs: false where only ASCII may be drawn.
    """
    callers = {node.inside for node in graph.nodes}
    boxes = (Box(0, (node,), None) for node in graph.nodes if node.id not in callers)
    begun = sorted(
        (row for row in (_row(box, "", glyphs=glyphs) for box in boxes) if row.spans),
        key=lambda row: row.spans[0][0],
    )
    packed: list[list[Row]] = []
    free: list[tuple[float, int]] = []  # when each lane is free again, the one that is free first on top
    for row in begun:
        began, ended = row.spans[0]
        lane = heappop(free)[1] if free and free[0][0] <= began else len(packed)
        if lane == len(packed):
            packed.append([])
        packed[lane].append(row)
        heappush(free, (max(began, now) if ended is None else ended, lane))
    return tuple(Lane(tuple(runs)) for runs in packed)


class Bounds(NamedTuple):
    """When the first of many rows began and the last ended, kept because a frame asks for it again and again."""

    left: float | None
    """In seconds since the epoch; nothing where none began."""
    right: float
    goes_on: bool
    """Whether one of them has no end yet."""

    def at(self, now: float) -> tuple[float, float]:
        """Return both, with the present moment as the end of what goes on."""
        if self.left is None:
            return now - 1, now
        return self.left, max(self.left + 0.001, self.right, now if self.goes_on else self.left)


def bounds_of(drawn: Iterable[Row]) -> Bounds:
    """Return when the first of all rows began, or waited to, and the last ended.

    Example:
        >>> bounds_of(()).at(60.0)
        (59.0, 60.0)
    """
    left, right, goes_on = None, 0.0, False
    for row in drawn:
        for began, ended in (*row.spans, *((each.began, each.ended) for each in row.waits)):
            left = began if left is None else min(left, began)
            right = max(right, began if ended is None else ended)
            goes_on = goes_on or ended is None
    return Bounds(left, right, goes_on)


def bounds(drawn: Sequence[Row], now: float) -> tuple[float, float]:
    """Return when the first of all rows began and the last ended, in seconds since the epoch."""
    return bounds_of(drawn).at(now)


def ruler(left: float, right: float, cells: int, zone: datetime) -> str:
    """Return the line above a timeline: moments of the clock where they lie, in the zone of a moment.

    Args:
        left: the moment the line begins with, in seconds since the epoch.
        right: the moment it ends with.
        cells: how long it is.
        zone: any moment in the zone to tell the time in.
    """
    span = right - left
    step = next((each for each in _STEPS if cells * each / span >= 12), _STEPS[-1])
    line = [" "] * cells
    tick = -(-left // step) * step
    free = 0
    while tick <= right:
        text = _moment(tick, step, zone)
        at = int((tick - left) / span * cells)
        if at >= free and at + len(text) <= cells:
            line[at : at + len(text)] = text
            free = at + len(text) + 1
        tick += step
    return "".join(line)


def _moment(tick: float, step: float, zone: datetime) -> str:
    here = type(zone).fromtimestamp(tick + 0.000_05, tz=zone.tzinfo)
    if step >= 86_400:
        return f"{here:%m-%d}"
    if step >= 60:
        return f"{here:%H:%M}"
    if step >= 1:
        return f"{here:%H:%M:%S}"
    return f"{here:%M:%S}.{here.microsecond // 1000:03}"

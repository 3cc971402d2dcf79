"""A timeline drawn: in terminal cells, line by line, for the screen and the command line, and as an SVG for pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from pacc.presentation import bars
from pacc.presentation.fitting import fitted
from pacc.presentation.tables import Cell, Column, Table, cell
from pacc.presentation.text import ELLIPSIS, width
from pacc.presentation.timelines import bounds, ruler

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from pacc.presentation.timelines import Lane, Row, Stretch
    from pacc.schemas.graphs import FlowRunGraph

_SHADES = {"slot": ("░", "."), "retry": ("▒", ":"), "pause": ("‖", "=")}
"""What stands where a run waited, and in ASCII."""
WAITED = (("slot", "waits to begin"), ("retry", "waits for the next try"), ("pause", "paused"))
TOOK_CELLS = 7
COLUMNS = tuple(
    Column(name=name) for name in ("ID", "Inside", "Kind", "Name", "State", "Started", "Ended", "Waits")
)
_SVG_ROW, _SVG_NAMES, _SVG_LINE = 20, 300, 800
_SVG_COLORS = {
    "green": "#1a7f37",
    "red": "#b42318",
    "bright_red": "#7a0c0c",
    "blue": "#0a58ca",
    "yellow": "#b07d00",
    "magenta": "#7d2ba8",
}
_SVG_OTHER = "#59636e"
_SVG_WAITS = {"slot": "#dfe3e8", "retry": "#f3dfa6", "pause": "#d5d9f0"}


def bar(
    row: Row,
    span: tuple[float, float],
    cells: int,
    now: float,
    *,
    mark: int | None = None,
    glyphs: bool = True,
) -> tuple[Cell, ...]:
    """Return the line of a row: when it ran as a bar, when it waited as shades, many runs as one strip, a cached one as a point.

    Args:
        row: what is drawn.
        span: the moments the line begins and ends with, in seconds since the epoch.
        cells: how long it is.
        now: the present moment, where what goes on ends.
        mark: the cell of a moment that is marked where nothing else stands.
        glyphs: false where only ASCII may be drawn.
    """
    drawn: list[tuple[str, str]] = [(" ", "")] * cells
    if row.number > 1:
        stretches = [(began, max(began, now) if ended is None else ended) for began, ended in row.spans]
        drawn = [(char, row.color) for char in bars.density(stretches, *span, cells, glyphs=glyphs)]
        return tuple(_joined(_marked(drawn, mark, glyphs=glyphs)))
    for began, ended in _runs(row, now):
        found = bars.span(began, began if row.cached else ended, *span, cells, glyphs=glyphs)
        if found is not None:
            drawn[found.at : found.at + len(found.text)] = [(char, row.color) for char in found.text]
    for wait in row.waits:
        _shade(drawn, wait, span, now, glyphs=glyphs)
    return tuple(_joined(_marked(drawn, mark, glyphs=glyphs)))


def _marked(drawn: list[tuple[str, str]], mark: int | None, *, glyphs: bool) -> list[tuple[str, str]]:
    if mark is not None and 0 <= mark < len(drawn) and drawn[mark][0] == " ":
        drawn[mark] = ("┊" if glyphs else "'", "magenta")
    return drawn


def lane_bar(
    lane: Lane,
    span: tuple[float, float],
    cells: int,
    now: float,
    *,
    mark: int | None = None,
    glyphs: bool = True,
) -> tuple[Cell, ...]:
    """Return the line of a lane: the bars of its runs, each in the colour of its state. See `bar`."""
    drawn: list[tuple[str, str]] = [(" ", "")] * cells
    for row in lane.runs:
        for began, ended in _runs(row, now):
            found = bars.span(began, began if row.cached else ended, *span, cells, glyphs=glyphs)
            if found is not None:
                drawn[found.at : found.at + len(found.text)] = [(char, row.color) for char in found.text]
    return tuple(_joined(_marked(drawn, mark, glyphs=glyphs)))


def _runs(row: Row, now: float) -> Iterator[tuple[float, float]]:
    """Yield when its code ran: the whole of it without the waits in between."""
    for began, ended in row.spans:
        at, last = began, max(began, now) if ended is None else ended
        for wait in row.waits:
            if at <= wait.began < last:
                yield at, wait.began
                at = last if wait.ended is None else wait.ended
        if at < last or at == began:
            yield at, last


def _shade(
    drawn: list[tuple[str, str]], wait: Stretch, span: tuple[float, float], now: float, *, glyphs: bool
) -> None:
    """Put a wait where nothing was drawn; one shorter than a cell is not seen."""
    scale = len(drawn) / (span[1] - span[0])
    first = max(0, int((wait.began - span[0]) * scale))
    ended = now if wait.ended is None else wait.ended
    glyph, letter = _SHADES.get(wait.kind, _SHADES["slot"])
    for place in range(first, min(len(drawn), int((ended - span[0]) * scale + 0.5))):
        if drawn[place][0] == " ":
            drawn[place] = (glyph if glyphs else letter, "yellow" if wait.kind == "retry" else "bright_black")


def _joined(drawn: Sequence[tuple[str, str]]) -> Iterator[Cell]:
    """Yield neighbours of one colour as one cell; nothing behind the last one that is seen."""
    end = next((place for place in range(len(drawn), 0, -1) if drawn[place - 1][0] != " "), 0)
    begin = 0
    for place in range(1, end + 1):
        if place == end or drawn[place][1] != drawn[begin][1]:
            yield Cell("".join(char for char, _ in drawn[begin:place]), drawn[begin][1])
            begin = place


def widest_name(drawn: Iterable[Row]) -> int:
    """Return how wide the names at the left of a timeline would be drawn if there were room for all of them."""
    return max((width(row.guide + row.label) for row in drawn), default=10) + TOOK_CELLS + 5


def names_width(widest: int, room: int) -> int:
    """Return how wide the names are drawn in a room of so many cells; `widest` is of `widest_name`.

    Example:
        >>> names_width(30, 120), names_width(80, 120), names_width(5, 120)
        (30, 48, 20)
    """
    return max(20, min(widest, room * 2 // 5))


def name_cells(row: Row, cells: int, now: float) -> list[Cell]:
    """Return what stands at the left of a row, exactly so wide: its place in the tree, its mark, its name, how long it took."""
    room = max(1, cells - TOOK_CELLS - 3 - width(row.guide))
    return [
        Cell(row.guide, "bright_black"),
        Cell(row.sign, row.color),
        Cell(f" {fitted(Cell(row.label), room, tail=row.tail).text}"),
        fitted(Cell(row.took(now), "bright_black"), TOOK_CELLS, right=True),
        Cell(" "),
    ]


def lane_cells(lane: Lane, cells: int) -> list[Cell]:
    """Return what stands at the left of a lane, exactly so wide: how many runs it has, and of what."""
    return [
        fitted(Cell(f"{len(lane.runs):,}", "bright_black"), 5, right=True),
        fitted(Cell(f" {lane.label}"), max(1, cells - 6)),
        Cell(" "),
    ]


def chart(
    drawn: Sequence[Row], room: int, now: datetime, *, glyphs: bool = True
) -> Iterator[tuple[Cell, ...]]:
    """Yield a timeline as lines for a terminal: a ruler, the rows, and what its shades mean where there are any.

    Args:
        drawn: the rows.
        room: how wide a line may be, in cells.
        now: the present moment, in the zone to tell the time in.
        glyphs: false where only ASCII may be drawn.
    """
    names = names_width(widest_name(drawn), room)
    cells, moment = max(10, room - names), now.timestamp()
    span = bounds(drawn, moment)
    yield (Cell(" " * names), Cell(ruler(*span, cells, now).rstrip(), "bright_black"))
    seen: set[str] = set()
    for row in drawn:
        named, line = name_cells(row, names, moment), bar(row, span, cells, moment, glyphs=glyphs)
        if not glyphs:
            named = [each._replace(text=each.text.replace(ELLIPSIS, "~")) for each in named]
        if row.waits:
            seen.update(*(each.text for each in line))
        yield (*named, *line)
    said = [
        f"{sign} {words}" for kind, words in WAITED if (sign := _SHADES[kind][0 if glyphs else 1]) in seen
    ]
    if said:
        yield (Cell(" " * names), Cell("   ".join(said), "bright_black"))


def timeline_table(graph: FlowRunGraph) -> Table:
    """Return every run of a graph with its times as a row; the last cell lists `kind=beginning/end` of what it waited for."""
    rows = tuple(
        (
            cell(node.id),
            cell(node.inside),
            Cell(node.kind),
            cell(node.name),
            cell(node.state_name),
            cell(_iso(node.start_time)),
            cell(_iso(node.end_time)),
            cell(" ".join(f"{each.kind}={_iso(each.began)}/{_iso(each.ended)}" for each in node.waits)),
        )
        for node in graph.nodes
    )
    return Table(title="Timeline", columns=COLUMNS, rows=rows)


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()


# ------------------------------------------------------------------------------------------------- svg


def svg(drawn: Sequence[Row], now: datetime, *, title: str) -> Iterator[str]:
    """Yield a timeline as the lines of an SVG file that needs nothing else: no font, no script, no style sheet.

    Args:
        drawn: the rows.
        now: the present moment, in the zone to tell the time in.
        title: what it is a timeline of, as a person wrote it or not: it is escaped here.
    """
    moment = now.timestamp()
    left, right = bounds(drawn, moment)
    high = _SVG_ROW * (len(drawn) + 2)
    wide = _SVG_NAMES + _SVG_LINE + 20
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="monospace" font-size="12">'
    yield f"<title>{escape(title)}</title>"
    yield f'<rect width="{wide}" height="{high}" fill="#ffffff"/>'
    yield from _svg_ruler(left, right, high, now)
    for number, row in enumerate(drawn, 1):
        yield from _svg_row(row, number * _SVG_ROW + _SVG_ROW // 2, (left, right), moment)
    yield "</svg>"


def _svg_ruler(left: float, right: float, high: int, now: datetime) -> Iterator[str]:
    per_cell = 8
    cells = _SVG_LINE // per_cell
    text = ruler(left, right, cells, now)
    place = 0
    for word in text.split():
        place = text.index(word, place)
        x = _SVG_NAMES + place * per_cell
        yield f'<line x1="{x}" y1="22" x2="{x}" y2="{high - 8}" stroke="#e4e7ea"/>'
        yield f'<text x="{x}" y="16" fill="#59636e">{word}</text>'
        place += len(word)


def _svg_row(row: Row, y: int, span: tuple[float, float], now: float) -> Iterator[str]:
    color = _SVG_COLORS.get(row.color, _SVG_OTHER)
    indent = 8 + 6 * len(row.guide)
    name = fitted(Cell(row.label), 36 - len(row.guide), tail=row.tail).text.rstrip()
    yield f'<text x="{indent}" y="{y + 14}" fill="{color}">{escape(row.sign)} <tspan fill="#101418">{escape(name)}</tspan></text>'
    yield f'<text x="{_SVG_NAMES - 8}" y="{y + 14}" fill="#59636e" text-anchor="end">{escape(row.took(now))}</text>'
    for wait in row.waits:
        x, size = _svg_place(wait.began, now if wait.ended is None else wait.ended, span)
        yield f'<rect x="{x}" y="{y + 6}" width="{size}" height="8" fill="{_SVG_WAITS.get(wait.kind, "#dfe3e8")}"/>'
    opacity = ' fill-opacity="0.35"' if row.number > 1 else ""
    for began, ended in _runs(row, now):
        x, size = _svg_place(began, ended, span)
        yield f'<rect x="{x}" y="{y + 3}" width="{size}" height="14" rx="2" fill="{color}"{opacity}/>'


def _svg_place(began: float, ended: float, span: tuple[float, float]) -> tuple[float, float]:
    scale = _SVG_LINE / (span[1] - span[0])
    return round(_SVG_NAMES + (began - span[0]) * scale, 1), max(2.0, round((ended - began) * scale, 1))

"""How the runs of a deployment went, as lines: a number, and what it was over time as a row of small bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation import bars
from pacc.presentation.overview import share
from pacc.presentation.states import TYPE_MARKS
from pacc.presentation.tables import Cell, Column, Table, cell
from pacc.presentation.text import pad, width
from pacc.presentation.times import lasted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pacc.schemas.deployment_stats import DeploymentStats, RunsOfStretch, Spread

COLUMNS = tuple(
    Column(name=name, right=name != "Since")
    for name in ("Since", "Runs", "Completed", "Failed", "Crashed", "Cancelled", "Took", "Late")
)
_LABEL = 10


def stats_lines(
    stats: DeploymentStats, *, glyphs: bool = True, room: int | None = None
) -> Iterator[tuple[Cell, ...]]:
    """Yield how the runs of a deployment went as lines of cells.

    Args:
        stats: what to show.
        glyphs: false where only ASCII may be drawn.
        room: so many terminal cells there are in a line; where they are too few, the bars stand below the numbers.
    """
    whole, parts = stats.whole, stats.parts
    each = lasted(parts[0].until - parts[0].since) if parts else ""
    yield (cell(stats.deployment, "bold"), Cell(f"   {len(parts)} bars of {each} each", "bright_black"))
    if not whole.runs:
        yield (Cell("no run was due in this time", "bright_black"),)
        return
    lines = (
        ("Runs", f"{whole.runs:,}", _counts(parts), "blue"),
        ("Success", _success(whole), _shares(parts), "green"),
        ("Took", _in_words(whole.took), _medians([part.took for part in parts]), "cyan"),
        ("Late", _in_words(whole.late), _medians([part.late for part in parts]), "magenta"),
    )
    widest = max(width(value) for _, value, _, _ in lines) + 3
    is_below = room is not None and _LABEL + widest + len(parts) > room
    before = _LABEL if is_below else _LABEL + widest
    for label, value, heights, color in lines:
        signs = "".join(bars.column(height, 0, glyphs=glyphs) for height in heights)
        told = (Cell(pad(label, _LABEL), "bright_black"), Cell(value if is_below else pad(value, widest)))
        if is_below:
            yield told
            yield (Cell(" " * before), Cell(signs, color))
        else:
            yield (*told, Cell(signs, color))
    yield (Cell(" " * before), *(_trouble(part, glyphs=glyphs) for part in parts))


def stats_table(stats: DeploymentStats) -> Table:
    """Return the parts of the stretch as a table, the earliest first; durations are medians in seconds."""
    rows = tuple(
        (
            cell(part.since.isoformat()),
            *(
                cell(count)
                for count in (part.runs, part.completed, part.failed, part.crashed, part.cancelled)
            ),
            cell("" if part.took is None else part.took.median.total_seconds()),
            cell("" if part.late is None else part.late.median.total_seconds()),
        )
        for part in stats.parts
    )
    return Table(title=stats.deployment, columns=COLUMNS, rows=rows)


def _success(whole: RunsOfStretch) -> str:
    ended = whole.completed + whole.failed + whole.crashed
    counts = (
        (whole.failed, "failed"),
        (whole.crashed, "crashed"),
        (whole.cancelled, "cancelled"),
        (whole.others, "not ended"),
    )
    bad = [f"{count:,} {word}" for count, word in counts if count]
    return ", ".join([share(whole.completed, ended) if ended else "none ended", *bad])


def _in_words(spread: Spread | None) -> str:
    if spread is None:
        return ""
    return f"{lasted(spread.median)} median, {lasted(spread.p95)} p95, {lasted(spread.longest)} max"


def _counts(parts: Sequence[RunsOfStretch]) -> list[int]:
    return bars.heights([part.runs for part in parts])


def _shares(parts: Sequence[RunsOfStretch]) -> list[int]:
    """The share of each part against all of it, and not against the best part."""
    return [0 if part.success is None else max(1, round(part.success * 8)) for part in parts]


def _medians(spreads: Sequence[Spread | None]) -> list[int]:
    seconds = [None if each is None else each.median.total_seconds() for each in spreads]
    return bars.heights([0 if each is None else max(1, round(each * 1000)) for each in seconds])


def _trouble(part: RunsOfStretch, *, glyphs: bool) -> Cell:
    kind = "CRASHED" if part.crashed else "FAILED" if part.failed else None
    if kind is None:
        return Cell(" " if not part.runs else "·" if glyphs else ".", "bright_black")
    sign = TYPE_MARKS[kind]
    return Cell(sign.glyph if glyphs else sign.letter, sign.color)

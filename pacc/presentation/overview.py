"""How the last hours went and what stands in lists of runs, as a screen shows it: tallies, bars, rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.visible import visible
from pacc.presentation import bars
from pacc.presentation.fitting import Fit
from pacc.presentation.states import mark, state_cell
from pacc.presentation.tables import Cell, cell
from pacc.presentation.text import width
from pacc.presentation.times import clock_time, lasted, short_ago

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.overview import ListedRun, ListedTaskRun, Overview
    from pacc.schemas.task_runs import TaskRun
    from pacc.schemas.work_pools import WorkPool

_SHOWN = (
    ("FAILED", "failed"),
    ("CRASHED", "crashed"),
    ("RUNNING", "running"),
    ("COMPLETED", "completed"),
    ("CANCELLED", "cancelled"),
)
_BAD = ("CRASHED", "FAILED")
_BAR = 8
_ENDED_WELL_OR_NOT = ("COMPLETED", "FAILED", "CRASHED")

RUN_COLUMNS = (
    Fit("state", 12),
    Fit("run", 14, grows=2),
    Fit("flow / deployment", 14, grows=3),
    Fit("started", 11, goes=1),
    Fit("took", 7, right=True),
    Fit("why", 16, grows=4, goes=2),
)
"""The columns of a list of flow runs."""

TASK_COLUMNS = (
    Fit("state", 12),
    Fit("task run", 14, grows=2, tail=4),
    Fit("flow run", 12, grows=2, goes=1),
    Fit("flow", 10, grows=1, goes=3),
    Fit("started", 11, goes=1),
    Fit("took", 7, right=True),
    Fit("why", 16, grows=4, goes=2),
)
"""The columns of a list of task runs."""

TROUBLE_COLUMNS = (
    Fit("", 1),
    Fit("flow / deployment", 14, grows=1),
    Fit("run", 12, grows=1, goes=2),
    Fit("when", 8, right=True),
    Fit("why", 20, grows=5, goes=1),
)
OPEN_COLUMNS = (
    Fit("", 1),
    Fit("flow / deployment", 12, grows=2),
    Fit("run", 10, grows=1, goes=1),
    Fit("progress", _BAR + 5, goes=2),
    Fit("took", 7, right=True),
)
COMING_COLUMNS = (
    Fit("when", 11, goes=1),
    Fit("flow / deployment", 12, grows=2),
    Fit("run", 10, grows=1, goes=2),
    Fit("in", 7, right=True),
)


def tally(overview: Overview, *, glyphs: bool = True) -> list[Cell]:
    """Return how the runs of a stretch stand, the worst first, and the share that completed of those that ended by themselves.

    Example:
        >>> [each.text for each in tally(overview)]  # doctest: +SKIP
        ['1,284 runs', '✗ 21 failed', '✓ 1,201 completed', '97.9 % success']
    """
    counts = overview.tally
    total = sum(counts.values())
    cells = [Cell(f"{total:,} run{'' if total == 1 else 's'}", "bold")]
    for kind, word in _SHOWN:
        if counts.get(kind):
            sign = mark(kind)
            cells.append(Cell(f"{sign.glyph if glyphs else sign.letter} {counts[kind]:,} {word}", sign.color))
    rest = total - sum(counts.get(kind, 0) for kind, _ in _SHOWN)
    if rest:
        cells.append(Cell(f"{rest:,} waiting", "yellow"))
    ended = sum(counts.get(kind, 0) for kind in _ENDED_WELL_OR_NOT)
    if ended:
        cells.append(Cell(f"{share(counts.get('COMPLETED', 0), ended)} success"))
    return cells


def tally_line(cells: Sequence[Cell], room: int) -> list[Cell]:
    """Return a tally as one line: close together where there is little room, and without what does not fit whole, the last first.

    Example:
        >>> "".join(each.text for each in tally_line([Cell("3 runs"), Cell("1 failed"), Cell("50 % success")], 20))
        ' 3 runs  1 failed'
    """
    kept = list(cells)
    while len(kept) > 1 and _tally_width(kept, 2) > room:
        kept.pop()
    gap = Cell(" " * (3 if len(kept) == len(cells) and _tally_width(kept, 3) <= room else 2))
    return [Cell(" "), *(part for each in kept for part in (each, gap))][:-1]


def _tally_width(cells: Sequence[Cell], gap: int) -> int:
    return 1 + sum(width(each.text) + gap for each in cells) - gap


def share(part: int, whole: int) -> str:
    """Return a share in percent that says 100 only where it is.

    Example:
        >>> share(999_999, 1_000_000), share(3, 3)
        ('99.9 %', '100 %')
    """
    tenths = part * 1000 // whole
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"


def run_bars(
    buckets: Sequence[Mapping[str, int]], cells: int, rows: int, *, glyphs: bool = True
) -> list[list[Cell]]:
    """Return the runs of a stretch as lines of bars, and a last line that says what went wrong, when.

    Args:
        buckets: its parts, each with the number of its runs by state type.
        cells: how wide it is drawn; buckets are repeated or joined to fill it.
        rows: how many lines the bars take, without the last one.
        glyphs: false where only ASCII may be drawn.
    """
    joined = _stretched(buckets, cells)
    levels = bars.heights([sum(each.values()) for each in joined], rows)
    lines = [
        [
            Cell(bars.column(level, row, glyphs=glyphs), _worst_color(each))
            for level, each in zip(levels, joined, strict=True)
        ]
        for row in reversed(range(rows))
    ]
    return [*lines, [_trouble(each, glyphs=glyphs) for each in joined]]


def _stretched(buckets: Sequence[Mapping[str, int]], cells: int) -> list[Mapping[str, int]]:
    if not buckets:
        return [{}] * cells
    return [buckets[place * len(buckets) // cells] for place in range(cells)]


def bar_width(buckets: int, room: int) -> int:
    """Return how wide so many buckets are drawn in a room: each as many whole cells as there are, and none twice in part.

    Example:
        >>> bar_width(48, 118), bar_width(48, 78)
        (96, 48)
    """
    return max(1, room // buckets) * buckets


def _worst_color(bucket: Mapping[str, int]) -> str:
    total, bad = sum(bucket.values()), sum(bucket.get(kind, 0) for kind in _BAD)
    if bad and bad * 2 >= total:
        return "red"
    return "blue" if bucket.get("RUNNING") else "green"


def _trouble(bucket: Mapping[str, int], *, glyphs: bool) -> Cell:
    worst = next((kind for kind in _BAD if bucket.get(kind)), None)
    if worst is None:
        return Cell("·" if glyphs else ".", "bright_black")
    sign = mark(worst)
    return Cell(sign.glyph if glyphs else sign.letter, sign.color)


# ------------------------------------------------------------------------------------------------ rows


def subject(listed: ListedRun) -> Cell:
    """Return what a run is a run of: `flow/deployment`, or the flow alone."""
    both = (
        listed.flow_name if listed.deployment_name is None else f"{listed.flow_name}/{listed.deployment_name}"
    )
    return cell(both)


def run_cells(listed: ListedRun, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a flow run as a row of `RUN_COLUMNS`."""
    run = listed.run
    return (
        state_cell(run.state_type or "", run.state_name or "", glyphs=glyphs),
        cell(run.name),
        subject(listed)._replace(color="cyan"),
        cell(clock_time(run.start_time or run.next_scheduled_start_time or run.created, now), "bright_black"),
        run_so_far(run, now),
        Cell(why(run), "bright_black"),
    )


def task_cells(listed: ListedTaskRun, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a task run as a row of `TASK_COLUMNS`."""
    run = listed.run
    return (
        state_cell(run.state_type or "", run.state_name or "", glyphs=glyphs),
        cell(run.name),
        cell(listed.flow_run_name),
        cell(listed.flow_name, "cyan"),
        cell(clock_time(run.start_time or run.created, now), "bright_black"),
        run_so_far(run, now),
        Cell(why(run), "bright_black"),
    )


def trouble_cells(listed: ListedRun, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a run that needs a look as a row of `TROUBLE_COLUMNS`."""
    run = listed.run
    when = run.next_scheduled_start_time or run.end_time or run.start_time or run.created
    return (
        _sign(run, glyphs=glyphs),
        subject(listed)._replace(color="cyan"),
        cell(run.name),
        cell(short_ago(when, now), "bright_black"),
        Cell(why(run) or visible(run.state_name or "")),
    )


def open_cells(listed: ListedRun, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a run that goes on as a row of `OPEN_COLUMNS`."""
    run = listed.run
    return (
        _sign(run, glyphs=glyphs),
        subject(listed)._replace(color="cyan"),
        cell(run.name),
        Cell("" if listed.progress is None else progress(listed.progress, glyphs=glyphs), "blue"),
        run_so_far(run, now),
    )


def progress(percent: float, *, glyphs: bool = True) -> str:
    """Return how far something is as a short bar and a number.

    Args:
        percent: what is done, from 0 to 100.
        glyphs: false where only ASCII may be drawn.

    Example:
        >>> progress(50), progress(100, glyphs=False)
        ('████      50%', '######## 100%')
    """
    done = min(100.0, max(0.0, percent))
    eighths = round(_BAR * 8 * done / 100)
    if glyphs:
        bar = bars.ACROSS[8] * (eighths // 8) + bars.ACROSS[eighths % 8].strip()
    else:
        bar = "#" * (eighths // 8)
    return f"{bar:{_BAR}} {done:3.0f}%"


def pools_line(pools: Sequence[WorkPool], room: int, *, glyphs: bool = True) -> list[Cell]:
    """Return the work pools in one line: how many of their places are taken, and which have nobody who takes runs.

    Where there is too little room, those stand first that take no runs, and of the others it is said how many they are.

    Args:
        pools: the pools, in the order they are named.
        room: so many terminal cells there are.
        glyphs: false where only ASCII may be drawn.

    Example:
        >>> "".join(each.text for each in pools_line([pool], 80))  # doctest: +SKIP
        'Pools  default 2/4 · gpu not ready'
    """
    told = [_pool_cells(pool) for pool in pools]
    between = Cell(" · " if glyphs else " - ", "bright_black")
    line = _pools(told, between)
    if cells_width(line) > room:
        told = [_pool_cells(pool) for pool in sorted(pools, key=lambda pool: pool.status == "READY")]
        shown = len(told)
        while shown and cells_width(line) > room:
            shown -= 1
            line = [
                *_pools(told[:shown], between),
                Cell(f"{'  ' if shown else ''}+{len(told) - shown}", "bright_black"),
            ]
    return line


def _pools(told: Sequence[list[Cell]], between: Cell) -> list[Cell]:
    cells = [Cell("Pools", "bold"), Cell("  ")]
    for number, each in enumerate(told):
        cells += [*([between] if number else []), *each]
    return cells


def _pool_cells(pool: WorkPool) -> list[Cell]:
    taken = "" if pool.concurrency_limit is None else f"/{pool.concurrency_limit}"
    is_ready = pool.status == "READY"
    return [
        Cell(visible(pool.name), "cyan"),
        Cell(f" {pool.active_slots}{taken}" if taken or pool.active_slots or is_ready else ""),
        Cell("" if is_ready else f" {str(pool.status).replace('_', ' ').lower()}", "yellow"),
    ]


def cells_width(cells: Iterable[Cell]) -> int:
    """Return how many terminal cells texts take one behind the other.

    Example:
        >>> cells_width([Cell("etl"), Cell(" 2")])
        5
    """
    return sum(width(each.text) for each in cells)


def coming_cells(listed: ListedRun, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a run that waits for its time as a row of `COMING_COLUMNS`."""
    del glyphs
    run = listed.run
    due = run.next_scheduled_start_time
    return (
        cell(clock_time(due, now)),
        subject(listed)._replace(color="cyan"),
        cell(run.name),
        cell(short_ago(due, now), "bright_black"),
    )


def why(run: FlowRun | TaskRun) -> str:
    """Return the beginning of what a run's state says about itself, where it says anything worth reading.

    Example:
        >>> why(run)  # doctest: +SKIP
        'ValueError: no city'
    """
    message = run.state.message if run.state else None
    if not message or run.state_type in ("COMPLETED", "RUNNING"):
        return ""
    first = message.strip().splitlines()[0] if message.strip() else ""
    return visible(
        first.removeprefix("Flow run encountered an exception: ").removeprefix(
            "Task run encountered an exception: "
        )
    )


def _sign(run: FlowRun, *, glyphs: bool) -> Cell:
    sign = mark(run.state_type or "", run.state_name or "")
    return Cell(sign.glyph if glyphs else sign.letter, sign.color)


def run_so_far(run: FlowRun | TaskRun, now: datetime) -> Cell:
    """Return how long a run took; one that runs goes on counting without being read again.

    Example:
        >>> run_so_far(run, datetime.now(UTC)).text  # doctest: +SKIP
        '1m02'
    """
    if run.start_time is None:
        return Cell("")
    if run.state_type == "RUNNING" and run.state is not None:
        return Cell(lasted(run.total_run_time + (now - run.state.timestamp)), "blue")
    return Cell(lasted(run.total_run_time))

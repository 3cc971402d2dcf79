"""Numbers as bars of block characters, in eighths of a cell, and in ASCII where there are no blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UP = " ▁▂▃▄▅▆▇█"
UP_ASCII = " .:-=+*##"
ACROSS = " ▏▎▍▌▋▊▉█"


def heights(values: Sequence[int], rows: int = 1) -> list[int]:
    """Return how high bars stand, in eighths of a cell, the highest filling all rows; what is not nothing stands one high at least.

    Example:
        >>> heights([0, 1, 50, 100])
        [0, 1, 4, 8]
    """
    most = max(values, default=0)
    full = 8 * rows
    return [0 if value <= 0 else max(1, value * full // most) for value in values]


def column(height: int, row: int, *, glyphs: bool = True) -> str:
    """Return the one character of a bar in a row, the lowest row being 0.

    Example:
        >>> column(12, 0), column(12, 1), column(12, 2)
        ('█', '▄', ' ')
    """
    return (UP if glyphs else UP_ASCII)[min(8, max(0, height - 8 * row))]


def sparkline(values: Sequence[int], *, glyphs: bool = True) -> str:
    """Return numbers as one line of bars.

    Example:
        >>> sparkline([0, 1, 4, 8])
        ' ▁▄█'
    """
    return "".join(column(height, 0, glyphs=glyphs) for height in heights(values))


class Span(NamedTuple):
    """A bar drawn on a line."""

    at: int
    """The cell it begins in."""
    text: str


def span(
    began: float, ended: float, left: float, right: float, cells: int, *, glyphs: bool = True
) -> Span | None:
    """Return a stretch of time as a bar on a line that stands for another stretch; nothing where it lies outside.

    Args:
        began: when it began, in the unit of the other numbers.
        ended: when it ended; never before it began.
        left: the moment the line begins with.
        right: the moment it ends with.
        cells: how long the line is.
        glyphs: false where only ASCII may be drawn.

    Example:
        >>> span(2.5, 7.25, 0, 10, 10)
        Span(at=2, text='▐████▎')
        >>> span(4, 4.1, 0, 10, 10).text
        '◆'
    """
    if ended < left or began > right or cells <= 0 or right <= left:
        return None
    scale = cells / (right - left)
    first, last = max(0.0, (began - left) * scale), min(float(cells), (ended - left) * scale)
    at = min(cells - 1, int(first))
    if last - first < 1:
        return Span(at, "◆" if glyphs else "*")
    if not glyphs:
        return Span(at, "#" * max(1, round(last) - at))
    end = int(last)
    rest = ACROSS[int((last - end) * 8)] if end < cells else ""
    opening = "▐" if first - at >= 0.5 else "█"
    return Span(at, (opening + "█" * (end - at - 1) + rest).rstrip())


def density(
    stretches: Iterable[tuple[float, float]], left: float, right: float, cells: int, *, glyphs: bool = True
) -> str:
    """Return many stretches of time as one line: the more go on at once, the higher it stands.

    Example:
        >>> density([(0, 5), (0, 10)], 0, 10, 4)
        '██▄▄'
    """
    changes = [0] * (cells + 1)
    scale = cells / (right - left) if right > left else 0.0
    for began, ended in stretches:
        if ended < left or began > right:
            continue
        first = min(cells - 1, max(0, int((began - left) * scale)))
        last = min(cells - 1, max(first, -int(-(ended - left) * scale // 1) - 1))
        changes[first] += 1
        changes[last + 1] -= 1
    counts, running = [], 0
    for change in changes[:cells]:
        running += change
        counts.append(running)
    return sparkline(counts, glyphs=glyphs)


def meter(share: float, cells: int, *, glyphs: bool = True) -> str:
    """Return a share of one as a bar.

    Example:
        >>> meter(0.5, 5), meter(0.5, 4, glyphs=False)
        ('██▌', '##')
    """
    filled = min(1.0, max(0.0, share)) * cells
    if not glyphs:
        return "#" * round(filled)
    return "█" * int(filled) + ACROSS[int((filled - int(filled)) * 8)].strip()

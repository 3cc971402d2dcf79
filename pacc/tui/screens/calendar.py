"""A calendar over a screen: a day to choose, and a time of day where one is wanted."""

from __future__ import annotations

from calendar import Calendar as Months
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from pacc.tui.screens.modal import Modal
from pacc.tui.widgets.box import Keys

if TYPE_CHECKING:
    from textual.app import ComposeResult

DAY, WEEK, HOUR, MINUTES = timedelta(days=1), timedelta(weeks=1), timedelta(hours=1), timedelta(minutes=5)
_STEPS = {"left": -DAY, "right": DAY, "up": -WEEK, "down": WEEK}
_TIMES = {"h": HOUR, "H": -HOUR, "m": MINUTES, "M": -MINUTES}


def month(of: date) -> tuple[str, ...]:
    r"""Return the month of a day as lines of text, from its name to its last week; days of other months are left out.

    Example:
        >>> print(*month(date(2026, 11, 26))[:3], sep="\n")
        November 2026
        Mo Tu We Th Fr Sa Su
                           1
    """
    weeks = Months().monthdatescalendar(of.year, of.month)
    days = (" ".join(f"{day.day:2}" if day.month == of.month else "  " for day in week) for week in weeks)
    return (f"{of:%B %Y}", "Mo Tu We Th Fr Sa Su", *days)


def moved(moment: datetime, months: int) -> datetime:
    """Return the same day and time in another month, or the month's last day where it has no such day.

    Args:
        moment: the moment.
        months: how many months later; negative for earlier.

    Example:
        >>> moved(datetime(2026, 10, 31), 1), moved(datetime(2026, 1, 5), -1)
        (datetime.datetime(2026, 11, 30, 0, 0), datetime.datetime(2025, 12, 5, 0, 0))
    """
    year, place = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = max(day for day in Months().itermonthdays(year, place + 1))
    return moment.replace(year=year, month=place + 1, day=min(moment.day, last))


class Calendar(Modal[datetime | None]):
    """A moment to choose by keys.

    Args:
        title: what it is for.
        start: the moment to begin at, in the zone it is shown in.
        now: the present moment, in the same zone.
        with_time: whether the time of day can be chosen too.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave it", show=False),
        Binding("enter", "take", "Take it", show=False),
        Binding("pageup", "turn(-1)", "The month before", show=False),
        Binding("pagedown", "turn(1)", "The next month", show=False),
        Binding("home,t", "today", "Today", show=False),
        *(Binding(key, f"go({key!r})", "Another day", show=False) for key in _STEPS),
        *(Binding(key, f"go({key!r})", "Another time", show=False) for key in _TIMES),
    ]

    def __init__(self, title: str, start: datetime, now: datetime, *, with_time: bool) -> None:
        super().__init__()
        self._title, self._moment, self._now, self._with_time = title, start, now, with_time

    def compose(self) -> ComposeResult:
        """Make the box."""
        keys = "arrows a day, a week   pgup pgdn a month   t today"
        times = "   h H an hour   m M five minutes" if self._with_time else ""
        with Vertical(classes="dialog calendar"):
            yield Static(Text(self._title, style="bold"), classes="title", markup=False)
            yield Static(self._drawn(), id="month", markup=False)
            yield Keys(f"{keys}{times}   enter takes it   esc leaves it", dark=self.app.current_theme.dark)

    def action_take(self) -> None:
        """Answer with the moment of the cursor."""
        self.dismiss(self._moment)

    def action_go(self, key: str) -> None:
        """Move by a day, a week, an hour or some minutes."""
        if key in _TIMES and not self._with_time:
            return
        self._show(self._moment + (_STEPS | _TIMES)[key])

    def action_turn(self, months: int) -> None:
        """Move by a month."""
        self._show(moved(self._moment, months))

    def action_today(self) -> None:
        """Go to the present day."""
        self._show(self._moment.replace(year=self._now.year, month=self._now.month, day=self._now.day))

    def _show(self, moment: datetime) -> None:
        self._moment = moment
        self.query_one("#month", Static).update(self._drawn())

    def _drawn(self) -> Text:
        lines = month(self._moment.date())
        drawn = Text("\n".join(lines), style="none")
        if self._with_time:
            drawn.append(f"\n\n{self._moment:%H:%M %Z}".rstrip())
        drawn.stylize("bold", 0, len(lines[0]))
        for day, style in ((self._now, "underline"), (self._moment, "bold reverse")):
            if (day.year, day.month) == (self._moment.year, self._moment.month):
                drawn.stylize(style, *_place(lines, day.day))
        return drawn


def _place(lines: tuple[str, ...], day: int) -> tuple[int, int]:
    """Return where a day stands in the text of a month."""
    before = sum(len(line) + 1 for line in lines[:2])
    for line in lines[2:]:
        if (found := f" {line} ".find(f" {day:2} ")) >= 0:
            return before + found, before + found + 2
        before += len(line) + 1
    return 0, 0

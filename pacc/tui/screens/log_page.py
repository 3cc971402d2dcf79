"""What screens with a log share: its lines read while it is written, narrowed, and looked through for a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textual.widgets import Input

from pacc._internal.visible import visible
from pacc.presentation.logs import level_name, log_line
from pacc.presentation.tables import Cell
from pacc.services.log_windows import Found, LogWindow, Narrowing
from pacc.tui.screens import dialogs
from pacc.tui.screens.page import RunsPage
from pacc.tui.widgets.log_view import LogView

if TYPE_CHECKING:
    from textual import events

    from pacc.schemas.logs import Log
    from pacc.store import Store

_LEVELS = (None, 20, 30, 40)
_AT_ONCE = 32 << 20
"""Bytes of a log to go through between two looks at anything else."""


class _LogSeen(NamedTuple):
    """How long a log is, and some of its lines from a number on."""

    length: int
    first: int
    logs: list[Log]
    is_whole: bool


class _Sought(NamedTuple):
    """What a search for a text came to."""

    found: Found
    backwards: bool


class LogPage(RunsPage):
    """A screen with a log.

    Args:
        log_id: the flow run, or the task run outside of flows, whose log it is.
    """

    def __init__(self, log_id: str) -> None:
        super().__init__()
        self.log_id = log_id
        self._wanted = (-200, 200)  # which lines to hold; set here, read in the thread
        self._held: tuple[int, int] | None = None
        self._window: LogWindow | None = None
        self._level = 0
        self.only: str | None = None
        self._text = ""

    def name_of_run(self) -> str:
        """Return the name of the run whose log it is."""
        return ""

    def on_mount(self) -> None:
        """Begin without a field for a text."""
        for field in self.query("#search"):
            field.display = False

    @property
    def log_view(self) -> LogView:
        """The log."""
        return self.query_one(LogView)

    # ------------------------------------------------------------------------------------- reading

    def look(self) -> None:
        """Read the log while it is written."""
        self.dashboard.following.watch(self, "log", self._read_log, always=True, rests=False)

    @property
    def narrowing(self) -> Narrowing:
        """Which of its lines are shown."""
        return Narrowing(_LEVELS[self._level], self.only)

    def _read_log(self, store: Store) -> _LogSeen | None:
        """Return what the log has to show, nothing where that is what is shown already. In the thread."""
        wanted, narrowing = self._wanted, self.narrowing
        if self._window is None or self._window.narrowing != narrowing:
            self._window, self._held = LogWindow(store, self.log_id, narrowing), None
        window = self._window
        if not window.grow(_AT_ONCE) and wanted == self._held:
            return None
        self._held = wanted
        if wanted[0] < 0:
            logs, count = window.last(wanted[1]), window.about
            return _LogSeen(max(count, len(logs)), max(0, count - len(logs)), logs, window.is_whole)
        return _LogSeen(window.about, wanted[0], window.lines(*wanted), window.is_whole)

    def seen(self, name: str, value: Any) -> None:
        """Show the log."""
        if name == "log":
            level, only = self.narrowing
            said = [
                "" if level is None else f"{level_name(level)} and worse",
                "only one task" if only else "",
            ]
            self.log_view.put(
                value.length,
                value.first,
                value.logs,
                about=not value.is_whole,
                narrowed=", ".join(filter(None, said)),
            )

    def on_log_view_window(self, message: LogView.Window) -> None:
        """Read the lines that are seen now."""
        self._wanted = message.view.seen()
        if self.is_current:
            LogPage.look(self)

    def on_log_view_opened(self, message: LogView.Opened) -> None:
        """Show a line whole, with what stands below it."""
        head, *rest = log_line(message.log, self.name_of_run()).text.split("\n")
        facts = [(str(key), Cell(visible(str(value)))) for key, value in (message.log.extra or {}).items()]
        self.app.push_screen(
            dialogs.Reading(dialogs.Told(title="Log line", lines=(head, *rest), facts=tuple(facts)))
        )

    # ----------------------------------------------------------------------------------- narrowing

    def act_follow(self) -> None:
        """Stay at the end of the log, or no more."""
        self.log_view.follow(follows=not self.log_view.follows)
        self._wanted = self.log_view.seen()

    def act_wrap(self) -> None:
        """Show long lines whole, or cut them."""
        self.log_view.wrap(wraps=not self.log_view.wraps)

    def act_pager(self) -> None:
        """Read the log with the person's own program, which takes the terminal until it ends."""
        from pacc.tui import outside  # start-up: only where a program is started

        outside.page(self, *self.log_words())

    def log_words(self) -> tuple[str, ...]:
        """Return the words behind `pacc` that print the log."""
        return "flow-run", "logs", self.log_id

    def act_level(self) -> None:
        """Show only more serious lines; behind the most serious ones all of them again."""
        self._level = (self._level + 1) % len(_LEVELS)
        self._begin_again()

    def _begin_again(self) -> None:
        self.log_view.follow(follows=True)
        self._wanted = self.log_view.seen()
        LogPage.look(self)

    # ----------------------------------------------------------------------------------- looking for

    def act_find(self) -> None:
        """Begin to type what to look for."""
        field = self.query_one("#search", Input)
        field.value = self._text
        field.display = True
        field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Look for it, from the line of the cursor on."""
        self._text = event.value.strip()
        self._leave_field()
        self.log_view.highlight(self._text)
        if self._text:
            self._seek(self.log_view.cursor - 1)

    def on_key(self, event: events.Key) -> None:
        """Leave the field as it was."""
        if event.key == "escape" and self.query_one("#search", Input).has_focus:
            event.stop()
            self._leave_field()

    def _leave_field(self) -> None:
        self.query_one("#search", Input).display = False
        self.log_view.focus()

    def act_find_next(self) -> None:
        """Go to the next line with the text."""
        if self._text:
            self._seek(self.log_view.cursor)
        else:
            self.act_find()

    def act_find_before(self) -> None:
        """Go to the line with the text before this one."""
        if self._text:
            self._seek(self.log_view.cursor, backwards=True)

    def _seek(self, after: int, *, backwards: bool = False) -> None:
        window, text = self._window, self._text
        if window is not None:
            self.do("find", lambda _store: _Sought(window.find(text, after, backwards=backwards), backwards))

    def done(self, name: str, value: Any) -> None:
        """Go where the text was found, or look on."""
        if not isinstance(value, _Sought):
            super().done(name, value)
        elif value.found.line is not None:
            self.log_view.move_to(value.found.line)
        elif value.found.onward is not None:
            self._seek(value.found.onward, backwards=value.backwards)
        else:
            where = "before" if value.backwards else "behind"
            self.notify(f'"{visible(self._text)}" is not in the lines {where} this one.', markup=False)

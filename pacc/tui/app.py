"""The dashboard itself: which screen is seen, what the terminal can do, and the thread that looks at the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import Monochrome, NoColor
from textual.scrollbar import ScrollBar, ScrollBarRender

from pacc.settings import read_settings
from pacc.tui import actions, places
from pacc.tui.following import SLOW_TICK, TICK, Following

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.command import Provider
    from textual.filter import LineFilter
    from textual.screen import Screen
    from textual.theme import Theme

    from pacc.store import Store
    from pacc.tui.screens.page import Page
    from pacc.tui.widgets.window_table import WindowTable


def _present() -> datetime:
    return datetime.now(UTC)


def _actions() -> type[Provider]:
    from pacc.tui.palette import ActionPalette  # start-up: most looks need no palette

    return ActionPalette


def _names() -> type[Provider]:
    from pacc.tui.palette import NamePalette  # start-up: as above

    return NamePalette


def _settings() -> type[Provider]:
    from pacc.tui.palette import SettingPalette  # start-up: as above

    return SettingPalette


def _home() -> Screen[Any]:
    from pacc.tui.screens.home import Home  # start-up: another one may be the first to be seen

    return Home()


class _PlainBars(ScrollBarRender):
    """Scrollbars that end at a cell and in none of its eighths, where only ASCII may be drawn."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


class Dashboard(App[None]):
    """The screen people keep open.

    Args:
        store: what is shown.
        profile: the name of the profile, for the corner.
        glyphs: false where only ASCII may be drawn.
        now: what the clock says; the system's unless given.
        reaps: whether runs whose process is gone are marked as crashed meanwhile.
        first: the first screen: the name of a place, or the id of a flow run.
        no_color: send no colour at all.
        theme: the name of its colours, of those Textual has.
        keys: other keys for actions, by their names.
        read_only: change nothing, whatever is pressed.
    """

    CSS_PATH = "dashboard.tcss"
    TITLE = "pacc"
    SCREENS: ClassVar[dict[str, Callable[[], Screen[Any]]]] = {
        place.name: place.load for place in places.PLACES if place.name != actions.HOME
    }
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {actions.HOME: _home}
    COMMANDS: ClassVar[set[Any]] = {_actions, _names, _settings}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "quit", "Quit", show=False, priority=True)]

    def __init__(
        self,
        store: Store,
        *,
        profile: str = "default",
        glyphs: bool = True,
        now: Callable[[], datetime] = _present,
        reaps: bool = True,
        first: str = actions.HOME,
        no_color: bool = False,
        theme: str = "textual-dark",
        keys: Mapping[str, str] | None = None,
        read_only: bool = False,
    ) -> None:
        super().__init__(ansi_color=True if no_color else None)
        self.no_color = no_color
        self.read_only = read_only
        self._first = first
        self.keys = keys or {}
        self.profile = profile
        self.glyphs = glyphs
        self.now = now
        self.store = store
        if read_only:
            store.only_look()
        self.following = Following(store, reaps=reaps and not read_only)
        self.animation_level = "none"
        self.theme = theme

    def get_default_screen(self) -> Screen[Any]:
        """Return the screen that is seen first; Home is not made before somebody goes there."""
        if self._first in self.SCREENS:
            return self.SCREENS[self._first]()
        return _home() if self._first == actions.HOME else self._run_screen(self._first)

    def on_mount(self) -> None:
        """Begin to look at the store."""
        self.set_class(not self.glyphs, "ascii")
        self.set_class(self.no_color, "plain")
        ScrollBar.renderer = ScrollBarRender if self.glyphs else _PlainBars
        self.set_keymap(dict(self.keys))
        self.theme_changed_signal.subscribe(self, self._say_how_to_keep)
        self.call_after_refresh(self.following.start)  # there is something to see before anything is read

    def _say_how_to_keep(self, theme: Theme) -> None:
        """Say which command keeps colours that were chosen."""
        if theme.name != read_settings().tui.theme:
            self.notify(f"Kept by: pacc config set PACC_TUI_THEME={theme.name}", timeout=6, markup=False)

    def key_of(self, action: actions.Action) -> str:
        """Return what is pressed for an action, as people write it."""
        return self.keys.get(action.name, action.shown)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line goes through: without colour all of it is taken away, and never a part of it."""
        kept = [each for each in super().get_line_filters() if not isinstance(each, (Monochrome, NoColor))]
        return [*kept, NoColor()] if self.no_color else kept

    def on_unmount(self) -> None:
        """Look at it no more."""
        self.following.stop()

    def on_app_focus(self) -> None:
        """Look often while the terminal is looked at."""
        self.following.pace = TICK

    def on_app_blur(self) -> None:
        """Look less often while it is not."""
        self.following.pace = SLOW_TICK

    def action_command_palette(self) -> None:
        """Find an action, a thing by its name, or a setting."""
        from textual.command import CommandPalette  # start-up: most looks need none

        if not CommandPalette.is_open(cast("App[object]", self)):
            told = "an action, a run, a deployment, a flow, a variable, a setting"
            self.push_screen(CommandPalette(placeholder=told, id="--command-palette"))

    def show_page(self, name: str, row: str | None = None, *, search: str = "") -> None:
        """Show one of the first screens, perhaps with the cursor on a row of its list, or with its list narrowed."""
        self.call_later(self._show_page, name, row, search)

    def show_runs(self, search: str) -> None:
        """Show the flow runs that a search keeps."""
        self.show_page(actions.RUNS, search=search)

    async def _show_page(self, name: str, row: str | None, search: str) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        if self._first != actions.HOME:
            await self.switch_mode(actions.HOME)  # where Home is below all others
        if name != actions.HOME:
            await self.push_screen(name)
        if row is not None:
            for table in self.screen.query("WindowTable"):
                cast("WindowTable", table).wanted = row
        if search:
            self._narrow(self.screen, search)

    @staticmethod
    def _narrow(screen: Screen[Any], search: str) -> None:
        from pacc.tui.screens.narrowing import Narrowed  # start-up: as below

        if isinstance(screen, Narrowed):
            screen.narrow(search)
        else:
            screen.notify("There is no list to narrow.", timeout=4)

    def open_run(self, flow_run_id: str, *, at_log: bool = False) -> None:
        """Show a flow run, over what is shown now, perhaps with the cursor in its log."""
        self.push_screen(self._run_screen(flow_run_id, at_log=at_log))

    @staticmethod
    def _run_screen(flow_run_id: str, *, at_log: bool = False) -> Page:
        from pacc.tui.screens.run import RunScreen  # start-up: most looks begin elsewhere

        return RunScreen(flow_run_id, at_log=at_log)

    def open_task_run(self, task_run_id: str) -> None:
        """Show a task run, over what is shown now."""
        from pacc.tui.screens.task_run import TaskRunScreen  # start-up: as above

        self.push_screen(TaskRunScreen(task_run_id))

    def open_matrix(self, flow_id: str, flow_name: str) -> None:
        """Show a flow over its last runs."""
        from pacc.tui.screens.matrix import MatrixScreen  # start-up: as above

        self.push_screen(MatrixScreen(flow_id, flow_name))

    def find_run(self, page: Page, reference: str) -> None:
        """Show the flow run a person means."""
        from pacc.services import flow_runs  # start-up: only where somebody asks for one

        page.do("find", lambda store: flow_runs.find(store, reference))

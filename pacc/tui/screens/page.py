"""What every screen has: crumbs over it, the command that does the same and the keys under it, and its look at the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.containers import Vertical
from textual.screen import Screen

from pacc._internal.visible import visible
from pacc.presentation.tables import Cell
from pacc.presentation.text import width
from pacc.tui import actions, places
from pacc.tui.messages import Done, Refused, Reported, Seen, Unseen
from pacc.tui.screens import dialogs
from pacc.tui.screens.asking import Asked, by_name
from pacc.tui.widgets.canvas import Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from pacc.schemas.overview import ListedRun
    from pacc.store import Store
    from pacc.tui.app import Dashboard


_LONG = 1.0
"""Seconds from which on a person is told that the store is waited for."""


class Page(Screen[None]):
    """A screen of the dashboard."""

    name_of_screen: ClassVar[str]

    def compose(self) -> ComposeResult:
        """Make the frame and what is in it."""
        yield Line(id="crumbs")
        with Vertical(id="body"):
            yield from self.body()
        yield Line(id="command")
        yield Line(id="keys")

    def body(self) -> ComposeResult:
        """Make what is in the frame."""
        raise NotImplementedError

    @property
    def dashboard(self) -> Dashboard:
        """The app."""
        return cast("Dashboard", self.app)

    # ------------------------------------------------------------------------------ what screens say

    def crumbs(self) -> list[str]:
        """Return the way here, the outermost first."""
        raise NotImplementedError

    def command(self) -> str:
        """Return the command that shows or does the same."""
        raise NotImplementedError

    def identity(self) -> str | None:
        """Return the id of what the cursor is on."""
        return None

    def look(self) -> None:
        """Say what to read, now that the screen is seen."""
        raise NotImplementedError

    def seen(self, name: str, value: Any) -> None:
        """Show what a look has found."""
        raise NotImplementedError

    # ------------------------------------------------------------------------------------ the frame

    def on_mount(self) -> None:
        """Draw the frame at once; what is in it comes."""
        self.sub_title = ""
        self.stale: str | None = None
        self.frame()
        self.set_interval(1.0, self.tick)

    def on_screen_resume(self) -> None:
        """Look at the store while the screen is seen."""
        self.look()
        self.frame()

    def on_screen_suspend(self) -> None:
        """Look at nothing while it is not."""
        self.dashboard.following.unwatch(self)

    def on_unmount(self) -> None:
        """Look at nothing any more."""
        self.dashboard.following.unwatch(self)

    def on_resize(self) -> None:
        """Fit the keys into the line."""
        self.call_after_refresh(self.frame)

    def tick(self) -> None:
        """Let the clock and what runs go on; the store is not asked."""
        if self.is_current:
            self.frame()
            self.advance()

    def advance(self) -> None:
        """Draw anew what the clock alone changes: ages, and durations of what runs."""

    def frame(self) -> None:
        """Draw crumbs, command and keys."""
        if not self.children:  # it was left before it was there
            return
        dash = self.dashboard
        between = " › " if dash.glyphs else " > "
        *outer, last = self.crumbs()
        left = [
            Cell(f" {between.join(['pacc', *map(visible, outer)])}{between}", "bright_black"),
            Cell(visible(last), "bold"),
        ]
        self.query_one("#crumbs", Line).put(left, self._state())
        command = self.command()
        says = [Cell(" $ ", "bright_black"), Cell(visible(command), "green")]
        self.query_one("#command", Line).put(says, [Cell("Y copies ", "bright_black")])
        self.query_one("#keys", Line).put(self._keys(), ())

    def _state(self) -> list[Cell]:
        dash = self.dashboard
        if self.stale is not None:
            return [Cell(f"{'○' if dash.glyphs else 'o'} old: {visible(self.stale)} ", "red")]
        if dash.following.busy_for > _LONG:
            return [Cell(f"{'○' if dash.glyphs else 'o'} waiting for the store ", "yellow")]
        clock = f"{dash.now().astimezone():%H:%M:%S} "
        looks = [Cell("read only  ", "yellow")] if dash.read_only else []
        return [
            *looks,
            Cell(f"{visible(dash.profile)}  ", "bright_black"),
            Cell("● " if dash.glyphs else "* ", "green"),
            Cell(clock),
        ]

    def _keys(self) -> list[Cell]:
        """The keys that matter here, as many as fit; help is always among them."""
        room = self.size.width - 2
        shown = [each for each in actions.of_screen(self.name_of_screen) if each.label]
        helping = next(each for each in shown if each.name == "help")
        cells: list[Cell] = [Cell(" ")]
        key_of = self.dashboard.key_of
        room -= width(f"{key_of(helping)} {helping.label}")
        for each in shown:
            size = width(f"{key_of(each)} {each.label}  ")
            if each is not helping and size <= room:
                cells += [Cell(key_of(each), "blue"), Cell(f" {each.label}  ")]
                room -= size
        return [*cells, Cell(key_of(helping), "blue"), Cell(f" {helping.label}")]

    # -------------------------------------------------------------------------- reports and actions

    def on_reported(self, message: Reported) -> None:
        """Hand what the thread says to whoever it is for; what was left before hears nothing any more."""
        if not self.children:
            return
        report = message.report
        if isinstance(report, Seen):
            self.stale = None
            self.seen(report.name, report.value)
            self.frame()
        elif isinstance(report, Unseen):
            self.stale = report.sentence
            self.frame()
        elif isinstance(report, Done):
            self.done(report.name, report.value)
        else:
            self.refused(report)

    def done(self, name: str, value: Any) -> None:
        """Show what came of something that was asked for."""
        from pacc.schemas.flow_runs import FlowRun  # start-up: behind the first picture

        if isinstance(value, dialogs.Told):
            self.app.push_screen(dialogs.Reading(value))
        elif isinstance(value, Asked):
            self.ask(value)
        elif isinstance(value, FlowRun):
            self.dashboard.open_run(str(value.id))
        elif isinstance(value, str):
            self.said(value)
        del name

    def refused(self, report: Refused) -> None:
        """Say why something could not be done, and what to do instead."""
        hint = f"\nSee: {visible(report.hint)}" if report.hint else ""
        self.notify(f"{visible(report.sentence)}{hint}", severity="error", timeout=8, markup=False)

    def ask(self, asked: Asked | None) -> None:
        """Ask, and have it done where it is meant; a dashboard that only looks says where that can be done instead."""
        if asked is None:
            return
        if self.dashboard.read_only:
            command = f" In a terminal: {visible(asked.command)}" if isinstance(asked.command, str) else ""
            self.notify(f"This dashboard is read only.{command}", severity="warning", markup=False)
            return
        if asked.fields:
            from pacc.tui.screens.forms import Form  # start-up: only where something is typed

            self.app.push_screen(Form(asked), self._answered)
            return

        def answered(is_meant: bool | None) -> None:
            if is_meant:
                self.do("acted", lambda store: asked.act(store, {}))

        command, drawn = asked.command_for({}), asked.drawn
        if asked.markdown:
            drawn = dialogs.markdown(asked.markdown, glyphs=self.dashboard.glyphs)
        sure = dialogs.Confirm(
            asked.question, command, asked.lines, drawn=drawn, yes=asked.yes, no="leave it"
        )
        self.app.push_screen(sure, answered)

    def _answered(self, sentence: str | None) -> None:
        if sentence:
            self.said(sentence)

    def said(self, sentence: str) -> None:
        """Show what came of something that was asked for."""
        self.notify(visible(sentence), markup=False)

    def do(self, name: str, act: Callable[[Store], Any]) -> None:
        """Have something done in the thread."""
        self.dashboard.following.do(self, name, act)

    def action_do(self, name: str) -> None:
        """Do one of the registry's actions; those that bear the name of a place go there."""
        if any(place.name == name for place in places.PLACES):
            self.dashboard.show_page(name)
        else:
            getattr(self, f"act_{name}")()

    def act_back(self) -> None:
        """Go back to where one came from, at last to Home."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        elif self.name_of_screen != actions.HOME:
            self.dashboard.show_page(actions.HOME)

    def act_quit(self) -> None:
        """Leave."""
        self.app.exit()

    def act_theme(self) -> None:
        """Choose other colours."""
        self.app.search_themes()

    def act_help(self) -> None:
        """Show every key of this screen."""
        keys = [
            (self.dashboard.key_of(each), Cell(each.help))
            for each in actions.of_screen(self.name_of_screen)
            if self.dashboard.key_of(each)
        ]
        moves = [(keys_, Cell(said)) for keys_, said in actions.MOVES]
        self.app.push_screen(
            dialogs.Reading(dialogs.Told(title="Keys of this screen", facts=(*keys, *moves)))
        )

    def act_go(self) -> None:
        """Ask where to go."""
        names = ", ".join(place.name for place in places.PLACES)
        told = "; words behind a list narrow it: dep nightly; or a run by name, id, @last, @failed"
        self.app.push_screen(dialogs.Question("Go to", f"{names}{told}"), self._gone)

    def _gone(self, where: str | None) -> None:
        typed = (where or "").strip().removeprefix(":")
        place, search = places.meant_with(typed)
        if place is not None:
            self.dashboard.show_page(place.name, search=search)
        elif typed:
            self.dashboard.find_run(self, typed.removeprefix("run "))

    def act_next_failure(self) -> None:
        """Go to what needs a look, on Home."""
        self.dashboard.show_page(actions.HOME)

    def act_copy_command(self) -> None:
        """Copy the command."""
        self._copy(self.command())

    def act_copy_id(self) -> None:
        """Copy the id."""
        identity = self.identity()
        if identity is not None:
            self._copy(identity)

    def _copy(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied: {visible(text)}", timeout=2, markup=False)


class RunsPage(Page):
    """A screen whose cursor is on a flow run."""

    def run_here(self) -> ListedRun | None:
        """Return the run the cursor is on."""
        raise NotImplementedError

    def identity(self) -> str | None:
        """Return the run's id."""
        here = self.run_here()
        return None if here is None else str(here.run.id)

    def command(self) -> str:
        """Return the command that shows the run, or the list."""
        identity = self.identity()
        return "pacc flow-run ls" if identity is None else f"pacc flow-run inspect {identity}"

    def act_why(self) -> None:
        """Say why the run is as it is."""
        if (here := self.run_here()) is not None:
            self.do("why", lambda store: dialogs.why_run(store, here))

    def act_facts(self) -> None:
        """Show everything about the run."""
        if (here := self.run_here()) is not None:
            now, glyphs = self.dashboard.now(), self.dashboard.glyphs
            self.do("facts", lambda store: dialogs.run_facts(store, here, now, glyphs=glyphs))

    def act_cancel(self) -> None:
        """Cancel the run, if that is meant."""
        if (here := self._open_run_here()) is not None:
            self.ask(
                Asked(
                    question=f'Cancel flow run "{visible(here.run.name)}"?',
                    command=f"pacc flow-run cancel {here.run.id}",
                    yes="cancel it",
                    act=lambda store, _: dialogs.cancelled(store, here),
                )
            )

    def act_kill(self) -> None:
        """Kill all processes of the run, if that is meant."""
        if (here := self._open_run_here()) is not None:
            self.ask(
                Asked(
                    question=f'Kill all processes of flow run "{visible(here.run.name)}" at once?',
                    command=f"pacc flow-run cancel {here.run.id} --kill",
                    yes="kill them",
                    act=lambda store, _: dialogs.killed(store, here),
                    lines=("They get no time to clean up; x gives them some.",),
                )
            )

    def _open_run_here(self) -> ListedRun | None:
        """The run the cursor is on, where it has not ended; where it has, the person is told."""
        here = self.run_here()
        if here is None or here.run.state is None or not here.run.state.is_final():
            return here
        self.notify(f'"{visible(here.run.name)}" has ended already.', markup=False)
        return None

    def act_delete(self) -> None:
        """Delete the run, once its name was typed."""
        if (here := self.run_here()) is not None:
            self.ask(
                by_name(
                    "flow run",
                    here.run.name,
                    f"pacc flow-run delete {here.run.id}",
                    lambda store: dialogs.deleted(store, here),
                    "Its task runs and its log go with it.",
                )
            )

    def act_custom_run(self) -> None:
        """Ask for values, beginning with those of the run, and start one more run of its deployment."""
        here = self.run_here()
        if here is None:
            return
        run = here.run
        if run.deployment_id is None:
            self.notify(
                f'"{visible(run.name)}" is not of a deployment; T runs it once more.', timeout=4, markup=False
            )
            return
        from pacc.services import deployments  # start-up: only where something is typed
        from pacc.tui.custom_runs import run_form  # start-up: as above

        identity, now = run.deployment_id, self.dashboard.now
        self.do("custom_run", lambda store: run_form(deployments.read(store, identity), now, run.parameters))

    def act_shell(self) -> None:
        """Open a shell where the run's flow is; it takes the terminal until it ends."""
        if (here := self.run_here()) is not None:
            self.shell_of(here)

    def shell_of(self, listed: ListedRun) -> None:
        """Open a shell where the flow of a run is."""
        if not dialogs.may_act(self):
            return
        from pacc.tui import outside  # start-up: only where a program is started

        file = Path((listed.run.entrypoint or "").rpartition(":")[0])
        outside.shell(self, file.parent if file.is_file() else self.dashboard.store.home)

    def act_parent(self) -> None:
        """Go to the flow run that called it."""
        here = self.run_here()
        if here is not None and here.run.parent_flow_run_id is not None:
            self.dashboard.open_run(str(here.run.parent_flow_run_id))
        elif here is not None:
            self.notify("No other flow run called it.", timeout=3)

    def act_matrix(self) -> None:
        """Show the tasks of the run's flow over its last runs."""
        if (here := self.run_here()) is not None:
            self.dashboard.open_matrix(str(here.run.flow_id), visible(here.flow_name))

    def act_unpause(self) -> None:
        """Let the run go on, with the input it asks for."""
        if (here := self.run_here()) is not None:
            from pacc.tui.custom_runs import resume_form  # start-up: only where a run is paused

            run_id = str(here.run.id)
            self.do("unpause", lambda store: resume_form(store, run_id))

    def act_retry(self) -> None:
        """Show what a retry would do, and do it if that is meant."""
        if (here := self.run_here()) is not None:
            glyphs = self.dashboard.glyphs
            self.do("retry", lambda store: dialogs.retry_plan(store, here, glyphs=glyphs))

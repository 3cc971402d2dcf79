"""The deployments: whether they are on, when they run next, how their last runs ended."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal

from pacc._internal.visible import visible
from pacc.exceptions import InvalidSchedule
from pacc.presentation import deployments as presented
from pacc.presentation import sifting
from pacc.presentation.deployment_stats import stats_lines
from pacc.presentation.tables import Cell
from pacc.services import deployment_schedules, deployment_stats, deployments, overview
from pacc.services.explaining import why_deployment
from pacc.services.makers import this_person
from pacc.tui import actions, schedule_forms, searching
from pacc.tui.screens import dialogs
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.halves import Halves
from pacc.tui.screens.marking import Marked
from pacc.tui.widgets.canvas import Line
from pacc.tui.widgets.detail import Detail
from pacc.tui.widgets.window_table import WindowTable

if TYPE_CHECKING:
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from pacc.presentation.deployments import ListedDeployment
    from pacc.presentation.sifting import Order
    from pacc.schemas.deployments import Deployment
    from pacc.store import Store
    from pacc.tui.searching import Search

LAST_ENDS = 10
NONE = "no deployments; `pacc deploy` and `flow.serve` make some"
_EVERY = 10.0
_COMING = 3
_STATS_OF = timedelta(days=7)


class Deployments(Marked, Halves):
    """The list of deployments."""

    name_of_screen = actions.DEPLOYMENTS
    details = 48
    placeholder = "flow:etl pool:gpu queue:high tag:prod -name:probe nightly"
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.DEPLOYMENTS)]

    def __init__(self) -> None:
        super().__init__()
        self._order = 0
        self._count: int | None = None
        self._paused: set[str] = set()
        """The ids of those whose schedules rest."""

    def body(self) -> ComposeResult:
        """Make the line over the list, the list and the details."""
        yield Line(id="about")
        with Horizontal(id="halves"):
            yield WindowTable(presented.LIST_COLUMNS, presented.listed_cells, empty=NONE, id="list")
            yield Detail(id="detail")

    def crumbs(self) -> list[str]:
        """Return the way here."""
        return ["Deployments"]

    def identity(self) -> str | None:
        """Return the id of the deployment the cursor is on."""
        return self.table.current

    def command(self) -> str:
        """Return the command that shows the deployment, or all of them."""
        here = self._here()
        return "pacc deployment ls" if here is None else f"pacc deployment inspect {quote(here.full_name)}"

    def look(self) -> None:
        """Read the deployments that fit, with what comes next and what went before."""
        search, order = self.search, presented.ORDERS[self._order]
        self.dashboard.following.watch(
            self, "deployments", lambda store: self._read(store, search, order), every=_EVERY
        )
        self.look_closer()

    def tell(self, store: Store, row: ListedDeployment, now: datetime) -> dialogs.Told:
        """Say everything about a deployment, in the thread."""
        return _facts(store, row.deployment, now)

    def parsed(self, typed: str, now: datetime) -> Search:
        """Return what was typed as filters."""
        return searching.parse(typed, now, searching.DEPLOYMENTS)

    def kept_as(self) -> str:
        """Return the kind of list."""
        return searching.DEPLOYMENTS

    def act_sort(self) -> None:
        """Take the next order."""
        self._order = (self._order + 1) % len(presented.ORDERS)
        self.table.move_to(0)
        self.look()

    def narrowed(self) -> None:
        """Read what fits the search."""
        self.table.empty = "no deployment fits" if self.typed else NONE
        self.look()

    def _read(self, store: Store, search: Search, order: Order) -> tuple[ListedDeployment, ...]:
        now = self.dashboard.now()
        out = {each.id for term in search.without for each in _fitting(store, term)}
        fits = [each for each in _fitting(store, search) if each.id not in out]
        ends = overview.last_ends(store, LAST_ENDS) if fits else {}
        found = [
            presented.ListedDeployment(each, _next(each, now), tuple(ends.get(str(each.id), ())))
            for each in sorted(fits, key=lambda each: (each.flow_name, each.name))
        ]
        return tuple(sifting.ordered(found, order))

    def seen(self, name: str, value: Any) -> None:
        """Show them, or what there is to say about one."""
        if name == "told":
            self.detail.put(value)
            return
        rows = {str(each.deployment.id): each for each in value}
        self._count, self._paused = len(rows), {name for name, each in rows.items() if each.deployment.paused}
        self.put_about()
        before = self.table.current_row
        self.table.put(list(rows), rows)
        if self.table.current_row != before:
            self.look_closer()
        if not rows:
            self.detail.put(None)

    def put_about(self) -> None:
        """Draw the line over the list."""
        count, marked = self._count, len(self.table.marked)
        between = " · " if self.dashboard.glyphs else " - "
        if count is None:
            return
        cells = [
            Cell(f" {count:,} deployment{'' if count == 1 else 's'}", "bold"),
            Cell(f"{between}/{visible(self.typed)}" if self.typed else "", "yellow"),
            Cell(f"{between}{marked:,} marked" if marked else "", "yellow"),
            Cell(f"{between}{presented.ORDERS[self._order].called}" if count else "", "bright_black"),
        ]
        self.query_one("#about", Line).put(cells, self.ways_back())

    def _here(self) -> Deployment | None:
        row: ListedDeployment | None = self.table.current_row
        return None if row is None else row.deployment

    # --------------------------------------------------------------------------------------- acting

    def act_why(self) -> None:
        """Say why the deployment runs or does not."""
        if (here := self._here()) is not None:
            self.do(
                "why",
                lambda store: dialogs.explained(why_deployment(store, deployments.read(store, here.id))),
            )

    def act_run(self) -> None:
        """Start a run of each marked deployment, or else of the deployment, if that is meant."""
        if self._ask_many("run"):
            return
        if (here := self._here()) is not None:
            self.ask(
                Asked(
                    question=f'Start a run of "{visible(here.full_name)}" now, with its own parameters?',
                    command=f"pacc deployment run {quote(here.full_name)}",
                    yes="start it",
                    act=lambda store, _: _started(store, here),
                )
            )

    def _ask_many(self, verb: str) -> bool:
        """Ask whether something is meant for all that is marked; say whether anything is."""
        from pacc.tui import bulk  # start-up: only where something is done

        return self.ask_many(bulk.DEPLOYMENTS[verb])

    def act_custom_run(self) -> None:
        """Ask for values, and start a run with them."""
        if (here := self._here()) is not None:
            from pacc.tui.custom_runs import run_form  # start-up: only where something is typed

            self.ask(run_form(here, self.dashboard.now))

    def act_preview(self) -> None:
        """Show when the deployment runs next by itself."""
        if (here := self._here()) is not None:
            now = self.dashboard.now()
            self.do("preview", lambda store: _previewed(store, here, now))

    def act_open(self) -> None:
        """Show the runs of the deployment."""
        if (here := self._here()) is not None:
            if len(here.full_name.split()) > 1 or "," in here.full_name:
                self.notify(searching.NO_WORD, severity="warning")
            else:
                self.dashboard.show_runs(f"deployment:{here.full_name}")

    def act_matrix(self) -> None:
        """Show how each task of its flow ended in its last runs."""
        if (here := self._here()) is not None:
            self.dashboard.open_matrix(str(here.flow_id), visible(here.flow_name))

    def act_stats(self) -> None:
        """Show how the runs of the deployment went in the last days."""
        if (here := self._here()) is not None:
            now, glyphs, room = self.dashboard.now(), self.dashboard.glyphs, dialogs.room(self.size.width)
            self.do("stats", lambda store: _went(store, here, now, room, glyphs=glyphs))

    def act_toggle(self) -> None:
        """Pause the schedules of the marked deployments, or of the deployment all or one of several, or resume them, if that is meant."""
        if self._ask_many("resume" if self._paused.issuperset(self.table.marked) else "pause"):
            return
        here = self._here()
        if here is None:
            return
        if len(here.schedules) < 2:
            self.ask(schedule_forms.toggle_all(here))
            return
        from pacc.tui.screens.choosing import Choice  # start-up: only where there are several

        rows = presented.schedule_choices(here, glyphs=self.dashboard.glyphs)
        choice = Choice(f"{visible(here.full_name)}: which?", presented.CHOICE_COLUMNS, rows)
        self.app.push_screen(choice, lambda chosen: self._toggle(here, chosen))

    def _toggle(self, here: Deployment, chosen: str | None) -> None:
        one = next((each for each in here.schedules if str(each.id) == chosen), None)
        if chosen is not None:
            self.ask(schedule_forms.toggle_all(here) if one is None else schedule_forms.toggle_one(here, one))

    def act_new(self) -> None:
        """Say how a deployment is made, which the dashboard cannot: it has not the code."""
        from pacc.tui.deployment_forms import how_to_make_one  # start-up: only where somebody asks

        self.app.push_screen(dialogs.Reading(how_to_make_one()))

    def act_edit(self) -> None:
        """Change what the deployment is like, in a form."""
        if (here := self._here()) is not None:
            from pacc.tui.deployment_forms import edit  # start-up: only where something is typed

            self.do("edit", lambda store: edit(store, here.id))

    def act_add(self) -> None:
        """Give the deployment one more schedule."""
        if (here := self._here()) is not None:
            self.ask(schedule_forms.new_schedule(here))

    def act_backfill(self) -> None:
        """Make runs for times in the past."""
        if (here := self._here()) is not None:
            self.ask(schedule_forms.backfill(here, self.dashboard.now))

    def act_delete(self) -> None:
        """Delete the marked deployments, or else the deployment, once their number or its name was typed."""
        if self._ask_many("delete"):
            return
        if (here := self._here()) is not None:
            self.ask(schedule_forms.delete(here))


def _fitting(store: Store, search: Search) -> list[Deployment]:
    return deployments.select(store, flow_filter=search.flows, deployment_filter=search.deployments)


def _next(deployment: Deployment, now: datetime) -> datetime | None:
    """When a deployment runs next by itself, nothing where it does not, or its schedules cannot be read."""
    if deployment.paused:
        return None
    with suppress(InvalidSchedule):
        return next((time for time, _ in deployment_schedules.coming(deployment, now, 1)), None)
    return None


def _facts(store: Store, deployment: Deployment, now: datetime) -> dialogs.Told:
    found = deployments.read(store, deployment.id)
    coming: tuple[datetime, ...] = ()
    if not found.paused:
        with suppress(InvalidSchedule):
            coming = tuple(time for time, _ in deployment_schedules.coming(found, now, _COMING))
    return dialogs.Told.of(presented.deployment_description(found, now, coming=coming))


def _previewed(store: Store, deployment: Deployment, now: datetime) -> dialogs.Told:
    found = deployments.read(store, deployment.id)
    coming = list(deployment_schedules.coming(found, now, 10))
    lines = () if coming else ("It does not run by itself.",)
    if found.paused and coming:
        lines = ("Its schedules are paused; without that:",)
    return dialogs.Told(
        title=f"Next runs of {visible(found.full_name)}",
        lines=lines,
        drawn=dialogs.plain_table(presented.coming_table(coming, now)),
        next_step=f"pacc deployment schedule next {quote(found.full_name)}",
    )


def _went(store: Store, deployment: Deployment, now: datetime, room: int, *, glyphs: bool) -> dialogs.Told:
    found = deployment_stats.read(store, deployment.id, now - _STATS_OF, now, 28)
    head, *lines = (
        "".join(each.text for each in line) for line in stats_lines(found, glyphs=glyphs, room=room)
    )
    return dialogs.Told(
        title=head, lines=tuple(lines), next_step=f"pacc deployment stats {quote(deployment.full_name)}"
    )


def _started(store: Store, deployment: Deployment) -> str:
    run = deployments.create_run(store, deployment.id, created_by=this_person())
    return presented.started(deployment, run)

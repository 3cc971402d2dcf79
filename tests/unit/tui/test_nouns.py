"""The lists of nouns: what each shows beside its rows, and what its keys ask and do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from rich.style import Style
from textual.theme import BUILTIN_THEMES

from pacc import flow
from pacc.blocks.notifications import SlackWebhook
from pacc.blocks.system import Secret
from pacc.exceptions import InvalidValueError, ObjectNotFound
from pacc.schemas.automations import AutomationCore
from pacc.schemas.events import Event, Resource
from pacc.schemas.work_pools import WorkPoolCreate, WorkQueueCreate
from pacc.services import (
    artifacts,
    automation_files,
    automations,
    backfills,
    block_listing,
    blocks,
    concurrency_limits,
    deployments,
    events,
    variables,
    work_pools,
    work_queues,
    workers,
)
from pacc.settings import SETTINGS, load_current_profile
from pacc.store import open_store
from pacc.tui import event_terms
from pacc.tui.nouns import automation_form
from pacc.tui.places import PLACES

SMALL, LARGE = (80, 24), (120, 40)
BOTH_SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@flow
def sync(number=1):
    return number


@pytest.fixture
def store(pacc_home):
    return open_store(pacc_home)


@pytest.fixture
def hourly(store):
    sync.to_deployment(name="hourly", interval=3600).apply()
    return deployments.find(store, "sync/hourly")


# --------------------------------------------------------------------------------------------- flows


@BOTH_SIZES
def test_flows_are_listed_with_their_deployments_and_how_their_runs_ended(store, hourly, look, size):
    sync()
    store.journal.flush()

    async def what(seen):
        await seen.until("1 flow")
        assert "✓" in seen.lines("sync  ")[0]
        await seen.press("enter")
        await seen.until("sync/hourly")
        await seen.until("1 completed")
        await seen.press("escape", "M")
        await seen.until("last 40 runs")
        await seen.press("escape", "o")
        await seen.until("/flow:sync")
        seen.dashboard.show_page("flows")
        await seen.press("f")
        await seen.until("Needs a look")

    look(what, size=size, first="flows")


# --------------------------------------------------------------------------------------- all of them


def test_without_glyphs_and_colour_every_list_is_ascii_in_the_terminal_s_own_colours(runs, pool, look):
    variables.put(runs, "city", "Ulm")
    concurrency_limits.put(runs, "db", 2, active_slots=1)
    artifacts.create(runs, key="report", type="markdown", data="# Day\n\n- *warm*\n")
    backfills.create(runs, deployments.find(runs, "sync/hourly"), NOW - timedelta(hours=2), NOW)

    async def what(seen):
        for place in PLACES:
            seen.dashboard.show_page(place.name)
            await seen.settle()
            await seen.until(place.name.capitalize())
            assert seen.text.isascii(), place.name
            for strip in seen.dashboard.screen._compositor.render_strips():
                for segment in strip:
                    style = segment.style or Style()
                    assert all(part is None or part.is_default for part in (style.color, style.bgcolor))

    look(what, size=LARGE, glyphs=False, no_color=True)


# ----------------------------------------------------------------------------------------- variables


@BOTH_SIZES
def test_variables_are_listed_with_their_values_and_read_whole(store, look, size):
    variables.put(store, "animal", {"make": "[bold]ford[/bold]\x1b"}, tags=["prod"])

    async def what(seen):
        await seen.until("1 variable")
        assert "prod" in seen.lines("animal  ")[0]
        assert ("Variable 'animal'" in seen.text) is (size == LARGE)
        await seen.press("enter")
        await seen.until('{"make": "[bold]ford[/bold]\\u001b"}')
        await seen.press("escape")
        await seen.until("$ pacc variable inspect animal")
        assert "animal  " in seen.lines("prod")[0]

    look(what, size=size, first="variables")


def test_a_variable_is_set_changed_and_removed_with_the_command_for_each_shown(store, look):
    async def what(seen):
        await seen.until("n sets one")
        await seen.press("n")
        await seen.fill_in("Town", "Ulm")
        await seen.until("$ pacc variable set Town Ulm")
        await seen.press("enter")
        await seen.until('"Town" is no name for a variable')
        await seen.press("ctrl+y", "escape", "n")
        assert seen.dashboard.clipboard == "pacc variable set Town Ulm"
        await seen.fill_in("town", "Ulm", "a, b")
        await seen.until('Set variable "town".')
        await seen.press("e")
        await seen.fill_in("[1]", "")
        await seen.until("[1]")
        assert variables.read(store, "town").value == [1]
        await seen.press("D")
        await seen.fill_in("tow")
        await seen.until('that is not "town"')
        await seen.fill_in("n")
        await seen.until("n sets one")
        with pytest.raises(ObjectNotFound):
            variables.read(store, "town")

    look(what, first="variables")


# ----------------------------------------------------------------------------------------- backfills


@BOTH_SIZES
def test_backfills_show_how_far_they_are_and_are_cancelled(store, hourly, look, size):
    made = backfills.create(store, hourly, NOW - timedelta(hours=5), NOW)

    async def what(seen):
        await seen.until("1 backfill")
        assert f"0 of {made.total}" in seen.lines("sync/hourly  ")[0]
        await seen.press("x")
        await seen.until(f"$ pacc backfill cancel {made.id}")
        await seen.press("Y", "enter")
        await seen.until("Cancelled")
        assert backfills.read(store, made.id).state == "CANCELLED"
        await seen.press("x")
        assert "Cancel the backfill" not in seen.text

    look(what, size=size, first="backfills")


# --------------------------------------------------------------------------------------------- pools


@pytest.fixture
def pool(store):
    made = work_pools.create(store, WorkPoolCreate(name="local", concurrency_limit=4))
    work_queues.create(store, WorkQueueCreate(name="high"), work_pool_name="local")
    workers.beat(store, made.id, "a1")
    return made


@BOTH_SIZES
def test_pools_are_listed_with_their_queues_and_workers_below_them(store, pool, look, size):
    sync.to_deployment(name="pooled", work_pool_name="local", work_queue_name="high").apply()
    deployments.create_run(store, deployments.find(store, "sync/pooled").id)

    async def what(seen):
        await seen.until("1 pool")
        assert [line.split()[:2] for line in seen.lines("queue p")] == [
            ["default", "queue"],
            ["high", "queue"],
        ]
        assert "1" in seen.lines("queue p2")[0].split("Ready")[1]
        assert "Online" in seen.lines("a1  ")[0]
        await seen.press("j", "j", "enter")
        await seen.until("Work queue 'high'")
        await seen.until("$ pacc work-queue inspect high --pool local")
        await seen.press("escape", "j", "enter")
        await seen.until("Worker 'a1'")
        await seen.press("t", "C", "D")
        assert "╭" not in seen.text

    look(what, size=size, first="pools")


def test_a_pool_and_a_queue_are_paused_limited_and_deleted(store, pool, look):
    async def what(seen):
        await seen.until("1 pool")
        await seen.press("t")
        await seen.until("$ pacc work-pool pause local")
        await seen.press("enter")
        await seen.until("Paused")
        assert work_pools.read(store, "local").is_paused
        await seen.press("j", "j", "t", "enter")
        assert work_queues.read_by_name(store, "high", work_pool_name="local").is_paused
        await seen.press("C")
        await seen.type("2")
        await seen.until("$ pacc work-queue set-concurrency-limit high 2 --pool local")
        await seen.press("enter")
        await seen.until("0/2")
        await seen.press("e", "ctrl+u")
        await seen.type("1")
        await seen.until("$ pacc work-queue set-priority high 1 --pool local")
        await seen.press("enter")
        await seen.until("queue p1   Paused")
        assert work_queues.read_by_name(store, "high", work_pool_name="local").priority == 1
        await seen.press("N")
        await seen.fill_in("low", "0", "")
        await seen.until("cannot have the priority 0")
        await seen.press("up", "backspace")
        await seen.fill_in("1")
        await seen.until("$ pacc work-queue create low --pool local --priority 1")
        await seen.press("enter")
        await seen.until('Made the work queue "low"')
        assert work_queues.read_by_name(store, "low", work_pool_name="local").priority == 1
        await seen.press("g", "D")
        await seen.fill_in("local")
        await seen.until("no work pools")

    look(what, size=LARGE, first="pools")


def test_deployments_and_runs_are_narrowed_to_those_of_a_pool(store, pool, hourly, look):
    sync.to_deployment(name="pooled", work_pool_name="local", work_queue_name="high").apply()
    deployments.create_run(store, deployments.find(store, "sync/pooled").id)
    deployments.create_run(store, hourly.id)

    async def what(seen):
        await seen.until("2 deployments")
        for typed, count in (("pool:local", "1 deployment "), ("-queue:high", "1 deployment ")):
            await seen.press("slash", "ctrl+u")
            await seen.type(typed)
            await seen.press("enter")
            await seen.until(f"/{typed}")
            await seen.until(count)
        assert "hourly" in seen.text
        assert "pooled" not in seen.text
        await seen.press("slash", "ctrl+u")
        await seen.type("state:late")
        await seen.press("enter")
        await seen.until("nothing to look for")
        await seen.press("escape", "escape")
        await seen.until("2 deployments")
        await seen.press("2", "slash")
        await seen.type("pool:local")
        await seen.press("enter")
        await seen.until("1 flow run ")
        assert "sync/pooled" in seen.text

    look(what, size=LARGE, first="deployments")


def test_a_pool_is_made_for_workers_of_a_type_that_is_known(store, look):
    async def what(seen):
        await seen.until("no work pools")
        await seen.press("n")
        await seen.fill_in("local", "airship")
        await seen.until("airship")
        await seen.press("shift+home")
        await seen.fill_in("process")
        await seen.until("1 pool")
        assert work_pools.read(store, "local").base_job_template

    look(what, first="pools")


# -------------------------------------------------------------------------------------------- limits


@BOTH_SIZES
def test_limits_show_what_is_taken_of_them_and_by_whom(store, look, size):
    concurrency_limits.put(store, "db", 5, active_slots=3)
    concurrency_limits.put(store, "tag:gpu", 1)

    async def what(seen):
        await seen.until("2 limits")
        assert "████░░░░ 3/5" in seen.lines("db  ")[0]
        await seen.press("enter")
        await seen.until("somebody outside of runs: 3 slots")
        await seen.press("escape", "j")
        await seen.until("$ pacc concurrency-limit inspect gpu")

    look(what, size=size, first="limits")


def test_a_limit_is_made_changed_switched_off_freed_and_deleted(store, look):
    async def what(seen):
        await seen.until("n makes one")
        await seen.press("n")
        await seen.fill_in("db", "many", "")
        await seen.until('"many" is not a whole number')
        await seen.press("ctrl+a", "ctrl+k")
        await seen.fill_in("3", "")
        await seen.until("0/3")
        await seen.press("C")
        await seen.fill_in("7")
        await seen.until("0/7")
        await seen.press("t")
        await seen.until("$ pacc gcl disable db")
        await seen.press("enter")
        assert not concurrency_limits.read(store, "db").active
        concurrency_limits.update(store, "db", active_slots=2)
        await seen.until("2/7")
        await seen.press("z", "enter")
        await seen.until("0/7")
        await seen.press("D")
        await seen.fill_in("db")
        await seen.until("n makes one")

    look(what, first="limits")


# --------------------------------------------------------------------------------------- automations


@pytest.fixture
def automation(store):
    told = {"expect": ["prefect.variable.created"], "threshold": 2, "within": 60}
    wanted = AutomationCore(name="tell", trigger=told, actions=[{"type": "do-nothing"}])
    return automations.create(store, wanted)


@BOTH_SIZES
def test_automations_are_listed_with_what_they_wait_for_and_tried_on_past_events(
    store, automation, look, size
):
    for name in ("a", "b"):
        variables.put(store, name, 1)

    async def what(seen):
        await seen.until("1 automation")
        assert "enabled" in seen.lines("tell  ")[0]
        await seen.press("P")
        await seen.until("it would have fired once.")
        await seen.press("escape", "enter")
        await seen.until("Reactive: ")
        await seen.until("$ pacc automation inspect tell")

    look(what, size=size, first="automations")


def test_an_automation_is_switched_off_and_on_and_deleted(store, automation, look):
    async def what(seen):
        await seen.until("1 automation")
        await seen.press("t")
        await seen.until("$ pacc automation pause tell")
        await seen.press("enter")
        await seen.until("paused")
        await seen.press("t", "enter")
        await seen.until("enabled")
        await seen.press("D")
        await seen.fill_in("tell")
        await seen.until("no automations yet")

    look(what, first="automations")


@BOTH_SIZES
def test_an_automation_is_made_in_three_steps_with_its_command_shown(store, look, size):
    async def what(seen):
        await seen.until("n makes one")
        await seen.press("n")
        await seen.until("1 Trigger › 2 Actions › 3 Details")
        await seen.fill_in("variable.created", "", "prod", "", "2", "60")
        await seen.until("‹ send-notification ›")
        assert not seen.lines("Only where this flow")
        await seen.fill_in("send-notification", "", "", "do-nothing", "", "tell", "Tells all", "a, b")
        await seen.until('"send-notification" needs it')
        await seen.fill_in("secret/none")
        await seen.press("pagedown", "down", "down", "enter")
        await seen.until('no block "secret/none"')
        await seen.press("pageup")
        await seen.fill_in("do-nothing")
        await seen.press("pagedown", "ctrl+s")
        await seen.until("1 automation")
        (made,) = automations.select(store)
        assert made.trigger["expect"] == ["pacc.variable.created"]
        assert made.trigger["match_related"] == {"pacc.resource.id": "pacc.tag.prod"}
        assert made.actions == [{"type": "do-nothing"}, {"type": "do-nothing"}]
        assert (made.name, made.description, made.tags) == ("tell", "Tells all", ["a", "b"])

    look(what, size=size, first="automations")


@BOTH_SIZES
def test_an_automation_is_tried_as_soon_as_its_trigger_is_told(store, look, size):
    variables.put(store, "city", "Ulm")

    async def what(seen):
        await seen.until("n makes one")
        await seen.press("n")
        await seen.until("ctrl+t tries it")
        await seen.press("ctrl+t")
        await seen.until("it is needed")
        await seen.type("variable.created")
        await seen.press("ctrl+t")
        await seen.until("it would have fired once.")
        await seen.press("escape")
        assert automations.select(store) == []

    look(what, size=size, first="automations")


def test_an_automation_is_edited_as_yaml_and_what_is_refused_is_not_lost(store, look):
    told = {"name": "tell", "event": "variable.created", "action": "do-nothing"}
    wanted = automation_files.from_plain(store, automation_form.told_automation(told))
    kept = automations.create(store, wanted)

    async def what(seen):
        await seen.until("1 automation")
        await seen.press("e")
        await seen.until(f"pacc automation update --id {kept.id}")
        await seen.press("down", *["delete"] * len("name: tell\n"), "ctrl+s")
        await seen.until("this is no automation")
        await seen.press("e")
        await seen.until("description:")
        assert "name: tell" not in seen.text
        await seen.press("down")
        await seen.type("name: told")
        await seen.press("enter", "ctrl+s")
        await seen.until('Updated automation "told"')
        assert automations.read(store, kept.id).name == "told"

    look(what, size=LARGE, first="automations")


def test_a_form_tells_an_automation_as_a_file_would():
    told = automation_form.told_automation(
        {
            "name": "quiet",
            "event": "flow-run.Completed",
            "of flow": "etl",
            "how": "does not",
            "within": 60.0,
            "action": "run-deployment",
            "of what": "etl/nightly",
        }
    )
    assert told["trigger"]["posture"] == "Proactive"
    assert told["trigger"]["match_related"]["pacc.resource.name"] == "etl"
    assert told["actions"] == [{"type": "run-deployment", "deployment_id": "etl/nightly"}]
    told = automation_form.told_automation(
        {"name": "two", "event": "a.b", "of flow": "etl", "of tag": "prod", "action": "cancel-flow-run", "and then":
         "pause-work-pool", "of what then": "gpu"}
    )  # fmt: skip
    assert told["trigger"]["match_related"][1] == {"pacc.resource.id": "pacc.tag.prod"}
    assert told["actions"] == [
        {"type": "cancel-flow-run"},
        {"type": "pause-work-pool", "work_pool_id": "gpu"},
    ]
    assert automation_form.wrong({"and then": "run-deployment"}) == {
        "of what then": '"run-deployment" needs it'
    }
    assert automation_form.wrong({"action": "run-deployment"}) == {"of what": '"run-deployment" needs it'}
    assert "within" in automation_form.wrong({"how": "does not"})


# -------------------------------------------------------------------------------------------- events


@BOTH_SIZES
def test_events_are_listed_as_they_happen_narrowed_and_held(store, look, size):
    variables.put(store, "city", "Ulm")

    async def what(seen):
        await seen.until("● live")
        await seen.until("variable city")
        variables.put(store, "town", "Kiel")
        await seen.until("variable town")
        await seen.press("space")
        await seen.until("‖ held")
        variables.put(store, "river", "Iller")
        await seen.settle()
        assert "river" not in seen.text
        await seen.press("space")
        await seen.until("variable river")
        await seen.press("slash")
        await seen.type("town 2h")
        await seen.press("enter")
        await seen.until("$ pacc events ls --since 2h --search town")
        await seen.until("1 event ")
        await seen.press("enter", "v")
        await seen.until('"pacc.resource.name": "town"')
        await seen.press("escape", "escape")
        await seen.until("variable river")

    look(what, size=size, first="events", moved=timedelta(seconds=5))


def test_the_run_an_event_is_about_is_opened(runs, look):
    async def what(seen):
        await seen.until("events")
        await seen.press("slash")
        await seen.type("event:flow-run.Failed")
        await seen.press("enter")
        await seen.until("1 event ")
        await seen.press("A")
        await seen.until("A new automation")
        await seen.until("flow-run.Failed")
        await seen.press("escape", "o")
        await seen.until("timeline")
        assert "no-room" in seen.text.splitlines()[0]

    look(what, first="events")


def test_enter_goes_from_the_details_of_an_event_to_what_it_is_about(store, look):
    variables.put(store, "city", "Ulm")
    sync.to_deployment(name="nightly").apply()
    work_pools.create(store, WorkPoolCreate(name="gpu", type="process"))
    opened = Event(event="shop.opened", resource=Resource({"pacc.resource.id": "shop.7"}))
    events.record(store, opened)

    async def what(seen):
        for about, gone in (
            ("variable.created", "$ pacc variable inspect city"),
            ("deployment.created", "$ pacc deployment inspect sync/nightly"),
            ("work-pool", "$ pacc work-pool inspect gpu"),
        ):
            await seen.press("8")
            await seen.until("live")
            await seen.press("slash")
            await seen.type(f"event:{about}*")
            await seen.press("enter")
            await seen.until("1 event ")
            await seen.press("enter", "enter")
            await seen.until(gone)
        await seen.press("8")
        await seen.until("live")
        await seen.press("slash")
        await seen.type("event:shop*")
        await seen.press("enter")
        await seen.until("1 event ")
        await seen.press("o")
        await seen.until("Nothing it names has a screen")

    look(what, first="events")


@pytest.mark.parametrize("typed", ["colour:red", "event:", "a:b"])
def test_a_term_that_no_event_can_fit_is_refused_with_those_there_are(typed):
    with pytest.raises(InvalidValueError) as raised:
        event_terms.parse(typed, NOW)
    assert "event:" in raised.value.hint


def test_terms_of_a_search_for_events_become_a_filter_and_options():
    found = event_terms.parse("event:flow-run.* resource:table.a 2h lost rows", NOW)
    assert found.wanted.event.name == ["pacc.flow-run.*"]
    assert found.wanted.resource.id == ["table.a"]
    assert found.wanted.occurred.since == NOW - timedelta(hours=2)
    assert found.wanted.text.query == "lost rows"
    assert found.options == "--event 'pacc.flow-run.*' --resource table.a --since 2h --search 'lost rows'"


# ----------------------------------------------------------------------------------------- artifacts


@BOTH_SIZES
def test_artifacts_are_drawn_with_their_earlier_versions(store, look, size):
    for number in (1, 2):
        artifacts.create(store, key="report", type="markdown", data=f"# Day {number}\n\n- *warm*\n")
    artifacts.create(store, key="cities", type="table", data='[{"city": "[red]Ulm[/red]"}]')
    artifacts.create(store, key="upload", type="progress", data=74.5)
    artifacts.create(store, key="chart", type="image", data="https://example.org/chart.png")

    async def what(seen):
        await seen.until("4 artifacts")
        seen.dashboard.screen.table.move_to(seen.dashboard.screen.table.ids.index("report"))
        await seen.press("enter")
        await seen.until("2 of 2")
        await seen.until("• warm")
        await seen.press("left_square_bracket")
        await seen.until("1 of 2")
        await seen.until("Day 1")
        await seen.press("equals_sign")
        await seen.until("is the first one")
        await seen.press("right_square_bracket")
        await seen.until("2 of 2")
        await seen.press("equals_sign")
        await seen.until("-# Day 1")
        await seen.until("$ pacc artifact diff report --version 2")
        await seen.press("escape", "v")
        await seen.until('"report" is no table.')
        shown = ""
        for _ in range(3):
            await seen.press("escape", "k", "enter")
            shown += seen.text
        for text in ("[red]Ulm[/red]", "74.5 %", "https://example.org/chart.png"):
            assert text in shown

    look(what, size=size, first="artifacts")


def test_an_artifact_is_deleted_with_all_its_versions(store, look):
    for number in (1, 2):
        artifacts.create(store, key="report", type="progress", data=number)

    async def what(seen):
        await seen.until("1 artifact")
        await seen.press("p")
        await seen.until("No flow run made it.")
        await seen.press("o")
        await seen.until("It is no link.")
        await seen.press("D")
        await seen.fill_in("report")
        await seen.until("no artifacts")

    look(what, first="artifacts")


@BOTH_SIZES
def test_the_rows_of_a_table_are_sorted_narrowed_and_copied_as_csv(store, look, size):
    told = [{"city": city, "degrees": degrees, **{f"more{n}": "x" * 20 for n in range(6)}} for city, degrees in
            (("Ulm", 9), ("[b]Kiel[/b]", 25.5), ("Bonn", 10))]  # fmt: skip
    artifacts.create(store, key="cities", type="table", data=json.dumps(told))

    async def what(seen):
        await seen.until("1 artifact")
        await seen.press("v")
        await seen.until("3 rows")
        await seen.press("l", "s", "s")
        await seen.until("by degrees, the highest first")
        places = [seen.text.index(city) for city in ("[b]Kiel[/b]", "Bonn", "Ulm")]
        assert places == sorted(places)
        await seen.press("slash")
        await seen.type("25.5")
        await seen.until("1 of 3 rows")
        await seen.press("enter", "c")
        assert seen.dashboard.clipboard.splitlines()[1].startswith("[b]Kiel[/b],25.5,")
        await seen.press("escape", *["l"] * 6)
        assert ">more5" in seen.text
        await seen.press("escape")
        await seen.until("1 artifact")

    look(what, size=size, first="artifacts")


def test_a_link_is_copied_where_no_browser_can_be_opened(store, look):
    artifacts.create(store, key="link", type="markdown", data="[report](https://pacc.example/r?a=1)")

    async def what(seen):
        await seen.until("1 artifact")
        await seen.press("o")
        await seen.until("No browser can be opened")
        assert seen.dashboard.clipboard == "https://pacc.example/r?a=1"

    look(what, first="artifacts")


# ------------------------------------------------------------------------------- settings and the store


@BOTH_SIZES
def test_settings_are_listed_with_where_they_come_from_and_set_in_the_profile(store, look, size):
    async def what(seen):
        await seen.until("(:doctor)")
        table = seen.dashboard.screen.table
        table.move_to(table.ids.index("PACC_FLOWS_DEFAULT_RETRIES"))
        await seen.press("e")
        await seen.fill_in("many")
        await seen.until("PACC_FLOWS_DEFAULT_RETRIES must be")
        await seen.press("shift+home")
        await seen.fill_in("41")
        await seen.until("41  ")
        assert load_current_profile().settings[SETTINGS["PACC_FLOWS_DEFAULT_RETRIES"]] == 41
        table.move_to(table.ids.index("PACC_FLOWS_DEFAULT_RETRIES"))
        await seen.press("enter")
        await seen.until("$ pacc config set PACC_FLOWS_DEFAULT_RETRIES=41")
        assert not seen.dashboard.screen_stack[-2].has_class("open")
        await seen.press("escape", "i")
        await seen.until("flows.default_retries")
        await seen.press("escape", "u")
        await seen.until("$ pacc config unset PACC_FLOWS_DEFAULT_RETRIES --yes")
        await seen.press("enter")
        assert not load_current_profile().settings

    look(what, size=size, first="settings")


@BOTH_SIZES
def test_the_colours_are_chosen_among_those_there_are_and_seen_at_once(store, look, size):
    async def what(seen):
        await seen.until("(:doctor)")
        table = seen.dashboard.screen.table
        table.move_to(table.ids.index("PACC_TUI_THEME"))
        await seen.press("e")
        await seen.until("‹ textual-dark ›")
        await seen.type("nor")
        await seen.until("$ pacc config set PACC_TUI_THEME=nord")
        await seen.press("enter")
        await seen.until("Set PACC_TUI_THEME")
        assert seen.dashboard.theme == "nord"
        assert load_current_profile().settings[SETTINGS["PACC_TUI_THEME"]] == "nord"
        seen.dashboard.theme = "gruvbox"
        await seen.until("PACC_TUI_THEME=gruvbox")

    look(what, size=size, first="settings")


def test_every_theme_that_may_be_set_is_one_that_can_be_shown():
    assert set(SETTINGS["PACC_TUI_THEME"].kind.choices) <= set(BUILTIN_THEMES)


def test_a_setting_that_is_secret_is_never_shown(store, look, monkeypatch):
    monkeypatch.setenv("PACC_ENCRYPTION_KEY", "tiger")

    async def what(seen):
        table = seen.dashboard.screen.table
        table.move_to(table.ids.index("PACC_ENCRYPTION_KEY"))
        await seen.settle()
        await seen.until("********")
        await seen.press("e")
        await seen.type("lion")
        await seen.until("PACC_ENCRYPTION_KEY=VALUE")
        assert "tiger" not in seen.text
        assert "lion" not in seen.text

    look(what, size=LARGE, first="settings")


@BOTH_SIZES
def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(store, pacc_home, look, size):
    profiles = pacc_home / "profiles.toml"
    profiles.touch(0o644)

    async def what(seen):
        await seen.until("1 warning")
        await seen.press("g", "enter")
        await seen.until("others may look at")
        await seen.until("$ chmod go=")
        profiles.chmod(0o600)
        await seen.press("escape", "ctrl+r")
        await seen.until("only you can read")

    look(what, size=size, first="doctor")


def test_the_store_is_copied_pruned_given_room_back_and_another_key(runs, pacc_home, look, tmp_path):
    Secret(value="tiger").save("key")

    async def what(seen):
        await seen.until("every page is sound")
        await seen.press("B")
        await seen.type(str(tmp_path))
        await seen.press("enter")
        await seen.until("that is a folder")
        await seen.type("/copy.db")
        await seen.press("enter")
        await seen.until("Copied the store to")
        assert (tmp_path / "copy.db").stat().st_size
        await seen.press("V", "enter")
        await seen.until("back")
        await seen.press("P")
        await seen.until("Their logs would free 0 B")
        await seen.press("enter")
        await seen.until("Deleted 0 flow runs")
        before = (pacc_home / "key").read_bytes()
        await seen.press("K")
        await seen.until("$ pacc block rotate-key")
        await seen.press("enter")
        await seen.until("The secrets of 1 block are encrypted")
        assert (pacc_home / "key").read_bytes() != before

    look(what, size=LARGE, first="doctor")


# -------------------------------------------------------------------------------------------- blocks


@BOTH_SIZES
def test_blocks_are_listed_with_what_they_hold_who_uses_them_and_their_secrets_masked(store, look, size):
    Secret(value="tiger").save("key")
    key = blocks.find(store, "secret/key").id
    sync.to_deployment(name="nightly", parameters={"number": {"$ref": "secret/key"}}).apply()
    action = {"type": "send-notification", "block_document_id": str(key), "body": "x"}
    automations.create(store, AutomationCore(name="tell", trigger={"expect": ["a"]}, actions=[action]))

    async def what(seen):
        await seen.until("1 block")
        await seen.press("enter")
        await seen.until("********")
        await seen.until("$ pacc block inspect secret/key")
        await seen.press("v")
        await seen.until('"value": "********"')
        await seen.until("$ pacc block inspect secret/key -o json")
        assert "tiger" not in seen.text
        await seen.press("U")
        await seen.until("deployment sync/nightly")
        await seen.until("automation tell")
        await seen.press("escape", "D")
        await seen.until("It is missed by:")
        await seen.until("automation tell")

    look(what, size=size, first="blocks")


def test_blocks_are_listed_and_narrowed_by_what_they_can_do(look):
    Secret(value="tiger").save("key")
    SlackWebhook(url="https://hooks.slack.com/services/T0/B0/x").save("ops")

    async def what(seen):
        await seen.until("2 blocks")
        assert "notify" in seen.lines("ops ")[0]
        await seen.press("slash")
        await seen.type("can:notify")
        await seen.press("enter")
        await seen.until("1 of 2 blocks")
        assert not seen.lines("key ")

    look(what, size=LARGE, first="blocks")


def test_blocks_are_made_from_the_catalog_changed_and_deleted_and_their_secrets_never_shown(store, look):
    async def what(seen):
        await seen.until("no blocks yet")
        await seen.press("n")
        await seen.until("A new block of which type?")
        await seen.type("secret to keep")
        await seen.until("nothing fits")
        await seen.press("ctrl+a", "ctrl+k")
        await seen.type("notify slack")
        await seen.until("slack-webhook")
        assert not seen.lines("secret ")
        await seen.press("ctrl+a", "ctrl+k")
        await seen.type("secret value")
        await seen.press("enter")
        await seen.until("A new Secret")
        await seen.fill_in("key", "007tiger")
        await seen.until("1 block")
        found = blocks.find(store, "secret/key", include_secrets=True)
        assert found.data["value"] == "007tiger"
        await seen.press("enter")
        await seen.until("********")
        await seen.press("escape", "e")
        await seen.type("lion")
        await seen.until(
            "$ pacc block create secret --name key --field-from-env value=VALUE --overwrite"[:60]
        )
        assert "lion" not in seen.text
        await seen.press("enter")
        await seen.until("1 block")
        assert blocks.find(store, "secret/key", include_secrets=True).data["value"] == "lion"
        assert "tiger" not in seen.text
        await seen.press("D")
        await seen.fill_in("secret/key")
        await seen.until("no blocks yet")

    look(what, first="blocks")


def test_a_block_that_cannot_be_like_that_is_not_saved_and_what_was_typed_stays(store, look):
    async def what(seen):
        await seen.until("no blocks yet")
        await seen.press("n")
        await seen.type("date-time")
        await seen.press("enter")
        await seen.fill_in("party", "tomorrow")
        await seen.until("can be like that")
        await seen.until("tomorrow")
        await seen.press("escape")
        assert block_listing.count(store) == 0

    look(what, size=LARGE, first="blocks")

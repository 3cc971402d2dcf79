"""What the lists of nouns and their dialogs show where there is little room, nothing to show, or text that is not harmless."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from pacc.blocks.system import Secret
from pacc.presentation import events as presented_events
from pacc.presentation.automations import rehearsal_lines
from pacc.presentation.drawn_artifacts import drawn_or_plain
from pacc.schemas.automations import AutomationCore
from pacc.schemas.events import ReceivedEvent, Resource
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import artifacts, automations, blocks, concurrency_limits, work_pools, workers
from pacc.services.rehearsals import Rehearsal
from pacc.store import open_store
from pacc.tui.places import PLACES
from pacc.tui.screens.dialogs import Hung
from pacc.tui.screens.noun import NounPage

SMALLEST, SMALL, LARGE = (60, 20), (80, 24), (120, 40)
NASTY = "[red]off\x1b[31m"
SHOWN = "[red]off\\x1b[31m"


@pytest.fixture
def store(pacc_home):
    return open_store(pacc_home)


def drawn(renderable, width):
    console = Console(width=width, record=True, file=StringIO(), legacy_windows=False)
    console.print(renderable)
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_an_empty_list_says_whole_how_one_is_made_also_at_sixty_columns(store, look):
    async def what(seen):
        for place in PLACES:
            seen.dashboard.show_page(place.name)
            await seen.settle()
            page = seen.dashboard.screen
            if isinstance(page, NounPage) and not page.sifted.whole:
                await seen.until(page.noun.empty)
                assert " · " not in seen.text.splitlines()[1]

    look(what, size=SMALLEST)


def test_a_list_gets_the_room_its_columns_want_before_its_details_get_more_than_they_need(store, look):
    work_pools.create(store, WorkPoolCreate(name="local"))

    async def what(seen):
        await seen.until("1 pool ")
        assert seen.lines("slots  queued  late")
        assert seen.lines("Work pool 'local'")

    look(what, size=LARGE, first="pools")


def test_details_in_the_place_of_the_list_say_how_it_comes_back(store, look):
    concurrency_limits.put(store, "db", 5)

    async def what(seen):
        await seen.until("1 limit ")
        await seen.press("enter")
        await seen.until("esc shows the list")
        await seen.press("escape")
        await seen.settle()
        assert "esc shows the list" not in seen.text
        assert seen.lines("db  ")

    look(what, size=SMALLEST, first="limits")


def test_a_key_that_means_nothing_for_a_row_says_why(store, look):
    pool = work_pools.create(store, WorkPoolCreate(name="local"))
    workers.beat(store, pool.id, "a1")

    async def what(seen):
        await seen.press("e")
        await seen.until("Only a queue has a priority")
        await seen.press("G", "D")
        await seen.until("That is for pools and queues")

    look(what, size=LARGE, first="pools")


@pytest.mark.parametrize("size", [SMALLEST, SMALL, LARGE])
def test_control_characters_in_a_name_are_seen_in_every_question_and_typed_as_they_are_seen(
    store, look, size
):
    wanted = AutomationCore(name=NASTY, trigger={"expect": ["a.b"]}, actions=[{"type": "do-nothing"}])
    automations.create(store, wanted)

    async def what(seen):
        await seen.until(SHOWN)
        for key in ("t", "P", "D"):
            await seen.press(key)
            await seen.until(SHOWN)
            assert "\x1b" not in seen.text
            await seen.press("escape")
        await seen.press("D")
        await seen.fill_in(SHOWN[:-1])
        await seen.until("that is not")
        await seen.fill_in("m")
        await seen.until("no automations yet")

    look(what, size=size, first="automations")


def test_a_line_goes_on_below_its_own_beginning():
    line = '  "checksum": "sha256:2150c5ada4d7672774e8162c9abc25dc"'
    assert drawn(Hung(line), 40) == ['  "checksum":', '    "sha256:2150c5ada4d7672774e8162c9abc', '    25dc"']
    assert drawn(Hung(line), 80) == [line]


def test_a_table_shows_the_columns_there_is_room_for_and_says_how_many_more_there_are():
    rows = [{"city": "[b]Kiel[/b]", **{f"column{number}": "x" * 90 for number in range(11)}}]
    lines = drawn(drawn_or_plain("table", rows), 56)
    assert "[b]Kiel[/b]" in "".join(lines)
    assert "and 10 more columns" in lines[-1]
    assert max(map(len, lines)) <= 56
    assert not any("more" in line for line in drawn(drawn_or_plain("table", [{"city": "Ulm"}]), 56))


def test_progress_is_rounded_to_what_people_read():
    assert "64.3 %" in drawn(drawn_or_plain("progress", 64.2857), 60)[0]


def test_an_event_names_first_what_it_is_about():
    resource = {
        "pacc.resource.id": "pacc.flow-run.1",
        "pacc.resource.name": "lint",
        "pacc.state-name": "Failed",
    }
    flow = {"pacc.resource.id": "pacc.flow.2", "pacc.resource.role": "flow", "pacc.resource.name": "etl"}
    event = ReceivedEvent(event="pacc.flow-run.Failed", resource=Resource(resource), related=[Resource(flow)])
    facts = presented_events.event_description(event, event.occurred).facts
    told = [(label, shown.text) for label, shown in facts]
    assert told[3:6] == [("Resource", "lint"), ("", "pacc.flow-run.1"), ("", "state-name: Failed")]
    assert told[6:8] == [("Flow", "etl"), ("", "pacc.flow.2")]


def test_a_trial_that_fires_never_says_so():
    assert rehearsal_lines(Rehearsal(fires=False, lines=[], actions=[]), 1) == [
        "Tried on 1 event: it would not have fired."
    ]


@pytest.mark.parametrize("size", [SMALLEST, SMALL])
def test_a_block_inside_another_is_made_in_place_and_stands_in_its_field(store, look, size):
    async def what(seen):
        await seen.press("n")
        await seen.type("github-repository")
        await seen.press("enter")
        await seen.fill_in("code", "", "https://example.org/code.git")
        await seen.press("ctrl+o")
        await seen.until("a new github-credentials")
        await seen.press("enter")
        await seen.until("A new GitHub Credentials")
        await seen.fill_in("bot", "tiger")
        await seen.until("github-credentials/bot")
        assert "tiger" not in seen.text
        await seen.press("ctrl+s")
        await seen.until("2 blocks")
        assert blocks.find(store, "github-repository/code").block_document_references["credentials"]

    look(what, size=size, first="blocks")


def test_a_table_without_rows_is_told_of_as_any_other(store, look):
    artifacts.create(store, key="none", type="table", data=[])

    async def what(seen):
        await seen.press("enter")
        await seen.until("Artifact 'none'")

    look(what, size=SMALLEST, first="artifacts")


def test_a_pool_says_why_nobody_takes_its_runs_and_what_ends_that(store, look):
    for name in ("gpu box", "shell"):
        work_pools.create(store, WorkPoolCreate(name=name))

    async def what(seen):
        await seen.until("no worker is there; pacc worker start --pool")
        assert "just now" in seen.lines("Since ")[0]
        await seen.press("G", "k")
        await seen.until("adding a command")

    look(what, size=LARGE, first="pools")


def test_an_automation_is_told_with_the_names_of_what_it_acts_on_and_the_id_of_what_is_gone(store, look):
    key, lost = (Secret(value="tiger").save(name) for name in ("key", "lost"))
    actions = [
        {"type": "send-notification", "block_document_id": str(each), "body": "x"} for each in (key, lost)
    ]
    automations.create(store, AutomationCore(name="tell", trigger={"expect": ["a.b"]}, actions=actions))
    blocks.delete(store, lost)

    async def what(seen):
        await seen.until("send-notification block=secret/key")
        assert str(lost)[:8] in seen.text

    look(what, size=LARGE, first="automations")


def test_without_colour_a_field_has_a_bar_before_it_and_the_cursor_is_turned_round(store, look):
    async def what(seen):
        await seen.press("n", "tab")
        await seen.type("x")
        drawn = [segment for strip in seen.dashboard.screen._compositor.render_strips() for segment in strip]
        assert len(seen.lines("│ |")) == 2  # the box, and the bar of each field
        assert any(each.style.reverse for each in drawn)

    look(what, size=SMALL, first="pools", no_color=True)

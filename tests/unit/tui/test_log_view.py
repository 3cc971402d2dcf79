"""Long lines of a log, wrapped: all of them is seen, moved through and followed, and no more is measured than is seen."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from textual.app import App

from pacc.presentation.fitting import wrapped
from pacc.presentation.tables import Cell
from pacc.presentation.text import width
from pacc.schemas.logs import Log
from pacc.tui.widgets.log_view import LogView

SIZE = (60, 11)  # ten rows below the heading


class Shown(App):
    glyphs = True
    no_color = False

    def compose(self):
        yield LogView()


def log(message):
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    return Log(id=UUID(int=1), flow_run_id=UUID(int=2), level=20, timestamp=moment, name="x", message=message)


@pytest.fixture
def view():
    """Show a log, wrapped, and do something with it."""

    def viewed(messages, what, *, count=None, first=0):
        async def go():
            async with Shown().run_test(size=SIZE) as pilot:
                view = pilot.app.query_one(LogView)
                view.focus()
                view.put(count or len(messages), first, [log(each) for each in messages])
                view.wrap(wraps=True)
                await pilot.pause()
                await what(view, pilot)

        asyncio.run(go())

    return viewed


def rows(view):
    return [view.render_line(y).text.rstrip() for y in range(1, SIZE[1])]


def test_a_long_line_is_wrapped_with_nothing_left_out(view):
    text = "".join(chr(ord("a") + number % 26) for number in range(150))

    async def what(view, pilot):
        shown = rows(view)
        assert "".join(row[1:].strip() for row in shown[:4]).endswith(text)
        assert [row[:5].isspace() for row in shown[:5]] == [False, True, True, True, False]
        view.highlight("WXY")  # the w ends a row
        for row, part in ((1, "w"), (2, "xy")):
            lit = [each.text for each in view.render_line(row) if "underline" in str(each.style)]
            assert part in lit
        view.wrap(wraps=False)
        assert len([row for row in rows(view) if row]) == 2

    view([text, "short"], what)


def test_the_end_is_followed_and_a_line_longer_than_the_screen_is_moved_through_row_by_row(view):
    tall = "".join(f"<{number:03}>" for number in range(150))  # 5 cells each, about 15 rows

    async def what(view, pilot):
        assert view.follows
        assert rows(view)[-1].endswith("last")
        await pilot.press("k")
        assert (view.cursor, view.follows) == (1, False)
        assert "<000>" in rows(view)[0]
        seen = set()
        for _ in range(30):
            seen |= set(re.findall(r"<\d{3}>", " ".join(rows(view))))
            view.action_move(1)
        assert len(seen) > 130  # but for those that stand over the end of a row
        assert (view.cursor, view.follows) == (2, True)
        view.action_page(-1)
        view.action_move(-1)
        assert view.cursor == 0
        assert "first" in rows(view)[0]

    view(["first", tall, "last"], what)


def test_of_a_million_lines_only_those_are_measured_that_are_seen(view):
    async def what(view, pilot):
        view.move_to(500_010)
        assert len(view._pieces_of) < 100
        assert rows(view)[-1].endswith("…")  # not held yet
        view.put(1_000_000, 500_000, [log(f"{number} " + "x" * 80) for number in range(500_000, 500_030)])
        await pilot.pause()
        assert any("500010 xx" in row for row in rows(view))
        assert view.current.message.startswith("500010")
        view.put(3, 0, [log(each) for each in "abc"])  # it was narrowed
        view.action_move(1)
        assert rows(view)[2].endswith("c")
        view.follow(follows=True)
        assert view.seen()[0] < 0
        assert len(view._pieces_of) < 100

    view(["x"], what, count=1_000_000)


@pytest.mark.parametrize("text", ["", "a", "日本語" * 40, "é" * 99, "ab" * 5000], ids=range(5))
def test_no_piece_is_wider_than_the_room_and_together_they_are_the_line(text):
    pieces = wrapped([Cell("12:00 "), Cell(text, "red")], 40, hang=4, most=300)
    assert all(sum(width(each.text) for each in piece) <= 40 for piece in pieces)
    assert "".join(each.text for piece in pieces for each in piece if each.text != "    ") == f"12:00 {text}"
    assert wrapped([Cell(text)], 40, most=2)[-1][-1:] in ([], [Cell(text)]) or len(text) > 40

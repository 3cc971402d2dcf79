"""The one terminal: what goes where, when there is colour, and what a reader of a pipe gets."""

from __future__ import annotations

import io
import json
import sys

import pytest

from pacc.cli._exits import ExitCode, Outcome
from pacc.cli._terminal import Terminal
from pacc.presentation.tables import Cell, Column, Description, Table, cell


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


TABLE = Table(
    title="Runs",
    columns=(Column(name="ID", gives_way=True, at_least=8), Column(name="Name")),
    rows=((cell("0123456789abcdef"), cell("[red]\x1b[31motter", "green")),),
)


def terminal_on(stream, **environ):
    return Terminal(out=stream, err=io.StringIO(), environ=environ)


@pytest.mark.parametrize(
    ("stream", "environ", "colored"),
    [
        (Screen(), {}, True),
        (io.StringIO(), {}, False),
        (Screen(), {"NO_COLOR": "1"}, False),
        (Screen(), {"NO_COLOR": ""}, True),
        (Screen(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), {"CLICOLOR_FORCE": "1"}, True),
        (io.StringIO(), {"FORCE_COLOR": "0"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
    ],
)
def test_colour_follows_the_conventions_in_their_order(stream, environ, colored):
    assert Terminal(out=stream, environ=environ).colored(stream) is colored


def test_the_flag_beats_every_variable():
    terminal = terminal_on(Screen(), FORCE_COLOR="1")
    terminal.no_color = True

    assert not terminal.colored(terminal.out)


def test_a_piped_table_has_no_box_no_colour_and_is_not_cut():
    terminal = terminal_on(io.StringIO())

    terminal.table(TABLE, "table")

    assert terminal.out.getvalue() == ("ID                NAME\n0123456789abcdef  [red]\\x1b[31motter\n")


def test_a_plain_table_is_tabs_even_on_a_terminal():
    terminal = terminal_on(Screen())

    terminal.table(TABLE, "plain")

    assert terminal.out.getvalue() == "0123456789abcdef\t[red]\\x1b[31motter\n"


def test_a_drawn_table_fits_the_terminal_and_shows_markup_as_text(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    terminal = terminal_on(Screen())

    terminal.table(TABLE, "table")

    drawn = terminal.out.getvalue()
    assert "\x1b[32m" in drawn, "green"
    assert "[red]\\x1b[31motter" in drawn
    assert "…" in drawn


def test_a_drawn_table_without_colour_sends_no_escape_at_all():
    terminal = terminal_on(Screen(), NO_COLOR="1")

    terminal.table(TABLE, "table")

    assert "\x1b" not in terminal.out.getvalue()
    assert "0123456789abcdef" in terminal.out.getvalue()


def test_an_empty_listing_says_so_on_standard_error():
    terminal = terminal_on(io.StringIO())

    terminal.table(Table(title="", columns=TABLE.columns, rows=()), "table", empty="no runs")

    assert terminal.out.getvalue() == ""
    assert terminal.err.getvalue() == "no runs\n"


def test_a_description_is_labelled_or_tabbed():
    description = Description(title="", facts=(("Name", Cell("otter", "green")), ("Tags", Cell("a"))))
    people, programs = terminal_on(io.StringIO()), terminal_on(io.StringIO())

    people.description(description, "table")
    programs.description(description, "plain")

    assert people.out.getvalue() == "Name:  otter\nTags:  a\n"
    assert programs.out.getvalue() == "Name\totter\nTags\ta\n"


@pytest.mark.parametrize("values", [[], [{"a": 1}], [{"a": "\n"}, {"b": None}]])
def test_a_long_array_has_one_element_a_line(values):
    terminal = terminal_on(io.StringIO())

    terminal.json_lines(iter(values))

    assert json.loads(terminal.out.getvalue()) == values
    assert terminal.out.getvalue().count("\n") == (len(values) + 2 if values else 1)


def test_errors_name_the_next_step():
    terminal = terminal_on(io.StringIO())

    terminal.error(
        Outcome(exit_code=ExitCode.FAILED, code="x", message="no run\x07", hint="pacc flow-run ls")
    )

    assert terminal.err.getvalue() == "Error: no run\\x07\nSee: pacc flow-run ls\n"


def test_errors_for_programs_are_one_object():
    terminal = terminal_on(io.StringIO())

    terminal.error(Outcome(exit_code=ExitCode.FAILED, code="x", message="no run"), as_json=True)

    assert json.loads(terminal.err.getvalue()) == {"error": {"code": "x", "message": "no run", "hint": None}}


def test_where_nobody_can_answer_nothing_is_asked():
    terminal = terminal_on(io.StringIO())

    assert terminal.confirm("Delete?")
    assert terminal.err.getvalue() == ""


@pytest.mark.parametrize(("answer", "meant"), [("y\n", True), ("YES\n", True), ("n\n", False), ("", False)])
def test_only_yes_is_yes(monkeypatch, answer, meant):
    said = Screen(answer)
    monkeypatch.setattr(sys, "stdin", said)
    terminal = Terminal(out=io.StringIO(), err=Screen(), environ={})

    assert terminal.confirm("Delete 'x'?") is meant
    ends_the_line = "" if answer else "\n"  # a person's answer does it otherwise
    assert terminal.err.getvalue() == f"Delete 'x'? [y/N]: {ends_the_line}"


def test_no_prompt_means_no_question(monkeypatch):
    monkeypatch.setattr(sys, "stdin", Screen("n\n"))
    terminal = Terminal(out=io.StringIO(), err=Screen(), environ={})
    terminal.prompts = False

    assert terminal.confirm("Delete?")

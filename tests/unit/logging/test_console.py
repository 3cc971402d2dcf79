"""What the console shows."""

from __future__ import annotations

import io
import logging
import re
import sys
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pacc._internal.redaction import forget_hidden, hide
from pacc.logging import get_logger, get_run_logger
from pacc.logging.formatters import FLOW_RUN_FORMAT, TASK_RUN_FORMAT, JsonFormatter, PaccFormatter
from pacc.logging.handlers import PaccConsoleHandler

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


class Terminal(io.StringIO):
    def isatty(self):
        return True


def record(message="hello", *args, logger="pacc.engine", level=logging.INFO, created=None, **fields):
    made = logging.makeLogRecord({"name": logger, "msg": message, "args": args, "levelno": level, **fields})
    made.levelname = logging.getLevelName(level)
    if created is not None:
        made.created, made.msecs = created, created % 1 * 1000
    return made


@pytest.fixture
def formatter():
    return PaccFormatter(flow_run_fmt=FLOW_RUN_FORMAT, task_run_fmt=TASK_RUN_FORMAT)


@pytest.fixture
def handler(formatter):
    """A console of its own on a stream that is no terminal."""
    made = PaccConsoleHandler(stream=io.StringIO(), colors=True)
    made.setFormatter(formatter)
    return made


@pytest.fixture
def local_time(monkeypatch):
    """A clock at Greenwich, wherever the suite runs."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_lines_have_the_courses_form(formatter, local_time):
    at = 8 * 3600 + 28 * 60 + 57.8555
    task = record("Forecasted temp C: %s degrees", 10.4, created=at, task_run_name="fetch_weather-817")
    flow = record("Finished in state Completed()", created=at, flow_run_name="noisy-raccoon")
    other = record("Created flow run 'noisy-raccoon' for flow 'pipeline'", created=at)
    assert [formatter.format(each) for each in (other, task, flow)] == [
        "08:28:57.855 | INFO    | pacc.engine - Created flow run 'noisy-raccoon' for flow 'pipeline'",
        "08:28:57.855 | INFO    | Task run 'fetch_weather-817' - Forecasted temp C: 10.4 degrees",
        "08:28:57.855 | INFO    | Flow run 'noisy-raccoon' - Finished in state Completed()",
    ]


def test_times_are_local_and_follow_the_clock_over_a_second(formatter, monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    shown = [formatter.format(record(created=at))[:12] for at in (0.999, 1.0, 0.5, 1_751_000_000.25)]
    monkeypatch.undo()
    time.tzset()
    assert shown == ["01:00:00.999", "01:00:01.000", "01:00:00.500", "06:53:20.250"]


@pytest.mark.parametrize(
    ("level", "shown"),
    [(10, "DEBUG  "), (30, "WARNING"), (40, "ERROR  "), (50, "CRITICAL"), (25, "Level 25")],
)
def test_the_level_fills_seven_characters(formatter, level, shown):
    assert f" | {shown} | pacc.engine - hello" in formatter.format(record(level=level))


def test_runs_log_to_standard_error_as_it_is_at_the_moment(configure, console, run, monkeypatch):
    configure()
    with run.context:
        get_run_logger().info("one")
        second = io.StringIO()
        monkeypatch.setattr(sys, "stderr", second)
        get_run_logger().info("two")
    assert console.getvalue().endswith("| Flow run 'noisy-raccoon' - one\n")
    assert second.getvalue().endswith("| Flow run 'noisy-raccoon' - two\n")


def test_an_error_comes_with_its_traceback(configure, console):
    configure()
    try:
        int("no such town")
    except ValueError:
        get_logger("engine").exception("It failed")
    first, second, *_, last = console.getvalue().splitlines()
    assert (first[13:], second) == (
        "| ERROR   | pacc.engine - It failed",
        "Traceback (most recent call last):",
    )
    assert last == "ValueError: invalid literal for int() with base 10: 'no such town'"


def test_a_message_whose_arguments_do_not_fit_is_shown_all_the_same(configure, console):
    configure()
    get_logger("engine").info("%d towns", "many")
    assert "'%d towns' % ('many',) (these do not fit together" in console.getvalue()
    assert "Logging error" not in console.getvalue()


def check_that_nothing_acts_on_the_terminal(text):
    handler = PaccConsoleHandler(stream=io.StringIO(), colors=True)
    handler.emit(record("%s", text))
    shown = handler._stream.getvalue()
    acting = [char for char in shown if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"]
    assert acting == []
    assert shown.endswith("\n")


@settings(max_examples=100)
@given(text=ANY_TEXT)
@example("\x1b[2J\x1b]0;title\x07")
@example("a\r\nb\tc\x9b31m")
@example("user\u202egnp.exe")
def test_no_text_acts_on_the_terminal(text):
    check_that_nothing_acts_on_the_terminal(text)


@pytest.mark.soak
@settings(max_examples=10_000)
@given(text=ANY_TEXT)
def test_none_of_many_texts_acts_on_the_terminal(text):
    check_that_nothing_acts_on_the_terminal(text)


def test_umlauts_and_many_lines_are_shown_as_they_are(handler):
    handler.emit(record("Größe:\n\t10 日本 🎉"))
    assert handler._stream.getvalue().endswith("Größe:\n\t10 日本 🎉\n")


def test_a_terminal_gets_colours(formatter, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    handler = PaccConsoleHandler(stream=Terminal(), colors=True)
    handler.setFormatter(formatter)
    handler.emit(record("late", level=logging.WARNING, flow_run_name="noisy-raccoon"))
    shown = handler._stream.getvalue()
    assert "\x1b[33mWARNING\x1b[0m | Flow run \x1b[35m'noisy-raccoon'\x1b[0m - late" in shown


@pytest.mark.parametrize(
    ("environment", "colors", "stream"),
    [
        ({"NO_COLOR": "1", "TERM": "xterm"}, True, Terminal()),
        ({"TERM": "dumb"}, True, Terminal()),
        ({"TERM": "xterm"}, False, Terminal()),
        ({"TERM": "xterm"}, True, io.StringIO()),
    ],
)
def test_nothing_is_coloured_that_should_not_be(formatter, monkeypatch, environment, colors, stream):
    for name in ("NO_COLOR", "TERM", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    handler = PaccConsoleHandler(stream=stream, colors=colors)
    handler.setFormatter(formatter)
    handler.emit(record(level=logging.ERROR))
    assert "\x1b" not in stream.getvalue()


def test_colours_can_be_switched_off_and_chosen(configure, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    configure(PACC_LOGGING_COLORS=False)
    assert not logging.getLogger("pacc").handlers[0]._colors
    styles = {"log.info_level": "green4", "log.error_level": "no such colour"}
    own = PaccConsoleHandler(stream=Terminal(), colors=True, styles=styles)
    own.setFormatter(PaccFormatter())
    own.emit(record())
    own.emit(record(level=logging.ERROR))
    assert "\x1b[32mINFO\x1b[0m" in own._stream.getvalue()
    assert "\x1b[31mERROR\x1b[0m" in own._stream.getvalue()


def test_a_console_that_is_gone_stops_nothing(handler):
    handler._stream.close()
    handler.emit(record())
    assert handler.failed == 1


def test_without_a_standard_error_nothing_is_written(formatter, monkeypatch):
    handler = PaccConsoleHandler(colors=False)
    monkeypatch.setattr(sys, "stderr", None)
    handler.emit(record())
    assert handler.failed == 0


def test_a_stream_that_cannot_write_a_letter_gets_its_escape(formatter):
    raw = io.BytesIO()
    handler = PaccConsoleHandler(stream=io.TextIOWrapper(raw, encoding="ascii"), colors=False)
    handler.setFormatter(formatter)
    handler.emit(record("Zürich"))
    assert raw.getvalue().endswith(b"Z\\xfcrich\n")


@pytest.fixture
def _no_secrets_after():
    yield
    forget_hidden()


@pytest.mark.usefixtures("_no_secrets_after")
def test_secrets_are_shown_nowhere(configure, console, run):
    configure()
    hide("s3cr3t-t0ken")
    with run.context:
        try:
            int("s3cr3t-t0ken")
        except ValueError:
            get_run_logger().exception("with s3cr3t-t0ken", extra={"header": ["Bearer s3cr3t-t0ken"]})
    assert "s3cr3t" not in console.getvalue() + run.log.path.read_text()
    assert "with ********" in console.getvalue()
    assert run.lines()[0]["extra"] == {"header": ["Bearer ********"]}


def test_json_lines_hold_every_field():
    shown = JsonFormatter().format(record("hello %s", "you", flow_run_name="noisy-raccoon", thing=object))
    assert re.search(r'"message": "hello you"', shown)
    assert '"flow_run_name": "noisy-raccoon"' in shown
    assert "\n" not in shown
    assert "\n" in JsonFormatter("pretty").format(record())
    with pytest.raises(ValueError, match="either 'default' or 'pretty'"):
        JsonFormatter("other")

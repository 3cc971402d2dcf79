"""Which logger a piece of code gets, and what is kept of what it says."""

from __future__ import annotations

import logging
import threading
import warnings

import pytest

from pacc.exceptions import MissingContextError
from pacc.logging import (
    LogEavesdropper,
    disable_run_logger,
    flow_run_logger,
    get_logger,
    get_run_logger,
    task_run_logger,
)
from pacc.logging.handlers import RunLogHandler
from pacc.logging.loggers import PaccLogAdapter


def test_a_flow_gets_its_runs_logger_and_a_task_its_own(configure, console, run):
    configure()
    with run.context:
        get_run_logger().info("from the flow")
        with run.task() as task:
            get_run_logger().info("from the task")
        get_run_logger().info("from the flow again")
    lines = run.lines()
    assert [line["logger"] for line in lines] == ["pacc.flow_runs", "pacc.task_runs", "pacc.flow_runs"]
    assert lines[1]["task_run_id"] == task.run.id
    assert lines[1]["task_run_name"] == "fetch_weather-817"
    assert "Task run 'fetch_weather-817' - from the task\n" in console.getvalue()


def test_a_flow_called_in_a_task_logs_for_itself(configure, make_run):
    configure()
    outer, inner = make_run("outer"), make_run("inner")
    with outer.context, outer.task(), inner.context:
        get_run_logger().info("from the inner flow")
        with inner.task():
            get_run_logger().info("from the inner task")
    assert inner.messages() == ["from the inner flow", "from the inner task"]
    assert not outer.log.path.exists()


def test_a_task_outside_of_flows_has_a_log_of_its_own(configure, run):
    configure()
    with run.task(inside=False) as task:
        get_run_logger().info("alone")
    task.run_log.close()
    assert task.run_log.path.name == f"{task.run.id}.jsonl"
    assert '"message":"alone"' in task.run_log.path.read_text()


def test_outside_of_runs_there_is_no_run_logger():
    with pytest.raises(MissingContextError, match="no active flow or task run") as error:
        get_run_logger()
    assert "get_logger()" in error.value.hint


def test_a_disabled_run_logger_says_nothing_and_needs_no_run(configure, console, run):
    configure()
    with disable_run_logger():
        get_run_logger().error("nothing")
        with run.context:
            get_run_logger().error("nothing")
    assert console.getvalue() == ""
    with pytest.raises(MissingContextError):
        get_run_logger()


def test_the_context_can_be_handed_over_and_threads_may_use_the_logger(configure, run):
    configure()
    logger = get_run_logger(run.context)
    thread = threading.Thread(target=logger.info, args=("from a thread",))
    thread.start()
    thread.join()
    assert run.messages() == ["from a thread"]


def test_fields_of_the_call_and_of_the_logger_are_kept_together(configure, run):
    configure()
    with run.context:
        get_run_logger(town="Bonn").info("warm", extra={"degrees": 21.5})
        get_run_logger().info("plain")
    assert [line.get("extra") for line in run.lines()] == [{"town": "Bonn", "degrees": 21.5}, None]


def test_a_child_keeps_the_fields_and_the_run(configure, run):
    configure()
    with run.context:
        child = get_run_logger(town="Bonn").getChild("weather", {"source": "dwd"})
        child.info("warm")
    assert isinstance(child, PaccLogAdapter)
    (line,) = run.lines()
    assert line["logger"] == "pacc.flow_runs.weather"
    assert line["extra"] == {"town": "Bonn", "source": "dwd"}


def test_a_line_can_stay_out_of_the_file(configure, console, run):
    configure()
    with run.context:
        get_run_logger().info("only here", extra={"send_to_api": False})
        get_run_logger().info("both")
    assert run.messages() == ["both"]
    assert "only here" in console.getvalue()


def test_no_files_are_kept_when_that_is_switched_off(configure, console, run):
    configure(PACC_LOGGING_TO_API_ENABLED=False)
    with run.context:
        get_run_logger().info("only here")
    assert not run.log.path.exists()
    assert "only here" in console.getvalue()


def test_the_file_keeps_an_errors_traceback(configure, run):
    configure()
    with run.context:
        try:
            {}["town"]
        except KeyError:
            get_run_logger().exception("It failed")
    (message,) = run.messages()
    assert message.startswith("It failed\nTraceback (most recent call last):")
    assert message.endswith("KeyError: 'town'")


@pytest.fixture
def records():
    """The records that the loggers of flow runs were given."""
    heard = []
    keep = lambda record: heard.append(record) or True  # noqa: E731
    logging.getLogger("pacc.flow_runs").addFilter(keep)
    yield heard
    logging.getLogger("pacc.flow_runs").removeFilter(keep)


def helper(logger):
    logger.info("for my caller", stacklevel=2)


def test_a_record_knows_the_line_of_the_users_code(configure, run, records):
    configure()
    with run.context:
        logger = get_run_logger()
        logger.info("plain")
        logger.log(logging.INFO, "by its number")
        logger.warning("with fields", extra={"town": "Bonn"})
        helper(logger)
    assert {record.funcName for record in records} == {"test_a_record_knows_the_line_of_the_users_code"}
    lines = [record.lineno for record in records]
    assert lines == list(range(lines[0], lines[0] + 4))
    assert {(record.flow_run_name, record.flow_name) for record in records} == {("noisy-raccoon", "pipeline")}


def test_fields_of_a_record_cannot_be_overwritten_unnoticed(configure, run):
    configure()
    with run.context, pytest.raises(KeyError, match="overwrite 'message'"):
        get_run_logger().info("hello", extra={"message": "no"})


def test_a_filter_decides_what_the_file_keeps(configure, run):
    configure()
    (handler,) = [
        each for each in logging.getLogger("pacc.flow_runs").handlers if isinstance(each, RunLogHandler)
    ]
    handler.addFilter(lambda record: "secret" not in record.getMessage())
    with run.context:
        get_run_logger().info("a secret")
        get_run_logger().info("no harm")
    assert run.messages() == ["no harm"]


def test_a_message_that_does_not_fit_its_arguments_is_kept(configure, run):
    configure()
    with run.context:
        get_run_logger().info("%d towns", "many")
        get_run_logger().info("100% sure")
    first, second = run.messages()
    assert first.startswith("'%d towns' % ('many',) (these do not fit together")
    assert second == "100% sure"


class Hostile:
    def __str__(self):
        raise RuntimeError("no text of me")

    __repr__ = __str__


def test_objects_that_cannot_be_shown_stop_neither_the_line_nor_the_run(configure, console, run):
    configure()
    with run.context:
        get_run_logger().info(Hostile())
        get_run_logger().info("%s", Hostile(), extra={"thing": Hostile()})
        get_run_logger().info("after")
    assert len(run.lines()) == 3
    assert run.messages()[-1] == "after"
    assert console.getvalue().count("| INFO    |") == 3


def test_an_overlong_line_is_cut_in_the_file_alone(configure, console, run):
    configure(PACC_LOGGING_TO_API_MAX_LOG_SIZE=1000)
    with run.context:
        get_run_logger().info("x" * 5000)
    assert run.messages()[0].endswith(
        "... [cut: 5,000 characters in all, PACC_LOGGING_TO_API_MAX_LOG_SIZE is 1000]"
    )
    assert "x" * 5000 in console.getvalue()


def test_loggers_of_runs_that_are_elsewhere_write_to_their_logs(configure, pacc_home, run):
    configure()
    flow_run_logger(run.run).info("from the runner")
    flow_run_logger(flow_run_id=run.run.id).info("by its id")
    task_run_logger(run.task().run).info("for its task")
    assert run.messages() == ["from the runner", "by its id", "for its task"]


def test_names_of_loggers_start_with_pacc():
    assert [get_logger(name).name for name in (None, "pacc", "runner", "pacc.runner", "paccman")] == [
        "pacc",
        "pacc",
        "pacc.runner",
        "pacc.runner",
        "pacc.paccman",
    ]


def test_an_eavesdropper_hears_only_what_it_was_asked_to(configure):
    configure()
    with LogEavesdropper("pacc.runner", level=logging.WARNING) as heard:
        get_logger("runner").info("quiet")
        get_logger("runner").warning("loud")
        get_logger("other").error("elsewhere")
    get_logger("runner").warning("too late")
    assert heard.text() == "[WARNING]: loud - pacc.runner"


def test_a_runs_logger_used_outside_of_runs_warns_at_the_callers_line(configure):
    configure()
    with pytest.warns(UserWarning, match="outside of a flow run") as caught:
        logging.getLogger("pacc.flow_runs").info("lost?")
    assert caught[0].filename == __file__


@pytest.mark.parametrize(("rule", "expected"), [("error", MissingContextError), ("ignore", None)])
def test_what_happens_outside_of_runs_can_be_chosen(configure, rule, expected):
    configure(PACC_LOGGING_TO_API_WHEN_MISSING_FLOW=rule)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if expected is None:
            logging.getLogger("pacc.flow_runs").info("nowhere")
        else:
            with pytest.raises(expected):
                logging.getLogger("pacc.flow_runs").info("nowhere")

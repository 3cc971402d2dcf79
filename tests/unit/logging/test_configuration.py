"""How logging is set up: by settings, by logging.yml, by the environment, and never at the user's expense."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from pacc.exceptions import ConfigurationError
from pacc.logging import configuration, get_logger, get_run_logger
from pacc.logging.handlers import PaccConsoleHandler
from pacc.settings import get_current_settings, temporary_settings


@pytest.fixture
def logging_yml(pacc_home):
    """Write the home's logging.yml."""

    def write(text):
        pacc_home.mkdir(exist_ok=True)
        (pacc_home / "logging.yml").write_text(text)

    return write


MINIMAL = """
version: 1
formatters:
  short:
    format: "%(levelname)s %(message)s"
handlers:
  console:
    class: pacc.logging.handlers.PaccConsoleHandler
    formatter: short
    level: NOTSET
loggers:
  pacc:
    level: "${PACC_LOGGING_LEVEL}"
    handlers: [console]
    propagate: false
"""


def test_info_is_the_level_unless_said_otherwise(configure, console):
    configure()
    get_logger("engine").debug("hidden")
    get_logger("engine").info("shown")
    assert console.getvalue().count("\n") == 1


@pytest.mark.parametrize("settings", [{"PACC_LOGGING_LEVEL": "DEBUG"}, {"PACC_DEBUG_MODE": True}])
def test_the_level_comes_from_the_settings(configure, console, run, settings):
    configure(**settings)
    with run.context:
        get_run_logger().debug("shown")
    assert "| DEBUG   | Flow run 'noisy-raccoon' - shown" in console.getvalue()
    assert run.messages() == ["shown"]


def test_nothing_below_the_level_reaches_the_file(configure, run):
    configure(PACC_LOGGING_LEVEL="ERROR")
    with run.context:
        get_run_logger().warning("hidden")
        get_run_logger().error("kept")
    assert run.messages() == ["kept"]


def test_configuring_twice_changes_nothing(configure):
    configure()
    before = list(logging.getLogger("pacc").handlers)
    configuration.configure()
    assert logging.getLogger("pacc").handlers == before
    assert len(before) == 1


def test_other_settings_replace_our_handlers_and_leave_others(configure, console):
    configure()
    other = logging.NullHandler()
    logging.getLogger("pacc").addHandler(other)
    with temporary_settings({"PACC_LOGGING_LEVEL": "ERROR"}):
        configuration.configure()
        assert logging.getLogger("pacc").level == logging.ERROR
    configuration.configure()
    logging.getLogger("pacc").removeHandler(other)
    assert [type(each) for each in logging.getLogger("pacc").handlers] == [PaccConsoleHandler]
    assert logging.getLogger("pacc").level == logging.INFO


def test_reset_takes_everything_back(configure):
    logger = logging.getLogger("pacc")
    before = (logger.level, logger.propagate, list(logger.handlers))
    configure()
    configuration.reset()
    assert (logger.level, logger.propagate, list(logger.handlers)) == before


def test_the_quick_way_and_the_standard_librarys_come_to_the_same(pacc_home):
    names = ("pacc", "pacc.flow_runs", "pacc.task_runs", "pacc.extra")

    def looks(thing):
        return {
            key: str(vars(value) if "Style" in type(value).__name__ else value)
            for key, value in vars(thing).items()
            if key not in ("lock", "_name", "formatter")
        }

    def picture(apply):
        config = configuration.built_in_config(get_current_settings())
        before = {name: list(logging.getLogger(name).handlers) for name in names}
        apply(config)
        found = {}
        for name in names:
            logger = logging.getLogger(name)
            ours = [handler for handler in logger.handlers if handler not in before[name]]
            found[name] = [logger.level, logger.propagate]
            for handler in ours:
                formatter = handler.formatter
                found[name] += [
                    type(handler),
                    looks(handler),
                    type(formatter),
                    looks(formatter) if formatter else None,
                ]
        for each in configuration._changed:
            each.compare()
        configuration.reset()
        return found

    standard = picture(lambda config: configuration._apply_any(config, pacc_home))
    assert picture(configuration._apply_built_in) == standard
    assert len(standard["pacc"]) == len(standard["pacc.task_runs"]) == 6


def test_caplog_hears_runs_in_test_mode(configure, caplog, run):
    configure(PACC_TESTING_TEST_MODE=True)
    with run.context:
        get_run_logger().info("heard")
    assert caplog.messages == ["heard"]


def test_a_handler_of_the_root_does_not_hear_pacc_otherwise(configure, caplog, run):
    configure()
    with run.context:
        get_run_logger().info("not heard twice")
    assert caplog.messages == []


# ------------------------------------------------------------------------------------------ extra loggers


@pytest.fixture
def make_library():
    """Make a third-party logger that nobody has configured; pytest listens to one that was there before the test."""
    logger = logging.getLogger("weatherlib")

    def make():
        logger.propagate = False
        return logger

    yield make
    configuration.reset()
    logger.propagate = True
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)


def test_an_extra_loggers_lines_belong_to_the_run_around_them(configure, console, run, make_library):
    library = make_library()
    configure(PACC_LOGGING_EXTRA_LOGGERS="weatherlib")
    with run.context:
        library.info("asked for Bonn", extra={"town": "Bonn"})
        with run.task() as task:
            library.info("from a task")
    first, second = run.lines()
    assert (first["logger"], first["message"], first["extra"]) == (
        "weatherlib",
        "asked for Bonn",
        {"town": "Bonn"},
    )
    assert second["task_run_id"] == task.run.id
    assert "| INFO    | weatherlib - asked for Bonn\n" in console.getvalue()


def test_an_extra_logger_that_is_shown_already_is_not_shown_twice(configure, console, run, make_library):
    library = make_library()
    own = io.StringIO()
    library.addHandler(logging.StreamHandler(own))
    configure(PACC_LOGGING_EXTRA_LOGGERS=["weatherlib"])
    with run.context:
        library.warning("once")
    assert run.messages() == ["once"]
    assert (own.getvalue(), console.getvalue()) == ("once\n", "")


def test_an_extra_logger_keeps_its_level_and_gets_its_handlers_back(configure, make_library):
    library = make_library()
    library.setLevel(logging.ERROR)
    configure(PACC_LOGGING_EXTRA_LOGGERS="weatherlib")
    assert library.level == logging.ERROR
    configuration.reset()
    assert library.handlers == []


def test_an_extra_logger_outside_of_runs_warns(configure, make_library):
    library = make_library()
    configure(PACC_LOGGING_EXTRA_LOGGERS="weatherlib")
    with pytest.warns(UserWarning, match="'weatherlib' was used outside of a flow run"):
        library.info("nowhere")


# -------------------------------------------------------------------------------------------- logging.yml


def test_a_logging_yml_replaces_paccs_own_configuration(configure, console, logging_yml, run):
    logging_yml(MINIMAL)
    configure(PACC_LOGGING_LEVEL="WARNING")
    with run.context:
        get_run_logger().info("hidden")
        get_run_logger().warning("short")
    assert console.getvalue() == "WARNING short\n"
    assert not run.log.path.exists()


def test_another_file_can_be_named(configure, console, tmp_path):
    (tmp_path / "mine.yml").write_text(MINIMAL)
    configure(PACC_LOGGING_CONFIG_PATH=tmp_path / "mine.yml")
    get_logger().info("hello")
    assert console.getvalue() == "INFO hello\n"


def test_a_file_written_for_prefect_works(configure, console, logging_yml, run):
    logging_yml("""
        version: 1
        disable_existing_loggers: false
        formatters:
          standard:
            (): pacc.logging.formatters.PaccFormatter
            format: "%(levelname)s | %(name)s | %(message)s"
            flow_run_fmt: "%(levelname)s | Flow run %(flow_run_name)r of %(flow_name)s | %(message)s"
            task_run_fmt: "%(levelname)s | Task run %(task_run_name)r | %(message)s"
            datefmt: "%H:%M:%S"
        handlers:
          console:
            level: 0
            class: pacc.logging.handlers.PrefectConsoleHandler
            formatter: standard
            styles:
              log.info_level: green
          api:
            level: 0
            class: pacc.logging.handlers.APILogHandler
        loggers:
          pacc: {level: "${PACC_LOGGING_LEVEL}", handlers: [console], propagate: no}
          pacc.flow_runs: {level: NOTSET, handlers: [api]}
          pacc.task_runs: {level: NOTSET, handlers: [api]}
        """)
    configure()
    with run.context:
        get_run_logger().info("hello")
    assert console.getvalue() == "INFO | Flow run 'noisy-raccoon' of pipeline | hello\n"
    assert run.messages() == ["hello"]


def test_handlers_of_the_user_survive_a_logging_yml(configure, logging_yml, tmp_path):
    own = logging.FileHandler(tmp_path / "own.log", mode="w")
    logging.getLogger("theirs").addHandler(own)
    logging_yml(MINIMAL)
    configure()
    logging.getLogger("theirs").warning("still here")
    logging.getLogger("theirs").removeHandler(own)
    own.close()
    assert (tmp_path / "own.log").read_text() == "still here\n"


@pytest.mark.parametrize(
    ("variable", "value", "shown"),
    [
        ("PACC_LOGGING_LOGGERS_PACC_LEVEL", "ERROR", "ERROR two\n"),
        ("PACC_LOGGING_FORMATTERS_SHORT_FORMAT", "<%(message)s>", "<one>\n<two>\n"),
        ("PACC_LOGGING_LOGGERS_PACC_PROPAGATE", "no", "INFO one\nERROR two\n"),
    ],
)
def test_every_key_can_be_overridden_from_the_environment(
    configure, console, logging_yml, monkeypatch, variable, value, shown
):
    monkeypatch.setenv(variable, value)
    logging_yml(MINIMAL)
    configure()
    get_logger().info("one")
    get_logger().error("two")
    assert console.getvalue() == shown


def test_paccs_own_keys_can_be_overridden_too(configure, console, run, monkeypatch):
    monkeypatch.setenv("PACC_LOGGING_LOGGERS_PACC_FLOW_RUNS_LEVEL", "ERROR")
    monkeypatch.setenv("PACC_LOGGING_FORMATTERS_STANDARD_FLOW_RUN_FMT", "%(flow_run_name)s: %(message)s")
    monkeypatch.setenv("PACC_LOGGING_HANDLERS_RUN_LOG_MAX_LINE", "500")
    monkeypatch.setenv("PACC_LOGGING_HANDLERS_CONSOLE_COLORS", "no")
    configure()
    with run.context:
        get_run_logger().info("hidden")
        get_run_logger().error("x" * 1000)
    assert console.getvalue().startswith("noisy-raccoon: xxx")
    assert run.log.path.stat().st_size <= 500


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [1", "is not YAML"),
        ("- a\n- b", "is not a mapping"),
        ("", "is not a mapping"),
        ("version: 2", "its version is not 1"),
        ("version: 1\nhandlers: {console: {class: no.such.Handler}}", "handlers 'console' cannot be made"),
        ("version: 1\nloggers: {pacc: {handlers: [nobody]}}", "'pacc'|'nobody'|nobody"),
        ("version: 1\nloggers: {pacc: {level: LOUD}}", "LOUD"),
        ("version: 1\nloggers: {pacc: {level: '${PACC_LOGGING_LOUDNESS}'}}", "PACC_LOGGING_LOUDNESS"),
        ("version: 1\nloggers: [1, 2]", "cannot configure logging"),
        ("!!python/object/apply:os.system ['true']", "is not YAML"),
    ],
)
def test_a_broken_file_is_one_clear_sentence(configure, logging_yml, pacc_home, text, reason):
    logging_yml(text)
    with pytest.raises(ConfigurationError, match=reason) as error:
        configure()
    assert str(error.value).startswith(f"{pacc_home / 'logging.yml'} cannot configure logging: ")
    assert "\n" not in str(error.value)
    assert "Mend the file" in error.value.hint


def check_that_a_file_is_taken_or_refused(path, content):
    path.write_bytes(content)
    problem = ""
    with temporary_settings({"PACC_LOGGING_CONFIG_PATH": path}):
        try:
            configuration.configure()
        except ConfigurationError as error:
            problem = str(error)
        finally:
            configuration.reset()
    assert not problem or problem.startswith(f"{path} cannot configure logging: ")
    assert "\n" not in problem


WORDS = st.sampled_from(
    [
        "version",
        "formatters",
        "handlers",
        "loggers",
        "root",
        "level",
        "format",
        "class",
        "console",
        "pacc",
        "INFO",
        "logging.NullHandler",
        "pacc.logging.handlers.RunLogHandler",
        "${PACC_HOME}",
        "${PACC_",
        "()",
        "é",
    ]
)
CONFIGURATIONS = st.recursive(
    WORDS | st.integers() | st.none() | st.booleans() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
)
FILES = st.binary() | CONFIGURATIONS.map(lambda config: json.dumps(config).encode())


@hypothesis.settings(max_examples=60)
@hypothesis.given(content=FILES)
@hypothesis.example(b"a: &a [*a]")
@hypothesis.example(b"[" * 5000)
@hypothesis.example(b"day: 2001-13-45")
@hypothesis.example(b"version: 1\nloggers: {pacc: null}")
def test_any_file_is_taken_or_refused_in_a_sentence(tmp_path_factory, content):
    check_that_a_file_is_taken_or_refused(tmp_path_factory.getbasetemp() / "logging.yml", content)


@pytest.mark.soak
@hypothesis.settings(max_examples=10_000)
@hypothesis.given(content=FILES)
def test_any_of_many_files_is_taken_or_refused_in_a_sentence(tmp_path_factory, content):
    check_that_a_file_is_taken_or_refused(tmp_path_factory.getbasetemp() / "logging.yml", content)


def test_an_unreadable_file_is_said_so(configure, pacc_home):
    (pacc_home / "logging.yml").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="cannot configure logging"):
        configure()


def test_a_root_the_file_asks_for_is_given_and_taken_back(configure, console, logging_yml):
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    logging_yml(f"{MINIMAL}\nroot: {{level: ERROR, handlers: [console]}}")
    configure()
    logging.getLogger("anything").error("heard")
    assert "ERROR heard\n" in console.getvalue()
    configuration.reset()
    assert (root.level, list(root.handlers)) == before


def test_yaml_is_read_only_where_there_is_a_file(run_python):
    finished = run_python(
        "import sys, pacc.logging as logs; logs.configure(); print('yaml' in sys.modules, 'logging.config' in sys.modules)"
    )
    assert (finished.stdout, finished.stderr) == ("False False\n", "")


def test_the_file_in_the_documentation_is_paccs_own_configuration(tmp_path):
    page = (Path(__file__).parents[3] / "docs" / "logging.md").read_text()
    (tmp_path / "logging.yml").write_text(page.split("```yaml\n")[1].split("```")[0])
    settings = get_current_settings()
    shown = configuration.load_config(tmp_path / "logging.yml", settings)
    assert shown == configuration.built_in_config(settings)

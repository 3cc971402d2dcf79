"""Sets up pacc's loggers: by itself, or as `logging.yml` says.

Importing pacc configures nothing. The first run or command does, and then only the logger `pacc` and those below it, and the loggers
that PACC_LOGGING_EXTRA_LOGGERS names. The root logger belongs to the user: nothing is attached to it, and its handlers hear
pacc's lines only under PACC_TESTING_TEST_MODE, or each line would stand on the console twice.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from typing import TYPE_CHECKING, Any

from pacc.exceptions import ConfigurationError
from pacc.logging.formatters import FLOW_RUN_FORMAT, FORMAT, TASK_RUN_FORMAT, TIME_FORMAT, PaccFormatter
from pacc.logging.handlers import PaccConsoleHandler, RunLogHandler
from pacc.settings import SETTINGS, get_current_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pacc.settings import Settings

EXTRA = "pacc.extra"
"""The logger whose handlers the extra loggers get."""

_SETTING = r"\$\{(PACC_\w+)\}"

_lock = threading.Lock()
_configured: Settings | None = None
_changed: list[_Before] = []
_warned: set[str] = set()


def configure() -> None:
    """Set up pacc's loggers for the settings in force. Costs next to nothing once that is done.

    Raises:
        ConfigurationError: `logging.yml` cannot be used.
    """
    global _configured
    settings = get_current_settings()
    if settings is _configured:
        return
    with _lock:
        if settings is not _configured:
            _set_up(settings)
            _configured = settings


def reset() -> None:
    """Take back all that `configure` did; the next `configure` starts anew."""
    global _configured
    with _lock:
        _take_back()
        _configured = None


def _take_back() -> None:
    while _changed:
        _changed.pop().restore()


def _set_up(settings: Settings) -> None:
    _take_back()
    path = settings.logging.config_path
    own = load_config(path, settings) if os.path.exists(path) else None
    config = own if own is not None else built_in_config(settings)
    try:
        if override(config) or own is not None:
            _apply_any(config, path)
        else:
            _apply_built_in(config)
        _join_extra_loggers(settings)
    finally:
        for each in _changed:
            each.compare()
    _warn_once(settings.problems)


def _warn_once(problems: Iterable[str]) -> None:
    """Log what was passed over while the settings were read, for scripts; commands say it themselves."""
    for problem in problems:
        if problem not in _warned:
            _warned.add(problem)
            logging.getLogger("pacc.settings").warning(problem)


def _forget_lock() -> None:
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_lock)


# -------------------------------------------------------------------------------- what the configuration is


def built_in_config(settings: Settings) -> dict[str, Any]:
    """Return pacc's own configuration, in the form of `logging.config.dictConfig`, which `logging.yml` has too."""
    level = settings.logging.level
    kept = ["run_log"] if settings.logging.to_api.enabled else []
    return {
        "version": 1,
        "formatters": {
            "standard": {
                "()": "pacc.logging.formatters.PaccFormatter",
                "format": FORMAT,
                "flow_run_fmt": FLOW_RUN_FORMAT,
                "task_run_fmt": TASK_RUN_FORMAT,
                "datefmt": TIME_FORMAT,
            }
        },
        "handlers": {
            "console": {
                "()": "pacc.logging.handlers.PaccConsoleHandler",
                "level": "NOTSET",
                "formatter": "standard",
                "colors": settings.logging.colors,
            },
            "run_log": {
                "()": "pacc.logging.handlers.RunLogHandler",
                "level": "NOTSET",
                "max_line": settings.logging.to_api.max_log_size,
                "when_missing": settings.logging.to_api.when_missing_flow,
            },
        },
        "loggers": {
            "pacc": {"level": level, "handlers": ["console"], "propagate": settings.testing.test_mode},
            "pacc.flow_runs": {"level": "NOTSET", "handlers": kept},
            "pacc.task_runs": {"level": "NOTSET", "handlers": kept},
            EXTRA: {"level": level, "handlers": kept},
        },
    }


def load_config(path: Path, settings: Settings) -> dict[str, Any]:
    """Return the configuration of a `logging.yml`, its `${PACC_...}` replaced by the values of these settings.

    Raises:
        ConfigurationError: it cannot be read, is no YAML, is no mapping, or names a setting that does not exist.
    """
    import yaml  # start-up: few homes have such a file

    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        if isinstance(config, dict):
            return {key: _filled(value, settings) for key, value in config.items()}
    except yaml.YAMLError as error:
        raise _unusable(path, _yaml_problem(error)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise _unusable(path, " ".join(str(error).split())) from error
    raise _unusable(path, "it is not a mapping with the keys formatters, handlers and loggers")


def override(config: dict[str, Any]) -> bool:
    """Replace values that have an environment variable, e.g. `PACC_LOGGING_LOGGERS_PACC_LEVEL`; return whether any had."""
    found = False
    for table, key, name in list(_places(config, "PACC_LOGGING")):
        if name in os.environ and name not in SETTINGS:
            table[key] = _like(table[key], os.environ[name])
            found = True
    return found


def _places(table: dict[str, Any], prefix: str) -> Iterator[tuple[dict[str, Any], str, str]]:
    for key, value in table.items():
        name = f"{prefix}_{str(key).replace('.', '_').upper()}"
        if isinstance(value, dict):
            yield from _places(value, name)
        else:
            yield table, key, name


def _like(value: Any, text: str) -> Any:
    """Return the text as a value of the kind it replaces."""
    if isinstance(value, bool):
        return text.strip().lower() in {"1", "true", "t", "yes", "y", "on"}
    if isinstance(value, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(value, int) and text.strip().isdigit():
        return int(text)
    return text


def _filled(value: Any, settings: Settings) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, settings) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, settings) for inner in value]
    if not isinstance(value, str):
        return value
    whole = re.fullmatch(_SETTING, value)
    if whole:
        return _setting(whole, settings)
    return re.sub(_SETTING, lambda found: str(_setting(found, settings)), value)


def _setting(found: re.Match[str], settings: Settings) -> Any:
    if found[1] not in SETTINGS:
        raise ValueError(f"it names the setting {found[1]}, which does not exist")
    return settings.value(found[1])


def _unusable(path: Path, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"{path} cannot configure logging: {reason}.",
        hint="Mend the file, or move it away to have pacc's own logging.",
    )


def _yaml_problem(error: Any) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f" in line {mark.line + 1}" if mark is not None else ""
    return f"it is not YAML ({getattr(error, 'problem', None) or 'unreadable'}{where})"


# ------------------------------------------------------------------------------------- putting it in force


def _apply_built_in(config: dict[str, Any]) -> None:
    """Do for pacc's own configuration what `_apply_any` does, without loading `logging.config`: 10 ms of every start."""
    settings, kept = config["handlers"]["console"], config["handlers"]["run_log"]
    console = PaccConsoleHandler(colors=settings["colors"])
    console.setFormatter(PaccFormatter(flow_run_fmt=FLOW_RUN_FORMAT, task_run_fmt=TASK_RUN_FORMAT))
    run_log = RunLogHandler(max_line=kept["max_line"], when_missing=kept["when_missing"])
    handlers: dict[str, logging.Handler] = {"console": console, "run_log": run_log}
    for name, wanted in config["loggers"].items():
        logger = logging.getLogger(name)
        _remember(logger)
        logger.setLevel(wanted["level"])
        logger.propagate = wanted.get("propagate", True)
        for handler in wanted["handlers"]:
            logger.addHandler(handlers[handler])


def _apply_any(config: dict[str, Any], path: Path) -> None:
    from pacc.logging.custom import Configurator  # start-up

    try:
        for name in ["root"] * ("root" in config) + list(config.get("loggers") or {}):
            _remember(logging.getLogger(name))
        Configurator(config).configure()
    except Exception as error:
        reason = ": ".join(str(each) for each in (error, error.__cause__) if each is not None)
        raise _unusable(path, " ".join(reason.split())) from error


def _join_extra_loggers(settings: Settings) -> None:
    """Let the extra loggers' lines go to the runs' logs, and to the console where nobody shows them already."""
    template = logging.getLogger(EXTRA)
    for name in settings.logging.extra_loggers:
        logger = logging.getLogger(name)
        shown = [] if logger.hasHandlers() else logging.getLogger("pacc").handlers
        _remember(logger)
        for handler in (*template.handlers, *shown):
            logger.addHandler(handler)
        if logger.level == logging.NOTSET:
            logger.setLevel(template.level)


class _Before:
    """How a logger was before it was configured, so that it can be so again; what others do to it meanwhile stays."""

    __slots__ = ("_attached", "_detached", "_handlers", "_level", "_logger", "_propagate")

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._level = logger.level
        self._propagate = logger.propagate
        self._handlers = list(logger.handlers)
        self._attached: list[logging.Handler] = []
        self._detached: list[logging.Handler] = []

    def compare(self) -> None:
        """Note which handlers the configuration gave the logger, and which it took."""
        now = self._logger.handlers
        self._attached = [handler for handler in now if handler not in self._handlers]
        self._detached = [handler for handler in self._handlers if handler not in now]

    def restore(self) -> None:
        """Make the logger what it was."""
        self._logger.setLevel(self._level)
        self._logger.propagate = self._propagate
        for handler in self._attached:
            self._logger.removeHandler(handler)
        for handler in self._detached:
            self._logger.addHandler(handler)


def _remember(logger: logging.Logger) -> None:
    _changed.append(_Before(logger))

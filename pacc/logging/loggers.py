"""The loggers that runs speak through: standard library loggers that know which run they belong to."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

from pacc.context import TaskRunContext, innermost
from pacc.exceptions import MissingContextError
from pacc.settings import get_current_settings
from pacc.store.log_files import log_path
from pacc.store.log_writing import RunLog, line_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping
    from typing import Self

UNKNOWN = "<unknown>"
_FLOW_RUNS = "pacc.flow_runs"
_TASK_RUNS = "pacc.task_runs"


class RunOfRecord:
    """What a log record needs to know of its run to be written: the file, and the fields all its lines share."""

    __slots__ = ("_heads", "log", "task_run_id", "task_run_name")

    def __init__(self, log: RunLog, task_run_id: str | None = None, task_run_name: str | None = None) -> None:
        self.log = log
        self.task_run_id = task_run_id
        self.task_run_name = task_run_name
        self._heads: dict[str, str] = {}

    def head(self, logger: str) -> str:
        """Return the shared fields of lines that come through the logger of that name."""
        try:
            return self._heads[logger]
        except KeyError:
            head = self._heads[logger] = line_head(logger, self.task_run_id, self.task_run_name)
            return head

    def __reduce__(self) -> tuple[type[RunOfRecord], tuple[Any, ...]]:
        return RunOfRecord, (self.log, self.task_run_id, self.task_run_name)


class PaccLogAdapter(logging.LoggerAdapter[logging.Logger]):
    """A logger with fields of its own, which those of a single call are added to.

    The standard library's adapter replaces the fields of a call by its own.
    """

    extra: dict[str, Any]

    def __init__(self, logger: logging.Logger, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(logger, dict(extra or {}))

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a message; the plain call, a message and its arguments, takes fewer steps than the standard library's."""
        if kwargs:
            # One more frame to pass over when the caller is looked for: this one.
            kwargs["stacklevel"] = kwargs.get("stacklevel", 1) + 1
            super().log(level, msg, *args, **kwargs)
            return
        logger = self.logger
        if logger.isEnabledFor(level):
            path, number, function, _ = logger.findCaller(stacklevel=2)
            record = logger.makeRecord(logger.name, level, path, number, msg, args, None, function)
            record.__dict__.update(self.extra)
            logger.handle(record)

    def process(self, msg: str, kwargs: MutableMapping[str, Any]) -> tuple[str, MutableMapping[str, Any]]:
        """Add the adapter's fields to those of the call; the call's own win."""
        own = kwargs.get("extra")
        kwargs["extra"] = {**self.extra, **own} if own else self.extra
        return msg, kwargs

    def getChild(self, suffix: str, extra: dict[str, Any] | None = None) -> PaccLogAdapter:  # noqa: N802 - as logging spells it
        """Return a logger below this one that keeps its fields and has some more."""
        return PaccLogAdapter(self.logger.getChild(suffix), {**self.extra, **(extra or {})})


def get_logger(name: str | None = None) -> logging.Logger:
    """Return pacc's logger, or the one of that name below it.

    Args:
        name: `pacc.` is put in front of it unless it is there.

    Example:
        >>> get_logger("runner").name
        'pacc.runner'
    """
    if name is None or name == "pacc" or name.startswith("pacc."):
        return logging.getLogger(name or "pacc")
    return logging.getLogger(f"pacc.{name}")


def get_run_logger(context: Any = None, **extra: Any) -> logging.Logger | PaccLogAdapter:
    """Return the logger of the task run or flow run this code runs in.

    Args:
        context: the context of a run, where the current one is not meant.
        **extra: fields that every line gets; they are kept with it in the run's log.

    Raises:
        MissingContextError: no run is active here.

    Example:
        >>> @flow
        ... def greet():
        ...     get_run_logger().info("hello", extra={"language": "en"})
    """
    chosen = context if context is not None else innermost()
    if chosen is not None:
        return logger_of(chosen, **extra)
    if logging.getLogger(_FLOW_RUNS).disabled and logging.getLogger(_TASK_RUNS).disabled:
        return logging.getLogger(_FLOW_RUNS)
    raise MissingContextError(
        "There is no active flow or task run here, so there is no run to log for.",
        hint="Call get_run_logger() inside a flow or task, or use get_logger() elsewhere.",
    )


def logger_of(context: Any, **extra: Any) -> PaccLogAdapter:
    """Return the logger of a context's run; it is made once per context."""
    if not extra:
        cached: PaccLogAdapter | None = getattr(context, "logger", None)
        if cached is not None:
            return cached
    if isinstance(context, TaskRunContext):
        outer = context.flow_context
        flow_run, flow = (outer.run, outer.flow) if outer is not None else (None, None)
        logger = task_run_logger(context.run, context.task, flow_run, flow, run_log=context.run_log, **extra)
    else:
        logger = flow_run_logger(context.run, context.flow, run_log=context.run_log, **extra)
    if not extra:
        context.logger = logger
    return logger


def flow_run_logger(
    flow_run: Any = None,
    flow: Any = None,
    flow_run_id: Any = None,
    *,
    run_log: RunLog | None = None,
    **extra: Any,
) -> PaccLogAdapter:
    """Return a logger whose lines belong to a flow run, whether or not it runs here.

    Args:
        flow_run: the run, with its `id` and `name`.
        flow: its flow, for the `flow_name` of records.
        flow_run_id: the run's id when nothing else is known of it.
        run_log: the run's log if it is open already; otherwise the one in the current home.
        **extra: fields that every line gets.
    """
    run_id = str(flow_run.id if flow_run is not None else flow_run_id)
    return PaccLogAdapter(
        logging.getLogger(_FLOW_RUNS),
        {
            "flow_run_name": _name_of(flow_run),
            "flow_run_id": run_id,
            "flow_name": _name_of(flow) if flow is not None else _attribute(flow_run, "flow_name"),
            "pacc_run": RunOfRecord(run_log or _log_of(run_id)),
            **extra,
        },
    )


def task_run_logger(
    task_run: Any,
    task: Any = None,
    flow_run: Any = None,
    flow: Any = None,
    *,
    run_log: RunLog | None = None,
    **extra: Any,
) -> PaccLogAdapter:
    """Return a logger whose lines belong to a task run; they stand in the log of its flow run.

    Args:
        task_run: the run, with its `id`, `name` and `flow_run_id`.
        task: its task, for the `task_name` of records.
        flow_run: its flow run, for the `flow_run_name` of records.
        flow: its flow run's flow.
        run_log: the log of its flow run if it is open already; otherwise the one in the current home.
        **extra: fields that every line gets.
    """
    run_id, flow_run_id = str(task_run.id), task_run.flow_run_id
    name = _name_of(task_run)
    return PaccLogAdapter(
        logging.getLogger(_TASK_RUNS),
        {
            "task_run_id": run_id,
            "flow_run_id": None if flow_run_id is None else str(flow_run_id),
            "task_run_name": name,
            "task_name": _name_of(task) if task is not None else _attribute(task_run, "task_name"),
            "flow_run_name": _name_of(flow_run),
            "flow_name": _name_of(flow),
            "pacc_run": RunOfRecord(run_log or _log_of(flow_run_id or run_id), run_id, name),
            **extra,
        },
    )


def _name_of(thing: Any) -> str:
    return _attribute(thing, "name")


def _attribute(thing: Any, name: str) -> str:
    return getattr(thing, name, None) or UNKNOWN


def _log_of(run_id: Any) -> RunLog:
    return RunLog(log_path(get_current_settings().home, run_id))


@contextlib.contextmanager
def disable_logger(name: str) -> Iterator[None]:
    """Silence a logger for the length of a `with` block."""
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


@contextlib.contextmanager
def disable_run_logger() -> Iterator[None]:
    """Silence the loggers of runs, and let `get_run_logger()` work outside of runs: for testing a task's function by itself.

    Example:
        >>> with disable_run_logger():
        ...     assert my_task.fn(1) == 2
    """
    with disable_logger(_FLOW_RUNS), disable_logger(_TASK_RUNS):
        yield


class LogEavesdropper(logging.Handler):
    """Listens to a logger for the length of a `with` block and keeps what it hears.

    Args:
        eavesdrop_on: the logger's name.
        level: the least serious level to listen to.

    Example:
        >>> with LogEavesdropper("pacc.runner") as heard:
        ...     get_logger("runner").warning("late")
        >>> heard.text()
        '[WARNING]: late - pacc.runner'
    """

    def __init__(self, eavesdrop_on: str, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        self.eavesdrop_on = eavesdrop_on
        self.formatter = logging.Formatter("[%(levelname)s]: %(message)s - %(name)s")
        self._heard: list[str] = []

    def __enter__(self) -> Self:
        logging.getLogger(self.eavesdrop_on).addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger(self.eavesdrop_on).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record as text."""
        self._heard.append(self.format(record))

    def text(self) -> str:
        """Return everything heard, a line each."""
        return "\n".join(self._heard)

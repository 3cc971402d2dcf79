"""What travels between a flow's process and its worker processes: a call on the way there, what it came to on the way back."""

from __future__ import annotations

import io
from collections import ChainMap
from dataclasses import dataclass, field
from pathlib import Path
from traceback import format_exception
from types import CodeType
from typing import TYPE_CHECKING, Any, ClassVar

import cloudpickle

from pacc._internal.steps import Outcome
from pacc.context import TagsContext
from pacc.engine.pickles import culprit, pickle_loaded_files_by_value, refusal
from pacc.exceptions import FailedRun, SerializationError

if TYPE_CHECKING:
    from pacc.context import FlowRunContext
    from pacc.engine.task_run import TaskCall
    from pacc.services.live_run import LiveRun

_NOT_SENT = frozenset({"fn", "_declared", "binder", "validator", "hooks", "owner", "retry_policy", "retry_condition_fn",
                       "_task_runner", "flow_run_name", "task_run_name"})  # fmt: skip
"""What a worker has no use for, and what most often cannot be pickled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The flow run and the task run that a call belongs to, as far as code in another process can see them."""

    home: Path
    flow: Any
    flow_run: dict[str, Any]
    log_prints: bool
    persist_result: bool
    task: Any
    task_run: dict[str, Any]
    task_log_prints: bool
    tags: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One call of a task's function."""

    fn: Any
    isasync: bool
    isgenerator: bool
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    timeout: float | None
    surroundings: Surroundings | None
    """`None` outside of flows."""


@dataclass(slots=True, kw_only=True)
class Reply:
    """What a call came to."""

    outcome: Outcome | None = None
    interruption: BaseException | None = None
    """What ended the code otherwise than by an error: `sys.exit()`, say."""
    unseen: list[tuple[str, str, str | None]] = field(default_factory=list)
    """Tasks it submitted that failed without anyone looking: id, name, message."""
    asset_metadata: dict[str, dict[str, Any]] | None = None
    """What it told of the assets it made, by their keys."""


def packed(call: TaskCall, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """Return a call as bytes.

    Raises:
        SerializationError: something in it cannot be pickled; the message names the argument.
    """
    task = call.task
    parcel = Parcel(
        fn=task.fn,
        isasync=task.isasync,
        isgenerator=task.isgenerator,
        args=args,
        kwargs=kwargs,
        timeout=task.timeout_seconds,
        surroundings=None if call.flow_context is None else _surroundings(call, call.flow_context),
    )
    pickle_loaded_files_by_value()
    packing = io.BytesIO()
    try:
        _Pickler(packing).dump(parcel)
    except Exception as error:  # noqa: BLE001 - pickling runs the code of users' classes
        raise SerializationError(_culprit(call, error)) from None
    return packing.getvalue()


def _with_its_file(code: CodeType) -> tuple[Any, ...]:
    """Reduce code as cloudpickle does, but with the name of its file: tracebacks show lines of it."""
    make, parts, *rest = cloudpickle.Pickler.dispatch_table[CodeType](code)
    return make, tuple(code.co_filename if part == _NO_FILE else part for part in parts), *rest


_NO_FILE = "<dynamic-code>"
"""What cloudpickle calls the file of any code, since 3.1.3."""


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc] # it ships no types
    dispatch_table: ClassVar = ChainMap({CodeType: _with_its_file}, cloudpickle.Pickler.dispatch_table)


def _culprit(call: TaskCall, error: Exception) -> str:
    """Return a sentence on what of a call cannot be pickled."""
    return culprit(call.parameters, call.task.name, "a worker process") or (
        f"the function of task {call.task.name!r} cannot be sent to a worker process, "
        f"because of something it uses: {type(error).__name__}: {error}"
    )


def _surroundings(call: TaskCall, context: FlowRunContext) -> Surroundings:
    return Surroundings(
        home=context.home,
        flow=portable(context.flow),
        flow_run=columns_of(context.run),
        log_prints=context.log_prints,
        persist_result=context.persist_result,
        task=portable(call.task),
        task_run=columns_of(call.run),
        task_log_prints=call.context.log_prints,
        tags=TagsContext.get(),
    )


def portable(thing: Any) -> Any:
    """Return a flow or task without its function and without what cannot be pickled: its name, its options."""
    bare = object.__new__(type(thing))
    bare.__dict__.update(
        {
            name: value
            for name, value in thing.__dict__.items()
            if name not in _NOT_SENT and (isinstance(value, _PLAIN) or refusal(value) is None)
        }
    )
    bare.__dict__.update(hooks={}, fn=None, owner=None, _task_runner=None)
    return bare


_PLAIN = (str, int, float, bool, frozenset, Path, type(None))


def columns_of(run: LiveRun) -> dict[str, Any]:
    """Return everything plain that a run knows of itself."""
    names = [name for kind in type(run).__mro__ for name in getattr(kind, "__slots__", ())]
    known = {name: getattr(run, name) for name in names if hasattr(run, name)}
    return {name: value for name, value in known.items() if isinstance(value, (*_PLAIN, list, tuple, dict))}


def packed_reply(reply: Reply) -> bytes:
    """Return a reply as bytes; what cannot be pickled, or not unpickled, is told as an error."""
    outcome = reply.outcome
    if outcome is not None and outcome.error is not None:
        told = outcome.error
        outcome.error = sendable(told)
        if told.__traceback__ is not None:
            outcome.error.add_note("In the worker process:\n" + "".join(format_exception(told)))
    try:
        return bytes(cloudpickle.dumps(reply))
    except Exception as error:  # noqa: BLE001 - pickling runs the code of users' classes
        value = outcome.value if outcome is not None else None
        problem = SerializationError(
            f"the task ran, but the {type(value).__name__} it returned cannot be sent back "
            f"from its worker process: {type(error).__name__}: {error}"
        )
        return bytes(cloudpickle.dumps(Reply(outcome=Outcome(error=problem), unseen=reply.unseen)))


def sendable(error: BaseException) -> BaseException:
    """Return an error that arrives: itself, or one that says the same where it does not survive being pickled."""
    try:
        cloudpickle.loads(cloudpickle.dumps(error))
    except Exception:  # noqa: BLE001 - as above
        return FailedRun(f"{type(error).__name__}: {error}")
    return error

"""Whether something survives the way to another process, and what of a call does not."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING, Any

from pacc.engine.entrypoints import LOADED_PREFIX
from pacc.exceptions import SerializationError

if TYPE_CHECKING:
    from collections.abc import Mapping


def refusal(value: Any) -> str | None:
    """Return why a value cannot be pickled, `None` where it can."""
    import cloudpickle  # start-up: few programs pickle

    try:
        cloudpickle.dumps(value)
    except Exception as error:  # noqa: BLE001 - pickling runs the code of users' classes
        return f"{type(error).__name__}: {error}"
    return None


def culprit(parameters: Mapping[str, Any], task_name: str, where: str) -> str | None:
    """Return a sentence on the first argument of a call that cannot be pickled, `None` where all of them can.

    Args:
        parameters: the arguments by name.
        task_name: the task.
        where: what they should be sent to: `a worker process`.
    """
    for name, value in parameters.items():
        if (why := refusal(value)) is not None:
            return f"the argument {name!r} of task {task_name!r} cannot be sent to {where}: {why}"
    return None


def pickle_loaded_files_by_value() -> None:
    """A file loaded by its path cannot be imported by name anywhere else, so its classes and functions travel along."""
    import cloudpickle  # start-up: as above

    for name, module in list(sys.modules.items()):
        if name.startswith(LOADED_PREFIX) and name not in cloudpickle.list_registry_pickle_by_value():
            cloudpickle.register_pickle_by_value(module)


def pickled_arguments(parameters: Mapping[str, Any], wait_for: Any, task_name: str) -> bytes:
    """Return the arguments of a call that another process is to make, and what it waits for, as bytes.

    Raises:
        SerializationError: they cannot be pickled; the message names the argument.
    """
    parcel = {"parameters": dict(parameters), "wait_for": wait_for}
    if wait_for is None and all(type(value) in _PLAIN for value in parameters.values()):
        return pickle.dumps(parcel)
    import cloudpickle  # start-up: as above

    pickle_loaded_files_by_value()
    try:
        return bytes(cloudpickle.dumps(parcel))
    except Exception as error:  # noqa: BLE001 - as above
        raise SerializationError(
            culprit(parameters, task_name, "a task worker")
            or f"the arguments of task {task_name!r} cannot be sent to a task worker: {error}",
            hint="Send what it is made from instead: a path, an address, an id.",
        ) from None


_PLAIN = frozenset({str, int, float, bool, bytes, type(None)})


def loaded_arguments(data: bytes) -> tuple[dict[str, Any], Any]:
    """Return the arguments of a call and what it waits for. This runs code that the bytes name: verify them first.

    Raises:
        SerializationError: they cannot be loaded here.
    """
    try:
        parcel = pickle.loads(data)  # noqa: S301 - the caller has verified that this store wrote it
    except Exception as error:
        raise SerializationError(
            f"its arguments cannot be loaded here: {type(error).__name__}: {error}"
        ) from error
    return parcel["parameters"], parcel["wait_for"]

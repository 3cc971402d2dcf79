"""Workflow orchestration in one file: flows and tasks that are recorded, retried and explained, with no server.

>>> from pacc import flow, task
>>> @task
... def double(number: int) -> int:
...     return 2 * number
>>> @flow
... def sums(numbers: list[int]) -> int:
...     return sum(double(number) for number in numbers)
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, whose import would cost every command 6 ms

if TYPE_CHECKING:
    from typing import Any

    from pacc._internal.annotations import allow_failure, opaque, quote, unmapped
    from pacc.client.orchestration import get_client
    from pacc.context import tags
    from pacc.flow_runs import (
        apause_flow_run,
        aresume_flow_run,
        asuspend_flow_run,
        pause_flow_run,
        resume_flow_run,
        suspend_flow_run,
    )
    from pacc.flows import Flow, aserve, flow, serve
    from pacc.logging import get_run_logger
    from pacc.schemas.states import State
    from pacc.tasks import Task, task
    from pacc.transactions import Transaction

__version__ = "0.1.0"

_HOMES = {
    "Flow": "pacc.flows",
    "State": "pacc.schemas.states",
    "Task": "pacc.tasks",
    "Transaction": "pacc.transactions",
    "allow_failure": "pacc._internal.annotations",
    "apause_flow_run": "pacc.flow_runs",
    "aresume_flow_run": "pacc.flow_runs",
    "aserve": "pacc.flows",
    "asuspend_flow_run": "pacc.flow_runs",
    "flow": "pacc.flows",
    "get_client": "pacc.client.orchestration",
    "get_run_logger": "pacc.logging",
    "opaque": "pacc._internal.annotations",
    "pause_flow_run": "pacc.flow_runs",
    "quote": "pacc._internal.annotations",
    "resume_flow_run": "pacc.flow_runs",
    "serve": "pacc.flows",
    "suspend_flow_run": "pacc.flow_runs",
    "tags": "pacc.context",
    "task": "pacc.tasks",
    "unmapped": "pacc._internal.annotations",
}
"""Where each public name lives; a name is loaded when it is first touched."""

_MODULES = frozenset({"context", "exceptions", "flows", "runtime", "states", "tasks"})
"""Modules that `import pacc` alone is enough for: `pacc.runtime.flow_run.name`."""

__all__ = [
    "Flow",
    "State",
    "Task",
    "Transaction",
    "__version__",
    "allow_failure",
    "apause_flow_run",
    "aresume_flow_run",
    "aserve",
    "asuspend_flow_run",
    "flow",
    "get_client",
    "get_run_logger",
    "opaque",
    "pause_flow_run",
    "quote",
    "resume_flow_run",
    "serve",
    "suspend_flow_run",
    "tags",
    "task",
    "unmapped",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _MODULES:
        return import_module(f"pacc.{name}")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'pacc' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

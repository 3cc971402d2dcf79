"""Assets of task runs: what a run makes anew is recorded with what it was made of.

A flow run remembers which assets stand behind the result of each of its task runs: those it made, or those its own inputs came from.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pacc.schemas.states import StateType
from pacc.services.assets import Made, Maker, record

if TYPE_CHECKING:
    from pacc.engine.task_run import TaskCall
    from pacc.schemas.states import State


def note_assets(call: TaskCall, state: State[Any]) -> None:
    """Record the assets a task run made anew, or failed to; nothing is recorded of one that was answered from the cache.

    Raises:
        StoreError: they cannot be recorded.
    """
    task, run, flow_context = call.task, call.run, call.flow_context
    upstream = _upstream(call)
    if flow_context is not None:
        flow_context.assets[run.id] = tuple(asset.key for asset in task.assets) or upstream
    if not task.assets or state.name == "Cached" or state.type not in (StateType.COMPLETED, StateType.FAILED):
        return
    told = call.context.asset_metadata or {}
    record(
        run.store,
        [Made(asset.key, asset.properties, told.get(asset.key)) for asset in task.assets],
        Maker(run.id, run.name, run.flow_run_id, task.materialized_by),
        succeeded=state.type is StateType.COMPLETED,
        upstream=upstream,
    )


def _upstream(call: TaskCall) -> tuple[str, ...]:
    """The keys of the assets that the run's inputs came from, each once."""
    keys = list(call.task.asset_deps)
    if call.flow_context is not None and call.flow_context.assets:
        inputs = json.loads(call.run.inputs)
        keys += [
            key
            for name, sources in inputs.items()
            if name != "__parents__"
            for source in sources
            for key in call.flow_context.assets.get(source.get("id"), ())
        ]
    return tuple(dict.fromkeys(keys))

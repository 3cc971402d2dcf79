"""Results that are kept: whether, where, and as which bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from pacc.context import FlowRunContext

OPTIONS = (
    "persist_result",
    "result_storage",
    "result_serializer",
    "result_storage_key",
    "cache_result_in_memory",
)


def check_results(storage: Any, serializer: Any, storage_key: Any = None) -> tuple[Any, Any]:
    """Return the storage and the serializer that options name, `None` where they name none.

    Raises:
        TypeError: one is no such thing. ValueError: the storage is the name of a block.
        SerializationError: there is no serializer of that name.
    """
    if storage is not None:
        from pacc.filesystems.places import place_for  # start-up: few name a storage

        storage = place_for(storage)
    if serializer is not None:
        from pacc.serializers import Serializer, serializer_for  # start-up: few name a serializer

        if not isinstance(serializer, str | Serializer):
            raise TypeError(f"`result_serializer` takes a serializer or its name, not {serializer!r}")
        serializer = serializer_for(serializer)
    if storage_key is not None and not isinstance(storage_key, str):
        raise TypeError(f"`result_storage_key` takes a template, not {storage_key!r}")
    return storage, serializer


def prepare_context(context: FlowRunContext, flow: Any) -> None:
    """Settle at a flow run's start whether its result and those of its tasks are kept, as far as they don't say themselves.

    Args:
        context: the flow run's.
        flow: its flow.
    """
    settings = get_current_settings()
    if flow.persist_result is not None:
        context.persist_result = flow.persist_result
    elif context.parent is not None:
        context.persist_result = context.parent.persist_result
    else:
        context.persist_result = settings.results.persist_by_default
    for_tasks = settings.tasks.default_persist_result
    context.persists_tasks = context.persist_result if for_tasks is None else for_tasks
    context.open_results = _open_results


def _open_results(context: FlowRunContext) -> Any:
    from pacc.results import ResultStore  # start-up: most flows keep nothing

    around = context.parent.result_store if context.parent is not None else None
    return (around or ResultStore(store=context.store)).update_for_flow(context.flow)

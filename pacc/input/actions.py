"""Values handed to a flow run, under keys: created, read, filtered, deleted. Without an id the run is the one this is called in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.jsontext import dumps
from pacc._internal.steps import awaitable
from pacc.context import FlowRunContext, either_colour
from pacc.services import run_inputs
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from pydantic import BaseModel

    from pacc.schemas.run_inputs import FlowRunInput
    from pacc.store import Store


def ensure_flow_run_id(flow_run_id: UUID | str | None = None) -> str:
    """Return an id, or that of the flow run this is called in.

    Raises:
        RuntimeError: none was given, and no flow is running here.
    """
    if flow_run_id is not None:
        return str(flow_run_id)
    context = FlowRunContext.get()
    if context is None:
        raise RuntimeError("no flow is running here; say which run is meant: `flow_run_id=...`")
    return str(context.run.id)


def store_of(flow_run_id: UUID | str | None = None) -> Store:
    """Return the store of the flow run this is called in, that of the settings in force elsewhere."""
    context = FlowRunContext.get() if flow_run_id is None else None
    return open_store(get_current_settings().home) if context is None else context.store


def create(key: str, value: Any, flow_run_id: UUID | str | None = None, sender: str | None = None) -> None:
    """Hand a value to a flow run.

    Args:
        key: what it is found by; a later value under the same key takes its place.
        value: anything JSON can say.
        flow_run_id: the run.
        sender: who sends it.

    Raises:
        RuntimeError: no run was named, and none is active here. ObjectNotFound: there is no such run.
        InvalidValueError: the key is none. TypeError: JSON cannot say the value.
    """
    run_inputs.put(store_of(flow_run_id), ensure_flow_run_id(flow_run_id), key, dumps(value), sender)


def create_from_model(
    key: str, model_instance: BaseModel, flow_run_id: UUID | str | None = None, sender: str | None = None
) -> None:
    """Hand what a pydantic model holds to a flow run; see `create_flow_run_input`."""
    value = model_instance.model_dump_json()
    run_inputs.put(store_of(flow_run_id), ensure_flow_run_id(flow_run_id), key, value, sender)


def read(key: str, flow_run_id: UUID | str | None = None) -> Any:
    """Return a value by its key.

    Raises:
        RuntimeError: no run was named, and none is active here. ObjectNotFound: there is no such value.
    """
    return run_inputs.read(store_of(flow_run_id), ensure_flow_run_id(flow_run_id), key).decoded_value


def select(
    key_prefix: str,
    limit: int = 1,
    exclude_keys: Iterable[str] | None = None,
    flow_run_id: UUID | str | None = None,
) -> list[FlowRunInput]:
    """Return values whose keys begin so, the oldest first.

    Args:
        key_prefix: what the keys begin with.
        limit: so many at most.
        exclude_keys: the keys of values that are known already.
        flow_run_id: the run.

    Raises:
        RuntimeError: no run was named, and none is active here.
    """
    return run_inputs.select(
        store_of(flow_run_id),
        ensure_flow_run_id(flow_run_id),
        key_prefix,
        limit=limit,
        exclude_keys=exclude_keys or (),
    )


def delete(key: str, flow_run_id: UUID | str | None = None) -> None:
    """Delete a value.

    Raises:
        RuntimeError: no run was named, and none is active here. ObjectNotFound: there is no such value.
    """
    run_inputs.delete(store_of(flow_run_id), ensure_flow_run_id(flow_run_id), key)


create_flow_run_input = either_colour(create)
create_flow_run_input_from_model = either_colour(create_from_model)
read_flow_run_input = either_colour(read)
filter_flow_run_input = either_colour(select)
delete_flow_run_input = either_colour(delete)

acreate_flow_run_input = awaitable(create)
acreate_flow_run_input_from_model = awaitable(create_from_model)
aread_flow_run_input = awaitable(read)
afilter_flow_run_input = awaitable(select)
adelete_flow_run_input = awaitable(delete)

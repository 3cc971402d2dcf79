"""The addresses that change something: runs made, moved on and resumed, switches, variables, and what is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.client.rest.asking import Asked, Refusal, Route, fields, required
from pacc.schemas.concurrency import TAG_PREFIX
from pacc.schemas.states import State
from pacc.services import (
    artifacts,
    automations,
    blocks,
    concurrency_limits,
    deployments,
    flow_runs,
    flows,
    pausing,
    run_transitions,
    task_runs,
    variables,
    work_pools,
    work_queues,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def _gone(delete: Callable[..., Any]) -> Callable[[Asked], None]:
    """Delete the one thing the address names."""

    def answer(asked: Asked) -> None:
        fields(asked)
        delete(asked.store, *asked.names)

    return answer


def _run_of_deployment(asked: Asked) -> Any:
    told = ("name", "parameters", "tags", "idempotency_key", "work_queue_name", "job_variables", "context")
    given = {name: value for name, value in fields(asked, *told, "state").items() if value is not None}
    if "state" in given:
        given["state"] = _state(given["state"])
    return deployments.create_run(asked.store, asked.names[0], **given)


def _propose(propose: Callable[..., Any]) -> Callable[[Asked], Any]:
    """Propose a state for the run the address names."""

    def answer(asked: Asked) -> Any:
        body = fields(asked, "state", "force")
        state = _state(required(body, "state"))
        return propose(asked.store, asked.names[0], state, force=bool(body.get("force")))

    return answer


def _resume(asked: Asked) -> Any:
    return pausing.resume(asked.store, asked.names[0], fields(asked, "run_input").get("run_input"))


def _variable(asked: Asked) -> Any:
    body = fields(asked, "name", "value", "tags")
    return variables.put(asked.store, required(body, "name"), body.get("value"), tags=body.get("tags") or ())


def _change_variable(asked: Asked) -> Any:
    body = fields(asked, "value", "tags")
    return variables.update(asked.store, asked.names[0], **body)


def _switch_automation(asked: Asked) -> None:
    on = required(fields(asked, "enabled"), "enabled")
    (automations.enable if on else automations.disable)(asked.store, asked.names[0])


def _drop_queue(asked: Asked) -> None:
    pool, name = asked.names
    work_queues.delete(asked.store, work_queues.read_by_name(asked.store, name, work_pool_name=pool).id)


def _drop_limit(asked: Asked) -> None:
    concurrency_limits.remove(asked.store, concurrency_limits.read(asked.store, asked.names[0]).name)


def _drop_limit_of_tag(asked: Asked) -> None:
    concurrency_limits.remove(asked.store, f"{TAG_PREFIX}{asked.names[0]}")


def _drop_automation(asked: Asked) -> None:
    automations.delete(asked.store, automations.read(asked.store, asked.names[0]).id)


def _state(told: Any) -> State[Any]:
    known = {"type", "name", "message"}
    if not isinstance(told, dict) or not set(told) <= known:
        raise Refusal(422, f'"state" takes an object of {", ".join(sorted(known))}')
    try:
        return State(
            type=str(required(told, "type")).upper(), name=told.get("name"), message=told.get("message")
        )
    except ValueError as error:
        raise Refusal(422, f'"state" does not fit: {error}') from None


CHANGES = (
    Route("POST", "deployments/{id}/create_flow_run", _run_of_deployment, 201),
    Route("POST", "deployments/{id}/pause_deployment", _gone(deployments.pause)),
    Route("POST", "deployments/{id}/resume_deployment", _gone(deployments.resume)),
    Route("POST", "flow_runs/{id}/set_state", _propose(run_transitions.propose_flow_run_state)),
    Route("POST", "flow_runs/{id}/resume", _resume),
    Route("POST", "task_runs/{id}/set_state", _propose(run_transitions.propose_task_run_state)),
    Route("POST", "variables", _variable, 201),
    Route("PATCH", "variables/name/{name}", _change_variable),
    Route("PATCH", "automations/{id}", _switch_automation),
    Route("DELETE", "flows/{id}", _gone(flows.delete)),
    Route("DELETE", "flow_runs/{id}", _gone(flow_runs.delete)),
    Route("DELETE", "task_runs/{id}", _gone(task_runs.delete)),
    Route("DELETE", "deployments/{id}", _gone(deployments.delete)),
    Route("DELETE", "variables/name/{name}", _gone(variables.remove)),
    Route("DELETE", "block_documents/{id}", _gone(blocks.delete)),
    Route("DELETE", "work_pools/{name}", _gone(work_pools.delete)),
    Route("DELETE", "work_pools/{name}/queues/{queue}", _drop_queue),
    Route("DELETE", "artifacts/{id}", _gone(artifacts.delete)),
    Route("DELETE", "concurrency_limits/tag/{tag}", _drop_limit_of_tag),
    Route("DELETE", "v2/concurrency_limits/{id_or_name}", _drop_limit),
    Route("DELETE", "automations/{id}", _drop_automation),
)

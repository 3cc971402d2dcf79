"""`serve`: this process executes the runs of some deployments until it is told to stop."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING, Any

from pacc.context import in_async_code
from pacc.deployments.runner import check_deployments
from pacc.engine import place, supervision
from pacc.exceptions import InvalidDeploymentError
from pacc.logging import configure
from pacc.runner.runner import Runner

if TYPE_CHECKING:
    from pacc.deployments.runner import RunnerDeployment


def serve(
    *deployed: RunnerDeployment,
    print_starting_message: bool = True,
    run_once: bool = False,
    **options: Any,
) -> None:
    """Write deployments to the store and execute their runs, until this process is told to stop.

    Args:
        *deployed: the deployments, of `flow.to_deployment`.
        print_starting_message: say on standard output what is served, and how a run is started.
        run_once: execute what is due now, and stop.
        **options: `limit`, `pause_on_shutdown` and whatever else `pacc.runner.Runner` takes.

    Raises:
        RuntimeError: an event loop is running here; `aserve` is for that.
        InvalidDeploymentError: there is nothing to serve, or something about a deployment cannot work.
        StoreError: the store cannot be used.

    >>> serve(fetch_weather.to_deployment("deploy-1", cron="0 * * * *"))  # doctest: +SKIP
    """
    if in_async_code():
        raise RuntimeError(
            "an event loop is running here, which serving would block; use `await aserve(...)`"
        )
    _prepared(deployed, print_starting_message=print_starting_message, **options).run(run_once=run_once)


async def aserve(*deployed: RunnerDeployment, print_starting_message: bool = True, **options: Any) -> None:
    """Write deployments to the store and execute their runs, until this process is told to stop; see `serve`.

    >>> await aserve(fetch_weather.to_deployment("deploy-1"))  # doctest: +SKIP
    """
    await _prepared(deployed, print_starting_message=print_starting_message, **options).start()


def _prepared(
    deployed: tuple[RunnerDeployment, ...], *, print_starting_message: bool, **options: Any
) -> Runner:
    """Return a runner that knows the deployments."""
    if supervision.is_on_call():
        raise InvalidDeploymentError(
            "`serve` was called while a run's code was being loaded",
            hint="put it under `if __name__ == '__main__':`",
        )
    place.stop_loading("serve")
    if not deployed:
        raise InvalidDeploymentError(
            "there is nothing to serve", hint="give `serve` what `flow.to_deployment(...)` returns"
        )
    check_deployments(deployed, "serve")
    configure()
    runner = Runner(**options)
    for each in deployed:
        runner.add(_without_pool(each).write())
    if print_starting_message:
        sys.stdout.write(_greeting(deployed))
        sys.stdout.flush()
    return runner


def _without_pool(declared: RunnerDeployment) -> RunnerDeployment:
    """Served, a deployment's runs wait for this process and for no worker."""
    if declared.work_pool_name is None:
        return declared
    logging.getLogger("pacc.runner").warning(
        "The deployment %r is served here, so its work pool %r is left out of account",
        declared.full_name,
        declared.work_pool_name,
    )
    return replace(declared, work_pool_name=None, work_queue_name=None)


def _greeting(deployed: tuple[RunnerDeployment, ...]) -> str:
    lines = [f'Serving "{each.full_name}".' for each in deployed]
    lines += ["", "A run is started from another terminal, now or at a time, by", ""]
    lines += [f"    pacc deployment run {quote(each.full_name)}" for each in deployed[:5]]
    return "\n".join([*lines, "", "Ctrl-C stops.", ""])

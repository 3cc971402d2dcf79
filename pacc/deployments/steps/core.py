"""Steps carried out in order: each names a function, its inputs are templates over what the steps before it returned."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module, invalidate_caches
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc._internal.steps import awaitable, run_in_own_loop
from pacc.exceptions import PaccException, StepExecutionError
from pacc.services.templates import resolve
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["RESERVED_KEYWORDS", "StepExecutionError", "run_pull_steps", "run_step", "run_steps"]

RESERVED_KEYWORDS = {"id", "requires"}
"""Inputs that are the step's own: the name others know its outputs by, and the packages its function needs."""

_OURS = {
    "prefect.deployments.": "pacc.deployments.",
    "prefect.projects.": "pacc.deployments.",
    **{
        f"prefect_{each}.deployments.": f"pacc.integrations.{each}.deployments."
        for each in ("aws", "azure", "gcp")
    },
}
"""What steps of Prefect's files begin with, and what it is here."""


def do_step(step: Mapping[str, Any], upstream_outputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Carry out one step and return its outputs.

    Args:
        step: one function and its inputs.
        upstream_outputs: what placeholders such as `{{ clone.directory }}` mean.

    Raises:
        StepExecutionError: it is no step, its function is not there, or it failed.
    """
    name, inputs = step_parts(step)
    function = _function(name, _listed(inputs.get("requires")))
    store = open_store(get_current_settings().home)
    given = {key: value for key, value in inputs.items() if key not in RESERVED_KEYWORDS}
    try:
        given = resolve(store, given, dict(upstream_outputs or {}), os.environ)
        outputs = function(**given)
        outputs = run_in_own_loop(outputs) if isawaitable(outputs) else outputs
    except PaccException as problem:
        raise StepExecutionError(f'the step "{name}" failed: {problem}', hint=problem.hint) from problem
    except Exception as error:
        raise StepExecutionError(f'the step "{name}" failed: {type(error).__name__}: {error}') from error
    return dict(outputs or {})


def do_steps(
    steps: Sequence[Mapping[str, Any]],
    upstream_outputs: Mapping[str, Any] | None = None,
    say: Callable[[str], object] | None = None,
    done: Callable[[int, str, bool], object] | None = None,
) -> dict[str, Any]:
    """Carry out steps in order and return all their outputs; those of a step with an `id` are under that name as well.

    Args:
        steps: the steps.
        upstream_outputs: outputs of steps before them.
        say: told of each step before it begins.
        done: told of each step after it ended: its number from 0, its function, and whether it ended well.

    Raises:
        StepExecutionError: one failed; those after it are not carried out.
    """
    outputs = dict(upstream_outputs or {})
    for number, step in enumerate(steps):
        name, inputs = step_parts(step)
        if say is not None:
            say(f"Running step {name.rpartition('.')[2]}")
        is_well = False
        try:
            made = do_step(step, outputs)
            is_well = True
        finally:
            if done is not None:
                done(number, name, is_well)
        outputs.update(made)
        if "id" in inputs:
            outputs[str(inputs["id"])] = made
    return outputs


run_step = awaitable(do_step)


async def run_steps(
    steps: Sequence[Mapping[str, Any]],
    upstream_outputs: Mapping[str, Any] | None = None,
    print_function: Callable[[str], object] = print,
) -> dict[str, Any]:
    """Carry out steps in order and return all their outputs.

    Args:
        steps: the steps.
        upstream_outputs: outputs of steps before them.
        print_function: told of each step before it begins.

    Raises:
        StepExecutionError: one failed; those after it are not carried out.
    """
    return do_steps(steps, upstream_outputs, print_function)


def run_pull_steps(
    steps: Sequence[Mapping[str, Any]], done: Callable[[int, str, bool], object] | None = None
) -> Path:
    """Bring a run's code here by the pull steps of its deployment, enter its folder, and return it.

    For the process that is about to load the flow. What the steps fetch comes into folders below the current one, so the caller
    goes to a folder of the run's own first, unless the steps begin by entering one: see `needs_folder`. Blocks, variables and
    environment variables that the steps speak of are looked up now.

    Args:
        steps: `Deployment.pull_steps`.
        done: told of each step after it ended, as `do_steps` says.

    Raises:
        StepExecutionError: one failed; the message says which and why, and is fit for the run's log.

    >>> run_pull_steps([{"pacc.deployments.steps.set_working_directory": {"directory": "/srv/flows"}}])  # doctest: +SKIP
    PosixPath('/srv/flows')
    """
    outputs = do_steps(steps, done=done)
    directory = outputs.get("directory")
    if directory:
        try:
            os.chdir(directory)
        except OSError as error:
            raise StepExecutionError(
                f"the folder {str(directory)!r} cannot be entered: {error.strerror}"
            ) from None
    return Path.cwd()


def needs_folder(steps: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether pull steps fetch something into the current folder, and do not begin by entering one.

    >>> needs_folder([{"pacc.deployments.steps.set_working_directory": {"directory": "/srv/flows"}}])
    False
    """
    return bool(steps) and not next(iter(steps[0]), "").endswith(".set_working_directory")


def step_parts(step: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the name of a step's function and its inputs.

    Raises:
        StepExecutionError: it is not a mapping of one function to its inputs.
    """
    if not hasattr(step, "items") or len(step) != 1:
        raise StepExecutionError(
            f"a step is a mapping of one function to its inputs, not {step!r}",
            hint="it reads like `pacc.deployments.steps.git_clone: {repository: https://example.com/flows.git}`",
        )
    ((name, inputs),) = step.items()
    if inputs is not None and not hasattr(inputs, "items"):
        raise StepExecutionError(f'the inputs of the step "{name}" are a mapping, not {inputs!r}')
    return str(name), dict(inputs or {})


def _listed(requires: Any) -> list[str]:
    return [requires] if isinstance(requires, str) else list(requires or ())


def _function(name: str, requires: list[str]) -> Callable[..., Any]:
    """Return the function a step names; packages it needs are installed where it is not there without them."""
    path = next(
        (name.replace(theirs, ours, 1) for theirs, ours in _OURS.items() if name.startswith(theirs)), name
    )
    module, _, attribute = path.rpartition(".")
    try:
        return _imported(module, attribute)
    except (ImportError, AttributeError, ValueError) as error:
        if not requires:
            raise StepExecutionError(f'there is no step "{name}": {error}') from None
    _install(requires, name)
    try:
        return _imported(module, attribute)
    except (ImportError, AttributeError) as error:
        raise StepExecutionError(f'there is no step "{name}" in {", ".join(requires)}: {error}') from None


def _imported(module: str, attribute: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(import_module(module), attribute)
    return function


def _install(requires: list[str], name: str) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--", *requires]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise StepExecutionError(
            f'{", ".join(requires)}, which the step "{name}" needs, cannot be installed: {said[-1] if said else "pip failed"}'
        )
    invalidate_caches()

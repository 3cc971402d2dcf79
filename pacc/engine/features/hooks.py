"""State-change hooks: functions of the user that are called when a run enters a state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.steps import Ask
from pacc.schemas.states import StateType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pacc._internal.steps import Steps
    from pacc.schemas.states import State

FLOW_OPTIONS = ("on_completion", "on_failure", "on_cancellation", "on_crashed", "on_running")
TASK_OPTIONS = ("on_completion", "on_failure", "on_running", "on_commit", "on_rollback")

_OPTION = {
    StateType.COMPLETED: "on_completion",
    StateType.FAILED: "on_failure",
    StateType.CANCELLING: "on_cancellation",
    StateType.CRASHED: "on_crashed",
    StateType.RUNNING: "on_running",
}


def checked(hooks: Iterable[Callable[..., Any]] | None, option: str) -> list[Callable[..., Any]]:
    """Return hooks given at declaration as a list.

    Raises:
        TypeError: they are no list, or one of them cannot be called.
    """
    if hooks is None:
        return []
    if not isinstance(hooks, list | tuple):
        raise TypeError(
            f"`{option}` takes a list of functions, not {type(hooks).__name__}; write {option}=[...]"
        )
    for hook in hooks:
        if not callable(hook):
            raise TypeError(f"`{option}` takes functions, and {hook!r} cannot be called")
    return list(hooks)


class Hooked:
    """A flow or task whose runs call functions of the user when they enter a state."""

    hooks: dict[str, list[Callable[..., Any]]]
    """The functions by the option they were given under."""

    def add_hook(self, option: str, hook: Callable[..., Any]) -> Callable[..., Any]:
        """Add a hook and return it, so that its name keeps meaning the function."""
        self.hooks[option] += checked([hook], option)
        return hook

    @property
    def on_completion_hooks(self) -> list[Callable[..., Any]]:
        """The functions called when a run completed."""
        return self.hooks["on_completion"]

    @property
    def on_failure_hooks(self) -> list[Callable[..., Any]]:
        """The functions called when a run failed for good."""
        return self.hooks["on_failure"]

    @property
    def on_running_hooks(self) -> list[Callable[..., Any]]:
        """The functions called each time a run's code is about to be executed."""
        return self.hooks["on_running"]

    def on_completion(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function to be called when a run completed."""
        return self.add_hook("on_completion", fn)

    def on_failure(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function to be called when a run failed for good."""
        return self.add_hook("on_failure", fn)

    def on_running(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function to be called each time a run starts its code."""
        return self.add_hook("on_running", fn)


def option_of(kind: StateType) -> str | None:
    """Return the option whose hooks are called on entering a state, e.g. `on_failure`."""
    return _OPTION.get(kind)


def call_hooks(
    hooks: Sequence[Callable[..., Any]], subject: Any, context: Any, state: State[Any]
) -> Steps[None]:
    """Call hooks one after the other with the flow or task, its run and the state.

    A hook's error is logged and goes no further: it says nothing about the run.
    """
    run = context.run.record()
    for hook in hooks:
        name = getattr(hook, "__name__", None) or repr(hook)
        context.logger.info("Running hook %r in response to entering state %r", name, state.name)
        outcome = yield Ask(context, hook, subject, run, state)
        if outcome.error is None:
            context.logger.info("Hook %r finished running successfully", name)
        else:
            context.logger.error("An error was raised by hook %r", name, exc_info=outcome.error)

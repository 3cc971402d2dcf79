"""A picture of a flow before it runs: its function is called for real, its tasks are not.

Each call of a task or a nested flow inside is noted, and answered by the task's `viz_return_value` or by something that stands for
the result. What gets such an answer as an argument comes after whatever gave it.
"""

from __future__ import annotations

from contextvars import Context, ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pacc.exceptions import FlowVisualizationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator


class SketchedCall(NamedTuple):
    """A call of a task or a nested flow that a flow would make."""

    name: str
    """The name of the task or flow, and how often it was called before: `fetch-0`."""
    sources: tuple[int, ...]
    """The numbers of the calls whose results it got, counted from zero."""


class StandIn:
    """Stands for the result of a call that was not made; it can be handed on, and nothing else."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"<the result of {self._name}>"


class Sketch:
    """The calls a flow makes when none of them is carried out."""

    variable: ClassVar[ContextVar[Sketch]] = ContextVar("pacc_sketch")

    def __init__(self) -> None:
        from pacc.engine import upstream  # start-up: flows that are never drawn need none of it

        self.calls: list[SketchedCall] = []
        self._counts: dict[str, int] = {}
        self._results = upstream.Registry()
        self._held: list[Any] = []
        """Every answer, kept alive: results are recognised by identity."""

    @classmethod
    def current(cls) -> Sketch | None:
        """Return the sketch being drawn here, `None` nearly always."""
        return cls.variable.get(None)

    @classmethod
    def refuse(cls, subject: Any, treated: str) -> None:
        """Say, where a sketch is being drawn, that what is done with the task cannot be drawn: it is `submitted`, say.

        Raises:
            FlowVisualizationError: a sketch is being drawn.
        """
        if cls.current() is not None:
            raise FlowVisualizationError(
                f"the task {subject.name!r} is {treated}, and that cannot be drawn before it runs",
                hint="Call the task itself, or look at a run afterwards: pacc flow-run graph @last",
            )

    def answer(self, subject: Any, parameters: dict[str, Any], *, return_state: bool, wait_for: Any) -> Any:
        """Note the call of a task or flow and return what stands for its result, in the colour of its function."""
        value = self._note(subject, parameters, wait_for)
        if return_state:
            from pacc.states import Completed  # start-up: as above

            value = self._known(Completed(data=value), len(self.calls) - 1)
        if subject.isgenerator:
            return _avalues(value) if subject.isasync else _values(value)
        return _promised(value) if subject.isasync else value

    def _note(self, subject: Any, parameters: dict[str, Any], wait_for: Any) -> Any:
        from pacc.engine import upstream  # start-up: as above

        found = upstream.resolve(parameters, self._results, wait_for, subject.owner)[1]
        sources = {int(entry["id"]) for entries in found.inputs.values() for entry in entries}
        count = self._counts.get(subject.name, 0)
        self._counts[subject.name] = count + 1
        name = f"{subject.name}-{count}"
        self.calls.append(SketchedCall(name, tuple(sorted(sources))))
        given = getattr(subject, "viz_return_value", None)
        return self._known(StandIn(name) if given is None else given, len(self.calls) - 1)

    def _known(self, value: Any, number: int) -> Any:
        self._held.append(value)
        self._results.remember(value, "task_run", str(number))
        return value


def _values(value: Any) -> Iterator[Any]:
    yield value


async def _avalues(value: Any) -> AsyncIterator[Any]:
    yield value


async def _promised(value: Any) -> Any:
    return value


def sketch(flow: Any, parameters: dict[str, Any]) -> Sketch:
    """Call a flow's function with its tasks replaced, record nothing, and return the calls it made.

    Raises:
        FlowVisualizationError: the function raised an error, most likely because it looked into a result that is not there.
    """
    made = Sketch()
    args, kwargs = flow.binder.call_with(parameters)
    try:
        Context().run(
            _call, made, flow.fn, args, kwargs
        )  # an empty one: a flow run around is not this flow's
    except FlowVisualizationError:
        raise
    except Exception as error:
        raise FlowVisualizationError(
            f"the flow {flow.name!r} cannot be drawn, because its own code raised {type(error).__name__}: {error}",
            hint="Where it looks into a task's result, give that task a `viz_return_value=`.",
        ) from error
    return made


def _call(made: Sketch, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    from inspect import isasyncgen, isawaitable, isgenerator  # start-up

    from pacc._internal.steps import run_in_own_loop
    from pacc.logging import disable_run_logger

    Sketch.variable.set(made)
    with disable_run_logger():
        value = fn(*args, **kwargs)
        if isgenerator(value):
            list(value)
        elif isasyncgen(value):
            run_in_own_loop(_gone_through(value))
        elif isawaitable(value):
            run_in_own_loop(_awaited(value))


async def _gone_through(values: AsyncIterator[Any]) -> None:
    async for _ in values:
        pass


async def _awaited(promised: Awaitable[Any]) -> Any:
    return await promised

"""The user's code of a run: called once, or passed through value by value where it is a generator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc._internal.steps import Call, Closed, Emit, Outcome
from pacc.engine.features.timeouts import limited
from pacc.exceptions import Abort

if TYPE_CHECKING:
    from contextvars import ContextVar

    from pacc._internal.steps import Steps


class Body:
    """One attempt's call: the function, its arguments, the context it sees, its time limit."""

    __slots__ = ("args", "context", "fn", "is_generator", "kind", "kwargs", "timeout", "variable")

    def __init__(
        self,
        fn: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        variable: ContextVar[Any],
        context: Any,
        timeout: float | None,
        kind: str,
        is_generator: bool,
    ) -> None:
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.variable = variable
        self.context = context
        self.timeout = timeout
        self.kind = kind
        self.is_generator = is_generator

    def steps(self) -> Steps[Outcome]:
        """Call the function and return what it came to."""
        try:
            return (yield from self._called())
        except Abort as abort:  # a word of the run's own code, and no interruption from outside
            return Outcome(error=abort)

    def _called(self) -> Steps[Outcome]:
        outcome: Outcome = yield limited(
            self._call(self.fn, *self.args, **self.kwargs), self.timeout, self.kind
        )
        if not self.is_generator or outcome.error is not None:
            return outcome
        return (yield from self._pass_through(outcome.value))

    def _call(self, fn: Any, /, *args: Any, **kwargs: Any) -> Call:
        return Call(fn, args, kwargs, self.variable, self.context)

    def _pass_through(self, source: Any) -> Steps[Outcome]:
        """Emit every value of the user's generator; closing early counts as a good end."""
        is_async = hasattr(source, "__anext__")
        send, throw, close = (
            (source.asend, source.athrow, source.aclose)
            if is_async
            else (source.send, source.throw, source.close)
        )
        deadline = clock.monotonic() + self.timeout if self.timeout else None
        step = self._call(send, None)
        while True:
            left = max(0.000_1, deadline - clock.monotonic()) if deadline else None
            outcome: Outcome = yield limited(step, left, self.kind)
            if outcome.error is not None:
                return _end(outcome)
            try:
                answer = yield Emit(outcome.value)
            except Closed:
                yield self._call(close)
                return Outcome()
            except Exception as thrown:  # noqa: BLE001 - whoever iterates may throw anything in; it belongs to the generator
                step = self._call(throw, thrown)
            else:
                step = self._call(send, answer)


def _end(outcome: Outcome) -> Outcome:
    if isinstance(outcome.error, StopIteration):
        return Outcome(outcome.error.value)
    return Outcome() if isinstance(outcome.error, StopAsyncIteration) else outcome

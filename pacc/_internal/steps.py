"""One engine for functions of both colours: generators that ask, and short drivers that answer.

A generator of steps yields effects, frozen descriptions of something that takes time: call this, sleep so long. A driver carries
each out, in the sync or the async way, and sends the answer back in. What the user's code raised travels as a value
(`Outcome`); anything else raised while an effect runs or between two of them, an interruption above all, is thrown into the
generator, which records it and lets it go on.
"""

from __future__ import annotations

import functools
from inspect import GEN_CLOSED, getgeneratorstate, isawaitable
from typing import TYPE_CHECKING, Any, TypeVar

from pacc._internal import clock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
    from contextvars import ContextVar
    from typing import TypeAlias

T = TypeVar("T")

if TYPE_CHECKING:
    Steps: TypeAlias = Generator["Effect", Any, T]


class Outcome:
    """What a call of user code came to: a value, or the error it raised."""

    __slots__ = ("error", "value")

    def __init__(self, value: Any = None, error: BaseException | None = None) -> None:
        self.value = value
        self.error = error


class Effect:
    """Something a generator of steps asks for. `run` answers it here, `arun` inside an event loop."""

    __slots__ = ()

    def run(self) -> Any:
        """Carry the effect out in this thread and return the answer."""
        raise NotImplementedError  # pragma: no cover - every effect has its own

    async def arun(self) -> Any:
        """Carry the effect out inside the running event loop and return the answer."""
        return self.run()


class Call(Effect):
    """Call the user's function with a context variable set, and answer with its `Outcome`.

    The variable is set around this one call and not around the generator, or a generator flow would leak its context to whoever
    iterates it.
    """

    __slots__ = ("args", "context", "fn", "kwargs", "variable")

    def __init__(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        variable: ContextVar[Any],
        context: Any,
    ) -> None:
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.variable = variable
        self.context = context

    def run(self) -> Outcome:
        """Call a plain function."""
        token = self.variable.set(self.context)
        try:
            return Outcome(self.fn(*self.args, **self.kwargs))
        except Exception as error:
            return Outcome(error=error)
        finally:
            self.variable.reset(token)

    async def arun(self) -> Outcome:
        """Call a function of either colour and wait for what it promises."""
        token = self.variable.set(self.context)
        try:
            value = self.fn(*self.args, **self.kwargs)
            if isawaitable(value):
                value = await value
            return Outcome(value)
        except Exception as error:
            return Outcome(error=error)
        finally:
            self.variable.reset(token)


class Ask(Effect):
    """Call a hook, a condition or a name template, which may be of either colour whatever the run's is.

    `context` is the run's; its `variable` holds it meanwhile, so that a hook can log, and a name can be made of `pacc.runtime`.
    """

    __slots__ = ("args", "context", "fn", "kwargs")

    def __init__(self, context: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> None:
        self.context = context
        self.fn = fn
        self.args = args
        self.kwargs = kwargs

    def run(self) -> Outcome:
        """Call it; a coroutine gets an event loop of its own."""
        token = self.context.variable.set(self.context)
        try:
            value = self.fn(*self.args, **self.kwargs)
            return Outcome(run_in_own_loop(value) if isawaitable(value) else value)
        except Exception as error:
            return Outcome(error=error)
        finally:
            self.context.variable.reset(token)

    async def arun(self) -> Outcome:
        """Call it and wait for what it promises."""
        token = self.context.variable.set(self.context)
        try:
            value = self.fn(*self.args, **self.kwargs)
            return Outcome(await value if isawaitable(value) else value)
        except Exception as error:
            return Outcome(error=error)
        finally:
            self.context.variable.reset(token)


class Sleep(Effect):
    """Wait, without holding anything."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def run(self) -> None:
        """Block this thread."""
        clock.sleep(self.seconds)

    async def arun(self) -> None:
        """Let the loop do other things meanwhile."""
        await clock.asleep(self.seconds)


class Closed(BaseException):
    """Whoever iterated a generator flow or task stopped before its end.

    Thrown in instead of `GeneratorExit`, on which a generator that delegates to another closes that one and cannot go on.
    """


class Emit(Effect):
    """Hand a value out to whoever iterates a generator flow or task; the answer is what they send back."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def drive(steps: Steps[T]) -> T:
    """Run steps to their end in this thread and return what they return; a signal may strike at any moment of it."""
    unheard = None
    while True:
        try:
            effect = next(steps) if unheard is None else steps.throw(unheard)
            while True:
                try:
                    answer = effect.run()
                except BaseException as interruption:
                    effect = steps.throw(interruption)
                else:
                    effect = steps.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        except BaseException as interruption:
            if getgeneratorstate(steps) == GEN_CLOSED:
                raise
            unheard = interruption


async def adrive(steps: Steps[T]) -> T:
    """Run steps to their end inside the running event loop and return what they return."""
    try:
        effect = next(steps)
        while True:
            try:
                answer = await effect.arun()
            except BaseException as interruption:
                effect = steps.throw(interruption)
            else:
                effect = steps.send(answer)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def drive_generator(steps: Steps[T]) -> Generator[Any, Any, T]:
    """Run steps in this thread, yielding what they emit; a signal may strike at any moment of it."""
    unheard = None
    while True:
        try:
            effect = next(steps) if unheard is None else steps.throw(unheard)
            while True:
                try:
                    answer = (yield effect.value) if isinstance(effect, Emit) else effect.run()
                except GeneratorExit:
                    effect = steps.throw(Closed())
                except BaseException as interruption:
                    effect = steps.throw(interruption)
                else:
                    effect = steps.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        except BaseException as interruption:
            if getgeneratorstate(steps) == GEN_CLOSED:
                raise
            unheard = interruption


async def adrive_generator(steps: Steps[T]) -> AsyncGenerator[Any, Any]:
    """Run steps inside the running event loop, yielding what they emit."""
    try:
        effect = next(steps)
        while True:
            try:
                answer = (yield effect.value) if isinstance(effect, Emit) else await effect.arun()
            except GeneratorExit:
                effect = steps.throw(Closed())
            except BaseException as interruption:
                effect = steps.throw(interruption)
            else:
                effect = steps.send(answer)
    except StopIteration:
        return


def run_in_own_loop(promised: Awaitable[T]) -> T:
    """Wait for an awaitable from synchronous code, also where an event loop is running in this thread."""
    import asyncio  # start-up

    async def wait() -> T:
        return await promised

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(wait())
    return _run_in_thread(wait)


def _run_in_thread(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    import asyncio  # start-up
    import contextvars
    from concurrent.futures import ThreadPoolExecutor

    context = contextvars.copy_context()
    with ThreadPoolExecutor(1, thread_name_prefix="pacc-hook") as pool:
        return pool.submit(context.run, asyncio.run, make()).result()


def awaitable(sync: Callable[..., T]) -> Callable[..., Awaitable[T]]:
    """Derive the async name of a function whose sync body is the truth.

    Written `aget = awaitable(get)`, never a twin by hand. A local commit is cheaper than a hop to a thread, so
    the body runs where it is awaited.
    """

    @functools.wraps(sync)
    async def derived(*args: Any, **kwargs: Any) -> T:
        return sync(*args, **kwargs)

    return derived


def in_a_thread(sync: Callable[..., T]) -> Callable[..., Awaitable[T]]:
    """Derive the async name of a function that waits for something else than the store: its body runs in a thread.

    Meanwhile the event loop does other things. Context variables are those of whoever awaits.
    """

    @functools.wraps(sync)
    async def derived(*args: Any, **kwargs: Any) -> T:
        import asyncio  # start-up

        return await asyncio.to_thread(sync, *args, **kwargs)

    return derived

"""Retries: how often, after which pause, and whether this failure deserves one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pacc._internal.steps import Ask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from pacc._internal.steps import Steps
    from pacc.schemas.states import State

    Delays: TypeAlias = float | Sequence[float] | Callable[[int], float | Sequence[float]]

OPTIONS = ("retries", "retry_delay_seconds", "retry_jitter_factor", "retry_condition_fn")
MOST_DELAYS = 50


class RetryPolicy:
    """How a run is retried.

    Args:
        retries: how often it is tried again after its first failure.
        delays: seconds before each retry, one number or several; the last one repeats. A function is given `retries` and
            returns the list, or is given the number of each retry, from one, and returns its delay.
        jitter_factor: how far a delay may be stretched or shrunk at random, as a share of it.
        condition: called with the task, its run and the failed state; the run is tried again where it returns true.

    Raises:
        ValueError: more than fifty delays, a negative number, or a negative jitter.

    >>> RetryPolicy(3, [1, 2]).delay_before(3)
    2
    >>> RetryPolicy(3, lambda retry: 2**retry).delays
    [2, 4, 8]
    """

    __slots__ = ("condition", "delays", "jitter_factor", "retries")

    def __init__(
        self,
        retries: int,
        delays: Delays | None = None,
        jitter_factor: float | None = None,
        condition: Callable[..., Any] | None = None,
    ) -> None:
        self.retries = _not_negative(retries, "retries")
        self.delays = _listed(delays, retries)
        if jitter_factor is not None and jitter_factor < 0:
            raise ValueError(f"`retry_jitter_factor` must be zero or more, not {jitter_factor!r}")
        self.jitter_factor = jitter_factor
        self.condition = condition

    def delay_before(self, retry: int) -> float:
        """Return the seconds to wait before the `retry`-th retry, counted from one, stretched at random where asked."""
        if not self.delays:
            return 0
        delay = self.delays[min(retry, len(self.delays)) - 1]
        return jittered(delay, self.jitter_factor) if self.jitter_factor and delay else delay

    def wants_another(self, subject: Any, context: Any, state: State[Any]) -> Steps[bool]:
        """Say whether a run that has just failed is to be tried again.

        An error inside the condition means no, and is logged.
        """
        run = context.run
        if run.run_count > self.retries or state.state_details.retriable is False:
            return False
        if self.condition is None:
            return True
        outcome = yield Ask(context, self.condition, subject, context.task_run, state)
        if outcome.error is not None:
            context.logger.error(
                "The retry condition raised an error, so the run is not tried again: %r", outcome.error
            )
            return False
        return bool(outcome.value)

    def stored(self) -> str | None:
        """Return the policy as the store keeps it, `None` where there is nothing to keep."""
        if not self.retries:
            return None
        from pacc._internal.jsontext import dumps  # start-up

        return dumps(
            {
                "max_retries": self.retries,
                "retries": self.retries,
                "retry_delay": self.delays[0] if len(self.delays) == 1 else self.delays or 0,
                "retry_jitter_factor": self.jitter_factor,
            }
        )


def _not_negative(number: int, option: str) -> int:
    if not isinstance(number, int) or number < 0:
        raise ValueError(f"`{option}` must be a whole number, zero or more, not {number!r}")
    return number


def _listed(delays: Delays | None, retries: int) -> list[float]:
    if delays is None:
        return []
    if callable(delays):
        delays = _told_by(delays, retries)
    listed = [delays] if isinstance(delays, int | float) else list(delays)
    if len(listed) > MOST_DELAYS:
        raise ValueError(f"`retry_delay_seconds` can hold {MOST_DELAYS} delays at most, not {len(listed)}")
    wrong = [delay for delay in listed if not isinstance(delay, int | float) or delay < 0]
    if wrong:
        raise ValueError(f"`retry_delay_seconds` must be seconds, zero or more, not {wrong[0]!r}")
    return listed


def _told_by(tell: Callable[[int], float | Sequence[float]], retries: int) -> float | Sequence[float]:
    """Return the delays a function tells: of one that tells a single number, the number for each retry, counted from one."""
    told = tell(retries)
    if not isinstance(told, int | float):
        return told
    return [tell(retry) for retry in range(1, min(retries, MOST_DELAYS) + 1)]  # type: ignore[misc]


def jittered(delay: float, factor: float) -> float:
    """Return the delay stretched or shrunk at random by up to `factor` of it.

    The wait between two events of a Poisson process whose mean is the delay, cut off at both ends, so that many runs that
    failed together do not come back together.
    """
    shortest = max(0.0, delay * (1 - factor))
    longest = delay * (1 + factor)
    import random  # start-up

    share = random.uniform(_share_before(shortest / delay), _share_before(longest / delay))
    return -delay * math.log1p(-share)


def _share_before(means: float) -> float:
    return -math.expm1(-means)


def exponential_backoff(backoff_factor: float) -> Callable[[int], list[float]]:
    """Return delays that double: `retry_delay_seconds=exponential_backoff(10)` waits 10, 20, 40 … seconds.

    Args:
        backoff_factor: the seconds before the first retry.

    >>> exponential_backoff(10)(3)
    [10, 20, 40]
    """

    def delays(retries: int) -> list[float]:
        return [backoff_factor * 2**retry for retry in range(min(retries, MOST_DELAYS))]

    return delays

"""Pauses: a flow's code waits for a person, or someone else has the whole run wait."""

from __future__ import annotations

import threading
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from pacc.exceptions import FlowPauseTimeout, Pause, StaleTransition, StoreError
from pacc.orchestration.pauses import resumed_keys
from pacc.schemas.states import State, StateDetails, StateType, replaced
from pacc.services import changes, pausing
from pacc.states import Paused, Running, Suspended

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from pacc._internal.steps import Steps
    from pacc.context import FlowRunContext
    from pacc.services.live_runs import LiveFlowRun

LOOK_EVERY = 0.05
"""Seconds between two looks whether someone else has paused the run, at the least; each is made by a task about to start."""


class Gate:
    """Where the tasks of a flow run wait while someone else has paused it.

    Args:
        run: the flow run that no other one called.
        logger: told of pauses.
    """

    __slots__ = ("_again", "_logger", "_outside", "_run", "_seen", "_turn")

    def __init__(self, run: LiveFlowRun, logger: Any) -> None:
        self._run = run
        self._logger = logger
        self._again = 0.0
        self._seen = -1
        self._outside = 0
        """The version of the run in which someone else paused it, zero while nobody has: every task waits meanwhile."""
        self._turn = threading.Lock()

    def may_be_shut(self) -> bool:
        """Say whether to look; costs next to nothing, as every task asks."""
        return bool(self._outside) or time.monotonic() >= self._again

    def pass_steps(self, *, surely: bool = False) -> Steps[bool]:
        """Wait until the run goes on, if someone else has paused it; say whether someone had, and it goes on.

        Args:
            surely: look although a task has looked a moment ago.

        Raises:
            FlowPauseTimeout: nobody resumed it in time.
            Pause: it was suspended.
        """
        state = self._from_outside(surely=surely)
        if state is None:
            return False
        if state.is_paused():
            yield from _wait_steps(self._run, state, every=1.0, turn=self._turn)
            self._outside = 0
            self._logger.info("Going on")
        return True

    def _from_outside(self, *, surely: bool) -> State[Any] | None:
        """Take over what someone else made of the run, `None` where nobody did or it does not go on; of several tasks one does."""
        with self._turn:
            try:
                return self._looked() if surely or self._is_due() else None
            finally:  # last, since tasks that do not look go on at once
                self._again = time.monotonic() + LOOK_EVERY

    def _is_due(self) -> bool:
        """Say whether somebody may have moved the run since the last look."""
        if self._outside:
            return True
        try:
            seen, self._seen = self._seen, self._run.store.data_version()
        except StoreError:  # whoever writes next is told
            return False
        return self._seen != seen

    def _looked(self) -> State[Any] | None:
        run = self._run
        rows = run.store.read("flow_runs.read", {"id": run.id})
        if not rows or rows[0]["session"] != run.session:
            return None
        version, kind = rows[0]["version"], rows[0]["state_type"]
        if self._outside and version == self._outside:
            return run.state
        self._outside = 0
        if version <= run.version or kind not in (StateType.PAUSED, StateType.RUNNING):
            return None
        state = run.refresh()
        if state.is_paused():
            self._outside = version
            self._logger.info("Waiting: %s", state.message or "the run is paused")
        return state


def _wait_steps(
    run: LiveFlowRun, state: State[Any], *, every: float, turn: AbstractContextManager[Any]
) -> Steps[None]:
    """Wait until a paused run goes on, here and in the store; whoever moves the run here takes the turn for it.

    Raises:
        FlowPauseTimeout: nobody resumed it in time. Pause: its process is to leave. StaleTransition: it has ended.
    """
    from pacc._internal import clock  # start-up: only who waits

    until = state.state_details.pause_timeout
    left = None if until is None else max(0.0, (clock.from_datetime(until) - clock.now()) / 1_000_000)
    while True:
        yield from changes.awaited(run.store, lambda: _moved_on(run), timeout=left, every=every)
        with turn:
            now = run.refresh()
            if now.is_paused() and now.name != "Suspended":
                _give_up(run)
                continue
        if now.is_running():
            return
        if now.name == "Suspended":
            raise Pause("the run was suspended", state=now)
        if now.is_final():
            raise StaleTransition(f"the flow run {run.name!r} became {now.name!r} while it was paused")
        left = None  # it is being cancelled: a signal will come


def _moved_on(run: LiveFlowRun) -> bool | None:
    rows = run.store.read("outcomes.standing", {"id": run.id})
    return None if rows and rows[0]["state_type"] in (StateType.PAUSED, StateType.CANCELLING) else True


def _give_up(run: LiveFlowRun) -> None:
    """Take the run out of its pause, since nobody did; what the flow makes of it is its own."""
    try:
        run.advance(Running(message=pausing.GIVEN_UP))
    except StaleTransition:  # someone resumed it in this very moment
        return
    raise FlowPauseTimeout(pausing.GIVEN_UP)


class Request:
    """What a flow's code asks for when it pauses its run.

    Args:
        context: the flow run's.
        wait_for_input: the type of the input to wait for, `None` for none; see `pacc.input`.
        timeout: seconds after which the pause ends.
        key: tells the pauses of the run apart; the number of the pause by default.
        suspends: whether the process leaves meanwhile.
    """

    def __init__(
        self,
        context: FlowRunContext,
        wait_for_input: Any,
        timeout: float | None,
        key: str | None,
        *,
        suspends: bool = False,
    ) -> None:
        context.pauses += 1
        self.context = context
        self.key = key or str(context.pauses)
        self.keyset = pausing.keyset(f"{'suspended' if suspends else 'paused'}-{self.key}")
        self.wanted = None
        if wait_for_input is not None:
            from pacc.input.run_input import run_input_subclass_from_type  # start-up: it loads pydantic

            self.wanted = run_input_subclass_from_type(wait_for_input)
        self._timeout = timeout
        self._suspends = suspends

    def is_answered(self) -> bool:
        """Say whether the run has been through this pause already, in this attempt."""
        run = self.context.run
        return self.key in resumed_keys(run.history, run.attempt)

    def answer(self) -> Any:
        """Return the input that was given, `None` where none was asked for."""
        if self.wanted is None:
            return None
        return self.wanted.loaded(self.keyset, self.context.run.id)

    def state(self) -> State[Any]:
        """Say what is asked for in the store, and return the state to enter."""
        made: Any = Suspended if self._suspends else Paused
        state: State[Any] = made(timeout_seconds=self._timeout, pause_key=self.key)
        if self.wanted is not None:
            self.wanted.keep(self.keyset, self.context.run.id)
            details = state.own_details or StateDetails()
            state = State(
                type=state.type,
                name=state.name,
                state_details=replaced(details, run_input_keyset=dict(self.keyset)),
            )
        return state


def pause_steps(request: Request, every: float) -> Steps[Any]:
    """Wait in this process until someone resumes the run, and return the input.

    Raises:
        FlowPauseTimeout: nobody did in time.
    """
    if request.is_answered():
        return request.answer()
    context, run = request.context, request.context.run
    if not run.is_committed:
        run.store.journal.flush()
    state = run.advance(request.state())
    run.store.journal.flush()
    context.logger.info("Paused; resume the run to go on: pacc flow-run resume %s", run.name)
    yield from _wait_steps(run, state, every=every, turn=nullcontext())
    context.logger.info("Resumed")
    return request.answer()


def suspend(request: Request) -> Any:
    """Have the process leave until someone resumes the run, or return the input where that has happened.

    Raises:
        Pause: what ends the flow's code here; the engine lets what was submitted come to its end first.
    """
    if request.is_answered():
        return request.answer()
    raise Pause("the run was suspended", state=request.state())

"""A state: where a run stands, since when, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from pacc._internal import clock, ids
from pacc._internal.steps import awaitable
from pacc.exceptions import (
    CancelledRun,
    CrashedRun,
    FailedRun,
    MissingResult,
    PausedRun,
    UnfinishedRun,
)
from pacc.schemas.choices import StateType as StateType  # noqa: PLC0414 - its old address
from pacc.types import ResultHandle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from uuid import UUID

R = TypeVar("R")


TERMINAL_STATES = frozenset({StateType.COMPLETED, StateType.FAILED, StateType.CANCELLED, StateType.CRASHED})
"""A run in one of these has ended; only an explicit retry takes it out again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDetails:
    """What a state of one kind carries beyond its name: times, keys, the runs it belongs to."""

    flow_run_id: UUID | None = None
    """The flow run this state was given to; unset in a state made by hand."""
    task_run_id: UUID | None = None
    """The task run this state was given to; unset in a state made by hand."""
    child_flow_run_id: UUID | None = None
    """The nested flow run that a tracking task run stands for."""
    scheduled_time: datetime | None = None
    """When a scheduled run is due."""
    cache_key: str | None = None
    """The key a cached result was stored or found under."""
    cache_expiration: datetime | None = None
    """When that record stops counting."""
    deferred: bool | None = None
    """Whether a background task waits here for a worker."""
    untrackable_result: bool = False
    """Whether the result cannot be followed from one task to the next by identity (True, None, small integers)."""
    pause_timeout: datetime | None = None
    """When a paused run gives up."""
    pause_reschedule: bool = False
    """Whether the run's process left, and resuming must start it anew."""
    pause_key: str | None = None
    """Tells the pauses of one run apart."""
    run_input_keyset: dict[str, str] | None = None
    """Where the schema and the answer of a pause for input are kept."""
    refresh_cache: bool | None = None
    """Whether a cached result was passed over on purpose."""
    cache_reason: str | None = None
    """Why a cached result was reused, or why the run was executed although its result may be reused."""
    cached_from: UUID | None = None
    """The task run whose result was reused."""
    retriable: bool | None = None
    """False where a failure must not be retried."""
    transition_id: UUID | None = None
    """Names the attempt to make this transition, so that repeating it has one effect."""
    task_parameters_id: UUID | None = None
    """Where the parameters of a background task are stored."""
    traceparent: str | None = None
    """The trace this run belongs to (W3C Trace Context)."""
    deployment_concurrency_lease_id: UUID | None = None
    """The slot of the deployment's concurrency limit that the run holds."""
    failed_in: str | None = None
    """The task in which the error came up that failed the run."""
    failed_at: str | None = None
    """The file and the line where it did."""


NO_DETAILS = StateDetails()
_DETAIL_NAMES = tuple(field.name for field in fields(StateDetails))


class State(Generic[R]):
    """Where a run stands: a type, a name, a moment, a message and, once it ended, what came of it.

    A plain slotted class, not a dataclass: ten thousand task runs a second make three states each, and most of them are
    never asked for their id or their date. Treat it as a value; nothing in pacc changes one after it was made.

    >>> from pacc.states import Failed
    >>> state = Failed(message="no such city")
    >>> state.is_failed(), state.is_final(), str(state)
    (True, True, "Failed('no such city')")
    """

    __slots__ = (
        "_details",
        "_flow_run_id",
        "_id",
        "_number",
        "_task_run_id",
        "data",
        "message",
        "name",
        "reference",
        "time",
        "type",
    )

    def __init__(
        self,
        *,
        type: StateType | str,
        name: str | None = None,
        message: str | None = None,
        data: Any = None,
        state_details: StateDetails | None = None,
        timestamp: datetime | None = None,
        id: UUID | str | None = None,
    ) -> None:
        self.type: StateType = type if type.__class__ is StateType else StateType(type)
        self.name: str = name if name is not None else self.type.capitalize()
        self.message = message
        self.data = data
        self.reference: str | None = None
        """Where the result is kept for other processes, as the store keeps it."""
        self.time: int = clock.now() if timestamp is None else clock.from_datetime(timestamp)
        """The moment the state was made, in microseconds since the epoch."""
        self._details = state_details
        self._id = None if id is None else str(id)
        self._flow_run_id: str | None = None
        self._task_run_id: str | None = None
        self._number = 0

    # -- what it says ------------------------------------------------------------------------------------------------

    @property
    def id(self) -> UUID:
        """The state's own id."""
        from uuid import UUID  # start-up

        if self._id is None:
            run_id = self._task_run_id or self._flow_run_id
            self._id = ids.derived_id(run_id, self._number) if run_id and self._number else ids.new_id()
        return UUID(self._id)

    @property
    def timestamp(self) -> datetime:
        """The moment the state was made, aware, in UTC."""
        return clock.to_datetime(self.time)

    @property
    def state_details(self) -> StateDetails:
        """What the state carries beyond its name, with the ids of the run it was given to."""
        details = self._details or NO_DETAILS
        if self._flow_run_id is None and self._task_run_id is None:
            return details
        return replaced(details, flow_run_id=_uuid(self._flow_run_id), task_run_id=_uuid(self._task_run_id))

    def is_scheduled(self) -> bool:
        """Whether the run waits for its time."""
        return self.type is StateType.SCHEDULED

    def is_pending(self) -> bool:
        """Whether the run is being prepared."""
        return self.type is StateType.PENDING

    def is_running(self) -> bool:
        """Whether the run's code is being executed."""
        return self.type is StateType.RUNNING

    def is_completed(self) -> bool:
        """Whether the run ended well."""
        return self.type is StateType.COMPLETED

    def is_failed(self) -> bool:
        """Whether the run's own code failed."""
        return self.type is StateType.FAILED

    def is_crashed(self) -> bool:
        """Whether the run was ended from outside."""
        return self.type is StateType.CRASHED

    def is_cancelled(self) -> bool:
        """Whether the run was cancelled."""
        return self.type is StateType.CANCELLED

    def is_cancelling(self) -> bool:
        """Whether the run is being cancelled."""
        return self.type is StateType.CANCELLING

    def is_paused(self) -> bool:
        """Whether the run waits for a person."""
        return self.type is StateType.PAUSED

    def is_final(self) -> bool:
        """Whether the run has ended, well or not."""
        return self.type in TERMINAL_STATES

    # -- what came of it ---------------------------------------------------------------------------------------------

    @overload
    def result(self, raise_on_failure: Literal[True] = True, retry_result_failure: bool = True) -> R: ...
    @overload
    def result(
        self, raise_on_failure: bool = True, retry_result_failure: bool = True
    ) -> R | BaseException: ...

    def result(self, raise_on_failure: bool = True, retry_result_failure: bool = True) -> R | BaseException:
        """Return what the run returned.

        Args:
            raise_on_failure: raise the error of a failed, crashed or cancelled run; otherwise return it.
            retry_result_failure: try again for a while when a stored result is not there yet.

        Raises:
            UnfinishedRun: the run has not ended. PausedRun: it is paused.
            MissingResult: it completed, and its value was not kept.
            FailedRun, CrashedRun, CancelledRun, or the error the run raised itself.

        >>> from pacc.states import Completed
        >>> Completed(data=3).result()
        3
        """
        if self.is_paused():
            raise PausedRun("the run is paused; its result is not known yet", state=self)
        if not self.is_final():
            raise UnfinishedRun(f"the run is in state {self.name!r}, so it has no result yet")
        if self.type is StateType.COMPLETED:
            return self._value(retry_result_failure)
        error = self._error(retry_result_failure)
        if raise_on_failure:
            raise error
        return error

    @property
    def aresult(self) -> Callable[..., Awaitable[R]]:
        """`result`, to be awaited."""
        return awaitable(self.result)

    def _value(self, retry: bool) -> R:
        data = self.data
        if isinstance(data, ResultHandle):
            return data.fetch(retry=retry)  # type: ignore[no-any-return]
        if data is None:
            raise MissingResult(
                "the run completed, but its result was not kept; `persist_result=True` keeps it"
            )
        return data.value if data.__class__ is Value else data  # type: ignore[no-any-return]

    def _error(self, retry: bool) -> BaseException:
        data = self.data
        if isinstance(data, ResultHandle):
            data = data.fetch(retry=retry)
        return error_from(self, data)

    # -- as a value --------------------------------------------------------------------------------------------------

    def model_copy(self, *, update: dict[str, Any] | None = None, deep: bool = False) -> State[R]:
        """Return a copy with some fields replaced (`deep` is taken for compatibility; a state's parts never change)."""
        del deep
        known = {
            "id": self._id,
            "type": self.type,
            "name": self.name,
            "timestamp": self.timestamp,
            "message": self.message,
            "data": self.data,
            "state_details": self.state_details,
        }
        return State(**{**known, **(update or {})})

    def fresh_copy(self, **changes: Any) -> State[R]:
        """Return a copy with a new id and the present moment, belonging to no run: one to hand to another run."""
        details = replaced(self.state_details, flow_run_id=None, task_run_id=None, child_flow_run_id=None)
        return State(**{"type": self.type, "name": self.name, "message": self.message, "data": self.data,
                           "state_details": details, **changes})  # fmt: skip

    def belongs_to_a_run(self) -> bool:
        """Whether a run was given this state; a state made by hand belongs to none."""
        if self._flow_run_id is not None or self._task_run_id is not None:
            return True
        details = self._details
        return details is not None and (details.flow_run_id is not None or details.task_run_id is not None)

    def given_to(
        self, *, flow_run_id: str | None = None, task_run_id: str | None = None, number: int = 0
    ) -> State[R]:
        """Mark the state as a run's own, its `number`-th, and return it."""
        self._flow_run_id = flow_run_id
        self._task_run_id = task_run_id
        self._number = number
        return self

    def with_details(self, **details: Any) -> State[R]:
        """Set some of the details and return the state."""
        self._details = replaced(self._details or NO_DETAILS, **details)
        return self

    @property
    def own_details(self) -> StateDetails | None:
        """The details without the run's ids, `None` where there are none: what the store keeps."""
        return self._details

    def with_id(self, identity: str) -> State[R]:
        """Set the id and return the state; used when it is read back from the store."""
        self._id = identity
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        mine = (self.type, self.name, self.message, self.time)
        return mine == (other.type, other.name, other.message, other.time) and self.id == other.id

    def __hash__(self) -> int:
        return hash((self.type, self.name, self.time))

    def __str__(self) -> str:
        parts = [repr(self.message)] if self.message else []
        if self.name.lower() != self.type.lower():
            parts.append(f"type={self.type}")
        return f"{self.name}({', '.join(parts)})"

    def __repr__(self) -> str:
        parts = [f"message={self.message!r}"] if self.message else []
        return f"{self.name}({', '.join([*parts, f'type={self.type}'])})"


class Value:
    """A kept value, so that a run that returned `None` differs from one whose result was not kept."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def error_from(state: State[Any], data: Any) -> BaseException:
    """Return the error a state stands for, whatever its data holds.

    An exception is itself; text becomes the message; a state, or states, speak for themselves; nothing leaves the state's own
    message.

    Raises:
        TypeError: the data is something no error can be made of.
    """
    wrapper = _WRAPPERS.get(state.type, FailedRun)
    if isinstance(data, BaseException):
        return data
    if data is None:
        return wrapper(state.message or f"the run ended in state {state.name!r}")
    if isinstance(data, str):
        return wrapper(data)
    if isinstance(data, State):
        return error_from(data, data.data)
    if isinstance(data, list | tuple | set) and data and all(isinstance(item, State) for item in data):
        failed = next(
            (item for item in data if item.is_failed() or item.is_crashed() or item.is_cancelled()), None
        )
        if failed is not None:
            return error_from(failed, failed.data)
    raise TypeError(
        f"cannot make an error of the result of state {state.name!r}: it is a {type(data).__name__}"
    )


def replaced(details: StateDetails, **changes: Any) -> StateDetails:
    """Return the details with some fields changed."""
    return StateDetails(**{**{name: getattr(details, name) for name in _DETAIL_NAMES}, **changes})


def _uuid(text: str | None) -> UUID | None:
    from uuid import UUID  # start-up

    return None if text is None else UUID(text)


_WRAPPERS: dict[StateType, type[FailedRun | CrashedRun | CancelledRun]] = {
    StateType.FAILED: FailedRun,
    StateType.CRASHED: CrashedRun,
    StateType.CANCELLED: CancelledRun,
}

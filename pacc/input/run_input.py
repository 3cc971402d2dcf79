"""Input of a flow run as a type: a model says which fields there are, and is filled with what was given.

>>> class Approval(RunInput):
...     approved: bool
...     reason: str = "none given"
>>> keyset_from_base_key("paused-1")["schema"]
'paused-1-schema'
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeAlias, TypeVar
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, PrivateAttr, create_model

from pacc._internal.steps import awaitable, drive
from pacc.context import FlowRunContext, either_colour, either_driver
from pacc.exceptions import ObjectNotFound
from pacc.input import actions
from pacc.services import changes, pausing, run_inputs

if TYPE_CHECKING:
    from pacc._internal.steps import Steps
    from pacc.schemas.run_inputs import FlowRunInput
    from pacc.schemas.states import State

T = TypeVar("T")
R = TypeVar("R", bound="BaseRunInput")

Keyset: TypeAlias = dict[str, str]
"""The keys of one request for input: `schema` and `description` are what is asked for, `response` is the answer."""

_SENDER = "pacc.flow-run."
_SENDERS = (_SENDER, "prefect.flow-run.")


def keyset_from_base_key(base_key: str) -> Keyset:
    """Return the keys of a request for input."""
    return pausing.keyset(base_key)


def keyset_from_paused_state(state: State[Any]) -> Keyset:
    """Return the keys of the request for input that a paused state makes.

    Raises:
        RuntimeError: the state is not paused.
    """
    if not state.is_paused():
        raise RuntimeError(f"the state {state.name!r} is not paused, so it asks for nothing")
    return pausing.keyset(f"{state.name.lower()}-{state.state_details.pause_key}")


class RunInputMetadata(BaseModel):
    """Where an input came from."""

    key: str
    """What it is kept under."""
    sender: str | None = None
    """Who sent it: `pacc.flow-run.<id>` for a flow run."""
    receiver: UUID
    """The flow run that got it."""


class BaseRunInput(BaseModel):
    """What every kind of input has; see `RunInput`."""

    model_config = ConfigDict(extra="forbid")

    told: ClassVar[str | None] = None
    """What whoever is asked is told about it."""
    _metadata: RunInputMetadata | None = PrivateAttr(default=None)

    @property
    def metadata(self) -> RunInputMetadata | None:
        """Where the input came from, `None` for one that was made here."""
        return self._metadata

    @classmethod
    def keyset_from_type(cls) -> Keyset:
        """Return the keys named after the class."""
        return keyset_from_base_key(cls.__name__.lower())

    @classmethod
    def keep(cls, keyset: Keyset, flow_run_id: UUID | str | None = None) -> None:
        """Say in the store what is asked for; see `save`."""
        actions.create(keyset["schema"], cls.model_json_schema(mode="validation"), flow_run_id)
        if cls.told:
            actions.create(keyset["description"], cls.told, flow_run_id)

    @classmethod
    def loaded(cls, keyset: Keyset, flow_run_id: UUID | str | None = None) -> Any:
        """Return what was answered; see `load`."""
        try:
            value = actions.read(keyset["response"], flow_run_id)
        except ObjectNotFound:
            value = {}
        return cls(**(value or {}))

    save = classmethod(either_colour(lambda cls, keyset, flow_run_id=None: cls.keep(keyset, flow_run_id)))
    """Say in the store what is asked for: `save(keyset, flow_run_id=None)`."""
    load = classmethod(either_colour(lambda cls, keyset, flow_run_id=None: cls.loaded(keyset, flow_run_id)))
    """Return what was answered: `load(keyset, flow_run_id=None)`."""
    asave = classmethod(awaitable(lambda cls, keyset, flow_run_id=None: cls.keep(keyset, flow_run_id)))
    """`save`, to be awaited."""
    aload = classmethod(awaitable(lambda cls, keyset, flow_run_id=None: cls.loaded(keyset, flow_run_id)))
    """`load`, to be awaited."""

    @classmethod
    def load_from_flow_run_input(cls, flow_run_input: FlowRunInput) -> Any:
        """Return an input made of a value in the store, with its metadata."""
        instance = cls(**flow_run_input.decoded_value)
        instance._metadata = RunInputMetadata(
            key=flow_run_input.key, sender=flow_run_input.sender, receiver=flow_run_input.flow_run_id
        )
        return instance

    @classmethod
    def with_initial_data(cls, description: str | None = None, **kwargs: Any) -> type[Self]:
        """Return a class like this one that says more to whoever is asked, and has other defaults.

        Args:
            description: what is asked, for people; Markdown is fine.
            **kwargs: the default of a field by its name.
        """
        fields: dict[str, Any] = {}
        for name, value in kwargs.items():
            known = cls.model_fields.get(name)
            fields[name] = (Any if known is None else known.annotation or Any, value)
        made = create_model(cls.__name__, __base__=cls, **fields)
        made.told = description if description is not None else cls.told
        return made

    def _sent(
        self, run_input: Any, flow_run_id: UUID, sender: str | None = None, key_prefix: str | None = None
    ) -> None:
        del self
        _send(run_input, flow_run_id, sender, key_prefix)

    def _responded(self, run_input: Any, sender: str | None = None, key_prefix: str | None = None) -> None:
        told = self._metadata.sender if self._metadata is not None else None
        begins = next((each for each in _SENDERS if told is not None and told.startswith(each)), None)
        if told is None or begins is None:
            raise RuntimeError("this input was not sent by a flow run, so there is nobody to respond to")
        _send(run_input, UUID(told.removeprefix(begins)), sender, key_prefix)

    def _sent_to(self, flow_run_id: UUID, sender: str | None = None, key_prefix: str | None = None) -> None:
        _send(self, flow_run_id, sender, key_prefix)

    respond = either_colour(_responded)
    """Send an input to the flow run that sent this one: `respond(run_input, sender=None, key_prefix=None)`."""
    arespond = awaitable(_responded)
    """`respond`, to be awaited."""
    send_to = either_colour(_sent_to)
    """Send this input to a flow run: `send_to(flow_run_id, sender=None, key_prefix=None)`."""
    asend_to = awaitable(_sent_to)
    """`send_to`, to be awaited."""


class RunInput(BaseRunInput):
    """Input of a flow run: subclass it, and say with fields what is asked for or sent.

    >>> class Greeting(RunInput):
    ...     name: str
    >>> Greeting(name="Ada").name
    'Ada'
    """

    @classmethod
    def receive(
        cls,
        timeout: float | None = 3600,
        poll_interval: float = 10,
        raise_timeout_error: bool = False,
        exclude_keys: set[str] | None = None,
        key_prefix: str | None = None,
        flow_run_id: UUID | None = None,
    ) -> GetInputHandler[Self]:
        """Return an iterator over the inputs of this type that are sent to a flow run, as they come; see `receive_input`."""
        return GetInputHandler(
            cls,
            key_prefix or _prefix(cls),
            timeout=timeout,
            poll_interval=poll_interval,
            raise_timeout_error=raise_timeout_error,
            exclude_keys=exclude_keys,
            flow_run_id=flow_run_id,
        )

    @classmethod
    def subclass_from_base_model_type(cls, model_cls: type[BaseModel]) -> type[RunInput]:
        """Return a kind of input with the fields of a pydantic model."""
        made: type[RunInput] = type(f"{model_cls.__name__}RunInput", (cls, model_cls), {})
        return made


class AutomaticRunInput(BaseRunInput, Generic[T]):
    """Input that is a single value of a plain type, such as `str`."""

    value: T

    @classmethod
    def loaded(cls, keyset: Keyset, flow_run_id: UUID | str | None = None) -> Any:
        """Return the value that was answered."""
        return super().loaded(keyset, flow_run_id).value

    @classmethod
    def subclass_from_type(cls, _type: type[T]) -> type[AutomaticRunInput[T]]:
        """Return a kind of input for values of a type."""
        name = getattr(_type, "__name__", None) or str(_type)
        return create_model(f"{name}AutomaticRunInput", __base__=cls, value=(_type, ...))

    @classmethod
    def receive(
        cls,
        timeout: float | None = 3600,
        poll_interval: float = 10,
        raise_timeout_error: bool = False,
        exclude_keys: set[str] | None = None,
        key_prefix: str | None = None,
        flow_run_id: UUID | None = None,
        with_metadata: bool = False,
    ) -> GetAutomaticInputHandler[T]:
        """Return an iterator over the values of this type that are sent to a flow run; see `receive_input`."""
        return GetAutomaticInputHandler(
            cls,
            key_prefix or _prefix(cls),
            timeout=timeout,
            poll_interval=poll_interval,
            raise_timeout_error=raise_timeout_error,
            exclude_keys=exclude_keys,
            flow_run_id=flow_run_id,
            with_metadata=with_metadata,
        )


def run_input_subclass_from_type(_type: Any) -> Any:
    """Return the kind of input that a type stands for: a `RunInput` itself, a pydantic model's fields, or one value.

    Raises:
        ValueError: it is no type.

    >>> run_input_subclass_from_type(int).model_fields["value"].annotation
    <class 'int'>
    """
    if isinstance(_type, type) and issubclass(_type, BaseRunInput):
        return _type
    if isinstance(_type, type) and issubclass(_type, BaseModel):
        return RunInput.subclass_from_base_model_type(_type)
    if isinstance(_type, BaseModel):
        return RunInput.subclass_from_base_model_type(type(_type)).with_initial_data(
            **{name: getattr(_type, name) for name in type(_type).model_fields}
        )
    if inspect.isclass(_type) or hasattr(_type, "__origin__"):
        return AutomaticRunInput.subclass_from_type(_type)
    raise ValueError(f"input is asked for by a type such as `str`, a model or a RunInput, not {_type!r}")


class GetInputHandler(Generic[R]):
    """The inputs that are sent to a flow run, one after the other; made by `receive_input`.

    It can be iterated, in async code with `async for`; `next()` waits for one. Without an input in time the iteration ends.
    """

    def __init__(
        self,
        run_input_cls: type[R],
        key_prefix: str,
        timeout: float | None = 3600,
        poll_interval: float = 10,
        raise_timeout_error: bool = False,
        exclude_keys: set[str] | None = None,
        flow_run_id: UUID | None = None,
    ) -> None:
        self.run_input_cls = run_input_cls
        self.key_prefix = key_prefix
        self.timeout = timeout
        self.poll_interval = poll_interval
        self.raise_timeout_error = raise_timeout_error
        self.exclude_keys: set[str] = set(exclude_keys or ())
        self.flow_run_id = UUID(actions.ensure_flow_run_id(flow_run_id))

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        try:
            return drive(self.next_steps())
        except TimeoutError as over:
            if self.raise_timeout_error:
                raise
            raise StopIteration from over

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            return await self.anext()
        except TimeoutError as over:
            if self.raise_timeout_error:
                raise
            raise StopAsyncIteration from over

    def to_instance(self, flow_run_input: FlowRunInput) -> Any:
        """Return what is handed out for a value in the store."""
        return self.run_input_cls.load_from_flow_run_input(flow_run_input)

    def filter_for_inputs_sync(self) -> list[FlowRunInput]:
        """Return the next value that is there, if there is one, and count it as known."""
        found = run_inputs.select(
            actions.store_of(), self.flow_run_id, self.key_prefix, exclude_keys=self.exclude_keys
        )
        self.exclude_keys.update(each.key for each in found)
        return found

    filter_for_inputs = awaitable(filter_for_inputs_sync)

    def next_steps(self) -> Steps[Any]:
        """Wait for the next input.

        Raises:
            TimeoutError: none came in time.
        """
        found = yield from changes.awaited(
            actions.store_of(),
            lambda: self.filter_for_inputs_sync() or None,
            timeout=self.timeout,
            every=self.poll_interval,
        )
        if found is None:
            raise TimeoutError(f"no input came within {self.timeout:g} second(s)")
        return self.to_instance(found[0])

    _waiting = either_driver(next_steps)
    next = _waiting
    """Wait for the next input and return it; raises `TimeoutError` where none came in time."""
    anext = _waiting.aio  # type: ignore[attr-defined]
    """`next`, to be awaited."""


class GetAutomaticInputHandler(GetInputHandler[Any], Generic[T]):
    """The plain values that are sent to a flow run; see `GetInputHandler`."""

    def __init__(self, *args: Any, with_metadata: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.with_metadata = with_metadata

    def to_instance(self, flow_run_input: FlowRunInput) -> Any:
        """Return the value, or the whole input where the metadata is wanted."""
        instance = self.run_input_cls.load_from_flow_run_input(flow_run_input)
        return instance if self.with_metadata else instance.value


def _prefix(kind: type[BaseRunInput]) -> str:
    return f"{_plain(kind.__name__)}-auto"


def _plain(name: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in name.lower())


def _send(
    run_input: Any, flow_run_id: UUID, sender: str | None = None, key_prefix: str | None = None
) -> None:
    """Send an input to a flow run, whether it waits for it yet or not.

    Args:
        run_input: a `RunInput`, a pydantic model, or a value of a plain type.
        flow_run_id: the run that gets it.
        sender: who sends it; the flow run this is called in, if there is one.
        key_prefix: what its key begins with; the name of its type by default.

    Raises:
        ObjectNotFound: there is no such run. ValidationError: the value is none of its type.
    """
    context = FlowRunContext.get()
    if sender is None and context is not None:
        sender = f"{_SENDER}{context.run.id}"
    if isinstance(run_input, BaseRunInput):
        instance: BaseModel = run_input
        kind: Any = type(run_input)
    elif isinstance(run_input, BaseModel):
        kind, instance = run_input_subclass_from_type(type(run_input)), run_input
    else:
        kind = run_input_subclass_from_type(type(run_input))
        instance = kind(value=run_input)
    key = f"{key_prefix or _prefix(kind)}-{uuid4()}"
    actions.create_from_model(key, instance, flow_run_id, sender)


send_input = either_colour(_send)
asend_input = awaitable(_send)


def receive_input(
    input_type: Any,
    timeout: float | None = 3600,
    poll_interval: float = 10,
    raise_timeout_error: bool = False,
    exclude_keys: set[str] | None = None,
    key_prefix: str | None = None,
    flow_run_id: UUID | None = None,
    with_metadata: bool = False,
) -> GetInputHandler[Any]:
    """Return an iterator over the inputs of a type that are sent to a flow run, as they come.

    Args:
        input_type: a `RunInput`, a pydantic model, or a plain type such as `str`.
        timeout: seconds to wait for each at most; `None` for no end.
        poll_interval: seconds after which to look at the latest; an input that comes is seen at once.
        raise_timeout_error: raise `TimeoutError` where none came in time, instead of ending the iteration.
        exclude_keys: the keys of inputs that are known already.
        key_prefix: what their keys begin with; the name of the type by default.
        flow_run_id: the run they are sent to; the one this is called in by default.
        with_metadata: hand out whole inputs instead of plain values.

    Raises:
        RuntimeError: no run was named, and none is active here.
    """
    kind = run_input_subclass_from_type(input_type)
    asked: dict[str, Any] = {
        "timeout": timeout,
        "poll_interval": poll_interval,
        "raise_timeout_error": raise_timeout_error,
        "exclude_keys": exclude_keys,
        "key_prefix": key_prefix,
        "flow_run_id": flow_run_id,
    }
    if issubclass(kind, AutomaticRunInput):
        asked["with_metadata"] = with_metadata
    handler: GetInputHandler[Any] = kind.receive(**asked)
    return handler

"""Every error pacc raises on purpose, one family under one root.

PaccException
├── ConfigurationError            a setting, profile or file of settings is wrong
│   └── ProfileSettingsValidationError
├── MissingProfileError           (ValueError) no profile of that name
├── MissingContextError           (RuntimeError) asked for a run where none is running
├── InvalidNameError              (ValueError)
├── InvalidSchedule               (ValueError) a schedule cannot be read, or would never start a run
├── InvalidValueError             (ValueError) a value that cannot be kept
├── ReservedArgumentError         (TypeError)
├── ParameterBindError            (TypeError) the call does not fit the function
├── ParameterTypeError            a parameter does not fit its type
├── InvalidDeploymentError        (ValueError) a deployment is described in a way that cannot work
├── PullFailed                    (RuntimeError) code cannot be fetched from where it is kept
├── StepExecutionError            (RuntimeError) a step that brings code, or deploys it, failed
├── SignatureMismatchError        (TypeError)
├── MissingFlowError, UnspecifiedFlowError, ScriptError      an entrypoint did not give one flow
├── FailedRun, CrashedRun, CancelledRun, PausedRun, UnfinishedRun     what a run's state says, raised
├── FlowRunTimeoutError, TaskRunTimeoutError                 (TimeoutError)
├── MissingResult                 the run completed, its value is not kept
├── UntrustedResult               a kept result is not as pacc wrote it, and is not loaded
├── UpstreamTaskError
├── IllegalTransition             a run cannot go from this state to that one
├── StaleTransition               the run moved on meanwhile; nothing was written
├── ObjectNotFound, ObjectAlreadyExists (ValueError), ObjectLimitReached, ObjectUnsupported
│   └── BlockNotFound             (ValueError) no block of that name
├── UnknownBlockType              the class of a block is not loaded
├── BlockSchemaMismatch           (RuntimeError) a block was saved by another version of its class
├── BlockNotSavedError            (RuntimeError)
├── InvalidBlockRegistration      a class that cannot be registered as a block
├── EncryptionKeyError            the key of the secrets is missing or another one
├── TemplateError                 a template fails
├── EventTooLarge                 an event tells more than one may
├── FlowVisualizationError        a flow cannot be drawn before it runs
├── NotPausedError, InvalidRunInput, FlowPauseTimeout, FlowRunWaitTimeout
├── ConcurrencySlotAcquisitionError    slots of a concurrency limit can never be had
├── AcquireConcurrencySlotTimeoutError       (TimeoutError) they could not be had in time
├── ShellCommandFailed            a shell command ended badly
├── MappingLengthMismatch, MappingMissingIterable, SerializationError, HashError
├── ServerError                   the process that keeps house cannot be started
└── StoreError                    the database file
    ├── StoreBusy                 another process holds it too long
    ├── StoreConflict             a rule of the store refuses the row
    ├── StoreFull                 the disk is full
    ├── StoreReadOnly             it cannot be written
    ├── StoreDamaged              it is not readable as a database
    ├── StoreForeign              it is a database, but not pacc's
    ├── StoreNewer                a newer pacc wrote it
    ├── StoreMigrationFailed      the upgrade did not go through; the old file stands
    └── StoreOnNetworkFilesystem

Signals are no errors and are not caught by `except Exception`: `PaccSignal` (`Abort`, `Pause`), `ExternalSignal`
(`TerminationSignal`, `WorkerLost`).
"""

from __future__ import annotations

from typing import Any


def exception_traceback(exc: BaseException) -> str:
    """Return an error as Python prints it, traceback and all.

    >>> exception_traceback(ValueError("no such city")).splitlines()[-1]
    'ValueError: no such city'
    """
    from traceback import format_exception  # start-up

    return "".join(format_exception(exc))


class PaccException(Exception):
    """Something pacc was asked to do cannot be done."""

    hint: str | None = None
    """The next step a person can take, shown under the message."""

    def __init__(self, *args: object, hint: str | None = None) -> None:
        super().__init__(*(args or (self._default(),)))
        if hint is not None:
            self.hint = hint
            self.add_note(hint)  # under the message of a traceback as well

    @classmethod
    def _default(cls) -> str:
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


class ConfigurationError(PaccException):
    """A setting is wrong."""


class ProfileSettingsValidationError(ConfigurationError):
    """A profile holds settings that do not fit; `errors` lists (name, sentence) pairs."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in errors))


class MissingProfileError(PaccException, ValueError):
    """There is no profile of that name."""


class MissingContextError(PaccException, RuntimeError):
    """There is no active flow or task run here."""


class InvalidNameError(PaccException, ValueError):
    """A name holds characters that are not allowed."""


class InvalidValueError(PaccException, ValueError):
    """A value is not one that can be kept."""


class InvalidSchedule(PaccException, ValueError):
    """A schedule cannot be read, or would never start a run."""


class ReservedArgumentError(PaccException, TypeError):
    """A function declares a parameter whose name pacc uses itself."""


class ParameterBindError(TypeError, PaccException):
    """The arguments of a call do not fit the function's parameters."""

    def __init__(self, msg: str) -> None:
        super().__init__(msg)


class ParameterTypeError(PaccException):
    """A parameter does not fit its type."""

    def __init__(self, msg: str) -> None:
        super().__init__(msg)


class InvalidDeploymentError(PaccException, ValueError):
    """A deployment is described in a way that cannot work."""


class PullFailed(PaccException, RuntimeError):
    """Code cannot be fetched from where it is kept."""


class StepExecutionError(PaccException, RuntimeError):
    """A step that brings code, or deploys it, failed."""


class SignatureMismatchError(PaccException, TypeError):
    """Parameters do not match the signature of the function."""

    def __init__(self, msg: str) -> None:
        super().__init__(msg)


class MissingFlowError(PaccException):
    """There is no flow where one was expected."""


class UnspecifiedFlowError(PaccException):
    """There are several flows and none was named."""


class ScriptError(PaccException):
    """A script raised an error while it was loaded."""

    def __init__(self, user_exc: BaseException, path: str) -> None:
        self.user_exc = user_exc
        self.path = path
        super().__init__(
            f"the script at {path!r} raised {type(user_exc).__name__} while it was loaded: {user_exc}",
            hint=_of_script(user_exc, path),
        )


def _of_script(error: BaseException, path: str) -> str | None:
    """Return the next step of somebody whose script raised an error while it was loaded."""
    if isinstance(error, SyntaxError):
        return f"Look at line {error.lineno} of it." if error.filename == path else None
    line, at = None, error.__traceback__
    while at is not None:
        line = at.tb_lineno if at.tb_frame.f_code.co_filename == path else line
        at = at.tb_next
    where = f"Look at line {line} of it" if line else "Look at what it imports"
    if isinstance(error, ModuleNotFoundError):
        return f"{where}; {error.name} has to be installed where pacc is, or to lie beside the script."
    return f"{where}; `pacc --debug ...` shows the traceback."


class FailedRun(PaccException):
    """The run failed."""


class CrashedRun(PaccException):
    """The run crashed."""


class CancelledRun(PaccException):
    """The run was cancelled."""


class PausedRun(PaccException):
    """The run is paused."""

    def __init__(self, *args: object, state: Any = None) -> None:
        super().__init__(*args)
        self.state = state  # a `State`, which stands a floor above and is therefore not named


class UnfinishedRun(PaccException):
    """The run has not finished, so it has no result."""


class FlowRunTimeoutError(PaccException, TimeoutError):
    """The flow run took longer than its timeout."""

    ours = False
    """Whether the engine raised it for this very run; user code may raise it as well."""


class TaskRunTimeoutError(PaccException, TimeoutError):
    """The task run took longer than its timeout."""

    ours = False
    """Whether the engine raised it for this very run; user code may raise it as well."""


class MissingResult(PaccException):
    """The run completed, but its result was not kept."""


class UntrustedResult(PaccException):
    """A kept result is not as pacc wrote it, so it is not loaded."""

    hint = "If you trust whoever wrote it, set PACC_RESULTS_LOAD_UNVERIFIED=true; otherwise delete it."
    unknown = False
    """Whether the store knows nothing of it, so that it may be another process's, noted in a moment."""


class UpstreamTaskError(PaccException):
    """A run this one depends on did not complete."""


class IllegalTransition(PaccException):
    """A run cannot move from its state to the one proposed."""


class StaleTransition(PaccException):
    """The run moved on in the meantime; the state proposed was not written."""


class ObjectNotFound(PaccException):
    """There is no such object in the store."""


class ObjectAlreadyExists(PaccException, ValueError):
    """An object of that name exists already."""


class BlockNotFound(ObjectNotFound, ValueError):
    """There is no block of that name."""


class UnknownBlockType(PaccException):
    """The class of a block is not loaded here."""


class BlockSchemaMismatch(PaccException, RuntimeError):
    """A block was saved by another version of its class."""


class BlockNotSavedError(PaccException, RuntimeError):
    """The block has not been saved."""


class InvalidBlockRegistration(PaccException):
    """Something cannot be registered as a block."""


class EncryptionKeyError(PaccException):
    """The key that secrets are encrypted with is missing, or another one."""


class ObjectLimitReached(PaccException):
    """No more objects of that kind may be made."""


class ObjectUnsupported(PaccException):
    """The object cannot do that."""


class TemplateError(PaccException):
    """A template fails, or reaches for what it may not have."""


class EventTooLarge(PaccException, ValueError):
    """An event tells more than one may."""


class FlowVisualizationError(PaccException):
    """The flow cannot be drawn before it runs."""


class NotPausedError(PaccException):
    """The flow run is not paused."""


class InvalidRunInput(PaccException, RuntimeError):
    """The input does not fit what the paused run asks for."""


class FlowPauseTimeout(PaccException):
    """The pause ended before anyone resumed the run."""


class FlowRunWaitTimeout(PaccException):
    """The flow run had not finished when the wait ended."""


class ConcurrencySlotAcquisitionError(PaccException):
    """Slots of a concurrency limit cannot be had."""


class AcquireConcurrencySlotTimeoutError(PaccException, TimeoutError):
    """Slots of a concurrency limit could not be had in time."""


class ShellCommandFailed(PaccException):
    """A shell command ended with another exit code than 0; `exit_code` has it, below zero for a signal."""

    def __init__(self, *args: object, exit_code: int = 1) -> None:
        super().__init__(*args)
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[Any, ...]:
        return _shell_command_failed, (self.args, self.exit_code)


def _shell_command_failed(args: tuple[object, ...], exit_code: int) -> ShellCommandFailed:
    return ShellCommandFailed(*args, exit_code=exit_code)


class MappingLengthMismatch(PaccException):
    """The lists to map over differ in length."""


class MappingMissingIterable(PaccException):
    """There is nothing to map over."""


class SerializationError(PaccException):
    """A value cannot be turned into bytes, or back."""


class HashError(PaccException):
    """A value cannot be hashed."""


class ServerError(PaccException):
    """The process that keeps house cannot be started."""


class StoreError(PaccException):
    """The store could not be used."""


class StoreBusy(StoreError):
    """Another process holds the store."""


class StoreConflict(StoreError):
    """A rule of the store refuses what was to be written: a name taken, a terminal state."""


class StoreFull(StoreError):
    """The disk that holds the store is full."""


class StoreReadOnly(StoreError):
    """The store cannot be written."""


class StoreDamaged(StoreError):
    """The store's file is damaged."""


class StoreForeign(StoreError):
    """The file is a database, but not one of pacc's."""


class StoreNewer(StoreError):
    """The store was written by a newer pacc."""


class StoreMigrationFailed(StoreError):
    """The store could not be upgraded; it is as it was."""


class StoreOnNetworkFilesystem(StoreError):
    """The store lies on a network file system, where its locks cannot be trusted."""


class PaccSignal(BaseException):
    """Control flow inside pacc that user code must not swallow with `except Exception`."""


class Abort(PaccSignal):
    """Trying again is pointless: raised in a task or a flow, it fails the run with its message, whatever retries are left.

    `except Exception` does not catch it, so it ends the runs around as well, as a failure that nobody handles does.
    """


class Pause(PaccSignal):
    """The run must stop here because it was paused or suspended."""

    def __init__(self, *args: object, state: Any = None) -> None:
        super().__init__(*args)
        self.state = state  # a `State`, which stands a floor above and is therefore not named


class ExternalSignal(BaseException):
    """Something outside the program wants it to stop."""


class WorkerLost(ExternalSignal):
    """The process that executed a task ended before the task did."""


class TerminationSignal(ExternalSignal):
    """A termination signal (SIGTERM) arrived; `signal` is its number."""

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.signal = signal

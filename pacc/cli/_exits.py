"""Exit codes, and the one place where an exception becomes a code, a sentence and a next step."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Any, NamedTuple

import typer


class ExitCode(IntEnum):
    """What the exit code of a command means."""

    OK = 0
    FAILED = 1
    """What was asked could not be done."""
    USAGE = 2
    """The command line itself is wrong."""
    FINISHED_BADLY = 3
    """Our own commands only: what was waited for or looked at is not well."""
    WAITED_TOO_LONG = 4
    """Our own commands only."""
    REFUSED = 4
    """`pacc api` only: the request was refused."""
    STORE_ERROR = 10
    """The store cannot be used, for a reason the codes below don't name."""
    STORE_BUSY = 11
    STORE_FULL = 12
    STORE_READ_ONLY = 13
    STORE_DAMAGED = 14
    STORE_FOREIGN = 15
    STORE_NEWER = 16
    STORE_MIGRATION_FAILED = 17
    STORE_ON_NETWORK_FILESYSTEM = 18
    STORE_CONFLICT = 19
    INTERRUPTED = 130
    """Ctrl-C."""
    TERMINATED = 143
    """SIGTERM."""


class Outcome(NamedTuple):
    """How a command that could not do its work ends."""

    exit_code: ExitCode
    code: str
    """One word for programs, such as "object_not_found"."""
    message: str
    hint: str | None = None
    """The next step, in words or as a command."""


class CommandError(Exception):
    """A command cannot do what it was asked; the message says why, the hint what to do.

    Args:
        message: one sentence that begins in lower case and quotes names.
        hint: the next step, a command where there is one.
        exit_code: what the process ends with.
        code: one word for programs.

    Example:
        >>> raise CommandError('no profile "dev"', hint="pacc profile ls")
        Traceback (most recent call last):
        ...
        pacc.cli._exits.CommandError: no profile "dev"
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        exit_code: ExitCode = ExitCode.FAILED,
        code: str = "failed",
    ) -> None:
        super().__init__(message)
        self.hint = hint
        self.exit_code = exit_code
        self.code = code


class UsageError(CommandError):
    """The arguments don't go together, which the parser could not see."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint, exit_code=ExitCode.USAGE, code="usage")


def unreadable(path: str, error: OSError) -> CommandError:
    """Return what to raise where a file that a command was given cannot be read.

    Args:
        path: the file as it was given.
        error: what the system said.

    Example:
        >>> unreadable("no/such.yaml", FileNotFoundError(2, "No such file or directory")).hint
        'There is no folder "no" either.'
    """
    from pacc._internal.near_files import instead_of  # start-up: only a mistake needs it

    hint = instead_of(path) if isinstance(error, FileNotFoundError) else None
    return CommandError(
        f'"{path}" cannot be read: {_lower_first(error.strerror or str(error))}', hint=hint, code="unreadable"
    )


def outcome_of(error: BaseException) -> Outcome:
    """Return how a command ends that raised `error`.

    Args:
        error: what left the command.

    Example:
        >>> outcome_of(CommandError("no such thing")).exit_code
        <ExitCode.FAILED: 1>
    """
    if isinstance(error, CommandError):
        return Outcome(exit_code=error.exit_code, code=error.code, message=str(error), hint=error.hint)
    if isinstance(error, typer.TyperException):
        return _usage_outcome(error)
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        return Outcome(exit_code=ExitCode.INTERRUPTED, code="interrupted", message="interrupted")
    if isinstance(error, OSError):
        return _system_outcome(error)
    return _pacc_outcome(error) or _unexpected_outcome(error)


def _usage_outcome(error: typer.TyperException) -> Outcome:
    context = getattr(error, "ctx", None)
    exit_code = ExitCode.USAGE if error.exit_code == ExitCode.USAGE else ExitCode.FAILED
    outcome = Outcome(exit_code, "usage", _usage_message(error), "pacc --help")
    if context is None:
        return outcome
    path, option = _command_of(context), getattr(error, "option_name", None)
    of_pacc = None if context.parent is None else _option_of(context.find_root(), option)
    if of_pacc is not None:
        first, _, rest = path.partition(" ")
        spelled = option if of_pacc.is_flag else f"{option} {of_pacc.metavar or 'VALUE'}"
        return outcome._replace(
            message=f"{option} stands before the command", hint=f"{first} {spelled} {rest} ..."
        )
    return outcome._replace(hint=f"{path} --help")


def _option_of(context: typer.Context, name: str | None) -> Any:
    """Return the option of a command that has this name, `None` where it has none."""
    return next((each for each in context.command.params if name in (*each.opts, *each.secondary_opts)), None)


def _usage_message(error: typer.TyperException) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        text = " ".join(error.format_message().split()).rstrip(".")
        return _lower_first(text).replace("'", '"')
    name = (
        max(parameter.opts, key=len)
        if parameter.opts[0].startswith("-")
        else (parameter.metavar or parameter.name)
    )
    if not error.message:
        return f"{name} is missing"
    return f"{name}: {_lower_first(error.message)}"


def _system_outcome(error: OSError) -> Outcome:
    where = f' "{error.filename}"' if error.filename else ""
    message = f"{_lower_first(error.strerror or str(error))}{where}"
    return Outcome(exit_code=ExitCode.FAILED, code="system", message=message)


def _pacc_outcome(error: BaseException) -> Outcome | None:
    from pacc import exceptions  # start-up: a command that works needs none of them

    if not isinstance(error, exceptions.PaccException):
        return None
    words = re.findall(r"[A-Z][a-z]*", type(error).__name__)
    code = "_".join(words).lower().removesuffix("_error")
    return Outcome(exit_code=_store_code(error), code=code, message=_lower_first(str(error)), hint=error.hint)


def _store_code(error: Exception) -> ExitCode:
    from pacc import exceptions  # start-up: as above

    if not isinstance(error, exceptions.StoreError):
        return ExitCode.FAILED
    names = (re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).upper() for kind in type(error).__mro__)
    return next(ExitCode[name] for name in names if name in ExitCode.__members__)


def _unexpected_outcome(error: BaseException) -> Outcome:
    return Outcome(
        exit_code=ExitCode.FAILED,
        code="unexpected",
        message=f"something went wrong inside pacc: {type(error).__name__}: {error}",
        hint="run it again as `pacc --debug ...` for the traceback",
    )


def _command_of(context: typer.Context) -> str:
    path = [context.info_name or ""]
    while context.parent is not None:
        context = context.parent  # type: ignore[assignment]  # typer's vendored base class
        path.insert(0, context.info_name or "")
    return " ".join(path)


def _lower_first(text: str) -> str:
    starts_a_sentence = text[:1].isupper() and not text[1:2].isupper()
    return text[:1].lower() + text[1:] if starts_a_sentence else text

"""Programs that start with the machine: a systemd user unit on Linux, a launchd agent on macOS."""

from __future__ import annotations

import os
import plistlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pacc.exceptions import ConfigurationError, InvalidNameError, ObjectNotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_PREFIX = "pacc-"
_LABEL = "dev.pacc."
_KEPT = (
    "PATH", "PYTHONPATH", "VIRTUAL_ENV",
    "PACC_HOME", "PACC_PROFILE", "PACC_PROFILES_PATH", "PACC_ENCRYPTION_KEY_PATH",
)  # fmt: skip
"""The variables of the environment that a program keeps; secrets are none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What is started with the machine."""

    name: str
    """What it is called, `pacc-` in front of it."""
    command: tuple[str, ...]
    """The program and its arguments."""
    folder: str
    """The folder it runs in."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables it is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A program that starts with the machine, as it is now."""

    name: str
    """What it is called."""
    path: str
    """The file that says so."""
    enabled: str
    """Whether it starts with the machine, in the system's own word."""
    active: str
    """Whether it runs now, in the system's own word."""


def kept_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a program keeps of an environment.

    >>> kept_environment({"PACC_HOME": "/srv/pacc", "SECRET": "x"})
    {'PACC_HOME': '/srv/pacc'}
    """
    return {name: environment[name] for name in _KEPT if name in environment}


def checked_name(name: str) -> str:
    """Return a name a program may have.

    Raises:
        InvalidNameError: it holds something else than letters, digits, `.`, `_` and `-`.

    >>> checked_name("weather")
    'weather'
    """
    if not _NAME.fullmatch(name):
        raise InvalidNameError(f'"{name}" is no name for a service; use letters, digits, ".", "_" and "-"')
    return name


def unit(program: Program) -> str:
    """Return the systemd unit of a program (systemd.service(5)).

    >>> print(unit(Program(name="w", command=("python", "100%.py"), folder="/srv")).splitlines()[4])
    ExecStart=python 100%%.py
    """
    variables = [f"Environment={_word(f'{name}={value}')}" for name, value in program.environment.items()]
    lines = [
        "[Unit]",
        f"Description={_plain(f'pacc: {program.name}')}",
        "",
        "[Service]",
        f"ExecStart={' '.join(_word(word, command=True) for word in program.command)}",
        f"WorkingDirectory={_plain(program.folder)}",
        *variables,
        "Restart=on-failure",
        "RestartSec=5",
        "KillMode=mixed",
        "",
        "[Install]",
        "WantedBy=default.target",
    ]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return text.replace("%", "%%").replace("\n", " ")


def _word(text: str, *, command: bool = False) -> str:
    """Quote one word as systemd reads it; in commands a dollar sign begins a variable unless it is doubled."""
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("%", "%%")
    if command:
        text = text.replace("$", "$$")
    return text if re.fullmatch(r"[\w@%+=:,./$-]+", text, re.ASCII) else f'"{text}"'


def agent(program: Program) -> bytes:
    """Return the launchd agent of a program (launchd.plist(5)).

    >>> plistlib.loads(agent(Program(name="w", command=("python", "w.py"), folder="/srv")))["Label"]
    'dev.pacc.w'
    """
    return plistlib.dumps(
        {
            "Label": f"{_LABEL}{program.name}",
            "ProgramArguments": list(program.command),
            "WorkingDirectory": program.folder,
            "EnvironmentVariables": dict(program.environment),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
        }
    )


def path_of(name: str) -> Path:
    """Return the file that says how a program starts.

    Raises:
        ConfigurationError: the user has no home directory.
    """
    if sys.platform == "darwin":
        return _home() / "Library" / "LaunchAgents" / f"{_LABEL}{name}.plist"
    config = os.environ.get("XDG_CONFIG_HOME") or str(_home() / ".config")
    return Path(config) / "systemd" / "user" / f"{_PREFIX}{name}.service"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        raise ConfigurationError(
            "this user has no home directory, where it is said what starts", hint="Set HOME."
        ) from None


def install(program: Program) -> Path:
    """Write how a program starts, have it start with the machine from now on, and start it.

    Args:
        program: the program; one of the same name is replaced.

    Returns:
        The file that was written.

    Raises:
        ConfigurationError: the file cannot be written, or the system does not take it.
    """
    path = path_of(program.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(agent(program) if sys.platform == "darwin" else unit(program).encode())
    except OSError as error:
        raise ConfigurationError(f"cannot write {str(path)!r}: {error.strerror}") from error
    if sys.platform == "darwin":
        _told("launchctl", "bootout", _domain(program.name), check=False)
        _told("launchctl", "bootstrap", f"gui/{os.getuid()}", str(path))
    else:
        _told("systemctl", "--user", "daemon-reload")
        _told("systemctl", "--user", "enable", path.name)
        _told("systemctl", "--user", "restart", path.name)
    return path


def uninstall(name: str) -> Path:
    """Stop a program, and let it start with the machine no more.

    Returns:
        The file that was removed.

    Raises:
        ObjectNotFound: there is none of that name. ConfigurationError: the system does not let it go.
    """
    path = path_of(name)
    if not path.exists():
        raise ObjectNotFound(f'no service "{name}" ({str(path)!r} is not there)', hint="pacc service status")
    if sys.platform == "darwin":
        _told("launchctl", "bootout", _domain(name), check=False)
    else:
        _told("systemctl", "--user", "disable", "--now", path.name)
    path.unlink(missing_ok=True)
    if sys.platform != "darwin":
        _told("systemctl", "--user", "daemon-reload")
    return path


def installed() -> list[Installed]:
    """Return the programs that start with the machine, by name."""
    folder = path_of("x").parent
    before, after = (_LABEL, ".plist") if sys.platform == "darwin" else (_PREFIX, ".service")
    names = sorted(path.name[len(before) : -len(after)] for path in folder.glob(f"{before}*{after}"))
    return [_as_it_is(name) for name in names]


def _as_it_is(name: str) -> Installed:
    path = path_of(name)
    if sys.platform == "darwin":
        running = _told("launchctl", "print", _domain(name), check=False)
        words = ("enabled", "active" if "state = running" in running else "inactive")
    else:
        words = (
            _told("systemctl", "--user", "is-enabled", path.name, check=False) or "unknown",
            _told("systemctl", "--user", "is-active", path.name, check=False) or "unknown",
        )
    return Installed(name=name, path=str(path), enabled=words[0], active=words[1])


def _domain(name: str) -> str:
    return f"gui/{os.getuid()}/{_LABEL}{name}"


def _told(*words: str, check: bool = True) -> str:
    """Run one of the system's own programs and return what it says.

    Raises:
        ConfigurationError: it is not there or fails, and `check` is on.
    """
    program = shutil.which(words[0])
    if program is None:
        if check:
            raise ConfigurationError(
                f"there is no {words[0]!r} here, so nothing starts with the machine by itself",
                hint="Start it by what this machine has; `pacc service install --print` shows what it would be.",
            )
        return ""
    return _answer([program, *words[1:]], check=check)


def _answer(command: Sequence[str], *, check: bool) -> str:
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - the system's own programs
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"{' '.join(command)} did not end well: {error}") from error
    if check and ended.returncode:
        raise ConfigurationError(f"{' '.join(command)}: {ended.stderr.strip() or ended.stdout.strip()}")
    return ended.stdout.strip()

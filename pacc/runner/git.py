"""The `git` command, asked by programs: it never asks back, and no secret stands in its arguments."""

from __future__ import annotations

import base64
import os
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pacc.exceptions import PullFailed

if TYPE_CHECKING:
    from pathlib import Path

_USERS = {"github": "x-access-token", "gitlab": "oauth2", "bitbucket": "x-token-auth"}
"""Who services want to be told a token belongs to, by a word in their host's name."""


def git(*arguments: str, folder: Path | None = None, environment: dict[str, str] | None = None) -> str:
    """Run git and return what it printed, without the last line break.

    Args:
        *arguments: the words after `git`.
        folder: where to run it, the current one by default.
        environment: variables besides those of this process; see `credentials`.

    Raises:
        PullFailed: there is no git, or it failed; the message is what it said of that.
    """
    surroundings = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **(environment or {})}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and options end before anything of the user's
            ["git", *arguments],  # noqa: S607 - the user's own git is meant
            cwd=folder, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise PullFailed("there is no `git` command on this machine; install it") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        fatal = next((line for line in said if line.startswith("fatal: ")), said[-1] if said else "")
        raise PullFailed(f"git {arguments[0]} failed: {fatal or f'exit code {done.returncode}'}")
    return done.stdout.decode(errors="replace").rstrip("\n")


def credentials(url: str, username: str | None, token: str | None) -> dict[str, str]:
    """Return environment variables with which git shows a token to the host of a URL, and to no other.

    Args:
        url: the repository's address; only over HTTP a token is shown.
        username: whose token it is; what the host expects by default. A token may also say it itself, `user:token`.
        token: the token or password.

    >>> sorted(credentials("https://example.com/flows.git", None, "abc"))
    ['GIT_CONFIG_COUNT', 'GIT_CONFIG_KEY_0', 'GIT_CONFIG_VALUE_0']
    """
    parts = urlsplit(url)
    if token is None or parts.scheme not in ("http", "https"):
        return {}
    host = parts.netloc.rpartition("@")[2]
    if username is None and ":" not in token:
        username = next((user for word, user in _USERS.items() if word in host), "git")
    pair = token if username is None else f"{username}:{token}"
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{parts.scheme}://{host}/.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}",
    }

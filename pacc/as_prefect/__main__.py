"""`python -m pacc.as_prefect SCRIPT [ARGUMENTS]`: run a script written for Prefect, without changing it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pacc import as_prefect
from pacc.exceptions import PaccException

if TYPE_CHECKING:
    from collections.abc import Callable

_USAGE = "usage: python -m pacc.as_prefect SCRIPT [ARGUMENTS], or -m MODULE [ARGUMENTS]\n"


def main(words: list[str]) -> int:
    """Run a script, or with `-m` a module; return the exit code. What the script raises leaves as it does without pacc."""
    if not words or words[0] in ("-h", "--help") or words == ["-m"]:
        sys.stderr.write(_USAGE)
        return 0 if words and words != ["-m"] else 2
    try:
        run = _prepared(words)
    except PaccException as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    run()
    return 0


def _prepared(words: list[str]) -> Callable[[], None]:
    if words[0] == "-m":
        return as_prefect.module(words[1], words[2:])
    return as_prefect.script(words[0], words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The `pacc` command, also as `python -m pacc`.

`pacc --version` is what scripts and prompts ask most often, so it answers before anything is loaded; and so do
completions, which are waited for with a finger on a key.
"""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line with the arguments of this process.

    Returns:
        The exit code, as `pacc.cli._exits.ExitCode` lists them.

    Example:
        >>> sys.exit(main())  # doctest: +SKIP
    """
    if sys.argv[1:2] in (["--version"], ["-v"]):
        from pacc import __version__  # start-up

        sys.stdout.write(f"{__version__}\n")
        return 0
    gc.disable()  # nothing of what is imported now is ever garbage; a command switches it on again
    if sys.argv[1:2] == ["_complete"]:
        from pacc.cli._complete import main as complete  # start-up

        return complete(sys.argv[2:])
    from pacc.cli.root import main as run_command_line  # start-up

    return run_command_line()


if __name__ == "__main__":
    sys.exit(main())

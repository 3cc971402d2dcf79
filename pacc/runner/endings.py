"""How a run's processes ended, in a sentence for its state."""

from __future__ import annotations

import os
import signal

from pacc._internal.sizes import size
from pacc.runner.usage import signal_name


def of_process(status: int, pid: int, *, memory_ran_out: bool, peak: int) -> str:
    """Return how the flow's process ended without a word.

    Args:
        status: as `waitpid` says.
        pid: the process.
        memory_ran_out: whether the system killed a process for memory meanwhile.
        peak: bytes that the run's processes had at most.

    >>> of_process(3 << 8, 4711, memory_ran_out=False, peak=0)
    "The flow's process (4711) exited with code 3 before the run had ended."
    >>> of_process(11, 4711, memory_ran_out=False, peak=0)
    "The flow's process (4711) was killed by SIGSEGV."
    """
    who = f"The flow's process ({pid})"
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"{who} exited with code {code} before the run had ended."
    if -code != signal.SIGKILL:
        return f"{who} was killed by {signal_name(-code)}."
    if memory_ran_out:
        return f"{who} was killed by the system because memory ran out; the run had used up to {size(peak)}."
    return f"{who} was killed by SIGKILL, by a person or another program."


def of_timeout(seconds: float) -> str:
    """Return what is said of a flow that did not end by itself when its timeout was over."""
    return f"Flow run exceeded timeout of {seconds:g} second(s); it did not end by itself, so it was killed."


CANCELLED = "The run was cancelled; all its processes have ended."
KILLED = "The run was killed; all its processes are gone."
TERMINATED = "Execution was aborted by a termination signal."
RESCHEDULED = "The process that executed it was told to stop; it is executed again."

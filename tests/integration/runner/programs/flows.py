"""Flows that end in every way there is."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from pacc import flow, get_run_logger, suspend_flow_run, task
from pacc.runtime import flow_run


@task
def double(number):
    return 2 * number


def late():
    time.sleep(60)
    return "late"


@flow(flow_run_name=late)
def waiting_for_a_name():
    """Is not running until it has a name."""


@flow
def fine(number: int = 1):
    return double(number)


@flow
def failing():
    raise ValueError("no such city")


def told(flow, run, state):
    print("hook saw", state.name, flush=True)


@flow(on_crashed=[told], on_cancellation=[told], on_failure=[told])
def lasting_a_moment():
    time.sleep(0.05)


@flow(on_crashed=[told], on_cancellation=[told], on_failure=[told])
def ending(how: str, after: float = 0):
    time.sleep(after)
    if how.startswith("SIG"):
        os.kill(os.getpid(), getattr(signal, how))
    elif how == "exit":
        os._exit(3)
    elif how == "memory":
        hoard = bytearray(200_000_000)
        time.sleep(60)
        print(len(hoard))
    elif how == "cpu":
        while True:
            pass
    print("waiting", os.getpid(), flush=True)
    time.sleep(60)


@flow(timeout_seconds=0.2)
def deaf():
    """Does not hear its timeout, nor a request to terminate."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM, signal.SIGTERM])
    time.sleep(60)


@flow
def nesting():
    ending(how="SIGKILL", after=0.2)


@flow
def talking_until_killed():
    for number in range(5000):
        print("line", number)
    os.kill(os.getpid(), signal.SIGKILL)


@flow
def saying():
    print("to standard output")
    print("to standard error", file=sys.stderr)
    logging.getLogger("anything").warning("through the root logger")
    subprocess.run(["sh", "-c", "echo from a child; printf unended"], check=True)
    sys.stdout.write("x" * 3000 + "\n")
    print(os.environ["PACC__FLOW_RUN_ID"] == str(flow_run.id), sys.stdin.read() == "")


@flow
def noted(file: str):
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, f"{flow_run.id}\n".encode())
    os.close(descriptor)


@flow
def once_more():
    print("waiting", flush=True)
    if flow_run.run_count == 1:
        time.sleep(60)


@flow
def lasting():
    time.sleep(0.5)


@flow
def placed():
    print(os.environ["CITY"], os.getcwd())


IGNORING = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(100)"


def _start(*words, **options):
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, **options)
    child.stdout.readline()
    return child.pid


def _fork_away(*, groups):
    """Fork twice, as daemons do, and return the pid of the grandchild."""
    ears, mouth = os.pipe()
    if not os.fork():
        if groups:
            os.setsid()
        if not os.fork():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.write(mouth, b"%d\n" % os.getpid())
            time.sleep(100)
        os._exit(0)
    os.wait()
    return int(os.read(ears, 20))


@flow
def surrounded(then: str = "wait"):
    """Starts nine kinds of processes that want to stay."""
    import multiprocessing

    python = sys.executable
    group = os.fork()
    if not group:
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(100)
        os._exit(0)
    sleeper = multiprocessing.get_context("fork").Process(target=time.sleep, args=(100,), daemon=True)
    sleeper.start()
    stopped = os.fork()
    if not stopped:
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    pids = [
        _start("sh", "-c", "echo; sleep 100"),
        _start(python, "-c", IGNORING),
        group,
        _start("sh", "-c", "echo; sleep 100", start_new_session=True),
        _start("sh", "-c", "sleep 100 & sleep 99 & echo; wait", start_new_session=True),
        _fork_away(groups=True),
        _start("sh", "-c", "echo; exec env -i sleep 100", env={}, start_new_session=True),
        sleeper.pid,
        stopped,
    ]
    print("started", *pids, flush=True)
    if then == "return":
        return
    threading.Event().wait(60)


@task
def measured(number):
    get_run_logger().info("measured %s", number)
    return number


@flow
def suspending():
    measured(1)
    answer = suspend_flow_run(wait_for_input=int)
    measured(2)
    return get_run_logger().info("answered %s", answer)


@flow
def mended():
    measured(1)
    if flow_run.run_count == 1:
        time.sleep(0.2)  # what finished 50 ms ago is in the store
        os.kill(os.getpid(), signal.SIGKILL)
    measured(2)


@flow
def steady():
    for number in range(1000):
        measured(number)
        get_run_logger().info("waiting %d", os.getpid())
        time.sleep(0.02)


@flow
def eating(group):
    Path(group, "cgroup.procs").write_text(str(os.getpid()))
    kept = [os.urandom(1 << 20) for _ in range(300)]
    print("had enough", len(kept))

"""What a worker process of a `ProcessPoolTaskRunner` does: calls of tasks' functions, one after the other.

The states of a task run are its flow's process's to tell; here only the function is called, in a context like the one it would
have there. Log lines go to the flow run's log from here. Tasks that the function submits run in threads of this process.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextvars import copy_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

import cloudpickle

from pacc._internal.steps import Outcome, adrive, drive, run_in_own_loop
from pacc.context import FlowRunContext, TagsContext, TaskRunContext
from pacc.engine import place
from pacc.engine.body import Body
from pacc.engine.features.results import prepare_context
from pacc.engine.submissions import Submissions
from pacc.engine.task_run import gathering
from pacc.engine.upstream import Registry
from pacc.logging import configure, patch_print
from pacc.schemas.states import State, StateType
from pacc.services.live_runs import LiveFlowRun, LiveTaskRun
from pacc.settings import get_current_settings, temporary_settings
from pacc.store.log_files import log_path
from pacc.store.log_writing import RunLog
from pacc.task_runners.parcels import Parcel, Reply, Surroundings, packed_reply

STARTED = b"started"
"""Sent when a parcel is unpacked and its function is about to be called."""


class Worker:
    """This process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._parcels: SimpleQueue[bytes | None] = SimpleQueue()
        self._busy = False

    def work(self) -> None:
        """Carry out one call after the other, until the flow's process lets go of the connection."""
        sys.path[:], python_path, initializer, initargs = cloudpickle.loads(self._connection.recv_bytes())
        _restore("PYTHONPATH", python_path)
        if initializer is not None:
            initializer(*initargs)
        threading.Thread(target=self._receive, name="pacc-receive", daemon=True).start()
        while (parcel := self._parcels.get()) is not None:
            self._busy = True
            reply = self._answer(parcel)
            self._busy = False
            self._connection.send_bytes(reply)

    def _answer(self, parcel: bytes) -> bytes:
        try:
            call: Parcel = cloudpickle.loads(parcel)
        except Exception as error:  # noqa: BLE001 - unpickling imports the user's modules
            return packed_reply(Reply(outcome=Outcome(error=error)))
        self._connection.send_bytes(STARTED)
        try:
            return packed_reply(carried_out(call))
        except BaseException as interruption:  # noqa: BLE001 - it is the task's end, not this worker's
            return packed_reply(Reply(interruption=interruption))

    def _receive(self) -> None:
        """Pass parcels on; once nobody is there to reply to, end, and take along what the function may have started."""
        try:
            while True:
                self._parcels.put(self._connection.recv_bytes())
        except (EOFError, OSError):
            if self._busy:
                os.killpg(0, signal.SIGKILL)
            self._parcels.put(None)


def answer_here(parcel: bytes) -> bytes:
    """Carry out a packed call in this thread of somebody else's worker, and return the packed reply."""
    return copy_context().run(_answer_in_its_home, parcel)


def _answer_in_its_home(parcel: bytes) -> bytes:
    try:
        call: Parcel = cloudpickle.loads(parcel)
    except Exception as error:  # noqa: BLE001 - unpickling imports the user's modules
        return packed_reply(Reply(outcome=Outcome(error=error)))
    around = call.surroundings
    try:
        if around is None or around.home == get_current_settings().home:
            return packed_reply(carried_out(call))
        with temporary_settings({"PACC_HOME": around.home}):
            return packed_reply(carried_out(call))
    except Exception as error:  # noqa: BLE001 - the cluster would wrap it in errors of its own
        return packed_reply(Reply(outcome=Outcome(error=error)))
    except BaseException as interruption:  # noqa: BLE001 - it is the task's end, not the worker's
        return packed_reply(Reply(interruption=interruption))


def _restore(variable: str, value: str | None) -> None:
    """Give a variable of the environment the value it has for the flow; programs the task starts inherit it."""
    if value is None:
        os.environ.pop(variable, None)
    else:
        os.environ[variable] = value


def carried_out(call: Parcel) -> Reply:
    """Call a task's function in its surroundings and return what it came to."""
    context = None if call.surroundings is None else _entered(call.surroundings)
    fn = gathering(call) if call.isgenerator else call.fn
    body = Body(
        fn,
        call.args,
        call.kwargs,
        variable=TaskRunContext.variable,
        context=context,
        timeout=call.timeout,
        kind="Task",
        is_generator=False,
    )
    if context is None or context.flow_context is None:
        return Reply(outcome=_driven(body, call.isasync))
    submissions = context.flow_context.submissions
    prints = patch_print() if context.log_prints else None
    try:
        if prints is not None:
            prints.__enter__()
        outcome = _driven(body, call.isasync)
        drive(submissions.join())
    finally:
        if prints is not None:
            prints.__exit__(None, None, None)
        context.run_log.close()
    return Reply(outcome=outcome, unseen=submissions.take_unseen(), asset_metadata=context.asset_metadata)


def _driven(body: Body, isasync: bool) -> Outcome:
    return run_in_own_loop(adrive(body.steps())) if isasync else drive(body.steps())


def _entered(around: Surroundings) -> TaskRunContext:
    """Return a context for a task run here, inside that of its flow run, which is active from now on."""
    store = place.current().store
    run_log = RunLog(log_path(around.home, around.flow_run["id"]))
    flow_run = _run_of(LiveFlowRun, around.flow_run, store)
    flow_context = FlowRunContext(
        flow_run,
        _parameters(around.flow_run["parameters_text"]),
        flow=around.flow,
        store=store,
        home=around.home,
        upstream=Registry(),
        submissions=Submissions(),
        log_prints=around.log_prints,
        run_log=run_log,
    )
    around.flow.persist_result = around.persist_result
    prepare_context(flow_context, around.flow)
    FlowRunContext.variable.set(flow_context)
    TagsContext.variable.set(around.tags)
    return TaskRunContext(
        _run_of(LiveTaskRun, around.task_run, store),
        {},
        task=around.task,
        flow_context=flow_context,
        log_prints=around.task_log_prints,
        run_log=run_log,
    )


def _run_of(kind: Any, columns: dict[str, Any], store: Any) -> Any:
    """Return a run as its own process had it when it sent the call; nobody moves it from here."""
    run = object.__new__(kind)
    for name, value in columns.items():
        setattr(run, name, value)
    run.store = store
    run.state = State(type=StateType.RUNNING)
    return run


def _parameters(text: str) -> dict[str, Any]:
    import json

    return dict(json.loads(text))


def main(descriptor: int) -> None:
    """Be a worker process, connected by this descriptor."""
    os.set_inheritable(descriptor, False)
    configure()
    Worker(Connection(descriptor)).work()
    sys.stdout.flush()

"""`python -m pacc.flow_engine RUN_ID`: executes a stored flow run, in a process of its own under a supervisor of its own.

The process itself becomes the supervisor, so it loads little; the flow's code is loaded by the process it forks. With `--warm` it
loads a flow instead and forks supervisors for its runner, see `pacc.runner.warm_parent`. With `--hooks` it calls what is left to be
called of runs whose own supervisors are gone, see `pacc.services.bereaved`.
"""

from __future__ import annotations

import argparse
import logging
import os
import shlex
import sys
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc.exceptions import PaccException, StaleTransition
from pacc.orchestration.run_limits import Limits
from pacc.runner.spawning import ASSIGNMENT
from pacc.runner.supervisor import Assignment, Supervisor
from pacc.services.taking_up import begin_claimed, taken_up
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pacc.engine.place import Place
    from pacc.flows import Flow
    from pacc.runner.posts import Post
    from pacc.services.live_runs import LiveFlowRun
    from pacc.services.taking_up import Claimant
    from pacc.store.scribe import Dictation

    AnyFlow = Flow[..., Any]

_LOOK_AT_CLOCK = 1.0
"""Seconds: a clock that is set while a run waits for its time is noticed so soon."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Supervise one run.

    Args:
        arguments: the words of the command line, those of this process unless given.

    Returns:
        The exit code: 0 once the outcome of the run is written, whatever it is; 1 where the run could not be executed.

    Example:
        >>> main(["0192f0c4-7d1e-7000-8000-000000000000"])  # doctest: +SKIP
        0
    """
    parser = argparse.ArgumentParser("python -m pacc.flow_engine", description="Execute a stored flow run.")
    parser.add_argument("run", nargs="?", help="the id of the flow run; with --warm, where the flow is")
    parser.add_argument(
        "--warm",
        type=int,
        nargs=2,
        metavar="FD",
        help="fork supervisors for the runner at the first socket, and have runs written through the second",
    )
    parser.add_argument(
        "--hooks", nargs="+", metavar="OPTION:RUN", help="call hooks of runs whose supervisors are gone"
    )
    parser.add_argument("--claimed-by", help="the session that claimed it")
    parser.add_argument("--quiet", action="store_true", help="pass nothing on of what it writes")
    told = parser.parse_args(_assigned(arguments))
    if told.warm is not None:
        runner, scribe = told.warm
        return _be_warm(runner, scribe, told.run)
    if told.hooks:
        return _call_all_hooks(told.hooks)
    if told.run is None:
        parser.error("which run?")
    assignment = Assignment(
        home=get_current_settings().home,
        flow_run_id=told.run,
        claimed_by=told.claimed_by,
        stream=not told.quiet,
    )
    return supervise(Supervisor(execute, call_hooks), assignment)


def supervise(supervisor: Supervisor, assignment: Assignment) -> int:
    """Supervise a run, in this process.

    Args:
        supervisor: does it.
        assignment: which run.

    Returns:
        The exit code, see `main`.
    """
    try:
        return 0 if supervisor.supervise(assignment) else 1
    except StaleTransition as beaten:
        if assignment.claimed_by is None:
            return _complain(beaten)
    except PaccException as problem:
        return _complain(problem)
    return 0


def _call_all_hooks(wanted: Sequence[str]) -> int:
    """Call hooks of runs that nobody is left to call them for, one after the other; `on_crashed:ID` says which."""
    home, supervisor = get_current_settings().home, Supervisor(execute, call_hooks)
    for each in wanted:
        option, _, run = each.partition(":")
        supervisor.call_hooks(Assignment(home=home, flow_run_id=run, stream=False), option)
    return 0


def _assigned(arguments: Sequence[str] | None) -> Sequence[str] | None:
    """Return the words of the command line, or where it has none those of the environment, which nothing started here inherits."""
    assignment = os.environ.pop(ASSIGNMENT, None)
    words = sys.argv[1:] if arguments is None else arguments
    return shlex.split(assignment) if assignment is not None and not words else words


def _be_warm(runner: int, scribe: int, entrypoint: str) -> int:
    """Load a flow, and fork a supervisor for each of its runs that the runner asks for."""
    import resource  # noqa: F401 - as below
    from socket import socket  # start-up: as below

    from pacc._internal import sessions
    from pacc.engine import flow_run, place, supervision, task_run  # noqa: F401 - loaded for the children
    from pacc.flows import load_flow_from_entrypoint
    from pacc.logging import configure
    from pacc.logging.prints import patch_print  # noqa: F401 - as above
    from pacc.runner.warm_parent import WarmParent
    from pacc.store import be_ready
    from pacc.store.scribe import Dictation
    from pacc.task_runners import threads  # noqa: F401 - as above

    loaded: list[AnyFlow] = []
    home = get_current_settings().home

    def load() -> None:
        supervision.be_loading()
        configure()
        flow = load_flow_from_entrypoint(entrypoint)
        flow.validator.prepare()
        be_ready()
        loaded.append(flow)

    def assignment_of(order: dict[str, Any]) -> Assignment:
        return Assignment(
            home=home,
            flow_run_id=order["run"],
            claimed_by=order["claimed_by"],
            stream=order["stream"],
            reminded=True,
            limits=None if order["limits"] is None else Limits(**order["limits"]),
            row=order["row"],
        )

    def be_supervisor(order: dict[str, Any] | None, post: Post) -> int:
        flow = loaded[0]
        supervisor = Supervisor(
            partial(execute, flow=flow, dictation=dictation), partial(call_hooks, flow=flow)
        )
        code = 0
        try:
            while order is not None:
                code = supervise(supervisor, assignment_of(order))
                order = post.next_order(supervisor.ears) if supervisor.is_fit else None
        finally:
            sessions.end(home)
        return 1 if supervisor.ears.terminations else code

    for descriptor in (runner, scribe):
        os.set_inheritable(descriptor, False)
    dictation = Dictation(socket(fileno=scribe))
    WarmParent(socket(fileno=runner), load, be_supervisor).serve()
    return 0


def _complain(problem: PaccException) -> int:
    sys.stderr.write(f"Error: {problem}\n" + (f"See: {problem.hint}\n" if problem.hint else ""))
    return 1


def execute(
    flow_run_id: str,
    claimant: Claimant,
    is_to_be_taken_up: bool,
    row: Mapping[str, Any] | None = None,
    flow: AnyFlow | None = None,
    dictation: Dictation | None = None,
) -> None:
    """Load a run's flow and execute it, in the process that the supervisor forked for that.

    Args:
        flow_run_id: the run.
        claimant: the supervisor, as it answers for the run.
        is_to_be_taken_up: whether the run is still to be taken up for the supervisor, or it has done so itself.
        row: the run as whoever claimed it read it a moment ago, see `pacc.services.taking_up.claimed`.
        flow: the flow, where it is loaded already.
        dictation: who writes for this process; then the store is opened only where something else is wanted of it.
    """
    from pacc.engine import supervision  # start-up: the supervisor needs none of this
    from pacc.engine.flow_run import run_taken_up

    here = _place_of(claimant.session, None if row is None else dictation)
    if is_to_be_taken_up:
        if flow is not None:  # whoever finds the run without its supervisor needs not load the flow to know
            claimant = replace(claimant, process={**claimant.process, "hooks": _hooks_of(flow)})
        run = _taken_up(here, flow_run_id, claimant, row)
        if run is None:
            return
    else:
        run = taken_up(here.store, flow_run_id)
    flow = flow or _loaded(here, run)
    if flow is not None:
        supervision.tell(hooks=_hooks_of(flow), begun=run.claimed_by is None)
        if claimant.claimed_by is not None:  # else a person wants it to begin now
            _wait_until(run.next_scheduled_start_time)
        try:
            if run_taken_up(flow, run).is_final():
                supervision.tell(ended=run.usage)
        except StaleTransition as moved:  # it was cancelled meanwhile, or ended by someone else
            if run.claimed_by is not None:
                supervision.tell(elsewhere=True)
            logging.getLogger("pacc.engine").info("%s", moved)


def _hooks_of(flow: AnyFlow) -> list[str]:
    """Return the options of a flow that have hooks."""
    return [option for option, hooks in flow.hooks.items() if hooks]


def _wait_until(due: int | None) -> None:
    """Wait for the time of a run that was claimed before it, in microseconds since the epoch."""
    while due is not None and (left := (due - clock.now()) / 1_000_000) > 0:
        time.sleep(min(left, _LOOK_AT_CLOCK))


def _taken_up(
    here: Place, flow_run_id: str, claimant: Claimant, row: Mapping[str, Any] | None
) -> LiveFlowRun | None:
    """Take a run up for the supervisor, and tell it so; `None` where that is not to be had."""
    from pacc.engine import supervision  # start-up: as above

    try:
        return begin_claimed(here.store, flow_run_id, claimant, row)
    except StaleTransition:  # somebody else has it by now, or it was cancelled
        supervision.tell(elsewhere=True)
    except PaccException as problem:
        _complain(problem)
    return None


def _place_of(session: str, dictation: Dictation | None = None) -> Place:
    from pacc._internal import sessions  # start-up: as above
    from pacc.engine import place
    from pacc.store import end_with_process, open_store

    end_with_process()
    home = get_current_settings().home
    sessions.adopt(home, session)
    open_store(home, dictation=dictation)
    return place.current()


def _loaded(here: Place, run: LiveFlowRun) -> AnyFlow | None:
    """Return the run's flow; where it cannot be loaded the run has crashed, and its log says why."""
    from pacc.logging import flow_run_logger  # start-up: as above
    from pacc.states import Crashed

    try:
        return _flow_of(here, run)
    except PaccException as problem:
        cause = getattr(problem, "user_exc", None)
        flow_run_logger(run).error("The flow could not be loaded: %s", problem, exc_info=cause)
        run.advance(Crashed(message=f"The flow could not be loaded: {problem}"))
    return None


def _flow_of(here: Place, run: LiveFlowRun) -> AnyFlow:
    """Return the run's flow, from where its deployment has it, or where the run itself says.

    Raises:
        PaccException: there is nothing to load, or it cannot be loaded.
    """
    from pacc.exceptions import MissingFlowError  # start-up: as above
    from pacc.flows import load_flow_from_entrypoint
    from pacc.services.taking_up import code_of

    code = code_of(here.store, run.id)
    if code.entrypoint is None:
        raise MissingFlowError(f"the flow run {run.name!r} does not say where its code is")
    os.environ.update(code.environment)
    folder = code.job_variables.get("working_dir") or code.path
    if folder:
        _enter(folder)
    if code.pull_steps:
        _pull(here, run, code.pull_steps, enter=not folder)
    return load_flow_from_entrypoint(code.entrypoint)


def _pull(here: Place, run: LiveFlowRun, steps: list[dict[str, Any]], *, enter: bool) -> None:
    """Bring the run's code here, into a folder of its own unless its deployment names one, and enter where it is."""
    from pacc.deployments.steps.core import needs_folder, run_pull_steps  # start-up: as above
    from pacc.runner import workplace

    if enter and needs_folder(steps):
        _enter(str(workplace.make(here.home, run.id)))
    run_pull_steps(steps, partial(_tell_of_step, here, run))


def _tell_of_step(here: Place, run: LiveFlowRun, number: int, name: str, is_well: bool) -> None:
    """Say, as an event, that a pull step was carried out, or failed; its inputs may be secrets and are not said."""
    from pacc.schemas.events import Event, RelatedResource, Resource  # start-up: few runs have pull steps
    from pacc.services import events

    related = {"pacc.resource.id": f"pacc.deployment.{run.deployment_id}", "pacc.resource.role": "deployment"}
    said = Event(
        event=f"pacc.flow-run.pull-step.{'executed' if is_well else 'failed'}",
        resource=Resource({"pacc.resource.id": f"pacc.flow-run.{run.id}", "pacc.resource.name": run.name}),
        related=[RelatedResource(related)] if run.deployment_id else [],
        payload={"index": number, "qualified_name": name, "step_name": name.rpartition(".")[2]},
    )
    events.record(here.store, said)


def _enter(folder: str) -> None:
    from pacc.exceptions import MissingFlowError  # start-up: as above

    try:
        os.chdir(os.path.expanduser(folder))
    except OSError as error:
        raise MissingFlowError(f"its folder {folder!r} cannot be entered: {error.strerror}") from None


def call_hooks(flow_run_id: str, session: str, option: str, flow: AnyFlow | None = None) -> None:
    """Call the hooks of a run whose own process did not live to call them.

    Args:
        flow_run_id: the run.
        session: the supervisor's session.
        option: which hooks, e.g. `on_crashed`.
        flow: the flow, where it is loaded already.
    """
    from pacc.engine.flow_run import call_stored_hooks  # start-up: as above

    here = _place_of(session)
    run = taken_up(here.store, flow_run_id)
    try:
        flow = flow or _flow_of(here, run)
    except PaccException:  # the run's log has it, if the flow was ever loaded
        return
    call_stored_hooks(flow, run, option)


if __name__ == "__main__":
    sys.exit(main())

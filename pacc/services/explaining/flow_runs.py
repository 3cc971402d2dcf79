"""Why a flow run is in the state it is in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pacc._internal.counting import counted
from pacc.orchestration.transitions import KILLING
from pacc.schemas.explanations import Explanation
from pacc.schemas.states import StateType
from pacc.services.explaining.waiting import obstacle
from pacc.services.explaining.words import clock_time, length
from pacc.services.shell_queue import STASHED

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.states import State
    from pacc.store import Store


def why_flow_run(store: Store, run: FlowRun) -> Explanation:
    """Return why a flow run is in the state it is in.

    Args:
        store: where it is kept.
        run: the run, as it is now.

    >>> why_flow_run(store, flow_runs.find(store, "@failed")).answer  # doctest: +SKIP
    "It failed: Flow run encountered an exception: ValueError: no such city"
    """
    store.journal.flush()
    told = _TOLD.get(run.state_type, _plainly) if run.state_type is not None else _plainly
    return told(store, run)


def _explained(run: FlowRun, answer: str, *facts: str | None, next_step: str | None = None) -> Explanation:
    subject = f'flow run "{run.name}" ({run.state_name})'
    kept = tuple(fact for fact in facts if fact)
    return Explanation(subject=subject, answer=answer, facts=kept, next_step=next_step)


def _plainly(store: Store, run: FlowRun) -> Explanation:
    del store
    state = run.state
    return _explained(run, f"It is {run.state_name}{_because(state)}.")


def _scheduled(store: Store, run: FlowRun) -> Explanation:
    due, now = run.next_scheduled_start_time, datetime.now(UTC)
    message = run.state.message if run.state else None
    maker = _maker(run)
    if run.state_name == "AwaitingRetry":
        when = f" in {length((due - now).total_seconds())}" if due and due > now else " now"
        answer = f"It is tried again{when}, for the {_ordinal(run.run_count + 1)} time, since it failed"
        return _explained(
            run, f"{answer}: {message}" if message else f"{answer}.", maker, next_step=_logs(run)
        )
    if run.state_name == STASHED:
        return _explained(run, "It was put aside.", next_step=f"pacc shell enqueue {run.id}")
    if due is not None and due > now:
        when = f"{clock_time(due)}, in {length((due - now).total_seconds())}"
        return _explained(run, f"It waits for its time: {when}.", maker, _said(message))
    found = obstacle(store, run)
    late = f"It was due {length((now - due).total_seconds())} ago and waits" if due else "It waits"
    return _explained(
        run, f"{late}: {found.sentence}.", *found.facts, maker, _said(message), next_step=found.next_step
    )


def _pending(store: Store, run: FlowRun) -> Explanation:
    del store
    if run.state_name == "NotReady":
        return _explained(
            run, f"It was not run: {run.state.message if run.state else ''}", next_step=_graph(run)
        )
    who = f" by process {run.infrastructure_pid}" if run.infrastructure_pid else ""
    since = _since(run)
    return _explained(run, f"It is being started{who} for {since}; its code has not begun.", _maker(run))


def _running(store: Store, run: FlowRun) -> Explanation:
    counts = _counts(store, run)
    busy = ", ".join(f"{number} {name}" for name, number in counts.items())
    process = run.process or {}
    command = f": {process['command']}" if process.get("command") else ""
    where = f"Process {process.get('pid')} executes it{command}." if process else None
    tasks = f"Its task runs: {busy}." if busy else "It has called no task yet."
    again = f"This is its {_ordinal(run.run_count)} start." if run.run_count > 1 else None
    return _explained(
        run, f"It runs for {_since(run)}.", tasks, where, again, _maker(run), next_step=_logs(run)
    )


def _paused(store: Store, run: FlowRun) -> Explanation:
    del store
    until = run.state.state_details.pause_timeout if run.state else None
    ends = f" Nobody having resumed it by {clock_time(until)}, it fails." if until else ""
    kind = "Its process has ended; resuming starts it anew." if run.state_name == "Suspended" else None
    return _explained(
        run, f"It waits for somebody to resume it, for {_since(run)} now.{ends}", kind,
        next_step=f"pacc flow-run resume {run.id}",
    )  # fmt: skip


def _cancelling(store: Store, run: FlowRun) -> Explanation:
    del store
    asked, happens = (
        ("kill", "are being killed") if run.state_name == KILLING else ("cancel", "are given time to end")
    )
    return _explained(
        run,
        f"Somebody asked to {asked} it {_since(run)} ago; its processes {happens}.",
        _maker(run),
    )


def _completed(store: Store, run: FlowRun) -> Explanation:
    counts = _counts(store, run)
    cached = counts.get("Cached", 0)
    runs = counted(sum(counts.values()), "task run")
    told = f"{runs}, {cached} of them answered from the cache." if cached else None
    return _explained(run, f"It ended well{_because(run.state)}.", told, next_step=_graph(run))


def _ended_badly(store: Store, run: FlowRun) -> Explanation:
    rows = store.read("explaining.bad_ends", {"flow_run_id": str(run.id)})
    culprits = [
        f'Task run "{row["name"]}" {row["state_name"].lower()}: {row["state_message"]}' for row in rows
    ]
    tries = f"It was started {run.run_count} times." if run.run_count > 1 else None
    word = "crashed" if run.state_type is StateType.CRASHED else "failed"
    return _explained(
        run, f"It {word}{_because(run.state)}", *culprits, tries, _used(run), _maker(run),
        next_step=f"pacc flow-run retry {run.id}",
    )  # fmt: skip


def _cancelled(store: Store, run: FlowRun) -> Explanation:
    del store
    begun = "Its code had begun." if run.start_time else "Its code never began."
    return _explained(run, f"It was cancelled{_because(run.state)}", begun, _used(run), _maker(run))


_TOLD: dict[StateType, Callable[[Store, FlowRun], Explanation]] = {
    StateType.SCHEDULED: _scheduled,
    StateType.PENDING: _pending,
    StateType.RUNNING: _running,
    StateType.PAUSED: _paused,
    StateType.CANCELLING: _cancelling,
    StateType.COMPLETED: _completed,
    StateType.FAILED: _ended_badly,
    StateType.CRASHED: _ended_badly,
    StateType.CANCELLED: _cancelled,
}


def _because(state: State[object] | None) -> str:
    return f": {state.message}" if state is not None and state.message else ""


def _said(message: str | None) -> str | None:
    return f"Its state says: {message}" if message else None


def _maker(run: FlowRun) -> str | None:
    if run.auto_scheduled:
        return "A schedule of its deployment made it."
    if run.created_by is not None and run.created_by.display_value:
        return f"It was made by {run.created_by.display_value}."
    return "Another flow run called it." if run.parent_flow_run_id else None


def _used(run: FlowRun) -> str | None:
    used = run.usage or {}
    told = []
    if used.get("signal"):
        told.append(f"ended by {used['signal']}")
    elif used.get("exit_code"):
        told.append(f"exit code {used['exit_code']}")
    if used.get("peak_memory"):
        told.append(f"at most {used['peak_memory'] / (1 << 20):,.0f} MiB of memory")
    if used.get("cpu_seconds") is not None:
        told.append(f"{used['cpu_seconds']:.1f} s of CPU")
    return f"Its processes: {', '.join(told)}." if told else None


def _counts(store: Store, run: FlowRun) -> dict[str, int]:
    return {
        row["state_name"]: row["number"]
        for row in store.read("explaining.ends", {"flow_run_id": str(run.id)})
    }


def _since(run: FlowRun) -> str:
    began = run.state.timestamp if run.state else datetime.now(UTC)
    return length((datetime.now(UTC) - began).total_seconds())


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _logs(run: FlowRun) -> str:
    return f"pacc flow-run logs {run.id}"


def _graph(run: FlowRun) -> str:
    return f"pacc flow-run graph {run.id}"

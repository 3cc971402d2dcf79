"""What flow runs and task runs have in common when they are shown: state, age, duration, history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.presentation.as_json import json_text
from pacc.presentation.states import state_cell
from pacc.presentation.tables import Cell, cell
from pacc.presentation.times import ago, lasted, local

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.states import State
    from pacc.schemas.task_runs import TaskRun

    Fact = tuple[str, Cell]


def run_state(run: FlowRun | TaskRun, *, glyphs: bool) -> Cell:
    """Return where a run stands, as a cell."""
    return state_cell(run.state_type or "", run.state_name or "", glyphs=glyphs)


def age(run: FlowRun | TaskRun, now: datetime) -> Cell:
    """Return how long ago a run entered its state, or for one that waits, how far ahead its time is."""
    moment = run.next_scheduled_start_time or (run.state.timestamp if run.state else run.created)
    return cell(ago(moment, now))


def run_took(run: FlowRun | TaskRun) -> Cell:
    """Return how long a run's code has run so far; nothing for one that never started."""
    return cell(lasted(run.estimated_run_time) if run.start_time else None)


def times(run: FlowRun | TaskRun, now: datetime) -> list[Fact]:
    """Return when a run was made, was due, began and ended, each with its age, and how long it took."""
    moments = [
        ("Created", run.created),
        ("Expected", run.expected_start_time),
        ("Due", run.next_scheduled_start_time),
        ("Started", run.start_time),
        ("Ended", run.end_time),
    ]
    facts = [(label, cell(f"{local(at)} ({ago(at, now)})" if at else None)) for label, at in moments]
    return [*facts, ("Took", run_took(run))]


def state_history(history: Iterable[State[Any]], *, glyphs: bool) -> list[Fact]:
    """Return a run's states as facts, the first of them labelled."""
    facts: list[Fact] = []
    for state in history:
        shown = state_cell(state.type, state.name, glyphs=glyphs)
        facts.append(
            ("" if facts else "States", Cell(f"{local(state.timestamp)}  {shown.text}", shown.color))
        )
    return facts


def data(value: Mapping[str, Any] | Sequence[Any] | None) -> Cell:
    """Return structured data as one line of JSON, nothing when there is none."""
    return cell(json_text(value) if value else None)


def present(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the facts that say something."""
    return tuple((label, value) for label, value in facts if value.text)

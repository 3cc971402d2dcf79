"""What stands beside a run's timeline: its parameters, artifacts, states, result, what it hangs together with, what it used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal.sizes import size
from pacc._internal.visible import visible
from pacc.presentation.artifacts import artifact_text
from pacc.presentation.as_json import json_text
from pacc.presentation.states import mark, state_cell
from pacc.presentation.tables import Cell, cell
from pacc.presentation.text import pad, width
from pacc.presentation.times import clock_time, lasted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.artifacts import Artifact
    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.graphs import FlowRunGraph, GraphNode
    from pacc.schemas.results import KeptResult
    from pacc.schemas.states import State
    from pacc.schemas.task_runs import TaskRun

NAMES = ("parameters", "artifacts", "states", "result", "dependencies", "resources")


class PaneLine(NamedTuple):
    """One line of a pane."""

    cells: tuple[Cell, ...]
    """As it stands in the pane, cut where there is no room."""
    whole: tuple[str, ...] = ()
    """What is read when it is opened; nothing for what is whole already."""
    run: tuple[str, str] | None = None
    """The kind and the id of the run it leads to."""


def nothing(said: str) -> list[PaneLine]:
    """Return the one line of a pane that has nothing to show.

    Example:
        >>> nothing("no artifacts")[0].cells[0].text
        'no artifacts'
    """
    return [PaneLine((Cell(said, "bright_black"),))]


def fact_lines(facts: Iterable[tuple[str, Cell]]) -> list[PaneLine]:
    """Return labelled values as lines with the values in one column; those without a value are left out."""
    kept = [(label, value) for label, value in facts if value.text]
    widest = max((width(label) for label, _ in kept), default=0) + 2
    return [
        PaneLine((Cell(pad(label, widest), "bright_black"), value), (label, value.text))
        for label, value in kept
    ]


def parameter_lines(
    parameters: Mapping[str, Any], defaults: Mapping[str, Any] | None = None
) -> list[PaneLine]:
    """Return parameters as lines, each with its value as JSON.

    Args:
        parameters: their values by name.
        defaults: what the deployment would have given, to tell what was given for this run; `None` where there is none.
    """
    widest = max((width(visible(name)) for name in parameters), default=0) + 2
    found = []
    for name, value in parameters.items():
        given = defaults is not None and (name not in defaults or defaults[name] != value)
        cells = (
            Cell(pad(visible(name), widest), "cyan"),
            cell(json_text(value)),
            Cell("  given" if given else "", "yellow"),
        )
        found.append(
            PaneLine(cells, (visible(name), *visible(json_text(value, indent=2), lines=True).split("\n")))
        )
    return found or nothing("no parameters")


def artifact_lines(artifacts: Sequence[Artifact]) -> list[PaneLine]:
    """Return artifacts as lines: key, kind, and the beginning of what it says."""
    widest = max((width(visible(each.key or "")) for each in artifacts), default=0) + 2
    found = []
    for each in artifacts:
        text = artifact_text(each.type, each.data)
        head = next((line for line in text if line.strip()), "")
        named = pad(visible(each.key or "no key"), widest)
        kind = visible(each.type or "value")
        whole = (
            f"{named.strip()}  {kind}",
            *([visible(each.description)] if each.description else []),
            "",
            *text,
        )
        found.append(
            PaneLine((Cell(named, "cyan"), Cell(f"{kind}  ", "bright_black"), Cell(head)), tuple(whole))
        )
    return found or nothing("no artifacts")


def state_lines(history: Sequence[State[Any]], now: datetime, *, glyphs: bool = True) -> list[PaneLine]:
    """Return states as lines, the first one first: when it was entered, how long it lasted, and what it said.

    Args:
        history: the states, the first one first.
        now: the present moment.
        glyphs: false where only ASCII may be drawn.
    """
    found = []
    ends: list[datetime | None] = [state.timestamp for state in history[1:]]
    for state, ended in zip(history, [*ends, None], strict=True):
        took = "" if ended is None else lasted(ended - state.timestamp)
        message = visible(_without_lead((state.message or "").strip().split("\n")[0]))
        cells = (
            Cell(f"{_clock(state.timestamp, now)}  ", "bright_black"),
            state_cell(state.type, state.name, glyphs=glyphs),
            Cell(f"  {took}" if took else "", "bright_black"),
            Cell(f"  {message}" if message else ""),
        )
        told = visible(state.message or "", lines=True).split("\n") if state.message else []
        found.append(
            PaneLine(
                cells, (f"{state.timestamp.astimezone().isoformat(sep=' ')}  {visible(state.name)}", *told)
            )
        )
    return found


def _without_lead(message: str) -> str:
    """Return a message without the words every failed run's begins with."""
    return message.removeprefix("Task run encountered an exception: ").removeprefix(
        "Flow run encountered an exception: "
    )


def _clock(moment: datetime, now: datetime) -> str:
    told = clock_time(moment, now)
    return f"{told}.{moment.microsecond // 1000:03}" if told.count(":") == 2 else told


def result_lines(state: State[Any] | None, kept: Sequence[KeptResult], now: datetime) -> list[PaneLine]:
    """Return what is known of a run's result: what was kept of it, and where a cached one came from."""
    found: list[PaneLine] = []
    details = None if state is None else state.state_details
    if details is not None:
        found += fact_lines(
            [
                ("cache key", cell(details.cache_key)),
                ("caching", cell(details.cache_reason)),
                ("from", cell(getattr(details, "cached_from", None))),
            ]
        )
    for each in kept:
        found += fact_lines(
            [
                ("kept", cell(each.key, "cyan")),
                ("size", cell(size(each.size))),
                ("as", cell(each.serializer.get("type"))),
                ("in", cell(each.storage)),
                ("until", cell(clock_time(each.expiration, now))),
            ]
        )
    if kept:
        found.append(
            PaneLine((Cell("$ ", "bright_black"), Cell(f"pacc result inspect {kept[0].key}", "green")))
        )
    return found or nothing("no result is kept")


def dependency_lines(graph: FlowRunGraph, run_id: str, *, glyphs: bool = True) -> list[PaneLine]:
    """Return what a run hangs together with: who called it, what it got results from, what got its result, what it called.

    Args:
        graph: the graph of the flow run it belongs to.
        run_id: the run.
        glyphs: false where only ASCII may be drawn.
    """
    nodes = {node.id: node for node in graph.nodes}
    here = next((node for node in graph.nodes if str(node.id) == run_id), None)
    if here is None:
        return nothing("not in this graph")
    found: list[PaneLine] = []
    if here.inside is not None:
        found.append(_line("called by", "", nodes[here.inside], glyphs=glyphs))
    sources = [(edge.parameter, nodes[edge.source]) for edge in graph.edges if edge.target == here.id]
    targets = [(edge.parameter, nodes[edge.target]) for edge in graph.edges if edge.source == here.id]
    found += _few("from", sources, glyphs=glyphs)
    found += _few("to", targets, glyphs=glyphs)
    found += _few("called", [("", node) for node in graph.nodes if node.inside == here.id], glyphs=glyphs)
    return found or nothing("nothing")


_MOST = 100


def _few(label: str, named: Sequence[tuple[str, GraphNode]], *, glyphs: bool) -> Iterator[PaneLine]:
    for name, node in named[:_MOST]:
        yield _line(label, name, node, glyphs=glyphs)
    if len(named) > _MOST:
        yield PaneLine((Cell(f"{pad(label, 10)} and {len(named) - _MOST:,} more", "bright_black"),))


def _line(label: str, name: str, node: GraphNode, *, glyphs: bool) -> PaneLine:
    sign = mark(node.state_type, node.state_name)
    cells = (
        Cell(pad(label, 10), "bright_black"),
        Cell(f"{sign.glyph if glyphs else sign.letter} ", sign.color),
        cell(node.name),
        Cell(f"  as {visible(name)}" if name else "", "bright_black"),
    )
    return PaneLine(cells, run=(node.kind, str(node.id)))


def input_lines(run: TaskRun, graph: FlowRunGraph | None, *, glyphs: bool = True) -> list[PaneLine]:
    """Return the inputs of a task run as lines: which were results of other runs; values themselves are not recorded.

    Args:
        run: the task run.
        graph: the graph that has the names of the runs the inputs came from.
        glyphs: false where only ASCII may be drawn.
    """
    nodes = {} if graph is None else {str(node.id): node for node in graph.nodes}
    nodes |= (
        {} if graph is None else {str(node.task_run_id): node for node in graph.nodes if node.task_run_id}
    )
    found: list[PaneLine] = []
    for name, sources in run.task_inputs.items():
        if name == "__parents__":
            continue
        known = [nodes[str(each.get("id"))] for each in sources if str(each.get("id")) in nodes]
        found += _few(visible(name), [("", node) for node in known], glyphs=glyphs)
        if not known:
            found.append(PaneLine((Cell(pad(visible(name), 10), "cyan"), Cell(" a value", "bright_black"))))
    return found or nothing("no result of another run went in")


def resource_lines(run: FlowRun, names: Mapping[UUID, str]) -> list[PaneLine]:
    """Return where a flow run ran and what it used, as far as somebody stood by to see it.

    Args:
        run: the flow run.
        names: the full names of deployments by id.
    """
    used = run.usage or {}
    memory, seconds = used.get("peak_memory"), used.get("cpu_seconds")
    return fact_lines(
        [
            ("peak memory", cell(None if memory is None else size(memory))),
            ("processor", cell(None if seconds is None else f"{seconds:.2f} s")),
            ("exit code", cell(used.get("exit_code"))),
            ("signal", cell(used.get("signal"))),
            ("ran", cell(lasted(run.total_run_time))),
            ("process", cell(run.infrastructure_pid)),
            ("deployment", cell(names.get(run.deployment_id) if run.deployment_id else None)),
            ("work pool", cell(run.work_pool_name)),
            ("work queue", cell(run.work_queue_name)),
            ("log", cell(run.log_file)),
            ("tags", cell(", ".join(run.tags) or None)),
        ]
    ) or nothing("nobody stood by to see")


def task_resource_lines(run: TaskRun) -> list[PaneLine]:
    """Return what a task run may take and what it took: tries, tags, times."""
    policy = run.empirical_policy
    return fact_lines(
        [
            ("ran", cell(lasted(run.total_run_time))),
            ("tries", cell(f"{run.run_count} of {(policy.retries or policy.max_retries or 0) + 1}")),
            ("tags", cell(", ".join(run.tags) or None)),
            ("task", cell(run.task_key)),
            ("version", cell(run.task_version)),
        ]
    )

"""Templates in actions: Jinja in a sandbox, bounded in what it may touch, how often it may loop and how much it may say."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from pacc._internal.aliases import canonical
from pacc._internal.jsontext import dumps
from pacc.exceptions import InvalidValueError, TemplateError
from pacc.schemas.events import RESOURCE_ID, Event, Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jinja2 import Template

LONGEST_RANGE = 100
MOST_LOOPS = 10
DEEPEST_LOOP = 2
MOST_ROUNDS = 10_000
"""How often one loop goes round."""
LONGEST_OUTPUT = 1_000_000
MOST_SECONDS = 2.0

_KINDS = {
    "FlowRun": "flow-run", "TaskRun": "task-run", "Deployment": "deployment", "Flow": "flow",
    "WorkPool": "work-pool", "WorkQueue": "work-queue", "Automation": "automation",
}  # fmt: skip
_UNBOUNDED_METHODS = frozenset(
    {"center", "encode", "expandtabs", "format", "format_map", "ljust", "rjust", "translate", "zfill"}
)
_UNBOUNDED_FILTERS = ("batch", "center", "format", "indent", "slice", "wordwrap")


def check(template: str, *, as_json: bool = False) -> None:
    """See whether a template can be read, and stays within bounds.

    Raises:
        InvalidValueError: it cannot, or does not.

    >>> check("{{ event.event }}")
    """
    _compiled(template, as_json)


def render(template: str, values: Mapping[str, Any], *, as_json: bool = False) -> str:
    r"""Return what a template says.

    Args:
        template: the template.
        values: what names in it mean.
        as_json: whether it says JSON: what is put into it cannot end the text it stands in. `tojson` says a whole value.

    Raises:
        TemplateError: it fails, reaches for what it may not have, takes too long or says too much.

    >>> render("{{ labels.city | upper }}", {"labels": {"city": "Ulm"}})
    'ULM'
    >>> print(render('{"said": "{{ said }}"}', {"said": 'a "b"'}, as_json=True))
    {"said": "a \"b\""}
    """
    if "{" not in template:
        return template
    from jinja2 import TemplateError as JinjaError  # start-up: few processes render templates

    pieces: list[str] = []
    size = 0
    until = time.monotonic() + MOST_SECONDS
    try:
        for piece in _compiled(template, as_json).generate({**values, "_until": until}):
            pieces.append(piece)
            size += len(piece)
            _be_brief(size)
            _hurry(until)
    except TemplateError:
        raise
    except (JinjaError, InvalidValueError) as error:
        raise TemplateError(f"the template cannot be filled: {error}") from error
    except (
        RecursionError,
        MemoryError,
        ArithmeticError,
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
    ) as error:
        raise TemplateError(f"the template cannot be filled: {type(error).__name__}: {error}") from error
    return "".join(pieces)


def names_in(template: str) -> set[str]:
    """Return the names a template asks for.

    >>> sorted(names_in("{{ flow_run.name }} of {{ flow.name }}"))
    ['flow', 'flow_run']
    """
    if "{" not in template:
        return set()
    from jinja2 import meta  # start-up: few processes render templates

    return set(meta.find_undeclared_variables(_environment().parse(template)))


@lru_cache(maxsize=256)
def _compiled(template: str, as_json: bool) -> Template:
    from jinja2 import TemplateSyntaxError, nodes  # start-up: few processes render templates

    environment = _json_environment() if as_json else _environment()
    try:
        tree = environment.parse(template)
    except (TemplateSyntaxError, RecursionError) as error:
        where = f" in line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        raise InvalidValueError(f"the template cannot be read{where}: {error}") from None
    loops = list(tree.find_all(nodes.For))
    if len(loops) > MOST_LOOPS:
        raise InvalidValueError(f"the template has {len(loops)} loops; {MOST_LOOPS} are allowed")
    if _depth(tree, nodes.For) > DEEPEST_LOOP:
        raise InvalidValueError(f"loops in a template stand in each other {DEEPEST_LOOP} deep at most")
    for loop in loops:
        until = nodes.Name("_until", "load")
        loop.iter = nodes.Filter(loop.iter, "bounded", [until], [], None, None)
        if loop.recursive:
            raise InvalidValueError("a loop in a template is not recursive")
    if next(iter(tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends))), None):
        raise InvalidValueError("a template stands alone: it cannot include another")
    made: Template = environment.from_string(tree)
    return made


def _depth(node: Any, kind: type) -> int:
    inside = max((_depth(child, kind) for child in node.iter_child_nodes()), default=0)
    return inside + isinstance(node, kind)


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # start-up: few processes render templates

    class Bounded(ImmutableSandboxedEnvironment):
        """Lets templates call methods of plain values and events, and nothing else."""

        intercepted_binops = frozenset({"*", "**", "%"})

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            """Say whether an attribute may be read."""
            if isinstance(obj, str | bytes) and attr in _UNBOUNDED_METHODS:
                return False
            return super().is_safe_attribute(obj, attr, value)

        def is_safe_callable(self, obj: Any) -> bool:
            """Say whether something may be called."""
            if not super().is_safe_callable(obj):
                return False
            owner = getattr(obj, "__self__", None)
            return isinstance(owner, _PLAIN) or type(obj).__module__.startswith("jinja2") or obj in _CALLED

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            """Calculate with numbers only, and not with large ones."""
            del context
            numbers = isinstance(left, int | float) and isinstance(right, int | float)
            if not numbers or (operator == "**" and (abs(left) > 1e6 or abs(right) > 100)):
                raise TemplateError(
                    f"a template may not calculate {type(left).__name__} {operator} {right!r}"
                )
            return self.binop_table[operator](left, right)

    environment = Bounded(autoescape=False)
    for name in _UNBOUNDED_FILTERS:
        del environment.filters[name]
    environment.globals = {"range": _range, "dict": dict}
    environment.filters |= {
        "bounded": _bounded,
        "error_summary": _error_summary,
        "flow_run_id": flow_run_id,
        "from_cloud_event": _from_cloud_event,
        "humanize": humanize,
        "replace": _replaced,
        "tojson": _to_json,
        "ui_resource_events_url": how_to_see_events,
        "ui_url": how_to_see,
    }
    return environment


@lru_cache(maxsize=1)
def _json_environment() -> Any:
    return _environment().overlay(finalize=_within_json)


class Json(str):
    """JSON as a template says it, which stands for itself where the template says JSON."""

    __slots__ = ()


def _within_json(value: Any) -> str:
    return value if isinstance(value, Json) else json.dumps(str(value), ensure_ascii=False)[1:-1]


def _range(*limits: int) -> range:
    found = range(*limits)
    if len(found) > LONGEST_RANGE:
        raise TemplateError(f"a range in a template has {LONGEST_RANGE} numbers at most")
    return found


_PLAIN = (str, int, float, list, tuple, dict, set, frozenset, datetime, timedelta, Event, Resource)
_CALLED: tuple[Callable[..., Any], ...] = (_range, dict)


def _bounded(values: Any, until: float) -> Iterator[Any]:
    for value in islice(values, MOST_ROUNDS):
        _hurry(until)
        yield value


def _hurry(until: float) -> None:
    if time.monotonic() > until:
        raise TemplateError(f"the template takes longer than {MOST_SECONDS:g} s")


def _be_brief(size: int) -> None:
    if size > LONGEST_OUTPUT:
        raise TemplateError(f"the template says more than {LONGEST_OUTPUT:,} characters")


def _replaced(text: Any, old: str, new: str) -> str:
    told = str(text)
    _be_brief(len(told) + told.count(old) * len(new))
    return told.replace(old, new)


def _to_json(value: Any, indent: int | None = None) -> Json:
    from pacc.schemas.plain import plain_data  # start-up: few templates ask for it

    told = plain_data(value)
    return Json(json.dumps(told, indent=min(indent, 8)) if indent else dumps(told))


def _from_cloud_event(body: Any, headers: Mapping[str, str]) -> Json:
    """Return the JSON of the event that a CloudEvent tells, whose attributes are in the body or in headers."""
    told = body if isinstance(body, dict) and "specversion" in body else {}
    found = told or {name[3:]: value for name, value in headers.items() if name.startswith("ce-")}
    if not all(isinstance(found.get(name), str) for name in ("type", "source")):
        raise TemplateError("the call tells no CloudEvent: it has no type and no source")
    resource = {RESOURCE_ID: found.get("subject") or found["source"], "cloudevents.source": found["source"]}
    attributes = {name: value for name, value in found.items() if name != "data"}
    payload = {"cloudevents": attributes, "data": told.get("data") if told else body}
    made = {"event": found["type"], "resource": resource, "payload": payload}
    return Json(dumps(made | ({"occurred": found["time"]} if found.get("time") else {})))


def _error_summary(run: Any) -> str:
    from pacc.schemas.failures import error_summary  # start-up: few templates ask for it

    return error_summary(getattr(run, "state", None)) or ""


def how_to_see(thing: Any) -> str:
    """Return the command that shows a flow run, a deployment, ... or what an event is about.

    >>> how_to_see(Resource({"pacc.resource.id": "pacc.flow-run.1"}))
    'pacc flow-run inspect 1'
    """
    if isinstance(thing, Event):
        thing = thing.resource
    if isinstance(thing, Resource):
        kind, _, identity = canonical(thing.id).removeprefix("pacc.").partition(".")
        known = canonical(thing.id).startswith("pacc.") and kind in _KINDS.values()
        return f"pacc {kind} inspect {identity}" if known else how_to_see_events(thing)
    kind = _KINDS.get(type(thing).__name__, "")
    return f"pacc {kind} inspect {thing.id}" if kind else ""


def how_to_see_events(thing: Any) -> str:
    """Return the command that lists the events of a resource, a flow run, ...

    >>> how_to_see_events(Resource({"pacc.resource.id": "pacc.flow-run.1"}))
    'pacc events ls -r pacc.flow-run.1'
    """
    if isinstance(thing, Event):
        thing = thing.resource
    if isinstance(thing, Resource):
        return f"pacc events ls -r {canonical(thing.id)}"
    kind = _KINDS.get(type(thing).__name__, "")
    return f"pacc events ls -r pacc.{kind}.{thing.id}" if kind else ""


def flow_run_id(event: Any) -> str | None:
    """Return the id of the flow run an event is about or related to.

    >>> flow_run_id(Event(event="x", resource={"pacc.resource.id": "pacc.flow-run.1"}))
    '1'
    """
    if not isinstance(event, Event):
        return str(event.id) if type(event).__name__ == "FlowRun" else None
    for resource in event.involved_resources:
        known = canonical(resource.id)
        if known.startswith("pacc.flow-run."):
            return known.removeprefix("pacc.flow-run.")
    return None


def humanize(value: Any) -> str:
    """Return a moment or a length of time for people.

    >>> humanize(timedelta(seconds=90)), humanize(None)
    ('1 minute', '')
    """
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        away = moment - datetime.now(UTC)
        length = humanize(abs(away))
        return f"in {length}" if away > timedelta(0) else f"{length} ago"
    if not isinstance(value, timedelta):
        return "" if value is None else str(value)
    seconds = value.total_seconds()
    for unit_seconds, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit_seconds:
            count = int(seconds // unit_seconds)
            return f"{count} {unit}{'s' * (count > 1)}"
    return f"{int(seconds)} second{'s' * (int(seconds) != 1)}"

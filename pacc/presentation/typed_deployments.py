"""Deployments as Python source with types: what `pacc sdk generate` writes. The same deployments give the same text."""

from __future__ import annotations

import json
import keyword
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pacc.schemas.deployments import Deployment

MARK = (
    '"""Deployments of a pacc store, with the types of their parameters; written by `pacc sdk generate`."""'
)
"""The first line of what is written."""

_FORMATS = {"date-time": "datetime", "date": "date", "time": "time", "duration": "timedelta", "uuid": "UUID"}
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_TAKEN = {"self", "others"}


class _Field(NamedTuple):
    """A parameter, or a field of an object."""

    name: str
    hint: str
    is_required: bool


def source(deployments: Iterable[Deployment], templates: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a module that starts runs of deployments by methods with their parameters.

    Args:
        deployments: which; each needs another name.
        templates: the base job template of each work pool, by its name.
    """
    ordered = sorted(deployments, key=lambda each: each.full_name)
    names = _class_names(each.full_name for each in ordered)
    classes = [
        "\n\n\n".join(_class(each, names[each.full_name], templates.get(each.work_pool_name or "", {})))
        for each in ordered
    ]
    body = "\n\n\n".join([*classes, _register(names)])
    return f"{MARK}\n\n{_imports(body)}\n\n{body}\n\n\ndeployments = Deployments()\n"


def _class_names(full_names: Iterable[str]) -> dict[str, str]:
    """A class name for each deployment, each another one."""
    names: dict[str, str] = {}
    for full_name in full_names:
        name = _camel(full_name)
        taken = names.values()
        number = next(n for n in range(1, len(names) + 2) if (name if n == 1 else f"{name}{n}") not in taken)
        names[full_name] = name if number == 1 else f"{name}{number}"
    return names


def _camel(text: str) -> str:
    words = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", text) if word)
    return words if words[:1].isalpha() else f"Deployment{words}"


def _imports(body: str) -> str:
    """Only what the body mentions, in the order that ruff and isort like."""
    lines = ["from __future__ import annotations", ""]
    standard = (
        ("datetime", ("date", "datetime", "time", "timedelta")),
        ("typing", ("Any", "Literal", "NotRequired", "TypedDict", "overload")),
        ("uuid", ("UUID",)),
    )
    for module, names in standard:
        used = [name for name in names if re.search(rf"(?<![\w\".]){name}\b(?!:)", body)]
        lines += [f"from {module} import {', '.join(used)}"] if used else []
    ours = ["UNSET"] if "UNSET" in body else []
    lines += ["", f"from pacc.deployments.typed import {', '.join([*ours, 'TypedDeployment', 'named'])}"]
    return "\n".join([*lines, "from pacc.schemas.flow_runs import FlowRun", ""])


def _class(deployment: Deployment, name: str, template: Mapping[str, Any]) -> Iterator[str]:
    schema = deployment.parameter_openapi_schema or {}
    known = _Definitions(name, schema.get("definitions") or schema.get("$defs") or {})
    parameters = _fields(schema, known, given=deployment.parameters)
    is_open = bool(schema.get("additionalProperties", "properties" not in schema))
    infrastructure = _Definitions(f"{name}Infra", (template.get("variables") or {}).get("definitions") or {})
    variables = _fields({**(template.get("variables") or {}), "required": []}, infrastructure)
    yield from known.classes()
    yield from infrastructure.classes()
    methods = [
        _method("run", "FlowRun", "self._started", parameters, is_open=is_open, colour=""),
        _method("run_async", "FlowRun", "await self._astarted", parameters, is_open=is_open, colour="async "),
    ]
    if deployment.work_pool_name is not None:
        methods.insert(0, _method("with_infra", name, "self._told", variables, is_open=True, colour=""))
    head = f'class {name}(TypedDeployment):\n    """{_told(deployment)}"""\n\n    deployment_name = {_text(deployment.full_name)}'
    yield "\n\n".join([head, *methods])


def _told(deployment: Deployment) -> str:
    said = " ".join((deployment.description or "").split())
    text = f"{deployment.full_name}: {said}" if said else f"{deployment.full_name}."
    return text.replace("\\", "\\\\").replace('"', "'")


def _method(name: str, returns: str, call: str, fields: list[_Field], *, is_open: bool, colour: str) -> str:
    usable = [each for each in fields if _is_usable(each.name)]
    ordered = sorted(usable, key=lambda each: not each.is_required)
    lines = [f"        {each.name}: {each.hint}{'' if each.is_required else ' = UNSET'}," for each in ordered]
    lines = ["        *,", *lines] if lines else []
    given = [f"                {_text(each.name)}: {each.name}," for each in ordered]
    takes_others = is_open or len(usable) < len(fields)
    if not ordered:
        others = (", **others: Any", "others") if takes_others else ("", "{}")
        return f"    {colour}def {name}(self{others[0]}) -> {returns}:\n        return {call}({others[1]})"
    if takes_others:
        lines.append("        **others: Any,")
        given.append("                **others,")
    signature = "\n".join([f"    {colour}def {name}(", "        self,", *lines, f"    ) -> {returns}:"])
    mapping = "\n".join(["            {", *given, "            }"])
    return f"{signature}\n        return {call}(\n{mapping}\n        )"


def _is_usable(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and name not in _TAKEN


def _fields(schema: Mapping[str, Any], known: _Definitions, given: Iterable[str] = ()) -> list[_Field]:
    required = set(schema.get("required") or ()) - set(given)
    return [
        _Field(name, known.hint(each), name in required)
        for name, each in (schema.get("properties") or {}).items()
    ]


def _register(names: Mapping[str, str]) -> str:
    known = "\n".join(f"    {_text(full_name)}: {name}," for full_name, name in names.items())
    lines = [f"_KNOWN: dict[str, type[TypedDeployment]] = {{\n{known}\n}}", "", ""]
    lines += ["class Deployments:", '    """Every deployment by its name."""', ""]
    for full_name, name in names.items() if len(names) > 1 else ():
        lines += [
            "    @overload",
            f"    def from_name(self, name: Literal[{_text(full_name)}]) -> {name}: ...",
            "",
        ]
    only = next(iter(names))
    signature = f"name: Literal[{_text(only)}]) -> {names[only]}" if len(names) == 1 else "name: str) -> Any"
    lines += [f"    def from_name(self, {signature}:"]
    if len(names) == 1:
        return "\n".join([*lines, "        named(_KNOWN, name)", f"        return {names[only]}()"])
    return "\n".join([*lines, "        return named(_KNOWN, name)"])


class _Definitions:
    """The objects that a schema defines by name, as classes.

    Args:
        prefix: how the names of their classes begin.
        schemas: each object's schema.
    """

    def __init__(self, prefix: str, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas
        self._names = {
            name: f"{prefix}{_camel(name)}" for name, schema in schemas.items() if _is_object(schema)
        }

    def classes(self) -> Iterator[str]:
        """Return the source of each."""
        for key, name in self._names.items():
            fields = _fields(self._schemas[key], self)
            if all(_is_usable(each.name) for each in fields):
                yield "\n".join([f"class {name}(TypedDict):", *(f"    {_field(each)}" for each in fields)])
            else:
                lines = [f'    "{name}",', "    {"]
                lines += [f"        {_text(each.name)}: {_text(_hint_of(each))}," for each in fields]
                yield "\n".join([f"{name} = TypedDict(", *lines, "    },", ")"])

    def hint(self, schema: Any) -> str:
        """Return the hint of a value that fits a schema."""
        return self._hint(schema, ())

    def _hint(self, schema: Any, around: tuple[str, ...]) -> str:
        if not isinstance(schema, dict):
            return "Any"
        if "$ref" in schema:
            return self._referenced(str(schema["$ref"]).rpartition("/")[2], around)
        if "enum" in schema or "const" in schema:
            return _literal(schema.get("enum", [schema.get("const")]))
        for key in ("anyOf", "oneOf", "allOf"):
            if key in schema:
                return _union(self._hint(each, around) for each in schema[key])
        kinds = schema.get("type")
        if isinstance(kinds, list):
            return _union(self._hint({**schema, "type": kind}, around) for kind in kinds)
        return self._plain(kinds, schema, around)

    def _plain(self, kind: Any, schema: Mapping[str, Any], around: tuple[str, ...]) -> str:
        if kind == "string":
            return _FORMATS.get(schema.get("format", ""), "str")
        if kind == "array":
            parts = schema.get("prefixItems")
            if parts:
                return f"tuple[{', '.join(self._hint(each, around) for each in parts)}]"
            return f"list[{self._hint(schema.get('items'), around)}]"
        if kind == "object":
            return f"dict[str, {self._hint(schema.get('additionalProperties'), around)}]"
        return _SCALARS.get(kind, "Any")

    def _referenced(self, name: str, around: tuple[str, ...]) -> str:
        if name in self._names:
            return self._names[name]
        return "Any" if name in around else self._hint(self._schemas.get(name), (*around, name))


def _is_object(schema: Any) -> bool:
    """Whether a definition is an object of known fields, and no block, which is given by a reference."""
    return isinstance(schema, dict) and bool(schema.get("properties")) and "block_type_slug" not in schema


def _field(field: _Field) -> str:
    return f"{field.name}: {_hint_of(field)}"


def _hint_of(field: _Field) -> str:
    return field.hint if field.is_required else f"NotRequired[{field.hint}]"


def _union(hints: Iterable[str]) -> str:
    parts = list(dict.fromkeys(hints))
    return "Any" if "Any" in parts or not parts else " | ".join(parts)


def _literal(values: Iterable[Any]) -> str:
    values = list(values)
    if not values or not all(value is None or isinstance(value, str | int | bool) for value in values):
        return "Any"
    return f"Literal[{', '.join(_text(value) for value in values)}]"


def _text(value: object) -> str:
    """A value as Python writes it, text in the quotes that formatters like."""
    if not isinstance(value, str) or ('"' in value and "'" not in value):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)

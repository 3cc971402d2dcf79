"""Placeholders such as `{{ build.image }}` in files people write, filled with values, once and without running anything.

A look-up says what stands for a placeholder: a value, `MISSING` where there is nothing, or `LEFT` where it is somebody else's to
fill. What is filled in is never looked at again, so a value that holds braces stays as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["LEFT", "MISSING", "Mark", "Placeholder", "fill", "first_of", "look_up_in", "placeholders"]

_PLACEHOLDER = re.compile(r"\{\{\s*([\w.\-\[\]$]+)\s*\}\}")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_BLOCKS = ("prefect.blocks.", "pacc.blocks.")
_VARIABLES = ("prefect.variables.", "pacc.variables.")


class Mark(NamedTuple):
    """What a look-up returns instead of a value."""

    name: str


MISSING = Mark("missing")
"""Nothing stands for the placeholder: alone, its key goes; within text, it becomes empty."""

LEFT = Mark("left")
"""The placeholder stays as it was written."""


class Placeholder(NamedTuple):
    """One `{{ ... }}`."""

    text: str
    """As it was written, braces and all."""
    name: str
    """What is inside: `$HOME`, `ctx.flow.name`, `prefect.variables.city`, `build.image`."""

    @property
    def kind(self) -> str:
        """One of "environment", "block", "variable", "context" and "value"."""
        if self.name.startswith("$"):
            return "environment"
        if self.name.startswith("ctx."):
            return "context"
        if self.name.startswith(_BLOCKS):
            return "block"
        return "variable" if self.name.startswith(_VARIABLES) else "value"

    @property
    def path(self) -> str:
        """The name without what tells its kind.

        >>> Placeholder("", "$HOME").path, Placeholder("", "pacc.variables.city").path
        ('HOME', 'city')
        """
        for prefix in ("$", "ctx.", *_BLOCKS, *_VARIABLES):
            if self.name.startswith(prefix):
                return self.name.removeprefix(prefix)
        return self.name


def placeholders(template: Any) -> Iterator[Placeholder]:
    """Yield every placeholder of a template, each as often as it stands there.

    Args:
        template: text, or lists and dicts with text in them; only the values of a dict are looked at.

    >>> [each.name for each in placeholders({"image": "{{ build.image }}:{{ $TAG }}"})]
    ['build.image', '$TAG']
    """
    if isinstance(template, str):
        for found in _PLACEHOLDER.finditer(template):
            yield Placeholder(found[0], found[1])
    elif isinstance(template, dict):
        for member in template.values():
            yield from placeholders(member)
    elif isinstance(template, list | tuple):
        for member in template:
            yield from placeholders(member)


def fill(template: Any, look_up: Callable[[Placeholder], Any]) -> Any:
    """Return a copy of a template with its placeholders filled.

    A text that is nothing but one placeholder becomes the value itself, with its type; within text a value is written out as `str`
    does. Where nothing stands for one alone, its key or its place in a list goes; a whole template of that sort becomes `None`.

    Args:
        template: text, or lists and dicts with text in them; anything else stays as it is.
        look_up: says what stands for a placeholder. Those of `{{ ctx... }}` it is not asked about: they are left.

    Raises:
        Exception: whatever `look_up` raises.

    >>> look_up = look_up_in({"build": {"image": "etl", "tags": [1, 2]}})
    >>> fill({"image": "{{ build.image }}:{{ build.tags[0] }}", "tags": "{{ build.tags }}", "gone": "{{ x }}"}, look_up)
    {'image': 'etl:1', 'tags': [1, 2]}
    """
    filled = _filled(template, look_up)
    return None if filled is MISSING else filled


def _filled(template: Any, look_up: Callable[[Placeholder], Any]) -> Any:
    if isinstance(template, str):
        return _filled_text(template, look_up)
    if isinstance(template, dict):
        members = {key: _filled(member, look_up) for key, member in template.items()}
        return {key: member for key, member in members.items() if member is not MISSING}
    if isinstance(template, list | tuple):
        filled = [_filled(member, look_up) for member in template]
        return type(template)(member for member in filled if member is not MISSING)
    return template


def _filled_text(text: str, look_up: Callable[[Placeholder], Any]) -> Any:
    whole = _PLACEHOLDER.fullmatch(text.strip())
    if whole is not None:
        value = _value(Placeholder(whole[0], whole[1]), look_up)
        return text if value is LEFT else value
    return _PLACEHOLDER.sub(lambda found: _written_out(Placeholder(found[0], found[1]), look_up), text)


def _written_out(placeholder: Placeholder, look_up: Callable[[Placeholder], Any]) -> str:
    value = _value(placeholder, look_up)
    if value is LEFT:
        return placeholder.text
    return "" if value is MISSING else str(value)


def _value(placeholder: Placeholder, look_up: Callable[[Placeholder], Any]) -> Any:
    return LEFT if placeholder.kind == "context" else look_up(placeholder)


def look_up_in(
    values: Mapping[str, Any], environ: Mapping[str, str] | None = None
) -> Callable[[Placeholder], Any]:
    """Return the look-up of values by their paths, and of environment variables; blocks and variables are left.

    Args:
        values: what `{{ step_id.key }}` means; a path goes on with `.key` into dicts and `[0]` into lists.
        environ: what `{{ $NAME }}` means; without it those are left.

    >>> fill("{{ $HOME }} {{ steps[1] }} {{ prefect.variables.x }}", look_up_in({"steps": [1, 2]}, {"HOME": "/root"}))
    '/root 2 {{ prefect.variables.x }}'
    """

    def look_up(placeholder: Placeholder) -> Any:
        if placeholder.kind == "value":
            return at_path(values, placeholder.path)
        if placeholder.kind == "environment" and environ is not None:
            return environ.get(placeholder.path, MISSING)
        return LEFT

    return look_up


def first_of(*look_ups: Callable[[Placeholder], Any]) -> Callable[[Placeholder], Any]:
    """Return the look-up that asks one after the other until a placeholder is not left.

    >>> fill("{{ a }}", first_of(look_up_in({}, {}), lambda placeholder: 1)) is None
    True
    """

    def look_up(placeholder: Placeholder) -> Any:
        return next((value for each in look_ups if (value := each(placeholder)) is not LEFT), LEFT)

    return look_up


def at_path(value: Any, path: str) -> Any:
    """Return what lies at a path inside dicts and lists, `MISSING` where nothing does.

    >>> at_path({"data": [{"city": "Ulm"}]}, "data[0].city")
    'Ulm'
    """
    for found in _STEP.finditer(path):
        key, index = found.groups()
        try:
            value = value[key] if key is not None else value[int(index)]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return value

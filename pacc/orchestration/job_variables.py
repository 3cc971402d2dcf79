"""Job variables, what deployments and runs tell the infrastructure of a run, laid over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Lay job variables over each other: environments add up, everything else is replaced.

    >>> merged({"env": {"A": "1"}, "image": "x"}, {"env.B": "2", "image": "y"})
    {'env': {'A': '1', 'B': '2'}, 'image': 'y'}
    """
    result: dict[str, Any] = {}
    for layer in layers:
        for name, value in nested(layer).items():
            known = result.get(name)
            both = name == "env" and isinstance(known, dict) and isinstance(value, dict)
            result[name] = {**known, **value} if both else value  # type: ignore[dict-item]
    return result


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return job variables with names such as `env.STAGE` as one value inside another.

    >>> nested({"env.STAGE": "test", "command": "x"})
    {'env': {'STAGE': 'test'}, 'command': 'x'}
    """
    result: dict[str, Any] = {}
    for name, value in values.items():
        outer, dot, inner = name.partition(".")
        if dot and isinstance(result.get(outer, {}), dict):
            result[outer] = {**result.get(outer, {}), inner: value}
        else:
            result[name] = value
    return result

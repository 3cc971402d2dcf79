"""Job variables checked where somebody gives them, before anything starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.jsontext import dumps
from pacc.exceptions import InvalidValueError
from pacc.orchestration.job_variables import nested
from pacc.orchestration.run_limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacc.store import Store


def check(store: Store, given: Mapping[str, Any] | None, *, pool: str | None, of: str) -> None:
    """Refuse job variables that no run could start with. What a template in them will say is not known yet, so it is passed over.

    Args:
        store: where the work pool is kept.
        given: the variables.
        pool: the work pool whose worker they are for, whose template says which values they take.
        of: what they are variables of, for the message.

    Raises:
        InvalidValueError: one of them does not fit; the message names each.

    >>> check(store, {"memory": "lots"}, pool=None, of='the deployment "etl/daily"')  # doctest: +SKIP
    """
    known = {name: value for name, value in nested(given or {}).items() if "{{" not in dumps(value)}
    if not known:
        return
    problems = _of_limits(known)
    if pool is not None:
        from pacc.services import work_pools  # start-up: few give any
        from pacc.services.parameter_schemas import misfits

        schema = work_pools.read(store, pool).base_job_template.get("variables") or {}
        told = {name: value for name, value in known.items() if name in (schema.get("properties") or {})}
        problems += misfits(told, schema, f'the work pool "{pool}"') if told else []
    if problems:
        raise InvalidValueError(f"the job variables of {of} do not fit: {'; '.join(problems)}")


def _of_limits(given: Mapping[str, Any]) -> list[str]:
    try:
        Limits.of(given)
    except ValueError as problem:
        return [str(problem)]
    return []

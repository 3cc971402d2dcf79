"""What is typed behind `/` to narrow a list of flow runs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from pacc.exceptions import InvalidValueError
from pacc.orchestration.transitions import NAMES
from pacc.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter
from pacc.schemas.states import StateType

if TYPE_CHECKING:
    from datetime import datetime

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SINCE = re.compile(r"(\d{1,4})([mhdw])")
_TERMS = "state: flow: deployment: tag: name: id: parent:none 2h"


class Search(NamedTuple):
    """A list of flow runs, narrowed."""

    runs: FlowRunFilter | None = None
    flows: FlowFilter | None = None
    deployments: DeploymentFilter | None = None


def parse(text: str, now: datetime) -> Search:
    """Return what a search asks for; several terms must all hold, words behind one colon and between commas are alternatives.

    Args:
        text: terms such as `state:failed,late tag:prod 2h`; a word alone is looked for in names.
        now: the moment that ages like `2h` are counted from.

    Raises:
        InvalidValueError: a term says nothing that can be asked.

    Example:
        >>> from datetime import UTC, datetime
        >>> parse("flow:etl", datetime.now(UTC)).flows
        FlowFilter(name=FlowFilterName(any_=['etl']))
    """
    asked: dict[str, dict[str, Any]] = {"runs": {}, "flows": {}, "deployments": {}}
    for term in text.split():
        kind, colon, rest = term.partition(":")
        if not colon:
            _add_word(asked["runs"], term, now)
        elif not rest:
            raise InvalidValueError(f'nothing stands behind "{term}"', hint=_TERMS)
        else:
            _add_term(asked, kind, rest)
    runs, flows, deployments = asked["runs"], asked["flows"], asked["deployments"]
    return Search(
        FlowRunFilter(**runs) if runs else None,
        FlowFilter(**flows) if flows else None,
        DeploymentFilter(**deployments) if deployments else None,
    )


def _add_word(runs: dict[str, Any], word: str, now: datetime) -> None:
    since = _SINCE.fullmatch(word)
    if since is None:
        runs["name"] = {"like_": word}
    else:
        runs["expected_start_time"] = {"after_": now - timedelta(**{_UNITS[since[2]]: int(since[1])})}


def _add_term(asked: dict[str, dict[str, Any]], kind: str, rest: str) -> None:
    words = [word for word in rest.split(",") if word]
    if kind == "state":
        asked["runs"]["state"] = _states(words)
    elif kind == "flow":
        asked["flows"]["name"] = {"any_": words}
    elif kind == "deployment":
        asked["deployments"]["name"] = {"any_": [word.rpartition("/")[2] for word in words]}
        flows = [word.rpartition("/")[0] for word in words if "/" in word]
        if flows:
            asked["flows"]["name"] = {"any_": flows}
    elif kind == "tag":
        asked["runs"]["tags"] = {"all_": words}
    elif kind == "name":
        asked["runs"]["name"] = {"like_": rest}
    elif kind == "id":
        asked["runs"]["id"] = {"any_": [_id(word) for word in words]}
    elif kind == "parent" and rest == "none":
        asked["runs"]["parent_flow_run_id"] = {"is_null_": True}
    else:
        raise InvalidValueError(f'"{kind}:{rest}" is nothing to look for', hint=_TERMS)


def _states(words: list[str]) -> dict[str, Any]:
    types = [word.upper() for word in words if word.upper() in StateType.__members__]
    known = {name.casefold(): name for names in NAMES.values() for name in names}
    names = [known.get(word.casefold(), word) for word in words if word.upper() not in StateType.__members__]
    found: dict[str, Any] = {}
    if types:
        found["type"] = {"any_": types}
    if names:
        found["name"] = {"any_": names}
    return {**found, "operator": "or_"} if types and names else found


def _id(word: str) -> UUID:
    try:
        return UUID(word)
    except ValueError:
        raise InvalidValueError(f'"{word}" is no whole id', hint=_TERMS) from None

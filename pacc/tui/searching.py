"""What is typed behind `/` to narrow a list of flow runs, of task runs or of deployments."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from pacc.exceptions import InvalidValueError
from pacc.orchestration.transitions import NAMES
from pacc.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter, TaskRunFilter
from pacc.schemas.states import StateType

if TYPE_CHECKING:
    from collections.abc import Callable

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SINCE = re.compile(r"(\d{1,4})([mhdw])")
FLOW_RUNS, TASK_RUNS, DEPLOYMENTS = "flow runs", "task runs", "deployments"
TERMS = {
    FLOW_RUNS: "state: flow: deployment: pool: queue: tag: name: id: after: before: parent:none 2h, and - before a term to leave out",
    TASK_RUNS: "state: flow: deployment: pool: queue: run: tag: name: id: after: before: 2h, and - before a term to leave out",
    DEPLOYMENTS: "flow: pool: queue: tag: name: id:, and - before a term to leave out",
}


NO_WORD = "A search has no word for a name with a space or a comma in it."


class Search(NamedTuple):
    """A list, narrowed."""

    runs: FlowRunFilter | None = None
    flows: FlowFilter | None = None
    deployments: DeploymentFilter | None = None
    tasks: TaskRunFilter | None = None
    without: tuple[Search, ...] = ()
    """What is left out: whatever fits one of these."""

    @property
    def filters(
        self,
    ) -> tuple[FlowFilter | None, FlowRunFilter | None, TaskRunFilter | None, DeploymentFilter | None]:
        """The filters that must all let a run through, in the order in which `overview` takes them."""
        return self.flows, self.runs, self.tasks, self.deployments


def parse(text: str, now: datetime, of: str = FLOW_RUNS) -> Search:
    """Return what a search asks for; several terms must all hold, words behind one colon and between commas are alternatives.

    Args:
        text: terms such as `state:failed,late tag:prod -flow:probe 2h`; a word alone is looked for in names.
        now: the moment that ages like `2h` are counted from.
        of: `FLOW_RUNS`, `TASK_RUNS` or `DEPLOYMENTS`.

    Raises:
        InvalidValueError: a term says nothing that can be asked.

    Example:
        >>> from datetime import UTC, datetime
        >>> parse("flow:etl", datetime.now(UTC)).flows
        FlowFilter(name=FlowFilterName(any_=['etl']))
    """
    terms = text.split()
    wanted = [term for term in terms if not term.startswith("-")]
    unwanted = [term[1:] for term in terms if term.startswith("-")]
    return _search(wanted, now, of)._replace(without=tuple(_search([term], now, of) for term in unwanted))


def _search(terms: list[str], now: datetime, of: str) -> Search:
    asked = _Asked(now, of)
    for term in terms:
        asked.add(term)
    return asked.search()


class _Asked:
    """What the terms so far ask for, by noun and field."""

    def __init__(self, now: datetime, of: str) -> None:
        self._now, self._of = now, of
        self._runs: dict[str, Any] = {}
        self._tasks: dict[str, Any] = {}
        self._flows: dict[str, Any] = {}
        self._deployments: dict[str, Any] = {}
        self._own = {FLOW_RUNS: self._runs, TASK_RUNS: self._tasks, DEPLOYMENTS: self._deployments}[of]
        self._when = "expected_start_time" if of == FLOW_RUNS else "start_time"

    def search(self) -> Search:
        """Return it as filters."""
        return Search(
            FlowRunFilter(**self._runs) if self._runs else None,
            FlowFilter(**self._flows) if self._flows else None,
            DeploymentFilter(**self._deployments) if self._deployments else None,
            TaskRunFilter(**self._tasks) if self._tasks else None,
        )

    def add(self, term: str) -> None:
        """Take a term in."""
        kind, colon, rest = term.partition(":")
        if term and not colon:
            self._word(term)
        elif not rest:
            raise InvalidValueError(f'nothing stands behind "{term or "-"}"', hint=TERMS[self._of])
        else:
            words = [word for word in rest.split(",") if word]
            self._adder(kind, rest)(rest, words)

    def _adder(self, kind: str, rest: str) -> Callable[[str, list[str]], None]:
        known: dict[str, Callable[[str, list[str]], None]] = {
            "flow": lambda _, words: self._put(self._flows, "name", {"any_": words}),
            "tag": lambda _, words: self._put(self._own, "tags", {"all_": words}),
            "name": lambda text, _: self._put(self._own, "name", {"like_": text}),
            "id": lambda _, words: self._put(self._own, "id", {"any_": [self._id(word) for word in words]}),
        }
        if self._of != DEPLOYMENTS:
            known |= {
                "state": lambda _, words: self._put(self._own, "state", _states(words)),
                "deployment": self._deployment,
                "after": lambda text, _: self._time("after_", text),
                "before": lambda text, _: self._time("before_", text),
            }
        if self._of == TASK_RUNS:
            known["run"] = lambda text, _: self._put(self._runs, "name", {"like_": text})
        waiting = (
            self._deployments if self._of == DEPLOYMENTS else self._runs
        )  # task runs wait in no queue of their own
        known["pool"] = lambda _, words: self._put(waiting, "work_pool_name", {"any_": words})
        known["queue"] = lambda _, words: self._put(waiting, "work_queue_name", {"any_": words})
        if self._of == FLOW_RUNS and rest == "none":
            known["parent"] = lambda *_: self._put(self._runs, "parent_flow_run_id", {"is_null_": True})
        if kind not in known:
            raise InvalidValueError(f'"{kind}:{rest}" is nothing to look for', hint=TERMS[self._of])
        return known[kind]

    @staticmethod
    def _put(asked: dict[str, Any], name: str, part: dict[str, Any]) -> None:
        asked[name] = {**asked.get(name, {}), **part}

    def _word(self, word: str) -> None:
        since = _SINCE.fullmatch(word)
        if since is None or self._of == DEPLOYMENTS:
            self._put(self._own, "name", {"like_": word})
        else:
            self._put(self._own, self._when, {"after_": self._now - _age(since)})

    def _time(self, side: str, text: str) -> None:
        since = _SINCE.fullmatch(text)
        try:
            moment = self._now - _age(since) if since else datetime.fromisoformat(text)
        except ValueError:
            raise InvalidValueError(
                f'"{text}" is no time; say 2h, 2026-11-20 or 2026-11-20T18:30', hint=TERMS[self._of]
            ) from None
        self._put(self._own, self._when, {side: moment if moment.tzinfo else moment.astimezone()})

    def _deployment(self, _: str, words: list[str]) -> None:
        self._deployments["name"] = {"any_": [word.rpartition("/")[2] for word in words]}
        flows = [word.rpartition("/")[0] for word in words if "/" in word]
        if flows:
            self._flows["name"] = {"any_": flows}

    def _id(self, word: str) -> UUID:
        try:
            return UUID(word)
        except ValueError:
            raise InvalidValueError(f'"{word}" is no whole id', hint=TERMS[self._of]) from None


def _age(found: re.Match[str]) -> timedelta:
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


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

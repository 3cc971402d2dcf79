"""A run as the process that executes it keeps it: identity, present state, counts, and the row they amount to.

`advance` is the one way a run moves: it asks the transition table, does the accounting of starts and run times, and hands the
row on. A top-level flow run is committed before `advance` returns (class A); task runs and nested flow runs go to the journal
(class B). A run is advanced by the one thread that executes it. `current` is replaced as a whole and never changed in place, so
that the journal's thread may read it at any moment.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pacc._internal.jsontext import dumps
from pacc._internal.tagtext import tags_text
from pacc.exceptions import ObjectAlreadyExists, StaleTransition, StoreConflict, StoreError
from pacc.schemas.states import State, StateType
from pacc.services import checkpoints
from pacc.services.flow_names import make_flow
from pacc.services.live_run import LiveRun
from pacc.store.flow_runs import COLUMNS, from_row
from pacc.store.states import present

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.task_runs import TaskRun
    from pacc.store import Store

_NOTHING_GIVEN: Mapping[str, Any] = {}
_GIVEN = (
    "deployment_version", "work_queue_name", "work_pool_name", "labels", "created_by", "auto_scheduled",
    "infrastructure_pid", "job_variables", "usage",
)  # fmt: skip
"""The columns of a flow run that whoever made it filled in, and its execution leaves alone."""

_TOLD = ("version", "attempt", "state_type", "state_name", "state_time")
"""The columns by which a run recognises a transition in the store as its own."""


class LiveTaskRun(LiveRun):
    """A task run in the process that makes it; every transition goes to the journal."""

    __slots__ = (
        "cache_expiration",
        "cache_key",
        "dynamic_key",
        "flow_run_id",
        "flow_run_run_count",
        "inputs",
        "journal_beside",
        "policy",
        "session",
        "task_key",
        "task_name",
        "task_version",
    )

    def __init__(
        self,
        store: Store,
        *,
        name: str,
        task_name: str,
        task_key: str,
        dynamic_key: str,
        flow_run_id: str | None,
        flow_run_run_count: int = 0,
        tags: Iterable[str] = (),
        inputs: str = "{}",
        task_version: str | None = None,
        policy: str | None = None,
        session: str | None = None,
    ) -> None:
        super().__init__(store, name, tags)
        self.task_name = task_name
        self.task_key = task_key
        self.dynamic_key = dynamic_key
        self.flow_run_id = flow_run_id
        self.flow_run_run_count = flow_run_run_count
        self.inputs = inputs
        """Where each argument came from, as JSON."""
        self.task_version = task_version
        self.policy = policy
        """How the run is retried, as JSON."""
        self.session = session
        """The session that keeps a task run alive which no flow run answers for."""
        self.journal_beside: tuple[object, ...] | None = None
        """What is committed together with the run's row: its result, kept for a retry."""
        self.cache_key: str | None = None
        """What the run's result is kept under."""
        self.cache_expiration: int | None = None
        """When it stops counting, in microseconds since the epoch."""

    def _record(self, state: State[Any], line: str) -> None:  # noqa: ARG002 - the whole row carries it
        self._hold(state)
        self.store.journal.put("task_runs.record_batch", self.id, self)

    def _hold(self, state: State[Any]) -> None:
        """Make the state the run's own, and the row what it is from now on."""
        state.given_to(flow_run_id=self.flow_run_id, task_run_id=self.id, number=self.version)
        self.current = (self.name, *self._state_columns(state), self.history, *self._time_columns())

    def _is_kept(self) -> bool:
        with suppress(StoreError):  # the row is kept all the same; who put it first has been told
            self.store.journal.put("task_runs.record_batch", self.id, self)
        return True

    def _columns(self) -> dict[str, Any]:
        from pacc.store.task_runs import COLUMNS  # start-up: as in `record`

        return dict(zip(COLUMNS, self.journal_row(), strict=True))

    def journal_row(self) -> tuple[Any, ...]:
        """Return the run's row, all columns in the schema's order."""
        current = self.current
        return (
            self.id,
            self.flow_run_id,
            current[0],
            self.task_key,
            self.dynamic_key,
            self.created,
            *current[1:10],
            self.flow_run_run_count,
            current[10],
            tags_text(self.tags) if self.tags else "[]",
            self.inputs,
            self.task_version,
            self.cache_key,
            self.cache_expiration,
            self.policy,
            *current[11:],
            self.session,
        )

    def record(self) -> TaskRun:
        """Return the run as everyone else sees it, at this moment."""
        from pacc.store.task_runs import from_row  # start-up: most task runs are never looked at from inside

        return from_row(self.journal_row(), state=self.state)


def _retried(history: str, attempt: int) -> int:
    """Return how often a run was tried again within an attempt; what began the attempt does not count."""
    lines = [json.loads(line) for line in history.split("\n")]
    begun = max((line["n"] for line in lines if line.get("a", 1) < attempt), default=0)
    return sum(
        line["name"] == "AwaitingRetry" and line.get("a", 1) == attempt and line["n"] > begun
        for line in lines
    )


class LiveFlowRun(LiveRun):
    """A flow run in the process that executes it; a nested one is journaled, a top-level one committed at once."""

    __slots__ = (
        "claimed_by",
        "context_text",
        "deployment_id",
        "entrypoint",
        "flow_id",
        "flow_name",
        "flow_version",
        "forgets",
        "given",
        "idempotency_key",
        "is_committed",
        "log_file",
        "parameters_text",
        "parent_flow_run_id",
        "parent_task_run_id",
        "policy",
        "process",
        "retried",
        "root_flow_run_id",
        "session",
        "usage",
    )

    def __init__(
        self,
        store: Store,
        *,
        name: str,
        flow_id: str,
        flow_name: str,
        flow_version: str | None = None,
        parent: LiveFlowRun | None = None,
        parent_task_run_id: str | None = None,
        parameters_text: str = "{}",
        tags: Iterable[str] = (),
        policy: str | None = None,
        session: str | None = None,
        process: str | None = None,
        entrypoint: str | None = None,
    ) -> None:
        super().__init__(store, name, tags)
        self.flow_id = flow_id
        self.flow_name = flow_name
        self.flow_version = flow_version
        self.parent_flow_run_id = parent.id if parent else None
        self.is_committed = parent is None
        """Whether each transition is committed at once (class A); those of nested runs go to the journal."""
        self.root_flow_run_id: str = parent.root_flow_run_id if parent else self.id
        self.parent_task_run_id = parent_task_run_id
        self.deployment_id: str | None = parent.deployment_id if parent else None
        self.parameters_text = parameters_text
        self.policy = policy
        self.session = session
        self.process = process
        self.entrypoint = entrypoint
        """Where the flow's code is found again."""
        self.log_file = f"logs/{self.id}.jsonl"
        self.idempotency_key: str | None = None
        self.context_text: str | None = None
        self.retried = 0
        """How often it was tried again within this attempt."""
        self.forgets = False
        """Whether anything was kept for a retry, to be deleted once the run completes."""
        self.given: Mapping[str, Any] = _NOTHING_GIVEN
        """What whoever made the run filled in besides; see `taken_up`."""
        self.claimed_by: str | None = None
        """The session that claimed it for this process, which answers for it from the first transition on; `None` once it does."""
        self.usage: Mapping[str, Any] | None = None
        """What its process used by its end, to be written along with its last state."""

    @classmethod
    def taken_up(cls, store: Store, columns: Mapping[str, Any], flow_name: str) -> LiveFlowRun:
        """Return a stored flow run as the process keeps it that is about to execute it.

        Args:
            store: where it is kept.
            columns: its row by the names of its columns, as it stands now.
            flow_name: the name of its flow.
        """
        run = cls(
            store,
            name=columns["name"],
            flow_id=columns["flow_id"],
            flow_name=flow_name,
            flow_version=columns["flow_version"],
            parent_task_run_id=columns["parent_task_run_id"],
            parameters_text=columns["parameters"],
            policy=columns["empirical_policy"],
            session=columns["session"],
            process=columns["process"],
            entrypoint=columns["entrypoint"],
        )
        run.tags = json.loads(columns["tags"])
        run.parent_flow_run_id = columns["parent_flow_run_id"]
        run.root_flow_run_id = columns["root_flow_run_id"] or columns["id"]
        run.deployment_id = columns["deployment_id"]
        run.idempotency_key = columns["idempotency_key"]
        run.context_text = columns["context"]
        run.given = {name: columns[name] for name in _GIVEN}
        run._restore(columns)
        run.log_file = columns["log_file"] or f"logs/{run.id}.jsonl"
        run.state = present(columns, flow_run_id=run.id)
        run.details = columns["state_details"]
        run.is_committed = True
        run.retried = _retried(run.history, run.attempt)
        run._remember(run.state)
        return run

    @property
    def deployment_name(self) -> str | None:
        """The name of the deployment the run was made from, or the run that called it."""
        return self._of_deployment("name")

    @property
    def deployment_version(self) -> str | None:
        """The version that deployment had when the run was made."""
        own: str | None = self.given.get("deployment_version")
        return own or self._of_deployment("version")

    def _of_deployment(self, column: str) -> str | None:
        """Return what the deployment says now; it is rarely asked."""
        if self.deployment_id is None:
            return None
        rows = self.store.read("deployments.read", {"id": self.deployment_id})
        return rows[0][column] if rows else None

    @property
    def flow_run_id(self) -> str:
        """The run's id, under the name a task run has for its flow run's."""
        return self.id

    def _record(self, state: State[Any], line: str) -> None:
        state.given_to(flow_run_id=self.id, number=self.version)
        self._remember(state)
        if not self.is_committed:
            self.store.journal.put("flow_runs.record_batch", self.id, self)
        elif self.version == 1:
            self._insert()
        else:
            self._commit(line)

    def _remember(self, state: State[Any]) -> None:
        self.current = (
            self.name,
            state.time,
            *self._state_columns(state),
            self.history,
            self.parameters_text,
            *self._time_columns(),
        )

    def _is_kept(self) -> bool:
        with suppress(StoreError):
            if not self.is_committed:
                self.store.journal.put("flow_runs.record_batch", self.id, self)
                return True
            rows = self.store.read("flow_runs.read", {"id": self.id})
            mine = self._columns()
            return bool(rows) and all(rows[0][name] == mine[name] for name in _TOLD)
        return not self.is_committed

    def _columns(self) -> dict[str, Any]:
        return dict(zip(COLUMNS, self.journal_row(), strict=True))

    def _insert(self) -> None:
        try:
            rows = self.store.write("flow_runs.insert", self._columns())
        except StoreConflict:  # the flow was removed while this process knew it
            self.flow_id = make_flow(self.store, self.flow_name, self.flow_id)
            rows = self.store.write("flow_runs.insert", self._columns())
        if not rows:
            raise ObjectAlreadyExists(
                f"a run of flow {self.flow_name!r} with this idempotency key exists already"
            )

    def _commit(self, line: str) -> None:
        known = self._columns()
        known.update(
            line=line,
            expected_version=self.version - 1,
            expected_attempt=self.attempt,
            leaves=True,
            claimed_by=self.claimed_by,
            usage=None if self.usage is None else dumps(dict(self.usage)),
        )
        if not self._written(known):
            raise StaleTransition(
                f"the flow run {self.name!r} was changed by someone else meanwhile, "
                f"so it could not become {known['state_name']!r}"
            )
        self.claimed_by = None

    def _written(self, columns: dict[str, Any]) -> bool:
        """Write a transition; one that completes the run takes along what was kept for a retry, as much as is quickly done."""
        dictated = self.store.dictate("flow_runs.advance", columns)
        if dictated is not None:
            return dictated > 0
        steps: list[tuple[str, Mapping[str, Any]]] = [("flow_runs.advance", columns)]
        forgets = self.forgets and columns["state_type"] is StateType.COMPLETED
        if forgets:
            steps.append(("checkpoints.forget", {"flow_run_id": self.id}))
        rows = self.store.write_all(*steps)
        if forgets:
            self.forgets = len(rows[-1]) >= checkpoints.AT_ONCE
        return bool(rows[0]) or self._is_kept()  # whoever was to write it for this process may have

    def journal_row(self) -> tuple[Any, ...]:
        """Return the run's row, all columns in the schema's order."""
        current, given = self.current, self.given
        return (
            self.id,
            self.flow_id,
            current[0],
            self.created,
            current[1],
            *current[2:11],
            current[11],
            self.parent_flow_run_id,
            self.parent_task_run_id,
            self.root_flow_run_id,
            self.deployment_id,
            given.get("deployment_version"),
            self.flow_version,
            given.get("work_queue_name"),
            given.get("work_pool_name"),
            current[12],
            self.idempotency_key,
            self.context_text,
            tags_text(self.tags) if self.tags else "[]",
            given.get("labels"),
            self.policy,
            given.get("created_by"),
            given.get("auto_scheduled", 0),
            given.get("infrastructure_pid"),
            self.process,
            given.get("job_variables"),
            *current[13:],
            self.log_file,
            self.session,
            self.entrypoint,
            given.get("usage"),
        )

    def refresh(self) -> State[Any]:
        """Take over what someone else made of the run, and return the state it is in.

        Raises:
            StaleTransition: it was deleted.
        """
        rows = self.store.read("flow_runs.read", {"id": self.id})
        if not rows:
            raise StaleTransition(f"the flow run {self.name!r} was deleted meanwhile")
        columns = dict(zip(COLUMNS, rows[0], strict=False))
        self._restore(columns)
        self.details = columns["state_details"]
        self.state = state = present(columns, flow_run_id=self.id)
        self._remember(state)
        return state

    def record(self) -> FlowRun:
        """Return the run as everyone else sees it, at this moment."""
        return from_row(self.journal_row(), state=self.state)

    def first_row(self, state: State[Any]) -> dict[str, Any]:
        """Move a new run to its first state and return its row by the names of its columns, for the caller to insert.

        Raises:
            IllegalTransition: no run begins with that state.
        """
        self._check(state)
        self.account(state)
        state.given_to(flow_run_id=self.id, number=self.version)
        self._remember(state)
        self.state = state
        return self._columns()

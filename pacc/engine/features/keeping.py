"""A task run of which something is kept, cached or undone: each attempt is a transaction of its own.

Loaded by the first such run. A trivial task never comes here: whether one does is settled by its options, its flow run and the
transaction around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc._internal.steps import Ask, Outcome, drive
from pacc.cache_policies import NO_CACHE
from pacc.engine import outcomes
from pacc.exceptions import ConfigurationError, FailedRun, HashError, SerializationError
from pacc.results import DEFAULT_STORAGE_KEY_FN, ResultStore, get_default_persist_setting_for_tasks
from pacc.schemas.states import State, StateDetails, StateType, Value
from pacc.settings import get_current_settings
from pacc.states import is_state_iterable
from pacc.transactions import Transaction, get_transaction
from pacc.types import KeptValue

if TYPE_CHECKING:
    from pacc._internal.steps import Steps
    from pacc.engine.task_run import TaskCall
    from pacc.results import ResultRecord

OPTIONS = ("on_commit", "on_rollback")


_MISTAKES = (ConfigurationError, SerializationError, ValueError, TypeError, LookupError, AttributeError)
"""What a wrong option or setting raises when it is first used; the run fails with it."""


class Keeping:
    """What is kept of one call of a task.

    Args:
        call: the call.
    """

    __slots__ = ("_results", "always", "call", "key", "looks", "parent", "persist", "undone", "until", "why")

    def __init__(self, call: TaskCall) -> None:
        self.call = call
        task, flow_context = call.task, call.flow_context
        if task.persist_result is not None:
            self.persist: bool = task.persist_result
        elif flow_context is not None:
            self.persist = flow_context.persists_tasks
        else:
            self.persist = get_default_persist_setting_for_tasks()
        self.always = False
        """Whether the result is kept although nothing caches it, since others than this process want it."""
        self.parent = get_transaction()
        self.key: str | None = None
        """What the result is kept under."""
        self.looks = True
        """Whether a result under the key may be reused."""
        self.why: str | None = None
        """Why a result was reused, or why not."""
        self.until: Any = None
        """When the result stops counting."""
        self.undone = False
        """Whether the transaction was rolled back before the run's end was recorded."""
        self._results: ResultStore | None = None

    @property
    def results(self) -> ResultStore:
        """Where the result is kept."""
        if self._results is None:
            flow_context = self.call.flow_context
            around = _outside_of_flows() if flow_context is None else flow_context.result_store
            self._results = around.update_for_task(self.call.task)
        return self._results

    def attempt(self, body: Steps[Outcome]) -> Steps[State[Any]]:
        """Reuse a result or call the function once, and return the state that comes to.

        Args:
            body: the steps of the call.
        """
        call = self.call
        try:
            yield from self._find_key()
            if self.always and self.key is None:
                self.key, self.looks = DEFAULT_STORAGE_KEY_FN(), False
            transaction = yield from self._begun(overwrite=not self.looks)
        except _MISTAKES as error:
            call.outcome = Outcome(error=error)
            return outcomes.failed(error, "Task")
        if transaction.is_committed():
            state = self._reused(transaction)
            if state is not None:
                return state
            transaction = yield from self._begun(overwrite=True)
        call.outcome = yield from body
        state = outcomes.of_task(call.outcome)
        if state.type is StateType.COMPLETED:
            yield from self._stage(transaction, state)
        return self._explained(state)

    def _begun(self, *, overwrite: bool) -> Steps[Transaction]:
        task, context = self.call.task, self.call.context
        transaction = Transaction(
            store=self.results if self.key is not None else None,
            key=self.key,
            isolation_level=getattr(task.cache_policy, "isolation_level", None),
            overwrite=overwrite,
            write_on_commit=self.persist,
            logger=context.logger,
        )
        transaction.join(self.parent)
        transaction.task_context = context
        context.transaction = transaction
        yield from transaction.begin_steps()
        if transaction.found is not None:
            self.why = transaction.found.why
            if transaction.found.suspicious:
                context.logger.warning("The kept result %r is passed over: %s", self.key, self.why)
        return transaction

    # -- the key

    def _find_key(self) -> Steps[None]:
        task = self.call.task
        if not self.persist or task.isgenerator:
            return
        settings = get_current_settings().tasks
        policy = task.cache_policy
        if task.result_storage_key is not None and policy in (None, NO_CACHE):
            self.key = yield from self._named_key()
        elif policy is None or policy is NO_CACHE:
            self.why = "its task is not cached"
        elif settings.disable_caching:
            self.why = "caching is switched off by PACC_TASKS_DISABLE_CACHING"
        else:
            self._computed_key(policy)
        refresh = settings.refresh_cache if task.refresh_cache is None else task.refresh_cache
        if refresh and self.looks and self.key is not None:
            self.looks, self.why = False, "`refresh_cache` is set"

    def _named_key(self) -> Steps[str]:
        """Return the key that `result_storage_key` gives, a template over the runtime modules and the parameters."""
        from pacc.runtime import deployment, flow_run, task_run  # start-up: few results are named

        call = self.call
        outcome = yield Ask(
            call.context,
            call.task.result_storage_key.format,
            flow_run=flow_run,
            task_run=task_run,
            deployment=deployment,
            parameters=call.parameters,
        )
        if outcome.error is not None:
            raise outcome.error
        return str(outcome.value)

    def _computed_key(self, policy: Any) -> None:
        """Ask the policy; where it fails, the call is not cached, and its result is kept under a key of its own."""
        call, logger = self.call, self.call.context.logger
        flow_parameters = call.flow_context.parameters if call.flow_context is not None else {}
        try:
            key = policy.compute_key(
                task_ctx=call.context, inputs=call.parameters, flow_parameters=flow_parameters
            )
            self.key = _checked(key)
        except HashError as error:
            logger.warning("Caching is off for this call: %s", error)
            self.why = str(error)
        except Exception as error:  # noqa: BLE001 - a policy may be the user's own code
            logger.warning("Caching is off for this call, its key cannot be computed: %r", error)
            self.why = f"its key cannot be computed: {error!r}"
        else:
            if self.key is None:
                self.why = "its cache policy gives this call no key"
            return
        self.key, self.looks = DEFAULT_STORAGE_KEY_FN(), False

    # -- a result that is there

    def _reused(self, transaction: Transaction) -> State[Any] | None:
        """Return the state of a run whose result was there already, `None` where it cannot be loaded."""
        call, found = self.call, transaction.found
        if found is None or found.record is None or self.key is None:
            return None
        try:
            value = found.record.result
        except SerializationError as error:
            self.why = str(error)
            call.context.logger.warning("The kept result %r is passed over: %s", self.key, error)
            return None
        call.outcome = Outcome(value)
        message = _from_whom(found.note)
        call.context.logger.info("%s", message)
        state: State[Any] = State(
            type=StateType.COMPLETED,
            name="Cached",
            message=message,
            data=Value(None) if value is None else value,
            state_details=StateDetails(cached_from=_identity(found.note)),
        )
        state.reference = self.results.reference(found.record, self.key)
        self.until = found.record.expiration
        return self._explained(state)

    # -- a result that was just made

    def _stage(self, transaction: Transaction, state: State[Any]) -> Steps[None]:
        """Stage the result with the task's hooks, and commit where that is this run's to do."""
        task = self.call.task
        record = self._record(transaction)
        undoing, committing = task.hooks["on_rollback"], task.hooks["on_commit"]
        if transaction.parent is not None or undoing:
            transaction.when_undone = self._rolled_back
        transaction.stage(record, on_rollback_hooks=list(undoing), on_commit_hooks=list(committing))
        yield from transaction.leave_steps(None)
        if transaction.is_rolled_back():
            if transaction.failure is not None:
                state.message = f"The result could not be kept: {transaction.failure}"
        elif record is not None and self.key is not None:
            state.reference = self.results.reference(record, self.key)
            if not task.cache_result_in_memory:
                state.data = KeptValue(state.reference)

    def _record(self, transaction: Transaction) -> ResultRecord | None:
        """Return the result as a record, its bytes made, `None` where nothing is to be kept."""
        call, value = self.call, self.call.outcome.value
        if self.key is None or not self.persist or isinstance(value, State) or is_state_iterable(value):
            transaction.write_on_commit = False
            return None
        lasting = call.task.cache_expiration
        until = None if lasting is None else clock.to_datetime(clock.now()) + lasting
        self.until = until
        record = self.results.create_result_record(value, self.key, until)
        record.run = (call.run.flow_run_id, call.run.id, call.run.name)
        try:
            record.payload()
        except SerializationError as error:
            call.context.logger.warning("The result is not kept: %s", error)
            self.why = f"{self.why}; its result is not kept: {error}" if self.why else str(error)
            transaction.write_on_commit = False
            return None
        return record

    def _explained(self, state: State[Any]) -> State[Any]:
        """Note in the state under which key its result is kept, and why it was or was not reused."""
        run, until = self.call.run, self.until
        if self.key is not None or self.why is not None:
            state.with_details(cache_key=self.key, cache_reason=self.why, cache_expiration=until)
        run.cache_key = self.key
        run.cache_expiration = None if until is None else clock.from_datetime(until)
        return state

    # -- undone

    def _rolled_back(self) -> None:
        """Say in the run's state that it was undone, now or as soon as its end is recorded."""
        state = self.call.run.state
        if state is not None and state.is_completed():
            self.say_undone()
        else:
            self.undone = True

    def say_undone(self) -> None:
        """Record that the run was undone."""
        self.call.run.advance(
            State(
                type=StateType.COMPLETED,
                name="RolledBack",
                message="The transaction the task belonged to was rolled back.",
            )
        )
        self.call.context.logger.info("Finished in state %s", self.call.run.state)


def _checked(key: Any) -> str | None:
    if key is not None and not isinstance(key, str):
        raise TypeError(f"a cache key must be text, not {key!r}")
    return key or None


def end_steps(call: TaskCall, state: State[Any]) -> Steps[None]:
    """End the transaction of a run's last attempt: undo it where the run did not complete, and those around it.

    Args:
        call: the call.
        state: the state it came to.
    """
    context, keeping = call.context, call.context.keeping
    if state.type is StateType.COMPLETED:
        yield from context.transaction.leave_steps(None)
        return
    error = call.outcome.error
    if error is not None and keeping is not None and keeping.persist:
        keep_plainly(context, state, error, asked_for=True)
    yield from context.transaction.leave_steps(error or FailedRun(state.message or state.name))


def undo(context: Any, error: BaseException) -> None:
    """Undo the transaction of a run that was interrupted, and those around it."""
    if context.transaction is not None:
        drive(context.transaction.leave_steps(error))


def keep_plainly(context: Any, state: State[Any], value: Any, *, asked_for: bool) -> None:
    """Keep what a flow run returned, or the error a run failed with, for whoever asks its state elsewhere.

    Args:
        context: the run's.
        state: its last state, which then says where the value is.
        value: what it returned, or the error it raised.
        asked_for: whether the person asked for it, and must be told when it cannot be done.
    """
    if isinstance(value, State) or is_state_iterable(value):
        return
    key = DEFAULT_STORAGE_KEY_FN()
    run = context.run
    try:
        results = context.result_store
        record = results.create_result_record(value, key)
        record.run = (run.flow_run_id, run.id if run.flow_run_id != run.id else None, run.name)
        results.write_plain(record, key)
        state.reference = results.reference(record, key, plain=True)
    except Exception as problem:  # noqa: BLE001 - serializers and storages are other people's code
        if asked_for:
            context.logger.warning("The result is not kept: %s", problem)


_shared: tuple[Any, ResultStore] | None = None


def _outside_of_flows() -> ResultStore:
    """Return where the results of tasks outside of flows are kept; one for as long as the settings stay the same."""
    global _shared
    settings = get_current_settings()
    if _shared is None or _shared[0] is not settings:
        _shared = (settings, ResultStore())
    return _shared[1]


def _from_whom(note: Any) -> str:
    if note is None or note.run_name is None:
        return "A kept result was reused."
    return f"The result of task run {note.run_name!r} ({note.task_run_id}) was reused."


def _identity(note: Any) -> Any:
    from uuid import UUID  # start-up

    return None if note is None or note.task_run_id is None else UUID(note.task_run_id)

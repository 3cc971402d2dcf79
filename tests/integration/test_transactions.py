"""Transactions: what succeeds together is kept together, and what fails is undone, in the order promised."""

from __future__ import annotations

import asyncio
import threading

import pytest

from pacc import flow, task
from pacc.cache_policies import INPUTS
from pacc.exceptions import ConfigurationError
from pacc.locking.memory import MemoryLockManager
from pacc.results import ResultStore
from pacc.transactions import (
    CommitMode,
    IsolationLevel,
    Transaction,
    TransactionState,
    atransaction,
    get_transaction,
    transaction,
)


class Steps:
    """Tasks that note what they do and undo."""

    def __init__(self, colour):
        self.done = []
        self.colour = colour

    def task(self, name, *, fails=False, **options):
        def body():
            self.done.append(name)
            if fails:
                raise ValueError(name)
            return name

        made = self.colour.task(body, name=name, **options)
        made.on_rollback(lambda txn: self.done.append(f"undo {name}"))
        made.on_commit(lambda txn: self.done.append(f"commit {name} ({txn.state})"))
        return made

    def run(self, *tasks, fails=False, catches=False, inner=None, **options):
        """Call the tasks in one transaction of a flow; inner ones in a transaction inside."""

        async def act(each):
            answer = each()
            if asyncio.iscoroutine(answer):
                await answer

        async def abody():
            async with atransaction(**options) as txn:
                self.transaction = txn
                for each in tasks:
                    if catches:
                        try:
                            await act(each)
                        except ValueError:
                            self.done.append("caught")
                    else:
                        await act(each)
                if fails:
                    raise ValueError("at the end")

        def body():
            with transaction(**options) as txn:
                self.transaction = txn
                for each in tasks:
                    if catches:
                        try:
                            each()
                        except ValueError:
                            self.done.append("caught")
                    else:
                        each()
                if fails:
                    raise ValueError("at the end")

        self.colour.call(self.colour.flow(abody if self.colour.is_async else body, name="run"))


@pytest.fixture
def steps(colour):
    return Steps(colour)


def names_of_last_states(recorded):
    return {run.name.partition("-")[0]: run.state_name for run in recorded.task_runs()}


class TestTasksInATransaction:
    def test_children_commit_with_the_outermost_each_in_the_state_staged(self, steps, recorded):
        steps.run(steps.task("a"), steps.task("b"))
        assert steps.done == ["a", "b", "commit a (STAGED)", "commit b (STAGED)"]
        assert names_of_last_states(recorded) == {"a": "Completed", "b": "Completed"}
        assert steps.transaction.state is TransactionState.COMMITTED

    def test_an_error_at_the_end_undoes_the_last_first_and_the_runs_say_so(self, steps, recorded):
        with pytest.raises(ValueError, match="at the end"):
            steps.run(steps.task("a"), steps.task("b"), fails=True)
        assert steps.done == ["a", "b", "undo b", "undo a"]
        assert names_of_last_states(recorded) == {"a": "RolledBack", "b": "RolledBack"}
        assert recorded.history(recorded.task_runs("a")[0]) == [
            "Pending",
            "Running",
            "Completed",
            "RolledBack",
        ]
        assert recorded.flow_run().state_name == "Failed"

    def test_a_run_whose_end_is_committed_already_is_undone_too(self, recorded):
        made = task(lambda: 1, name="made")

        @flow
        def run():
            with transaction():
                made()
                recorded.store.journal.flush()
                assert recorded.task_run("made").state_name == "Completed"
                raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            run()
        run = recorded.task_run("made")
        assert recorded.history(run) == ["Pending", "Running", "Completed", "RolledBack"]
        assert recorded.store.journal.refused == 0

    def test_a_failing_task_is_not_undone_itself_but_those_before_it_are(self, steps, recorded):
        with pytest.raises(ValueError, match="b"):
            steps.run(steps.task("a"), steps.task("b", fails=True), steps.task("c"))
        assert steps.done == ["a", "b", "undo a"]
        assert names_of_last_states(recorded) == {"a": "RolledBack", "b": "Failed"}

    def test_an_error_that_is_caught_undoes_all_the_same_and_nothing_commits_later(self, steps, recorded):
        steps.run(steps.task("a"), steps.task("b", fails=True), steps.task("c"), catches=True)
        assert steps.done == ["a", "b", "undo a", "caught", "c", "undo c"]
        assert steps.transaction.state is TransactionState.ROLLED_BACK
        assert names_of_last_states(recorded) == {"a": "RolledBack", "b": "Failed", "c": "RolledBack"}

    def test_eager_ones_commit_at_once_and_are_not_undone(self, steps, recorded):
        with pytest.raises(ValueError, match="at the end"):
            steps.run(steps.task("a"), fails=True, commit_mode=CommitMode.EAGER)
        assert steps.done == ["a", "commit a (STAGED)"]
        assert names_of_last_states(recorded) == {"a": "Completed"}

    def test_switched_off_nothing_commits_by_itself(self, steps):
        steps.run(steps.task("a"), commit_mode="OFF")
        assert steps.done == ["a", "undo a"]

    def test_results_are_written_only_when_all_went_well(self, steps, pacc_home):
        kept = steps.task("a", cache_policy=INPUTS, result_storage_key=None, persist_result=True)
        named = steps.task("b", result_storage_key="b")
        with pytest.raises(ValueError, match="at the end"):
            steps.run(kept, named, fails=True)
        assert not (pacc_home / "storage" / "b").exists()
        steps.run(kept, named)
        assert (pacc_home / "storage" / "b").exists()

    def test_a_task_alone_is_a_transaction_of_its_own(self, steps, colour, recorded):
        colour.call(steps.task("a"))
        with pytest.raises(ValueError, match="b"):
            colour.call(steps.task("b", fails=True))
        assert steps.done == ["a", "commit a (STAGED)", "b"]

    def test_a_retry_does_not_undo_what_came_before(self, steps, recorded, colour):
        tries = []

        def body():
            tries.append(1)
            if len(tries) < 3:
                raise ValueError("not yet")

        steps.run(steps.task("a"), colour.task(body, name="flaky", retries=2))
        assert steps.done == ["a", "commit a (STAGED)"]
        assert names_of_last_states(recorded)["flaky"] == "Completed"

    def test_hooks_that_raise_while_committing_undo_everything(self, steps, recorded):
        a = steps.task("a")

        @a.on_commit
        def no(txn):
            raise OSError("not today")

        steps.run(a)
        assert steps.done == ["a", "commit a (STAGED)", "undo a"]
        assert names_of_last_states(recorded) == {"a": "RolledBack"}
        assert steps.transaction.state is TransactionState.ROLLED_BACK

    def test_a_rollback_hook_that_raises_is_told_and_stops_the_undoing_of_its_task_alone(
        self, steps, recorded, capfd
    ):
        b = steps.task("b")

        @b.on_rollback
        def no(txn):
            raise OSError("cannot be undone")

        with pytest.raises(ValueError, match="at the end"):
            steps.run(steps.task("a"), b, fails=True)
        assert steps.done == ["a", "b", "undo a"]
        assert names_of_last_states(recorded) == {"a": "RolledBack", "b": "Completed"}
        said = capfd.readouterr().err
        assert "An error was raised by the rollback hook 'no'" in said
        assert "what was left to undo is not undone" in said

    def test_coroutines_can_be_hooks_of_tasks_of_both_colours(self, colour, steps):
        a = colour.task(lambda: 1, name="a")

        @a.on_rollback
        async def undo(txn):
            await asyncio.sleep(0)
            steps.done.append("undone")

        with pytest.raises(ValueError, match="at the end"):
            steps.run(a, fails=True)
        assert steps.done == ["undone"]

    def test_tasks_of_a_task_are_undone_with_it(self, recorded):
        undone = []
        inner = task(lambda: 1, name="inner", on_rollback=[lambda txn: undone.append("inner")])

        @task
        def outer():
            inner()
            raise ValueError("after all")

        with pytest.raises(ValueError, match="after all"):
            flow(lambda: outer(), name="run")()
        assert undone == ["inner"]
        assert names_of_last_states(recorded) == {"inner": "RolledBack", "outer": "Failed"}

    def test_submitted_tasks_belong_to_it_too(self, recorded):
        undone = []
        made = task(lambda x: x, name="made", on_rollback=[lambda txn: undone.append("made")])

        @flow
        def run():
            with transaction():
                made.submit(1).result()
                raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            run()
        assert undone == ["made"]

    def test_an_interruption_undoes_too(self, recorded):
        undone = []
        made = task(lambda: 1, name="made", on_rollback=[lambda txn: undone.append("made")])

        @task
        def interrupted():
            raise KeyboardInterrupt

        @flow
        def run():
            with transaction():
                made()
                interrupted()

        with pytest.raises(KeyboardInterrupt):
            run()
        assert undone == ["made"]
        assert names_of_last_states(recorded) == {"made": "RolledBack", "interrupted": "Crashed"}


class TestTheTransactionItself:
    def test_what_cannot_be_called_is_refused_before_anything_needs_undoing(self):
        with transaction() as txn:
            with pytest.raises(TypeError, match=r"on_rollback\(fn, argument\); None cannot be called"):
                txn.on_rollback([].append("called at once"))
            with pytest.raises(TypeError, match="`on_commit` takes a function"):
                txn.on_commit("no function")

    @pytest.mark.parametrize(
        ("option", "words"),
        [("commit_mode", "EAGER, LAZY, OFF"), ("isolation_level", "READ_COMMITTED, SERIALIZABLE")],
    )
    def test_words_that_mean_nothing_are_refused_with_those_that_do(self, option, words):
        with (
            pytest.raises(ValueError, match=f"'sometimes' is none of {words}"),
            transaction(**{option: "sometimes"}),
        ):
            pass

    def test_hooks_of_the_older_spelling_take_arguments(self):
        log = []
        with pytest.raises(ValueError, match="no"), transaction() as txn:  # noqa: PT012 - the whole block is what fails
            txn.on_rollback(log.append, "with an argument")
            txn.on_rollback(lambda transaction: log.append(transaction is txn))
            txn.on_commit(log.append, "never")
            raise ValueError("no")
        assert log == [True, "with an argument"]
        with transaction() as txn:
            txn.on_commit(log.append, "committed")
        assert log[-1] == "committed"

    def test_a_task_can_clean_up(self, recorded):
        @task
        def clean_up(name):
            return name

        @flow
        def run():
            with transaction() as txn:
                txn.on_rollback(clean_up, "resource")
                raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            run()
        assert names_of_last_states(recorded) == {"clean_up": "Completed"}

    def test_a_key_that_is_known_commits_at_once_and_stages_no_more(self, pacc_home):
        store = ResultStore()
        with transaction(key="mine", store=store) as txn:
            assert not txn.is_committed()
            txn.stage({"a": 1})
            assert txn.is_staged()
        with transaction(key="mine", store=store) as txn:
            assert txn.is_committed()
            assert txn.read().result == {"a": 1}
            txn.stage({"a": 2})
        assert store.read("mine").result == {"a": 1}
        with transaction(key="mine", store=store, overwrite=True) as txn:
            txn.stage({"a": 3})
        assert store.read("mine").result == {"a": 3}
        with transaction(key="other", store=store, write_on_commit=False) as txn:
            txn.stage(1)
        assert not store.exists("other")

    def test_a_value_that_cannot_be_kept_undoes_it_and_raises_nothing(self, caplog):
        undone = []
        with caplog.at_level("WARNING", "pacc.transactions"), transaction(key="lock") as txn:
            txn.on_rollback(lambda t: undone.append(1))
            txn.stage(threading.Lock())
        assert txn.is_rolled_back()
        assert undone == [1]
        assert "cannot be turned into bytes" in caplog.text

    def test_values_are_found_from_inside_as_copies(self):
        with transaction() as outer:
            outer.set("list", [1])
            with transaction() as inner:
                assert inner.get_parent() is outer
                inner.get("list").append(2)
                assert inner.get("list") == [1]
                inner.set("own", 3)
            with pytest.raises(ValueError, match="nothing is kept under the name 'own'"):
                outer.get("own")
            assert outer.get("own", None) is None

    def test_hooks_of_tasks_reach_values(self, recorded):
        seen = []
        made = task(lambda: get_transaction().set("path", "a.txt"), name="made")
        made.on_rollback(lambda txn: seen.append((txn.get("path"), txn.get("of flow"))))

        @flow
        def run():
            with transaction() as txn:
                txn.set("of flow", 1)
                made()
                raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            run()
        assert seen == [("a.txt", 1)]

    def test_nesting_inherits_mode_and_isolation(self):
        with transaction(commit_mode="EAGER"), transaction() as inner:
            assert inner.commit_mode is CommitMode.EAGER
            assert inner.isolation_level is IsolationLevel.READ_COMMITTED
        with transaction(), transaction(commit_mode="OFF") as off:
            off.stage(1)
        assert off.is_committed()

    def test_outside_there_is_none(self):
        assert get_transaction() is None
        with transaction() as txn:
            assert get_transaction() is txn is Transaction.get_active()
        assert get_transaction() is None

    def test_a_child_undone_undoes_those_around_even_when_caught(self):
        log = []
        with transaction() as outer:
            outer.on_rollback(log.append, "outer")
            with transaction() as middle:
                middle.on_rollback(log.append, "middle")
                with pytest.raises(ValueError, match="no"), transaction() as inner:  # noqa: PT012 - as above
                    inner.on_rollback(log.append, "inner")
                    raise ValueError("no")
                assert outer.is_rolled_back()
        assert log == ["inner", "middle", "outer"]
        assert {txn.state for txn in (outer, middle, inner)} == {TransactionState.ROLLED_BACK}

    def test_committed_children_are_never_undone(self):
        log = []
        with pytest.raises(ValueError, match="no"), transaction() as outer:  # noqa: PT012 - the whole block is what fails
            with transaction(commit_mode="EAGER") as child:
                child.on_rollback(log.append, "child")
            outer.on_rollback(log.append, "outer")
            raise ValueError("no")
        assert log == ["outer"]
        assert child.is_committed()

    def test_committing_and_undoing_by_hand(self):
        with transaction(commit_mode="OFF") as txn:
            txn.stage(1)
            assert txn.commit()
            assert not txn.rollback()
        assert txn.is_committed()
        with transaction() as txn:
            assert txn.rollback()
            assert not txn.commit()
        assert txn.is_rolled_back()

    def test_one_at_a_time_needs_a_lock_manager(self, pacc_home):
        with (
            pytest.raises(ConfigurationError, match="needs a lock manager"),
            transaction(key="k", isolation_level="SERIALIZABLE"),
        ):
            pass

    def test_one_at_a_time_the_second_finds_what_the_first_did(self, pacc_home):
        store = ResultStore(lock_manager=MemoryLockManager())
        entered, seen = threading.Barrier(2), []

        def work(number):
            entered.wait()
            with transaction(key="k", store=store, isolation_level=IsolationLevel.SERIALIZABLE) as txn:
                seen.append(txn.is_committed())
                if not txn.is_committed():
                    txn.stage(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(seen) == [False, True]
        assert not MemoryLockManager().is_locked("k")

    def test_its_lock_is_free_after_an_error(self, pacc_home):
        store = ResultStore(lock_manager=MemoryLockManager())
        with (  # noqa: PT012 - the whole block is what fails
            pytest.raises(ValueError, match="no"),
            transaction(key="k", store=store, isolation_level="SERIALIZABLE"),
        ):
            assert MemoryLockManager().is_locked("k")
            raise ValueError("no")
        assert not MemoryLockManager().is_locked("k")

    def test_async_ones_wait_without_holding_up_the_loop(self, pacc_home):
        store = ResultStore(lock_manager=MemoryLockManager())
        order = []

        async def work(number):
            async with atransaction(key="k", store=store, isolation_level="SERIALIZABLE") as txn:
                order.append((number, txn.is_committed()))
                await asyncio.sleep(0.02)
                txn.stage(number)

        async def main():
            await asyncio.gather(*(work(number) for number in range(3)))

        asyncio.run(main())
        assert [committed for _, committed in order] == [False, True, True]

    def test_waiting_long_is_said_and_an_interruption_leaves_nothing_locked(
        self, pacc_home, monkeypatch, caplog
    ):
        monkeypatch.setattr("pacc.transactions.effects._SILENT", 0.02)
        locks = MemoryLockManager()
        store = ResultStore(lock_manager=locks)
        locks.acquire_lock("k", "someone else")
        threading.Timer(0.1, locks.release_lock, ("k", "someone else")).start()
        with (
            caplog.at_level("INFO", "pacc.transactions"),
            transaction(key="k", store=store, isolation_level="SERIALIZABLE"),
        ):
            assert locks.is_locked("k")
        assert "Waiting for someone else who has the lock of the key 'k'" in caplog.text
        assert not locks.is_locked("k")

    def test_an_interruption_while_it_waits_leaves_the_key_unlocked(self, pacc_home, monkeypatch):
        locks = MemoryLockManager()
        store = ResultStore(lock_manager=locks)

        def interrupted(key):
            raise KeyboardInterrupt

        monkeypatch.setattr(store, "lookup", interrupted)
        with (
            pytest.raises(KeyboardInterrupt),
            transaction(key="k", store=store, isolation_level="SERIALIZABLE"),
        ):
            pass
        assert not locks.is_locked("k")

"""Results: kept or not, where, as what, read by other processes, and never loaded when someone else wrote them."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from pacc import flow, task
from pacc.cache_policies import INPUTS
from pacc.exceptions import MissingResult, SerializationError, UntrustedResult
from pacc.filesystems import LocalFileSystem, WritableFileSystem
from pacc.filesystems.folders import Folder
from pacc.results import ResultStore, get_result_store, read_reference, should_persist_result
from pacc.services import results
from pacc.settings import temporary_settings
from pacc.states import Completed
from pacc.store import open_store

SHOWN = """
from pacc.settings import get_current_settings
from pacc.services import flow_runs, task_runs
from pacc.store import open_store
store = open_store(get_current_settings().home)
for noun in (flow_runs, task_runs):
    for run in sorted(noun.select(store), key=lambda run: str(run.id)):
        try:
            print(repr(run.state.result(raise_on_failure=False, retry_result_failure=False)))
        except Exception as error:
            print(type(error).__name__)
"""


def files(home):
    return sorted(path for path in (home / "storage").rglob("*") if path.is_file())


class TestWhetherResultsAreKept:
    def test_not_by_default(self, colour, recorded, pacc_home):
        assert colour.call(colour.flow(lambda: [1])) == [1]
        assert not (pacc_home / "storage").exists()
        with pytest.raises(MissingResult, match="persist_result=True"):
            recorded.flow_run().state.result()

    @pytest.mark.parametrize(
        ("options", "of_flow", "settings", "kept"),
        [
            ({}, {}, {}, False),
            ({"persist_result": True}, {}, {}, True),
            ({}, {"persist_result": True}, {}, True),
            ({"persist_result": False}, {"persist_result": True}, {}, False),
            ({}, {}, {"PACC_RESULTS_PERSIST_BY_DEFAULT": True}, True),
            ({}, {"persist_result": False}, {"PACC_RESULTS_PERSIST_BY_DEFAULT": True}, False),
            ({}, {"persist_result": True}, {"PACC_TASKS_DEFAULT_PERSIST_RESULT": False}, False),
            ({}, {"persist_result": False}, {"PACC_TASKS_DEFAULT_PERSIST_RESULT": True}, True),
            ({"persist_result": False}, {}, {"PACC_TASKS_DEFAULT_PERSIST_RESULT": True}, False),
        ],
    )
    def test_a_task_says_then_the_setting_then_its_flow(
        self, colour, recorded, options, of_flow, settings, kept
    ):
        with temporary_settings(settings):
            double = colour.task(lambda x: 2 * x, name="double", **options)
            colour.call(colour.flow(lambda: double(21), **of_flow))
        state = recorded.task_run().state
        assert (state.reference is not None) is kept
        if kept:
            assert state.result() == 42

    @pytest.mark.parametrize(
        "setting", ["PACC_RESULTS_PERSIST_BY_DEFAULT", "PACC_TASKS_DEFAULT_PERSIST_RESULT"]
    )
    def test_outside_of_flows_the_settings_decide(self, colour, recorded, setting):
        with temporary_settings({setting: True}):
            colour.call(colour.task(lambda: 1, name="one"))
        assert recorded.task_run().state.result() == 1

    def test_a_nested_flow_does_as_its_parent(self, colour, recorded):
        child = colour.flow(lambda: "child", name="child")
        colour.call(colour.flow(lambda: child(), name="parent", persist_result=True))
        assert [run.state.result() for run in recorded.flow_runs()] == ["child", "child"]

    def test_a_run_can_ask(self):
        asked = []
        kept = task(lambda: asked.append(should_persist_result()), name="kept", persist_result=True)
        plain = task(lambda: asked.append(should_persist_result()), name="plain")

        @flow(persist_result=False)
        def run():
            kept(), plain()
            asked.append(should_persist_result())

        run()
        assert asked == [True, False, False]
        assert should_persist_result() is False


class TestWhatIsWritten:
    def test_a_task_s_file_is_json_with_its_metadata(self, colour, pacc_home):
        colour.call(colour.task(lambda: [1, 2], name="listed", persist_result=True, result_serializer="json"))
        [file] = files(pacc_home)
        kept = json.loads(file.read_text())
        assert json.loads(kept["result"]) == [1, 2]
        assert set(kept["metadata"]) == {
            "storage_key",
            "expiration",
            "serializer",
            "pacc_version",
            "storage_block_id",
        }
        assert kept["metadata"]["storage_key"] == str(file)
        assert kept["metadata"]["serializer"] == {"type": "json"}

    def test_a_flow_s_file_is_the_serialized_value_alone(self, colour, pacc_home):
        colour.call(colour.flow(lambda: [1, 2], result_serializer="json"))
        [file] = files(pacc_home)
        assert json.loads(file.read_text()) == [1, 2]

    def test_the_error_of_a_flow_is_kept_even_when_results_are_not(self, colour, recorded, run_python):
        def fail():
            raise ValueError("no such city")

        with pytest.raises(ValueError, match="no such city"):
            colour.call(colour.flow(fail))
        recorded.store.journal.flush()
        assert run_python(SHOWN).stdout == "ValueError('no such city')\n"

    def test_what_another_process_reads_is_the_value(self, colour, recorded, run_python):
        double = colour.task(lambda x: {"double": 2 * x}, name="double", persist_result=True)
        plain = colour.task(lambda: 1, name="plain")

        async def body():
            return "done"

        def run():
            return "done"

        colour.call(colour.flow(body if colour.is_async else run, persist_result=True))
        colour.call(double, 21)
        colour.call(plain)
        recorded.store.journal.flush()
        assert run_python(SHOWN).stdout.splitlines() == ["'done'", "{'double': 42}", "MissingResult"]

    @pytest.mark.parametrize("serializer", ["pickle", "json", "compressed/pickle", "compressed/json"])
    def test_every_serializer_works_for_flows_and_tasks(self, recorded, serializer):
        @flow(result_serializer=serializer)
        def run():
            return task(lambda: {"a": None}, name="made")()

        run()
        assert recorded.task_run().state.result() == recorded.flow_run().state.result() == {"a": None}

    def test_none_is_kept_as_a_value(self, colour, recorded):
        colour.call(colour.flow(lambda: None, persist_result=True))
        assert recorded.flow_run().state.result() is None

    def test_the_run_and_the_digest_are_noted(self, colour, recorded):
        colour.call(colour.task(lambda: 1, name="one", persist_result=True))
        [kept] = results.select(recorded.store)
        run = recorded.task_run()
        assert (kept.task_run_id, kept.run_name, kept.flow_run_id) == (run.id, "one", None)
        assert kept.size == os.path.getsize(kept.path)
        assert len(kept.digest) == 64

    def test_a_result_not_kept_in_memory_is_read_when_asked_for(self, colour):
        one = colour.task(lambda: [1], name="one", persist_result=True, cache_result_in_memory=False)
        state = colour.call(one, return_state=True)
        assert type(state.data).__name__ == "KeptValue"
        assert state.result() == [1]


class TestWhereItIsWritten:
    def test_below_the_home_unless_a_setting_says(self, colour, pacc_home, tmp_path):
        one = colour.task(lambda: 1, name="one", persist_result=True)
        colour.call(one)
        assert len(files(pacc_home)) == 1
        with temporary_settings({"PACC_RESULTS_LOCAL_STORAGE_PATH": str(tmp_path / "there")}):
            colour.call(one)
        assert len(list((tmp_path / "there").iterdir())) == 1

    @pytest.mark.parametrize("storage", ["path", "text", "url", "memory"])
    def test_in_a_path_or_at_a_url(self, colour, recorded, tmp_path, storage):
        place = {
            "path": tmp_path / "there",
            "text": str(tmp_path / "there"),
            "url": f"file://{tmp_path / 'there'}",
            "memory": f"memory://{tmp_path.name}-{colour.is_async}",
        }[storage]
        one = colour.task(
            lambda: [1],
            name="one",
            result_storage=place,
            cache_policy=INPUTS + INPUTS,
            result_storage_key=None,
        )
        two = colour.task(lambda x: [x], name="two", result_storage=place, cache_policy=INPUTS)
        colour.call(one), colour.call(two, 5)
        assert colour.call(two, 5, return_state=True).name == "Cached"
        assert recorded.task_runs("two")[0].state.result() == [5]
        if storage != "memory":
            assert list((tmp_path / "there").iterdir())

    def test_a_flow_s_place_and_serializer_are_its_tasks_too(self, tmp_path):
        @flow(result_storage=tmp_path / "of flow", result_serializer="json")
        def run():
            task(lambda: 1, name="one")()
            task(lambda: 2, name="two", result_storage=tmp_path / "of task", result_serializer="pickle")()

        run()
        [one] = [
            json.loads(path.read_text())
            for path in (tmp_path / "of flow").iterdir()
            if "metadata" in path.read_text()
        ]
        assert one["metadata"]["serializer"]["type"] == "json"
        assert len(list((tmp_path / "of task").iterdir())) == 1

    def test_under_a_name_made_of_the_run_and_its_parameters(self, pacc_home):
        @task(result_storage_key="{flow_run.flow_name}/{parameters[city]}-{task_run.task_name}.json")
        def fetch(city):
            return 10.4

        @flow
        def weather():
            return [fetch("Ulm", return_state=True).name, fetch("Ulm", return_state=True).name]

        assert weather() == ["Completed", "Cached"]
        assert (pacc_home / "storage" / "weather" / "Ulm-fetch.json").is_file()

    def test_outside_of_flows_the_flow_run_has_no_name(self, pacc_home):
        task(lambda: 1, name="one", result_storage_key="{flow_run.name}-one")()
        assert [file.name for file in files(pacc_home)] == ["None-one"]

    @pytest.mark.parametrize("key", ["../../outside", "/tmp/outside", "{parameters[nothing]}"])
    def test_a_name_that_leads_out_or_means_nothing_fails_the_run(self, colour, recorded, key):
        one = colour.task(lambda: 1, name="one", result_storage_key=key)
        with pytest.raises((ValueError, LookupError, AttributeError)):
            colour.call(one)
        assert recorded.task_run().state_name == "Failed"

    def test_in_a_file_system_of_ones_own_with_coroutines(self, colour):
        kept = {}

        class Mine(WritableFileSystem):
            async def read_path(self, path):
                return kept[path]

            async def write_path(self, path, content):
                kept[path] = content

        with pytest.raises(TypeError, match="a Mine has to be saved before results are kept in it"):
            colour.task(lambda x: [x], name="one", result_storage=Mine())
        Mine().save("mine")
        for storage in (Mine.load("mine"), "mine/mine"):
            kept.clear()
            one = colour.task(
                lambda x: [x], name="one", cache_key_fn=lambda *_: "mine", result_storage=storage
            )
            colour.call(one, 1)
            assert "mine" in kept
            assert colour.call(one, 2, return_state=True).name == "Cached"

    def test_in_a_storage_block_by_its_name(self, colour, recorded, tmp_path):
        LocalFileSystem(basepath=tmp_path / "results").save("results")
        one = task(lambda: 1, name="one", persist_result=True)
        outer = colour.flow(lambda: one(), result_storage="local-file-system/results")
        assert colour.call(outer) == 1
        assert len(list((tmp_path / "results").iterdir())) == 2
        assert recorded.task_run("one").state.result() == 1

    def test_records_and_values_in_two_storage_blocks(self, colour, tmp_path):
        LocalFileSystem(basepath=tmp_path / "keys").save("keys")
        LocalFileSystem(basepath=tmp_path / "values").save("values")
        policy = INPUTS.configure(key_storage="local-file-system/keys")
        one = colour.task(
            lambda x: x, name="one", cache_policy=policy, result_storage="local-file-system/values"
        )
        assert (colour.call(one, 3), colour.call(one, 3, return_state=True).name) == (3, "Cached")
        assert {len(list((tmp_path / each).iterdir())) for each in ("keys", "values")} == {1}

    def test_the_name_of_a_block_that_is_not_there_fails_the_run_with_a_sentence(self, colour, recorded):
        one = colour.task(lambda: 1, name="one", result_storage="local-file-system/nobody")
        with pytest.raises(ValueError, match='no block "local-file-system/nobody"'):
            colour.call(one)
        assert recorded.task_run().state_name == "Failed"

    def test_what_is_no_storage_is_refused_when_the_task_is_declared(self):
        with pytest.raises(TypeError, match="not in 3"):
            task(lambda: 1, result_storage=3)
        with pytest.raises(SerializationError, match="no serializer 'yaml'"):
            task(lambda: 1, result_serializer="yaml")


class TestFaults:
    def test_a_value_that_cannot_be_kept_is_returned_all_the_same_and_said(self, colour, recorded, capfd):
        locked = colour.task(lambda: threading.Lock(), name="locked", persist_result=True)
        assert colour.call(locked) is not None
        run = recorded.task_run()
        assert run.state_name == "Completed"
        assert run.state.reference is None
        assert "cannot be turned into bytes" in run.state.state_details.cache_reason
        assert "The result is not kept" in capfd.readouterr().err

    @pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
    def test_a_storage_that_cannot_be_written(self, colour, tmp_path):
        (tmp_path / "there").mkdir(mode=0o500)
        assert colour.call(colour.task(lambda: 1, name="one", result_storage=tmp_path / "there")) == 1

    @pytest.mark.parametrize(
        "error", [OSError(28, "No space left on device"), PermissionError(13, "Permission denied")]
    )
    def test_a_full_or_read_only_storage_costs_the_record_not_the_run(
        self, colour, recorded, capfd, monkeypatch, error
    ):
        def fail(self, path, content):
            raise error

        monkeypatch.setattr(Folder, "write_path", fail)
        one = colour.task(lambda x: x, name="one", cache_policy=INPUTS)
        assert [colour.call(one, 1), colour.call(one, 1)] == [1, 1]
        assert error.strerror in capfd.readouterr().err
        for run in recorded.task_runs():
            assert run.state_name == "Completed"
            assert error.strerror in run.state.message
            assert run.state.reference is None

    def test_a_setting_that_names_no_serializer_is_said_and_hides_no_error(self, colour, recorded):
        def fail():
            raise ValueError("the flow's own")

        with temporary_settings({"PACC_RESULTS_DEFAULT_SERIALIZER": "yaml"}):
            with pytest.raises(SerializationError, match="no serializer 'yaml'"):
                colour.call(colour.task(lambda: 1, name="one", persist_result=True))
            with pytest.raises(ValueError, match="the flow's own"):
                colour.call(colour.flow(fail))
        assert recorded.task_run().state_name == "Failed"
        assert recorded.flow_run().state_name == "Failed"

    def test_a_disk_that_really_is_full_leaves_no_half_file(self, run_python, tmp_path, pacc_home):
        program = tmp_path / "program.py"
        program.write_text(
            "import resource\n"
            "from pacc import flow, task\n"
            "@task(persist_result=True)\n"
            "def large(): return 'x' * 3_000_000\n"
            "@flow\n"
            "def run(): return len(large())\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))\n"
            "print(run())\n"
        )
        ended = run_python(program)
        assert (ended.code, ended.stdout) == (0, "3000000\n"), ended.output
        assert "could not be committed" in ended.stderr
        assert files(pacc_home) == []

    def test_a_storage_that_is_slow_holds_up_its_own_run_alone(self, recorded, monkeypatch):
        write, done = Folder.write_path, threading.Event()

        def slowly(self, path, content):
            assert done.wait(60)
            return write(self, path, content)

        monkeypatch.setattr(Folder, "write_path", slowly)
        kept = threading.Thread(target=task(lambda: 1, name="kept", persist_result=True))
        kept.start()
        assert task(lambda: 2, name="plain")() == 2
        assert kept.is_alive()
        done.set()
        kept.join()
        assert recorded.task_run("kept").state.result() == 1

    def test_a_storage_that_is_gone_is_a_miss_and_a_sentence(self, colour, recorded, pacc_home):
        one = colour.task(lambda x: [x], name="one", cache_policy=INPUTS)
        colour.call(one, 1)
        shutil.rmtree(pacc_home / "storage")
        state = recorded.task_run().state
        with pytest.raises(MissingResult, match="is not there any more"):
            state.result(retry_result_failure=False)
        assert colour.call(one, 1, return_state=True).name == "Completed"

    def test_a_result_that_comes_a_moment_later_is_waited_for(self, recorded, pacc_home):
        task(lambda: [1], name="one", persist_result=True)()
        [file] = files(pacc_home)
        aside = file.rename(file.with_name("aside"))
        threading.Timer(0.3, aside.rename, (file,)).start()
        assert recorded.task_run().state.result() == [1]

    def test_a_storage_that_is_a_file_says_so(self, colour, tmp_path):
        (tmp_path / "there").write_text("")
        state = colour.call(
            colour.task(lambda: 1, name="one", result_storage=tmp_path / "there", persist_result=True),
            return_state=True,
        )
        assert "The result could not be kept" in state.message


class Payload:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture
def victim(pacc_home, recorded):
    """A cached result, the file it lies in, and the bytes of an attack."""

    class Victim:
        proof = pacc_home / "owned"

        def __init__(self):
            self.calls = []

            @task(cache_key_fn=lambda *_: "victim")
            def compute():
                self.calls.append(1)
                return [1]

            self.task = compute
            compute()
            self.state = recorded.task_run().state
            self.file = pacc_home / "storage" / "victim"
            other = ResultStore(result_storage=pacc_home / "elsewhere")
            self.record = other.create_result_record(Payload(self.proof), "victim")
            self.attack = self.record.serialize()

        def check(self, why):
            """It runs again, the payload never does, and the state elsewhere is refused."""
            with pytest.raises((UntrustedResult, MissingResult), match=why):
                self.state.result(retry_result_failure=False)
            state = self.task(return_state=True)
            assert state.name == "Completed"
            assert state.result() == [1]
            assert not self.proof.exists()
            assert len(self.calls) == 2

    return Victim()


class TestRecordsThatSomeoneElseWrote:
    """G20: a payload that would create a file never runs."""

    def test_edited(self, victim):
        victim.file.write_bytes(victim.attack)
        victim.check("changed since it was written")

    def test_swapped_with_another_record_of_ours(self, victim, recorded):
        task(lambda: [2], name="other", result_storage_key="other")()
        os.replace(victim.file.with_name("other"), victim.file)
        victim.check("changed since it was written")

    def test_linked(self, victim, tmp_path):
        (tmp_path / "attack").write_bytes(victim.attack)
        victim.file.unlink()
        victim.file.symlink_to(tmp_path / "attack")
        with pytest.raises(UntrustedResult, match="it is a link"):
            victim.state.result(retry_result_failure=False)

    def test_the_folder_linked(self, victim, tmp_path, pacc_home):
        shutil.copytree(pacc_home / "storage", tmp_path / "copy")
        (tmp_path / "copy" / "victim").write_bytes(victim.attack)
        shutil.rmtree(pacc_home / "storage")
        (pacc_home / "storage").symlink_to(tmp_path / "copy")
        with pytest.raises(UntrustedResult):
            victim.state.result(retry_result_failure=False)
        assert not victim.proof.exists()

    def test_writable_by_others(self, victim):
        victim.file.chmod(0o666)
        victim.check("other users may write it")

    @pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
    def test_of_another_owner(self, victim):
        os.chown(victim.file, 12345, -1)
        victim.check("another user")

    def test_in_another_folder(self, victim, tmp_path, recorded):
        (tmp_path / "else").mkdir()
        (tmp_path / "else" / "victim").write_bytes(victim.attack)
        reference = json.loads(victim.state.reference)
        reference["storage"] = str(tmp_path / "else")
        from pacc.results import read_reference

        with pytest.raises(UntrustedResult, match="this store did not write it"):
            read_reference(json.dumps(reference), retry=False)
        assert not victim.proof.exists()

    def test_under_a_key_nobody_wrote(self, victim, pacc_home):
        (pacc_home / "storage" / "foreign").write_bytes(victim.attack)
        found = ResultStore().lookup("foreign")
        assert found.record is None
        assert "did not write it" in found.why

    def test_not_even_when_the_bytes_are_kept_in_memory(self, victim):
        assert victim.task(return_state=True).name == "Cached"
        victim.file.write_bytes(victim.attack)
        victim.check("changed since it was written")

    def test_unless_loading_such_is_switched_on(self, victim):
        victim.file.write_bytes(victim.attack)
        with temporary_settings({"PACC_RESULTS_LOAD_UNVERIFIED": True}):
            victim.state.result(retry_result_failure=False)
        assert victim.proof.exists()

    def test_of_another_serializer_named_in_the_file(self, victim):
        kept = json.loads(victim.file.read_text())
        kept["metadata"]["serializer"] = {"type": "pickle", "picklelib": "os"}
        victim.file.write_text(json.dumps(kept))
        victim.check("changed since it was written")


class TestTheStoreOfResults:
    def test_reading_what_is_not_there(self, pacc_home):
        with pytest.raises(MissingResult, match="nothing is kept under its key"):
            ResultStore().read("nothing")

    def test_one_can_be_used_by_hand(self, pacc_home):
        store = ResultStore(serializer="json")
        store.write({"a": 1}, key="mine")
        assert store.exists("mine")
        record = store.read("mine")
        assert (record.result, record.serializer.type, record.expiration) == ({"a": 1}, "json", None)
        assert open_store(pacc_home) is store.store

    def test_the_run_s_own_is_found_from_inside(self, tmp_path):
        @flow(result_storage=tmp_path / "here")
        def run():
            return get_result_store().result_storage.location

        assert run() == str(tmp_path / "here")
        assert get_result_store().result_storage.location.endswith("/storage")

    def test_bytes_that_are_no_text_are_kept_too(self, pacc_home):
        from pacc.serializers import Serializer

        class Raw(Serializer):
            type = "raw"

            def dumps(self, obj):
                return obj

            def loads(self, blob):
                return blob

        store = ResultStore(serializer=Raw())
        store.write(b"\xff\x00", key="raw")
        store.cache.clear()
        assert store.read("raw").result == b"\xff\x00"

    def test_a_thousand_records_at_most_are_in_memory(self, pacc_home):
        store = ResultStore()
        for number in range(1_010):
            store.write(number, key=str(number))
            store.read(str(number))
        assert len(store.cache) == 1_000

    def test_states_made_by_hand_are_not_kept(self, colour, recorded):
        colour.call(colour.flow(lambda: Completed(message="done"), persist_result=True))
        assert recorded.flow_run().state.reference is None

    def test_threads_that_write_under_one_key_leave_a_record_that_is_read(self, pacc_home):
        store = ResultStore()

        def write(number):
            for each in range(20):
                store.write([number, each], key="shared")

        threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(store.read("shared").result) == 2
        assert os.listdir(pacc_home / "storage") == ["shared"]


# ------------------------------------------------------------------------------------------------ power loss


@pytest.fixture
def synced(pacc_home, monkeypatch):
    """What was made to survive power loss, in order: its path, and how many results the store knew of then."""
    sync, seen = os.fsync, []

    def watch(fd):
        sync(fd)
        path = os.readlink(f"/proc/self/fd/{fd}")
        if not path.startswith(str(pacc_home / "storage")):
            return
        connection = sqlite3.connect(pacc_home / "pacc.db")
        [known] = connection.execute("SELECT count(*) FROM result").fetchone()
        connection.close()
        seen.append((path, known))

    if not os.path.exists("/proc/self/fd"):
        pytest.skip("only Linux says what is synced")
    monkeypatch.setattr(os, "fsync", watch)
    return seen


def test_a_result_survives_power_loss_before_the_store_knows_of_it(pacc_home, synced):
    @task(persist_result=True)
    def keep(number):
        return number

    @flow(persist_result=True)
    def several():
        return sum(keep.map(range(20)).result())

    several()
    storage = pacc_home / "storage"
    known_at = dict(reversed(synced))
    files = {str(path) for path in storage.iterdir()}
    assert len(files) == 21
    assert files | {str(storage)} == set(known_at)
    synced_files = [(path, known) for path, known in synced if path in files]
    assert all(known <= place for place, (_, known) in enumerate(synced_files))


def test_where_commits_need_not_survive_power_loss_results_need_not_either(synced):
    with temporary_settings({"PACC_STORE_SYNCHRONOUS": "normal"}):
        task(lambda: 1, persist_result=True)()
    assert synced == []


def test_a_result_that_cannot_be_made_to_survive_is_told_and_kept(monkeypatch, pacc_home, capsys):
    def broken(fd):
        raise OSError(errno.EIO, "input/output error")

    store = open_store(pacc_home)
    monkeypatch.setattr(os, "fsync", broken)
    state = task(lambda: 1, persist_result=True)(return_state=True)
    store.journal.flush()
    assert "results may not survive power loss: [Errno 5]" in capsys.readouterr().err
    assert read_reference(state.reference) == 1

"""Deployments as programs declare them: from a flow, an entrypoint, a repository; and runs of them that are waited for."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import threading
import time
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pacc import flow, get_client, serve, task
from pacc.blocks.system import Secret
from pacc.client.schemas import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from pacc.deployments import Deployment, RunnerDeployment, deploy, run_deployment
from pacc.deployments.steps import run_pull_steps
from pacc.docker import DockerImage
from pacc.engine import place
from pacc.exceptions import (
    InvalidDeploymentError,
    InvalidSchedule,
    InvalidValueError,
    MissingFlowError,
    ObjectNotFound,
    ObjectUnsupported,
    ParameterTypeError,
    PullFailed,
)
from pacc.filesystems import LocalFileSystem
from pacc.runner.git import credentials
from pacc.runner.storage import GitRepository, LocalStorage, RemoteStorage
from pacc.schedules import Cron, Interval
from pacc.schemas.schedules import Catchup, CronSchedule, Overlap
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import deployments, flow_runs, task_runs, work_pools
from pacc.services.run_transitions import propose_flow_run_state
from pacc.states import Completed, Crashed, Pending, Running
from pacc.types.entrypoint import EntrypointType

FLOWS = '''
from pacc import flow

@flow(version="3")
def etl(city: str, days: int = 1):
    """Fetch and keep."""
    return f"{city} {days}"

not_a_flow = 7
'''


@flow(version="1", description="what it is for")
def forecast(city: str, days: int = 3):
    return city * days


@task
def town():
    return "Ulm"


def store():
    return place.current().store


def read(deployment_id):
    return deployments.read(store(), deployment_id)


def only_run():
    (run,) = flow_runs.select(store(), flow_run_filter=None)
    return run


@pytest.fixture
def code(tmp_path, monkeypatch):
    """A folder with a flow in it, which is the current one."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "flows.py").write_text(FLOWS)
    monkeypatch.chdir(folder)
    return folder


# -- declared ----------------------------------------------------------------------------------------------------------


def test_a_flow_becomes_a_deployment_others_can_find_and_check():
    made = read(forecast.to_deployment("deploy-1", parameters={"days": 2}, tags=["a"]).apply())
    assert made.full_name == "forecast/deploy-1"
    assert Path(made.path, made.entrypoint.partition(":")[0]) == Path(__file__)
    assert made.entrypoint.endswith(":forecast")
    assert (made.version, made.description, made.parameters, made.tags) == (
        "1",
        "what it is for",
        {"days": 2},
        ["a"],
    )
    assert made.version_info == {"type": "pacc:simple", "version": "1"}
    assert made.parameter_openapi_schema["required"] == ["city"]
    with pytest.raises(ParameterTypeError, match='"city" is missing'):
        deployments.create_run(store(), made.id)


def test_one_tag_may_stand_for_a_list_of_one():
    assert forecast.to_deployment("x", tags="daily").tags == ["daily"]


def test_what_nobody_could_execute_is_neither_served_nor_deployed():
    @flow
    def hidden():
        pass

    for given, said in (
        (forecast, "takes deployments, not <Flow"),
        (hidden.to_deployment("x"), 'the flow of "hidden/x" is defined inside a function'),
    ):
        with pytest.raises(InvalidDeploymentError, match=said):
            serve(given)
        with pytest.raises(InvalidDeploymentError, match=said):
            deploy(given, work_pool_name="local")


def test_a_module_names_a_flow_as_well_as_a_file_does():
    declared = forecast.to_deployment("x", entrypoint_type=EntrypointType.MODULE_PATH)
    assert declared.entrypoint == f"{__name__}:forecast"
    assert declared.entrypoint_type is EntrypointType.MODULE_PATH


@pytest.mark.parametrize(
    ("options", "crons"),
    [
        ({"cron": "0 9 * * *"}, ["0 9 * * *"]),
        ({"cron": ["0 9 * * *", "@daily"]}, ["0 9 * * *", "@daily"]),
        ({"schedule": Cron("@daily")}, ["@daily"]),
        ({"schedules": [Cron("@daily"), CronSchedule(cron="@hourly"), {"cron": "@weekly"}]}, ["@daily", "@hourly", "@weekly"]),
        ({"schedules": [{"schedule": CronSchedule(cron="@daily"), "slug": "x"}]}, ["@daily"]),
        ({}, []),
    ],
)  # fmt: skip
def test_schedules_may_be_said_in_every_form(options, crons):
    declared = forecast.to_deployment("x", **options)
    assert [each.schedule.cron for each in declared.schedules] == crons


def test_intervals_may_be_numbers_and_rules_may_be_several():
    assert [
        each.schedule.interval
        for each in forecast.to_deployment("x", interval=[60, timedelta(hours=1)]).schedules
    ] == [
        timedelta(minutes=1),
        timedelta(hours=1),
    ]
    assert len(forecast.to_deployment("x", rrule=["FREQ=DAILY", "FREQ=WEEKLY"]).schedules) == 2


def test_catching_up_and_overlapping_are_said_for_all_schedules_or_for_each():
    (one,) = forecast.to_deployment("x", cron="@daily", catchup="latest", overlap="skip").schedules
    assert (one.catchup, one.overlap) == (Catchup.LATEST, Overlap.SKIP)
    (own,) = forecast.to_deployment("x", schedule=Interval(60, catchup="all")).schedules
    assert own.catchup is Catchup.ALL
    (told,) = forecast.to_deployment(
        "x", schedules=[{"cron": "@daily", "catchup": "all", "active": False}]
    ).schedules
    assert (told.catchup, told.active) == (Catchup.ALL, False)


def test_a_flow_may_bring_its_schedule_along_as_older_programs_write_it():
    nightly = forecast.with_options(schedule="0 0 * * *")
    assert [each.schedule.cron for each in nightly.to_deployment("x").schedules] == ["0 0 * * *"]
    assert [each.schedule.cron for each in nightly.to_deployment("x", cron="@hourly").schedules] == [
        "@hourly"
    ]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"cron": "@daily", "interval": 3}, InvalidSchedule, "give only one of"),
        ({"cron": "every day"}, InvalidSchedule, "no cron schedule"),
        ({"schedules": [7]}, InvalidSchedule, "7 is no schedule"),
        ({"cron": "@daily", "catchup": "some"}, InvalidSchedule, 'not "some"'),
        ({"parameters": {"city": object()}}, ParameterTypeError, "which JSON cannot say"),
        ({"version_type": "svn"}, InvalidDeploymentError, 'no version type "svn"'),
        ({"version_type": "vcs:github"}, InvalidDeploymentError, "GITHUB_SHA is not set"),
        ({"work_queue_name": "fast"}, InvalidDeploymentError, "no work pool"),
        ({"work_pool_name": "lab"}, ObjectNotFound, 'no work pool "lab"'),
        ({"parameters": {"days": "many"}}, ParameterTypeError, "'many' is not of type 'integer'"),
    ],
)
def test_a_deployment_that_could_not_work_is_refused_in_a_sentence(options, error, message, monkeypatch):
    monkeypatch.delenv("GITHUB_SHA", raising=False)
    with pytest.raises(error, match=message):
        forecast.to_deployment("x", **options).apply()
    assert deployments.count(store()) == 0


def test_a_flow_in_no_file_cannot_be_deployed():
    namespace = {"flow": flow}
    exec("@flow\ndef nowhere(): pass", namespace)
    with pytest.raises(InvalidDeploymentError, match="is in no file"):
        namespace["nowhere"].to_deployment("x")


def test_a_limit_says_what_the_others_do():
    limit = ConcurrencyLimitConfig(limit=2, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    made = read(forecast.to_deployment("x", concurrency_limit=limit).apply())
    assert (made.concurrency_limit, made.concurrency_options.collision_strategy) == (2, "CANCEL_NEW")


def test_a_deployment_is_made_of_an_entrypoint(code):
    made = read(RunnerDeployment.from_entrypoint("flows.py:etl", "nightly").apply())
    assert (made.full_name, made.version, made.path, made.entrypoint) == (
        "etl/nightly",
        "3",
        str(code),
        "flows.py:etl",
    )
    with pytest.raises(MissingFlowError, match="is of type int, not a flow"):
        RunnerDeployment.from_entrypoint("flows.py:not_a_flow", "x")


def test_the_older_spelling_makes_the_same_deployment():
    made = Deployment.build_from_flow(
        forecast, "x", schedule=CronSchedule(cron="@daily"), is_schedule_active=False
    )
    stored = read(made.apply())
    assert (stored.paused, stored.schedules[0].schedule.cron) == (True, "@daily")
    assert Deployment.build_from_flow(forecast, "y", apply=True).full_name == "forecast/y"


def test_what_is_declared_in_async_code_is_awaited():
    async def declare():
        declared = await forecast.to_deployment("x")
        return await declared.apply(), await declared.aapply(), await forecast.ato_deployment("x")

    first, second, declared = asyncio.run(declare())
    assert (first, declared.full_name) == (second, "forecast/x")


# -- deployed to a pool ------------------------------------------------------------------------------------------------


@pytest.fixture
def pool():
    """A work pool."""
    work_pools.create(store(), WorkPoolCreate(name="lab"))
    return "lab"


def test_a_flow_is_deployed_to_a_work_pool(pool, capsys, monkeypatch):
    made = read(forecast.deploy("x", work_pool_name=pool, job_variables={"env": {"A": "1"}}))
    assert (made.work_pool_name, made.work_queue_name, made.job_variables) == (
        "lab",
        "default",
        {"env": {"A": "1"}},
    )
    assert "pacc worker start --pool lab" in capsys.readouterr().out
    with pytest.raises(InvalidDeploymentError, match="needs a work pool"):
        deploy(forecast.to_deployment("y"))
    with pytest.raises(InvalidDeploymentError, match="pacc makes no images"):
        forecast.deploy("y", work_pool_name=pool, image="flows:1")
    imaged = forecast.deploy("y", pool, "flows:1", build=False, push=False, print_next_steps=False)
    assert read(imaged).job_variables == {"image": "flows:1"}


def test_an_image_is_named_by_an_object_too_and_never_made(pool):
    with pytest.raises(InvalidDeploymentError, match="pacc makes no images"):
        forecast.deploy("x", pool, DockerImage("flows", dockerfile="Dockerfile"))
    image = DockerImage("registry:5000/flows", tag="2", platform="linux/amd64")
    made = forecast.deploy("x", pool, image, build=False, push=False, print_next_steps=False)
    assert read(made).job_variables == {"image": "registry:5000/flows:2"}
    for refused in (image.build, image.push):
        with pytest.raises(ObjectUnsupported, match=r"pacc \w+ no images"):
            refused()


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("flows", "flows:latest"),
        ("flows:1", "flows:1"),
        ("registry:5000/team/flows", "registry:5000/team/flows:latest"),
        ("registry:5000/team/flows:1", "registry:5000/team/flows:1"),
    ],
)
def test_an_image_without_a_tag_is_the_latest(name, reference):
    assert DockerImage(name).reference == reference
    with pytest.raises(ValueError, match="has a tag already"):
        DockerImage("flows:1", tag="2")


# -- from somewhere else -----------------------------------------------------------------------------------------------


def git(*arguments, folder):
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """A repository whose flow says `first` in its tag `v1` and its first commit, and `second` on its branch `main`."""
    folder = tmp_path / "flows.git"
    folder.mkdir()
    git("init", "-q", "-b", "main", folder=folder)
    (folder / "other").mkdir()
    (folder / "other" / "big.txt").write_text("x")
    commits = []
    for word in ("first", "second"):
        (folder / "flows.py").write_text(f"from pacc import flow\n@flow\ndef say():\n    return {word!r}\n")
        git("add", ".", folder=folder)
        git("commit", "-q", "-m", word, folder=folder)
        commits.append(git("rev-parse", "HEAD", folder=folder))
        if word == "first":
            git("tag", "v1", folder=folder)
    return folder, commits


@pytest.mark.parametrize(
    ("which", "said"),
    [({}, "second"), ({"branch": "main"}, "second"), ({"branch": "v1"}, "first"), ("commit", "first")],
)
def test_a_flow_is_fetched_from_a_git_repository_at_a_branch_a_tag_or_a_commit(repository, which, said):
    folder, commits = repository
    source = GitRepository(str(folder), **({"commit_sha": commits[0]} if which == "commit" else which))
    fetched = flow.from_source(source, "flows.py:say")
    assert fetched() == said
    made = read(fetched.to_deployment("x").apply())
    ((step, inputs),) = made.pull_steps[0].items()
    assert step == "pacc.deployments.steps.git_clone"
    assert inputs["repository"] == str(folder)
    assert (made.entrypoint, made.path) == ("flows.py:say", None)


def test_a_clone_that_is_there_is_brought_up_to_date(repository, tmp_path):
    folder, _ = repository
    storage = GitRepository(str(folder), branch="main", directories=["other"])
    storage.set_base_path(tmp_path / "clones")
    storage.pull()
    (storage.destination / "flows.py").write_text("spoilt")
    (folder / "flows.py").write_text("newer")
    git("commit", "-q", "-a", "-m", "third", folder=folder)
    storage.pull()
    assert (storage.destination / "flows.py").read_text() == "newer"
    other = GitRepository(str(tmp_path), name=storage.destination.name)
    other.set_base_path(tmp_path / "clones")
    with pytest.raises(PullFailed, match="is a clone of"):
        other.pull()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere.git", "there is no folder"),
        (GitRepository("/nowhere.git"), "cannot be fetched: git fetch failed: fatal: "),
        (GitRepository("--upload-pack=touch /tmp/x"), "cannot be fetched"),
        ("memory://nothing/here", "there is nothing at"),
        ("nosuchscheme://x", "cannot be fetched"),
    ],
)
def test_code_that_cannot_be_fetched_is_a_sentence(source, message):
    with pytest.raises(PullFailed, match=message):
        flow.from_source(source, "flows.py:etl")


def test_a_flow_is_used_where_it_is_in_a_folder(code):
    for source in (str(code), code, LocalStorage(code)):
        fetched = flow.from_source(source, "flows.py:etl")
        assert fetched("Ulm", 2) == "Ulm 2"
    assert fetched.with_options(name="other").entrypoint == "flows.py:etl"
    made = read(fetched.to_deployment("x").apply())
    assert made.pull_steps == [{"pacc.deployments.steps.set_working_directory": {"directory": str(code)}}]


def test_a_zip_whose_names_lead_out_of_the_folder_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as zipped:
        zipped.writestr("code/flows.py", FLOWS)
        zipped.writestr("code/../../../evil.py", "")
    storage = RemoteStorage("zip://code", fo=str(tmp_path / "code.zip"))
    storage.set_base_path(tmp_path / "a" / "b")
    with pytest.raises(PullFailed, match="would come to lie outside of"):
        storage.pull()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "code.zip"]


def test_a_flow_is_copied_from_wherever_fsspec_reaches(code):
    import fsspec

    fsspec.filesystem("memory").pipe("/bucket/code/flows.py", FLOWS.encode())
    storage = RemoteStorage("memory://bucket/code")
    assert flow.from_source(storage, "flows.py:etl")("Ulm") == "Ulm 1"
    assert storage.to_pull_step() == {
        "pacc.deployments.steps.pull_from_remote_storage": {"url": "memory://bucket/code"}
    }


@pytest.mark.parametrize(
    "storage",
    [
        GitRepository("https://example.com/flows.git", credentials={"access_token": "hush"}),
        GitRepository("https://ada:hush@example.com/flows.git"),
    ],
)
def test_a_plain_token_is_used_but_never_kept(storage):
    with pytest.raises(InvalidDeploymentError, match="save it in a Secret block") as refusal:
        storage.to_pull_step()
    assert "hush" not in str(refusal.value) + repr(storage)


def test_a_token_in_a_block_is_kept_by_the_blocks_name():
    Secret(value="hush").save("git-token")
    token = Secret.load("git-token")
    storage = GitRepository("https://example.com/flows.git", credentials={"access_token": token})
    ((_, step),) = storage.to_pull_step().items()
    assert step["access_token"] == "{{ pacc.blocks.secret.git-token }}"
    named = GitRepository(
        "https://example.com/flows.git", credentials={"username": "ada", "access_token": token}
    )
    ((_, step),) = named.to_pull_step().items()
    assert step["credentials"] == {
        "username": "ada",
        "access_token": "{{ pacc.blocks.secret.git-token }}",
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"branch": "a", "commit_sha": "b"}, "not at both"),
        ({"branch": "--force"}, "is no branch"),
        ({"credentials": {"username": "ada"}}, "names a user and no access token"),
    ],
)
def test_a_repository_that_could_not_be_fetched_is_refused(given, message):
    with pytest.raises(InvalidDeploymentError, match=message):
        GitRepository("https://example.com/flows.git", **given)


def test_a_token_is_shown_to_its_host_alone_and_stands_in_no_argument():
    given = credentials("https://gitlab.example.com/flows.git", None, "hush")
    assert given["GIT_CONFIG_KEY_0"] == "http.https://gitlab.example.com/.extraHeader"
    assert base64.b64decode(given["GIT_CONFIG_VALUE_0"].rpartition(" ")[2]) == b"oauth2:hush"
    assert credentials("git@example.com:flows.git", None, "hush") == {}


def test_a_flow_is_fetched_from_a_block_that_holds_code(code, tmp_path):
    LocalFileSystem(basepath=str(code)).save("flows")
    fetched = flow.from_source(LocalFileSystem.load("flows"), "flows.py:etl")
    assert fetched("Ulm") == "Ulm 1"
    ((step, inputs),) = read(fetched.to_deployment("x").apply()).pull_steps[0].items()
    assert step == "pacc.deployments.steps.pull_with_block"
    assert inputs == {"block_document_name": "flows", "block_type_slug": "local-file-system"}
    (tmp_path / "elsewhere").mkdir()
    os.chdir(tmp_path / "elsewhere")
    assert (run_pull_steps([{step: inputs}]) / "flows.py").exists()


@pytest.mark.parametrize("source", [7, Secret(value="x")])
def test_what_holds_no_code_is_a_sentence(source):
    with pytest.raises(InvalidDeploymentError, match="holds no code"):
        flow.from_source(source, "flows.py:etl")


# -- run and waited for ------------------------------------------------------------------------------------------------


def end_soon(state, *, through=(Pending, Running), after=0.05):
    """Be whoever serves deployments: end the first run that waits, some time later."""

    def work():
        for _ in range(200):
            waiting = [
                run for run in flow_runs.select(store()) if run.deployment_id and not run.state.is_final()
            ]
            if waiting:
                time.sleep(after)
                for each in (*[kind() for kind in through], state):
                    propose_flow_run_state(store(), str(waiting[0].id), each, force=True)
                return
            time.sleep(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.fixture
def deployed():
    """The deployment `forecast/x`."""
    return read(forecast.to_deployment("x").apply())


def test_a_run_is_returned_once_it_has_ended(deployed):
    helper = end_soon(Completed())
    before = time.monotonic()
    run = run_deployment("forecast/x", parameters={"city": "Ulm"}, tags=["mine"], flow_run_name="told")
    helper.join()
    assert (run.state.is_completed(), run.name, run.tags, run.parameters) == (
        True,
        "told",
        ["mine"],
        {"city": "Ulm"},
    )
    assert time.monotonic() - before < 4  # it did not wait for the poll


def test_a_run_that_does_not_end_in_time_is_returned_as_it_is(deployed):
    assert run_deployment(deployed.id, parameters={"city": "Ulm"}, timeout=0).state.is_scheduled()
    assert run_deployment(str(deployed.id), parameters={"city": "Ulm"}, timeout=0.1).state.is_scheduled()


def test_async_code_awaits_the_same(deployed):
    async def both():
        run = await run_deployment("forecast/x", parameters={"city": "Ulm"}, timeout=0)
        return run, await run_deployment.aio("forecast/x", parameters={"city": "Ulm"}, timeout=0.05)

    one, other = asyncio.run(both())
    assert one.id != other.id


def test_a_run_is_made_once_for_a_key_and_due_when_it_is_asked_to_be(deployed):
    later = datetime.now(UTC) + timedelta(days=1)
    asked = {"parameters": {"city": "Ulm"}, "timeout": 0, "idempotency_key": "once", "scheduled_time": later}
    first = run_deployment("forecast/x", **asked)
    assert (first.expected_start_time, run_deployment("forecast/x", **asked).id) == (later, first.id)


def test_arguments_are_sent_as_json_or_refused(deployed):
    run = run_deployment("forecast/x", parameters={"city": date(2026, 11, 26)}, timeout=0)
    assert run.parameters == {"city": "2026-11-26"}
    with pytest.raises(
        ParameterTypeError, match=r'the parameter "city" of the deployment "forecast/x" is a (Lock|lock)'
    ):
        run_deployment("forecast/x", parameters={"city": threading.Lock()}, timeout=0)


def test_a_time_that_is_none_is_a_sentence(deployed):
    with pytest.raises(InvalidValueError, match="scheduled_time is a datetime, not 'tomorrow'"):
        run_deployment("forecast/x", scheduled_time="tomorrow", timeout=0)


def test_a_deployment_that_is_not_there_is_a_sentence(deployed):
    for name in ("forecast/y", "forecast/"):
        with pytest.raises(ObjectNotFound, match='Did you mean "forecast/x"'):
            run_deployment(name)


@pytest.mark.parametrize("end", [Completed, Crashed])
def test_inside_a_flow_the_run_counts_as_one_it_called(deployed, end):
    @flow
    def outer():
        helper = end_soon(end())
        run = run_deployment("forecast/x", parameters={"city": town()})
        helper.join()
        return str(run.id)

    state = outer(return_state=True)
    run = flow_runs.read(store(), state.result())
    above = flow_runs.read(store(), state.state_details.flow_run_id)
    assert (run.parent_flow_run_id, run.root_flow_run_id) == (above.id, above.id)
    assert (run.created_by.type, run.created_by.display_value) == ("FLOW_RUN", above.name)
    stand_in = task_runs.read(store(), run.parent_task_run_id)
    assert stand_in.flow_run_id == above.id
    assert (stand_in.state.type, stand_in.state.state_details.child_flow_run_id) == (run.state.type, run.id)
    assert [state.name for state in task_runs.states(store(), stand_in.id)] == [
        "Scheduled",
        "Pending",
        "Running",
        run.state.name,
    ]
    assert (stand_in.end_time, stand_in.run_count) == (run.end_time, 1)
    assert "city" in stand_in.task_inputs


def test_a_run_that_outlives_the_flow_that_asked_for_it_ends_what_stands_for_it(deployed, run_python):
    ended = run_python(
        "from pacc import flow\nfrom pacc.deployments import run_deployment\n"
        "@flow\ndef outer():\n    run_deployment('forecast/x', parameters={'city': 'Ulm'}, timeout=0)\nouter()"
    )
    assert ended.code == 0, ended.output
    with get_client(sync_client=True) as client:
        (run,) = [each for each in client.read_flow_runs() if each.deployment_id]
        from pacc.services.reaping import reap

        reap(store())
        assert client.read_task_run(run.parent_task_run_id).state.is_scheduled()
        end_soon(Completed(), after=0).join()
        assert client.read_task_run(run.parent_task_run_id).state.is_completed()


def test_a_run_on_its_own_is_no_subflow_although_a_flow_asked_for_it(deployed):
    @flow
    def outer():
        run_deployment("forecast/x", parameters={"city": "Ulm"}, timeout=0, as_subflow=False)

    outer()
    (run,) = [each for each in flow_runs.select(store()) if each.deployment_id]
    assert run.parent_flow_run_id is run.parent_task_run_id is None


def test_inside_a_task_the_run_counts_as_one_the_flow_called(deployed):
    @task
    def start():
        return run_deployment("forecast/x", parameters={"city": "Ulm"}, timeout=0).id

    @flow
    def outer():
        return [start(), start.submit().result()]

    state = outer(return_state=True)
    for run_id in state.result():
        assert flow_runs.read(store(), run_id).parent_flow_run_id == state.state_details.flow_run_id


def test_a_run_that_is_refused_leaves_a_failed_stand_in_that_says_why(deployed):
    @flow
    def outer():
        run_deployment("forecast/x", parameters={"city": 7})

    with pytest.raises(ParameterTypeError):
        outer()
    (stand_in,) = task_runs.select(store())
    assert stand_in.state.is_failed()
    assert "7 is not of type 'string'" in stand_in.state.message


def test_a_name_the_flow_has_no_parameter_of_is_refused_whoever_gives_it(deployed):
    with pytest.raises(
        ParameterTypeError, match=r'no parameter "ctiy" of the deployment "forecast/x". Did you mean "city"\?'
    ):
        run_deployment("forecast/x", parameters={"ctiy": "Ulm"}, timeout=0)
    assert flow_runs.select(store()) == []

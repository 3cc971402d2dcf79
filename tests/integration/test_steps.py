"""Steps are carried out in order, and bring a run's code to where it runs."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from pacc import flow
from pacc.blocks.system import Secret
from pacc.deployments.steps import (
    git_clone,
    pull_from_remote_storage,
    run_pull_steps,
    run_shell_script,
    run_step,
    run_steps,
    set_working_directory,
)
from pacc.deployments.steps.core import do_step, do_steps
from pacc.engine import place
from pacc.exceptions import PullFailed, StepExecutionError
from pacc.integrations.azure import AzureDevopsRepository
from pacc.integrations.github import GitHubRepository
from pacc.runner.storage import GitRepository
from pacc.services import deployments, flow_runs, logs
from pacc.variables import Variable

STEPS = "pacc.deployments.steps"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """An empty folder to be in; where a step leads, the test does not stay."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def repository(tmp_path):
    """A repository with a flow that needs a module beside it."""
    folder = tmp_path / "flows.git"
    folder.mkdir()
    (folder / "said.py").write_text("WORD = 'from afar'\n")
    (folder / "flows.py").write_text(
        "import os\nfrom pacc import flow\nfrom said import WORD\n"
        "@flow(persist_result=True)\ndef say():\n    print(WORD)\n    return WORD, os.environ['TOKEN']\n"
    )
    for words in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    return folder


def shell(script, **more):
    return {f"{STEPS}.run_shell_script": {"script": script, "stream_output": False, **more}}


# -- in order ----------------------------------------------------------------------------------------------------------


def test_a_step_is_given_what_those_before_it_returned_and_what_the_store_and_the_environment_hold(
    monkeypatch,
):
    Variable.set("word", "variable")
    Secret(value="hush").save("token")
    monkeypatch.setenv("WORD", "environment")
    told = []
    outputs = do_steps(
        [
            shell("echo first", id="one"),
            shell(
                "echo {{ one.stdout }} {{ stdout }} {{ $WORD }} {{ prefect.variables.word }} {{ pacc.blocks.secret.token }}",
                id="two",
            ),
        ],
        say=told.append,
    )
    assert outputs["one"] == {"stdout": "first", "stderr": ""}
    assert outputs["two"]["stdout"] == outputs["stdout"] == "first first environment variable hush"
    assert told == ["Running step run_shell_script"] * 2


def test_prefects_names_of_steps_are_ours():
    for name in (
        "prefect.deployments.steps.set_working_directory",
        "prefect.projects.steps.set_working_directory",
    ):
        assert do_step({name: {"directory": "/"}}) == {"directory": "/"}
        assert Path.cwd() == Path("/")


def test_async_code_awaits_steps_and_steps_may_be_async():
    assert asyncio.run(run_step({"asyncio.sleep": {"delay": 0, "result": {"a": 1}}})) == {"a": 1}
    assert asyncio.run(run_steps([shell("echo x")], print_function=lambda _: None))["stdout"] == "x"


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"no.such.step": {}}, 'there is no step "no.such.step"'),
        ({f"{STEPS}.no_such": None}, "has no attribute 'no_such'"),
        ({"nodots": {}}, 'there is no step "nodots"'),
        ({"a": {}, "b": {}}, "a step is a mapping of one function"),
        ("clone", "a step is a mapping of one function"),
        ({f"{STEPS}.git_clone": "url"}, "the inputs of the step .* are a mapping"),
        ({f"{STEPS}.git_clone": {"url": "x"}}, "unexpected keyword argument 'url'"),
        (
            {f"{STEPS}.set_working_directory": {"directory": "/nowhere"}},
            "the folder '/nowhere' cannot be entered: No such file",
        ),
        (shell("false"), "'false' failed with exit code 1"),
        (shell("echo why >&2; exit 3", shell=True), "failed with exit code 3: why"),
        (shell("nosuchcommand"), "'nosuchcommand' cannot be run: No such file"),
        (shell("echo 'open"), "is no command: No closing quotation"),
        (
            {
                f"{STEPS}.pip_install_requirements": {
                    "requirements_file": "nothing.txt",
                    "stream_output": False,
                }
            },
            "nothing.txt",
        ),
        (shell("echo {{ pacc.blocks.secret.none }}"), "none"),
    ],
)
def test_a_step_that_cannot_be_carried_out_is_a_sentence(step, message):
    with pytest.raises(StepExecutionError, match=message):
        do_step(step)


def test_a_package_that_a_step_needs_and_nobody_has_is_named(monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(
        StepExecutionError, match=r"no-such-package, which the step .* needs, cannot be installed"
    ):
        do_step({"no_such_package.step": {"requires": "no-such-package"}})


# -- scripts -----------------------------------------------------------------------------------------------------------


def test_a_script_runs_line_by_line_and_stops_at_the_first_failure(here, capfd):
    said = run_shell_script("echo one\n\n# a remark\necho two", env={"A": "1"})
    assert said["stdout"] == "one\ntwo"
    assert capfd.readouterr().out == "one\ntwo\n"
    with pytest.raises(StepExecutionError):
        run_shell_script("false\ntouch made", stream_output=False)
    assert not (here / "made").exists()


def test_a_script_may_ask_for_a_shell_a_folder_and_variables(tmp_path):
    assert (
        run_shell_script("echo b a | tr ' ' '\\n' | sort", shell=True, stream_output=False)["stdout"]
        == "a\nb"
    )
    assert run_shell_script("pwd", directory=str(tmp_path), stream_output=False)["stdout"] == str(tmp_path)
    said = run_shell_script("echo $WORD $OTHER", env={"WORD": "x"}, expand_env_vars=True, stream_output=False)
    assert said["stdout"] == "x $OTHER"


# -- code brought ------------------------------------------------------------------------------------------------------


def test_code_is_brought_below_the_current_folder_and_entered(repository, here):
    assert (
        run_pull_steps([{f"{STEPS}.git_clone": {"repository": str(repository), "branch": "main"}}])
        == here / "flows-main"
    )
    assert Path("flows.py").exists()


def test_the_last_step_that_names_a_folder_says_where_the_code_is(repository, here):
    steps = [
        {
            f"{STEPS}.git_clone": {
                "repository": str(repository),
                "id": "clone",
                "clone_directory_name": "mine",
            }
        },
        shell("mkdir {{ clone.directory }}/inside"),
        {f"{STEPS}.set_working_directory": {"directory": "{{ clone.directory }}/inside"}},
    ]
    run_pull_steps(steps[:2])
    assert Path.cwd() == here / "mine"


def test_a_folder_is_copied_from_wherever_fsspec_reaches():
    import fsspec

    fsspec.filesystem("memory").pipe("/copied/flows.py", b"x = 1")
    assert pull_from_remote_storage("memory://copied") == {"directory": "copied"}
    assert Path("copied/flows.py").read_bytes() == b"x = 1"


def test_a_repository_is_read_with_a_token_or_with_credentials():
    with pytest.raises(PullFailed, match="not with both"):
        git_clone("https://example.com/x.git", access_token="a", credentials={"access_token": "b"})


def test_entering_a_folder_may_begin_at_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert set_working_directory("~") == {"directory": str(tmp_path)}


def test_a_run_of_a_deployment_fetches_its_code_into_a_folder_that_goes_again(
    repository, pacc_process, pacc_home
):
    fetched = flow.from_source(GitRepository(str(repository)), "flows.py:say")
    store = place.current().store
    Secret(value="hush").save("token")
    variables = {"env": {"TOKEN": "{{ pacc.blocks.secret.token }}"}}
    made = fetched.to_deployment("afar", job_variables=variables).apply()
    run = deployments.create_run(store, made)
    ended = pacc_process("flow-run", "execute", str(run.id), cwd=os.getcwd())
    assert ended.code == 0, ended.output
    assert flow_runs.read(store, run.id).state.result() == ("from afar", "hush")
    assert "from afar" in [line.message for line in logs.read(store, run.id)]
    assert not list((pacc_home / "work").iterdir())
    assert list(Path.cwd().iterdir()) == []


def test_a_run_whose_code_cannot_be_fetched_has_crashed_and_says_why(repository, pacc_process):
    fetched = flow.from_source(GitRepository(str(repository)), "flows.py:say")
    store = place.current().store
    run = deployments.create_run(store, fetched.to_deployment("afar").apply())
    (repository / ".git").rename(repository / "gone")
    assert pacc_process("flow-run", "execute", str(run.id)).code == 1
    state = flow_runs.read(store, run.id).state
    assert state.is_crashed()
    assert 'the step "pacc.deployments.steps.git_clone" failed' in state.message


@pytest.mark.parametrize(
    ("kind", "field"), [(GitHubRepository, "repository_url"), (AzureDevopsRepository, "repository")]
)
def test_a_repository_is_a_block_of_which_folders_are_fetched(repository, here, tmp_path, kind, field):
    (repository / "etl").mkdir()
    (repository / "etl" / "a.py").write_text("a")
    (repository / "out").symlink_to(tmp_path)
    for words in (["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "y"]):
        subprocess.run(["git", *words], cwd=repository, check=True, capture_output=True)
    kind(**{field: str(repository)}, reference="main").save("flows")
    kept = kind.load("flows")
    kept.get_directory("etl", str(tmp_path / "got"))
    assert [each.name for each in (tmp_path / "got").iterdir()] == ["a.py"]
    pulled = do_step(
        {
            f"{STEPS}.pull_with_block": {
                "block_document_name": "flows",
                "block_type_slug": kind.get_block_type_slug(),
            }
        }
    )
    assert (here / pulled["directory"] / "said.py").is_file()
    assert not (here / pulled["directory"] / ".git").exists()
    for path, error in (("none", FileNotFoundError), ("..", ValueError), ("out", ValueError)):
        with pytest.raises(error):
            kept.get_directory(path, str(tmp_path / "got"))
    with pytest.raises(PullFailed, match="cannot be fetched"):
        kind(**{field: str(repository)}, reference="other").get_directory()

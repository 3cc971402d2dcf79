"""What can be loaded before a run is due, and where that is."""

from __future__ import annotations

import pytest

from pacc.runner.warm import source_of
from pacc.services.taking_up import Code

ENTER = "pacc.deployments.steps.set_working_directory"


def entered(step):
    return [{ENTER: step}]


def source(folder, **facts):
    return source_of(Code(entrypoint="flows.py:etl", path=None if folder is None else str(folder), **facts))


def test_code_is_loaded_where_its_runs_are(tmp_path, monkeypatch):
    for name in ("path", "job", "step"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    elsewhere = {"working_dir": str(tmp_path / "job")}
    assert source(None).folder == str(tmp_path)
    assert source(tmp_path / "path").folder == str(tmp_path / "path")
    assert source(tmp_path / "path", job_variables=elsewhere).folder == str(tmp_path / "job")
    for owner in ("pacc", "prefect"):
        steps = [{f"{owner}.deployments.steps.set_working_directory": {"directory": str(tmp_path / "step")}}]
        code = source(tmp_path / "path", job_variables=elsewhere, pull_steps=steps)
        assert code.folder == str(tmp_path / "step")
    assert source(None, job_variables={"env": {"B": 2, "A": None}}).environment == (("B", "2"),)


@pytest.mark.parametrize(
    "steps",
    [
        [{"pacc.deployments.steps.git_clone": {"repository": "https://example.com/flows.git"}}],
        entered({"directory": "{{ pacc.variables.folder }}"}),
        entered({"directory": "below"}),
        entered({"directory": 1}),
        entered({"directory": "/", "id": "there"}),
        entered({}),
        entered(None),
        [*entered({"directory": "/"}), *entered({"directory": "/"})],
        [{ENTER: {"directory": "/"}, "another": {}}],
    ],
)
def test_code_that_is_fetched_or_may_be_elsewhere_each_time_is_not_loaded_before(steps):
    assert source("/", pull_steps=steps) is None


def test_code_without_a_folder_or_an_entrypoint_is_for_its_run_to_complain_of(tmp_path):
    gone = tmp_path / "gone"
    assert source(gone) is None
    assert source("/", pull_steps=entered({"directory": str(gone)})) is None
    assert source_of(Code(path=str(tmp_path))) is None

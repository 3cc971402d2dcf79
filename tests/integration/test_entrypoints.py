"""Flows found by entrypoint, and the sentences where there is none."""

from __future__ import annotations

import sys

import pytest

from pacc import Flow, flow
from pacc.exceptions import MissingFlowError, ScriptError, UnspecifiedFlowError
from pacc.flows import load_flow_from_entrypoint, load_function_and_convert_to_flow, select_flow

SCRIPT = """
from pacc import flow, task
import helper_beside_the_script

@flow
def pipeline(number: int = 1):
    return number + helper_beside_the_script.more

class Station:
    @flow
    def report(self): ...

    @flow
    @classmethod
    def at(cls):
        return cls.__name__

def plain(): ...

if __name__ == "__main__":
    raise AssertionError("not meant to run")
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a script, a module beside it and a package, which is the current folder."""
    (tmp_path / "weather.py").write_text(SCRIPT)
    (tmp_path / "helper_beside_the_script.py").write_text("more = 1")
    (tmp_path / "package_of_flows").mkdir()
    (tmp_path / "package_of_flows" / "__init__.py").write_text("")
    (tmp_path / "package_of_flows" / "weather.py").write_text(
        SCRIPT.replace("+ helper_beside_the_script.more", "")
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith(("helper_beside", "package_of_flows"))]:
        del sys.modules[name]


def test_a_file_and_a_function_name_a_flow(project):
    found = load_flow_from_entrypoint("weather.py:pipeline")
    assert isinstance(found, Flow)
    assert found.name == "pipeline"
    assert found(2) == 3


def test_the_file_may_be_named_in_full_from_anywhere(project, monkeypatch):
    monkeypatch.chdir("/")
    assert load_flow_from_entrypoint(f"{project}/weather.py:pipeline").name == "pipeline"


@pytest.mark.parametrize(
    "entrypoint", ["package_of_flows.weather:pipeline", "package_of_flows.weather.pipeline"]
)
def test_a_module_may_be_named_instead(project, entrypoint):
    assert load_flow_from_entrypoint(entrypoint).name == "pipeline"


def test_a_method_may_be_named(project):
    assert load_flow_from_entrypoint("weather.py:Station.report").name == "report"
    assert load_flow_from_entrypoint("weather.py:Station.at")() == "Station"


def test_a_plain_function_can_be_made_a_flow(project):
    assert load_function_and_convert_to_flow("weather.py:plain").log_prints is True
    assert load_function_and_convert_to_flow("weather.py:pipeline").log_prints is None
    with pytest.raises(MissingFlowError, match="is of type str; name a function"):
        load_function_and_convert_to_flow("weather.py:__name__")


@pytest.mark.parametrize(
    ("entrypoint", "sentence"),
    [
        ("nowhere.py:pipeline", "there is no file 'nowhere.py'"),
        ("weather.py:nonsense", "there is no 'nonsense' in 'weather.py'"),
        ("weather.py:Station.nonsense", "there is no 'Station.nonsense'"),
        ("weather.py", "names no function; write 'file.py:function'"),
        ("package_of_nothing.weather:pipeline", "there is no module 'package_of_nothing.weather'"),
        ("package_of_flows.nothing:pipeline", "there is no module 'package_of_flows.nothing'"),
        ("weather.py:plain", "is of type function, not a flow; decorate it with @flow"),
        ("pipeline", "names no function"),
        ("", "names no function"),
    ],
)
def test_where_there_is_no_flow_a_sentence_says_so(project, entrypoint, sentence):
    with pytest.raises(MissingFlowError, match=sentence):
        load_flow_from_entrypoint(entrypoint)


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("raise ValueError('broken')", ValueError),
        ("def broken(:", SyntaxError),
        ("import a_module_that_is_not_there", ModuleNotFoundError),
        ("raise SystemExit(3)", SystemExit),
    ],
)
def test_a_script_that_raises_is_a_script_error_with_its_cause(project, source, cause):
    (project / "broken.py").write_text(source)
    with pytest.raises(ScriptError, match=rf"broken.py' raised {cause.__name__}") as raised:
        load_flow_from_entrypoint("broken.py:pipeline")
    assert isinstance(raised.value.user_exc, cause)
    assert isinstance(raised.value.__cause__, cause)


def test_a_module_that_raises_is_a_script_error_too(project):
    (project / "package_of_flows" / "broken.py").write_text("import a_module_that_is_not_there")
    with pytest.raises(ScriptError):
        load_flow_from_entrypoint("package_of_flows.broken:pipeline")


def test_of_several_flows_the_named_one_is_chosen():
    first, second = flow(name="first")(len), flow(name="second")(len)
    assert select_flow([first]) is first
    assert select_flow([first, second], "second") is second
    with pytest.raises(UnspecifiedFlowError, match=r"several flows in file 'x.py': first, second"):
        select_flow([first, second], from_message="in file 'x.py'")
    with pytest.raises(MissingFlowError, match="no flow 'third'; there is: first, second"):
        select_flow([first, second], "third")
    with pytest.raises(MissingFlowError, match="there is no flow"):
        select_flow([])


def test_a_program_that_calls_its_flow_is_loaded_up_to_there(tmp_path, recorded):
    script = tmp_path / "unguarded.py"
    script.write_text(
        "from pacc import flow\n@flow\ndef pipeline():\n    return 5\npipeline()\nraise SystemExit(3)\n"
    )
    assert load_flow_from_entrypoint(f"{script}:pipeline").name == "pipeline"
    script.write_text(script.read_text().replace("pipeline()\nraise", "pipeline.serve()\nraise"))
    assert load_flow_from_entrypoint(f"{script}:pipeline").name == "pipeline"
    assert recorded.flow_runs() == []


def test_a_file_of_a_package_finds_its_neighbours(tmp_path, recorded):
    package = tmp_path / "a_package_of_flows"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "numbers.py").write_text("FIVE = 5\n")
    (package / "flows.py").write_text(
        "from pacc import flow\nfrom .numbers import FIVE\n@flow\ndef pipeline():\n    return FIVE\n"
    )
    assert load_flow_from_entrypoint(f"{package / 'flows.py'}:pipeline")() == 5

"""`pacc deploy`: what pacc.yaml and prefect.yaml declare is built, sent away and written to the store."""

from __future__ import annotations

import json
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from pacc.blocks.system import Secret
from pacc.cli.root import main
from pacc.deployments import initialize_project
from pacc.engine import place
from pacc.exceptions import InvalidDeploymentError
from pacc.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule
from pacc.services import deployments, work_pools
from pacc.variables import Variable

FLOWS = """
from pacc import flow

@flow(version="1", description="fetch and keep")
def fetch_weather(city: str = "Ulm", days: int = 1):
    return city * days

@flow
def report():
    pass
"""


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(words)
        told = capsys.readouterr()
        return int(code), told.out, told.err

    return run


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder with two flows, and a work pool."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "flows.py").write_text(FLOWS)
    monkeypatch.chdir(folder)
    work_pools.ensure(store(), "local")
    return folder


@pytest.fixture
def declare(here):
    """Write a file of deployments."""

    def written(text, name="pacc.yaml"):
        (here / name).write_text(textwrap.dedent(text))

    return written


def store():
    return place.current().store


def names():
    return sorted(each.full_name for each in deployments.select(store()))


def only():
    (found,) = deployments.select(store())
    return found


TWO = """
    deployments:
    - name: daily
      entrypoint: flows.py:fetch_weather
      work_pool: {name: local}
    - name: weekly
      entrypoint: flows.py:report
      work_pool: {name: local}
"""


# -- what a file says ---------------------------------------------------------------------------------------------------


def test_everything_a_file_says_of_a_deployment_is_kept(pacc, declare, here):
    declare(
        """
        name: weather
        prefect-version: 3.8.8
        deployments:
        - name: daily
          version: 2
          tags: [a, b]
          description: every day
          flow_name: other-name
          entrypoint: flows.py:fetch_weather
          parameters: {city: Bonn}
          enforce_parameter_schema: false
          paused: true
          concurrency_limit: {limit: 2, collision_strategy: CANCEL_NEW}
          schedules:
          - cron: "0 9 * * *"
            timezone: Europe/Berlin
            slug: morning
            parameters: {days: 2}
            active: false
            catchup: latest
            overlap: skip
          - interval: 3600
            anchor_date: 2026-01-01T00:00:00Z
          - rrule: FREQ=DAILY
          work_pool:
            name: local
            work_queue_name: fast
            job_variables: {env: {A: "1"}}
          triggers:
          - expect: [flow-run.Completed]
          sla: {}
        """
    )
    code, out, said = pacc("deploy")
    assert (code, out) == (0, ""), said
    assert 'Deployed "other-name/daily"' in said
    made = only()
    assert (made.full_name, made.version, made.tags, made.description) == (
        "other-name/daily",
        "2",
        ["a", "b"],
        "every day",
    )
    assert (made.parameters, made.enforce_parameter_schema, made.paused) == ({"city": "Bonn"}, False, True)
    assert (made.concurrency_limit, made.concurrency_options.collision_strategy) == (2, "CANCEL_NEW")
    assert (made.work_pool_name, made.work_queue_name, made.job_variables) == (
        "local",
        "fast",
        {"env": {"A": "1"}},
    )
    assert made.triggers == [{"expect": ["flow-run.Completed"]}]
    assert made.pull_steps == [{"pacc.deployments.steps.set_working_directory": {"directory": str(here)}}]
    morning, hourly, daily = made.schedules
    assert morning.schedule == CronSchedule(cron="0 9 * * *", timezone="Europe/Berlin")
    assert (morning.slug, morning.parameters, morning.active, morning.catchup, morning.overlap) == (
        "morning",
        {"days": 2},
        False,
        "latest",
        "skip",
    )
    assert isinstance(hourly.schedule, IntervalSchedule)
    assert hourly.schedule.interval == timedelta(hours=1)
    assert isinstance(daily.schedule, RRuleSchedule)


def test_what_a_file_leaves_out_comes_from_the_flow_and_the_settings(pacc, declare, monkeypatch):
    monkeypatch.setenv("PACC_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME", "local")
    declare(
        """
        deployments:
        - name: daily
          entrypoint: flows.py:fetch_weather
          version:
          tags: []
          schedule: {}
          parameters:
          work_pool:
        """,
        "prefect.yaml",
    )
    from pacc.settings import refresh_settings

    refresh_settings()
    assert pacc("deploy")[0] == 0
    made = only()
    assert (made.version, made.description, made.schedules, made.work_pool_name) == (
        "1",
        "fetch and keep",
        [],
        "local",
    )


def test_a_key_that_means_nothing_is_pointed_out(pacc, declare):
    declare(TWO.replace("entrypoint: flows.py:report", "entrypoint: flows.py:report\n      tag: x"))
    code, _, said = pacc("deploy", "--all")
    assert (code, '"tag" means nothing in a deployment; did you mean "tags"?' in said) == (0, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("deployments: [", "pacc.yaml is no YAML in line 1"),
        ("- a", "pacc.yaml is a mapping, not a list"),
        ("deployments: {}", '"deployments" in pacc.yaml is a list, not a mapping'),
        ("deployments: [x]", "deployment 1 in pacc.yaml is a mapping, not text"),
        ("deployments: []", "needs an entrypoint"),
        ("deployments: [{name: a, entrypoint: 'flows.py:report', work_pool: {name: nope}}]", 'no work pool "nope"'),
        ("deployments: [{name: a, entrypoint: 'flows.py:report'}]", 'the deployment "a" needs a work pool'),
        ("deployments: [{name: a, work_pool: {name: local}}]", 'the deployment "a" needs an entrypoint'),
        ("deployments: [{name: a/b, entrypoint: 'flows.py:report', work_pool: {name: local}}]", "the deployment name 'a/b' holds '/'"),
        ("deployments: [{name: a, entrypoint: 'none.py:report', work_pool: {name: local}}]", "there is no file 'none.py'"),
        ("deployments: [{name: a, entrypoint: 'flows.py:none', work_pool: {name: local}}]", "there is no 'none' in 'flows.py'"),
        ("deployments: [{name: a, entrypoint: 'flows.py:report', work_pool: {name: local}, tags: {a: 1}}]", "tags.0: Input should be a valid string"),
        ("deployments: [{name: a, entrypoint: 'flows.py:report', work_pool: {name: local}, schedules: [{cron: x}]}]", '"x" is no cron schedule'),
        ("deployments: [{name: a, entrypoint: 'flows.py:report', work_pool: {name: local}, schedules: [{corn: x}]}]", "schedules.0.corn: there is no such key"),
        ("deployments: [{name: a, entrypoint: 'flows.py:report', work_pool: {name: local}, schedules: [{slug: x}]}]", "one of cron, interval and rrule"),
        ("deployments: [{name: a, entrypoint: 'flows.py:report', work_pool: {name: local}, pull: [7]}]", "a step is a mapping of one function"),
        ("build: [{no.such.step: {}}]\ndeployments: [{name: a, entrypoint: 'flows.py:report', work_pool: {name: local}}]", 'there is no step "no.such.step"'),
        ("deployments: [{name: a, entrypoint: 'flows.py:report', work_pool: local}]", "work_pool: a mapping belongs here, not text"),
        ("deployments: [{name: a, entrypoint: 'flows.py:report', work_pool: {name: local, job_variables: [x]}}]", "work_pool.job_variables: a mapping belongs here, not a list"),
        ("deployments: [{name: a, entrypoint: 'flows.py:report', work_pool: {name: local}, concurrency_limit: many}]", "concurrency_limit.limit: Input should be a valid integer"),
        ("deployments: [{entrypoint: 'flows.py:report', work_pool: {name: local}}]", "a deployment needs a name"),
        ("deployments: [{name: a, entrypoint: 'flows.py:fetch_weather', work_pool: {name: local}, parameters: {day: 1}}]", 'no parameter "day" of the deployment "fetch-weather/a". Did you mean "days"?'),
        ("deployments: [{name: a, entrypoint: 'flows.py:fetch_weather', work_pool: {name: local}, parameters: {days: many}}]", "'many' is not of type 'integer'"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_answered_in_a_sentence_and_nothing_is_deployed(pacc, here, text, said):
    (here / "pacc.yaml").write_text(text)
    answer = pacc("deploy")
    assert (answer[0], said in answer[2]) == (1, True), answer
    assert "Error: " in answer[2]
    assert names() == []


def test_a_file_that_is_not_there_is_a_sentence(pacc):
    assert "'nope.yaml' cannot be read" in pacc("deploy", "--prefect-file", "nope.yaml")[2]
    assert "needs an entrypoint" in pacc("deploy")[2]


# -- which -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--all"], ["fetch-weather/daily", "report/weekly"]),
        (["-n", "daily"], ["fetch-weather/daily"]),
        (["-n", "report/weekly"], ["report/weekly"]),
        (["-n", "fetch_weather/*"], ["fetch-weather/daily"]),
        (["-n", "*ly"], ["fetch-weather/daily", "report/weekly"]),
        (["-n", "daily", "-n", "weekly"], ["fetch-weather/daily", "report/weekly"]),
    ],
)
def test_deployments_are_chosen_by_name(pacc, declare, words, expected):
    declare(TWO)
    assert pacc("deploy", *words)[0] == 0
    assert names() == expected


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 1, "declares 2 deployments: daily, weekly; say -n NAME or --all"),
        (["-n", "monthly"], 1, 'declares no deployment "monthly"; it declares: daily, weekly'),
        (["--all", "-n", "daily"], 2, "give --all or -n, not both"),
    ],
)
def test_what_is_meant_must_be_clear(pacc, declare, words, code, said):
    declare(TWO)
    answer = pacc("deploy", *words)
    assert (answer[0], said in answer[2]) == (code, True), answer
    assert names() == []


def test_one_that_cannot_be_deployed_does_not_keep_the_others_from_it(pacc, declare):
    declare(TWO.replace("flows.py:fetch_weather", "flows.py:gone"))
    code, _, said = pacc("deploy", "--all", "--pool", "other")
    assert (code, names()) == (1, ["report/weekly"])
    assert "Not deployed: \"daily\": there is no 'gone'" in said
    assert 'Error: 1 of 2 deployments could not be deployed: "daily"' in said
    assert "only pacc.yaml counts" in said


def test_the_only_one_may_be_given_another_name(pacc, declare):
    declare("deployments: [{name: a, entrypoint: 'flows.py:report', work_pool: {name: local}}]")
    assert pacc("deploy", "-n", "b")[0] == 0
    assert names() == ["report/b"]


# -- the command line ---------------------------------------------------------------------------------------------------


def test_the_command_line_alone_is_enough(pacc):
    code, _, said = pacc(
        "deploy", "flows.py:fetch_weather", "-n", "x", "-p", "local", "-q", "fast", "-d", "text", "--version", "9", "-t", "a",
        "--concurrency-limit", "3", "--collision-strategy", "cancel_new", "-jv", "env.A=1", "--cron", "@daily", "--cron", "@hourly",
        "--timezone", "Europe/Berlin", "--param", "city=Bonn", "--params", '{"days": 2}', "--no-enforce-parameter-schema",
        "--trigger", '{"expect": []}',
    )  # fmt: skip
    assert code == 0, said
    made = only()
    assert (made.full_name, made.work_queue_name, made.description, made.version, made.tags) == (
        "fetch-weather/x",
        "fast",
        "text",
        "9",
        ["a"],
    )
    assert (made.concurrency_limit, made.concurrency_options.collision_strategy) == (3, "CANCEL_NEW")
    assert [each.schedule.cron for each in made.schedules] == ["@daily", "@hourly"]
    assert {each.schedule.timezone for each in made.schedules} == {"Europe/Berlin"}
    assert (made.parameters, made.job_variables) == ({"city": "Bonn", "days": 2}, {"env": {"A": "1"}})
    assert (made.enforce_parameter_schema, made.triggers) == (False, [{"expect": []}])


def test_the_command_line_goes_before_the_file(pacc, declare):
    declare(
        """
        deployments:
        - name: daily
          entrypoint: flows.py:fetch_weather
          schedule: {cron: "@daily"}
          work_pool: {name: nope, job_variables: {memory: 1GiB}}
        """
    )
    assert pacc("deploy", "--pool", "local", "--interval", "60", "-jv", "cpu_seconds=3")[0] == 0
    made = only()
    assert (made.work_pool_name, made.job_variables) == ("local", {"memory": "1GiB", "cpu_seconds": 3})
    assert [each.schedule.interval for each in made.schedules] == [timedelta(minutes=1)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--collision-strategy", "ENQUEUE"], "goes with --concurrency-limit"),
        (["--anchor-date", "2026-01-01"], "goes with --interval"),
        (["--timezone", "UTC"], "goes with --cron"),
        (["--param", "x"], "takes NAME=VALUE"),
        (["--trigger", "{"], "--trigger takes a JSON object"),
    ],
)
def test_options_that_do_not_go_together_are_a_mistake_of_usage(pacc, words, said):
    answer = pacc("deploy", "flows.py:report", "-n", "x", "-p", "local", *words)
    assert (answer[0], said in answer[2]) == (2, True), answer


def test_deploying_again_keeps_what_a_person_paused(pacc, declare):
    declare(TWO.replace("work_pool", "schedule: {cron: '@daily'}\n      work_pool"))
    pacc("deploy", "-n", "daily")
    made = only()
    assert pacc("deployment", "schedule", "pause", "daily", str(made.schedules[0].id))[0] == 0
    pacc("deploy", "-n", "daily", "-t", "x")
    again = only()
    assert (again.tags, again.schedules[0].id, again.schedules[0].active) == (
        ["x"],
        made.schedules[0].id,
        False,
    )


# -- steps and placeholders ---------------------------------------------------------------------------------------------


def test_steps_are_carried_out_and_what_they_return_is_filled_in(pacc, declare, monkeypatch, here):
    monkeypatch.setenv("CITY", "Bonn")
    Variable.set("limit", 4)
    Secret(value="hush").save("token")
    declare(
        """
        build:
        - prefect.deployments.steps.run_shell_script:
            id: tag
            script: echo v7 {{ pacc.blocks.secret.token }}
            stream_output: false
        push:
        - prefect.deployments.steps.run_shell_script:
            script: touch pushed-{{ tag.stdout }}
            stream_output: false
        pull:
        - prefect.deployments.steps.git_clone:
            repository: https://example.com/{{ $CITY }}.git
            branch: "{{ tag.stdout }}"
            access_token: "{{ prefect.blocks.secret.token }}"
        deployments:
        - name: daily
          entrypoint: flows.py:fetch_weather
          version: "{{ tag.stdout }}"
          tags: ["{{ $CITY }}", "{{ $NOWHERE }}"]
          concurrency_limit: "{{ prefect.variables.limit }}"
          parameters: {city: "{{ prefect.blocks.secret.token }}"}
          work_pool:
            name: local
            job_variables: {env: {TOKEN: "{{ prefect.blocks.secret.token }}", CITY: "{{ $CITY }}"}, image: "etl:{{ tag.stdout }}"}
        """
    )
    code, _, said = pacc("deploy")
    assert code == 0, said
    made = only()
    assert (made.version, made.tags, made.concurrency_limit) == ("v7 hush", ["Bonn"], 4)
    assert (here / "pushed-v7").exists()
    ((_, clone),) = made.pull_steps[0].items()
    assert clone == {
        "repository": "https://example.com/{{ $CITY }}.git",
        "branch": "v7 hush",
        "access_token": "{{ prefect.blocks.secret.token }}",
    }
    assert made.parameters == {"city": "{{ prefect.blocks.secret.token }}"}
    assert made.job_variables["env"] == {"TOKEN": "{{ prefect.blocks.secret.token }}", "CITY": "{{ $CITY }}"}
    assert made.job_variables["image"] == "etl:v7 hush"


def test_a_deployments_own_steps_go_before_those_of_the_file_and_an_empty_list_means_none(pacc, declare):
    declare(
        """
        pull: {prefect.deployments.steps.set_working_directory: {directory: /srv}}
        deployments:
        - {name: a, entrypoint: "flows.py:report", work_pool: {name: local}}
        - {name: b, entrypoint: "flows.py:report", work_pool: {name: local}, pull: []}
        """
    )
    assert pacc("deploy", "--all")[0] == 0
    pulled = {each.name: each.pull_steps for each in deployments.select(store())}
    assert pulled == {
        "a": [{"prefect.deployments.steps.set_working_directory": {"directory": "/srv"}}],
        "b": None,
    }


# -- a new file --------------------------------------------------------------------------------------------------------


def test_a_folder_gets_a_file_that_can_be_filled_in_and_deployed(pacc, here):
    assert "Wrote pacc.yaml" in pacc("init", "--name", "it's: weather")[2]
    content = yaml.safe_load((here / "pacc.yaml").read_text())
    assert content["name"] == "it's: weather"
    assert content["pull"] == [{"pacc.deployments.steps.set_working_directory": {"directory": str(here)}}]
    assert pacc("deploy", "flows.py:report", "-p", "local")[0] == 0
    assert names() == ["report/default"]
    assert "nothing was written" in pacc("deploy", "init")[2]


def test_a_file_may_say_that_the_code_is_in_a_repository(pacc, here):
    assert (
        pacc(
            "init", "--recipe", "git", "-f", "repository=https://example.com/flows.git", "-f", "branch=main"
        )[0]
        == 0
    )
    ((_, clone),) = yaml.safe_load((here / "pacc.yaml").read_text())["pull"][0].items()
    assert clone == {"repository": "https://example.com/flows.git", "branch": "main"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--recipe", "docker"], 1, 'there is no recipe "docker"; there is: git, local'),
        (["--field", "image=x"], 1, 'the recipe "local" has no field "image"'),
        (["--field", "image"], 2, "--field takes NAME=VALUE"),
        (["--recipe", "git"], 1, "is no clone of a repository"),
    ],
)
def test_a_file_that_cannot_be_made_is_a_sentence(pacc, here, words, code, said):
    answer = pacc("init", *words)
    assert (answer[0], said in answer[2]) == (code, True), answer
    assert not (here / "pacc.yaml").exists()


def test_programs_write_the_file_too(here):
    assert initialize_project() == ["pacc.yaml"]
    assert initialize_project() == []
    with pytest.raises(InvalidDeploymentError, match="no recipe"):
        initialize_project(recipe="x")


# -- as older programs deploy -------------------------------------------------------------------------------------------


def test_a_deployment_is_built_into_a_file_and_applied_from_it(pacc, here):
    code, _, said = pacc(
        "deployment", "build", "./flows.py:fetch_weather", "--name", "production-flow", "--schedule", "0 6 * * *",
        "--work-queue", "production", "--param", "days=2", "-t", "a", "--override", "env.A=1",
    )  # fmt: skip
    assert code == 0, said
    assert names() == []
    assert pacc("deployment", "apply", "fetch_weather-deployment.yaml")[0] == 0
    made = only()
    assert (made.full_name, made.work_pool_name, made.work_queue_name) == (
        "fetch-weather/production-flow",
        "default-agent-pool",
        "production",
    )
    assert (made.parameters, made.tags, made.job_variables) == ({"days": 2}, ["a"], {"env": {"A": "1"}})
    assert (made.schedules[0].schedule, Path(made.path)) == (CronSchedule(cron="0 6 * * *"), here)
    assert made.parameter_openapi_schema["properties"]["days"]["type"] == "integer"


def test_building_may_apply_at_once_and_to_a_pool_of_ones_own(pacc):
    code, _, said = pacc(
        "deployment",
        "build",
        "flows.py:report",
        "-n",
        "x",
        "-p",
        "local",
        "--interval",
        "60",
        "-a",
        "-o",
        "mine.yaml",
    )
    assert (code, "Applied" in said, only().work_pool_name) == (0, True, "local")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["apply", "nope.yaml"], "'nope.yaml' cannot be read"),
        (["apply", "other.yaml"], 'other.yaml does not say its "name"'),
        (["build", "flows.py:none", "-n", "x"], "there is no 'none'"),
        (["build", "flows.py:report", "-n", "x", "--cron", "often"], "is no cron schedule"),
        (["build", "flows.py:report", "-n", "x", "-o", "/nowhere/x.yaml"], "cannot be written"),
    ],
)
def test_what_cannot_be_built_or_applied_is_a_sentence(pacc, here, words, said):
    (here / "other.yaml").write_text(json.dumps({"entrypoint": "flows.py:report"}))
    answer = pacc("deployment", *words)
    assert (answer[0], said in answer[2]) == (1, True), answer
    assert names() == []

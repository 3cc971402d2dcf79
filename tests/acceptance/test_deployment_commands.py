"""`pacc deployment`: what was deployed is listed, started, paused and deleted from a shell."""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from pacc import flow
from pacc.cli.root import main
from pacc.engine import place
from pacc.schedules import Cron, Interval
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import deployments, flow_runs, work_pools
from pacc.services.run_transitions import propose_flow_run_state
from pacc.states import Completed, Failed, Pending, Running


@flow(version="1")
def etl(city: str = "Ulm", days: int = 1):
    return city * days


@flow
def gather(city: str = "Ulm", **others):
    return city, others


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(words)
        told = capsys.readouterr()
        return int(code), told.out, told.err

    return run


@pytest.fixture
def told(pacc):
    """Run a command with `-o json` and return what it wrote."""

    def run(*words):
        code, out, _ = pacc(*words, "-o", "json")
        assert code == 0
        return json.loads(out)

    return run


@pytest.fixture
def deployed():
    """The deployment `etl/daily`, with two schedules."""
    schedules = [Cron("0 9 * * *", timezone="Europe/Berlin", slug="morning"), Interval(3600)]
    return deployments.read(store(), etl.to_deployment("daily", schedules=schedules, tags=["a"]).apply())


def store():
    return place.current().store


def again(deployed):
    return deployments.read(store(), deployed.id)


# -- seen --------------------------------------------------------------------------------------------------------------


def test_deployments_are_listed_by_flow_tag_and_name(pacc, told, deployed):
    etl.with_options(name="other").to_deployment("b").apply()
    assert [each["name"] for each in told("deployment", "ls")] == ["daily", "b"]
    assert [each["name"] for each in told("deployment", "ls", "--by-created")] == ["b", "daily"]
    assert [each["name"] for each in told("deployments", "ls", "other")] == ["b"]
    assert [each["name"] for each in told("deployment", "ls", "--tag", "a")] == ["daily"]
    _, out, _ = pacc("deployment", "ls")
    assert "etl/daily" in out
    assert "0 9 * * * Europe/Berlin" in out


def test_a_deployment_is_shown_in_full(pacc, told, deployed):
    code, out, _ = pacc("deployment", "inspect", "etl/daily")
    assert code == 0
    for expected in (
        "test_deployment_commands.py:etl",
        "morning: 0 9 * * *",
        "city: string = 'Ulm'",
        "Not Ready",
    ):
        assert expected in out
    assert told("deployment", "inspect", "daily")["schedules"][0]["slug"] == "morning"


def test_where_there_is_none_the_listing_says_how_to_make_one(pacc):
    assert pacc("deployment", "ls") == (
        0,
        "",
        "no deployments yet: `.serve()` or `.deploy()` of a flow makes one\n",
    )


# -- started -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("deployment", "run"), ("flow-run", "create")])
def test_a_run_is_started_with_what_it_is_given(told, deployed, command):
    made = told(
        *command, "etl/daily", "--param", "days=3", "-p", "city=Bonn", "--params", '{"city": "Köln"}',
        "--tag", "b", "-jv", "env.DEPTH=3", "--job-variable", "memory=2GiB", "--flow-run-name", "mine",
    )  # fmt: skip
    assert made["parameters"] == {"days": 3, "city": "Bonn"}
    assert (made["name"], made["tags"]) == ("mine", ["a", "b"])
    assert made["job_variables"] == {"env": {"DEPTH": "3"}, "memory": "2GiB"}
    assert made["created_by"]["type"] == "USER"
    assert flow_runs.read(store(), made["id"]).state.is_scheduled()


def test_a_run_is_started_by_id_and_once_for_a_key(told, deployed):
    first = told("deployment", "run", "--id", str(deployed.id), "--idempotency-key", "once")
    assert told("deployment", "run", "daily", "--idempotency-key", "once")["id"] == first["id"]


def test_arguments_are_read_from_standard_input(told, deployed, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"city": "Bonn"}'))
    assert told("deployment", "run", "daily", "--params", "-")["parameters"] == {"city": "Bonn"}


def test_a_run_starts_later_where_that_is_said(pacc, told, deployed):
    made = told("deployment", "run", "daily", "--start-in", "in 2 hours")
    due = datetime.fromisoformat(made["next_scheduled_start_time"])
    assert abs(due - datetime.now(UTC) - timedelta(hours=2)) < timedelta(seconds=20)
    assert (
        told("deployment", "run", "daily", "--start-at", "2999-01-01T00:00Z")["next_scheduled_start_time"]
        == "2999-01-01T00:00:00Z"
    )
    _, out, said = pacc("deployment", "run", "daily", "--start-in", "1 day")
    assert "Starts:" in out
    assert "(in 23 hours)" in out
    assert 'Nobody takes runs of "etl/daily" now' in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["etl/daly"], 1, 'no deployment "etl/daly". Did you mean "etl/daily"?'),
        ([], 2, "name a deployment, or give --id, and not both"),
        (["daily", "--param", "days"], 2, '--param takes NAME=VALUE, not "days"'),
        (["daily", "--param", "days=many"], 1, "\"days\": 'many' is not of type 'integer'"),
        (
            ["daily", "--param", "dyas=3"],
            1,
            'no parameter "dyas" of the deployment "etl/daily". Did you mean "days"?',
        ),
        (
            ["daily", "--params", '{"x": 1}'],
            1,
            'no parameter "x" of the deployment "etl/daily". Its parameters are: ',
        ),
        (["daily", "--params", "[1]"], 2, "--params takes a JSON object"),
        (["daily", "--params", "{"], 2, "--params takes a JSON object"),
        (
            ["daily", "--start-in", "1 day", "--start-at", "18:30"],
            2,
            "give --start-in or --start-at, not both",
        ),
        (["daily", "--start-in", "soon"], 2, '--start-in: "soon" is no time from now'),
        (["daily", "--start-at", "2001-01-01"], 2, "is over"),
        (["daily", "-jv", "a=1", "-jv", "a.b=2"], 2, '"a" has a value of its own already'),
        (["daily", "--watch-timeout", "3"], 2, "go with --watch"),
    ],
)
def test_what_cannot_be_started_is_answered_in_a_sentence(pacc, deployed, words, code, said):
    answer = pacc("deployment", "run", *words)
    assert (answer[0], said in answer[2]) == (code, True), answer
    assert flow_runs.count(store()) == 0


def test_a_flow_that_takes_any_name_is_given_any_name(told):
    gather.to_deployment("all").apply()
    assert told("deployment", "run", "gather/all", "-p", "wind=3")["parameters"] == {"wind": 3}


@pytest.mark.parametrize(("end", "code"), [(Completed, 0), (Failed, 1)])
def test_a_run_is_followed_to_its_end(pacc, deployed, end, code):
    def serve():
        while not (waiting := flow_runs.select(store())):
            time.sleep(0.01)
        for each in (Pending(), Running(), end()):
            propose_flow_run_state(store(), str(waiting[0].id), each)

    helper = threading.Thread(target=serve)
    helper.start()
    answer = pacc("deployment", "run", "daily", "--watch", "--watch-timeout", "20")
    helper.join()
    assert answer[0] == code
    assert end().name in answer[2]


# -- paused and deleted ------------------------------------------------------------------------------------------------


def test_a_deployment_is_paused_resumed_and_deleted(pacc, deployed):
    assert pacc("deployment", "pause", "daily") == (0, "", 'Paused "etl/daily".\n')
    assert again(deployed).paused
    assert "Paused" in pacc("deployment", "ls")[1]
    assert pacc("deployment", "resume", "--all") == (0, "", 'Resumed "etl/daily".\n')
    assert not again(deployed).paused
    assert pacc("deployment", "delete", "etl/daily") == (0, "", 'Deleted deployment "etl/daily".\n')
    assert deployments.count(store()) == 0
    assert pacc("deployment", "delete", "etl/daily")[0] == 1


def test_all_deployments_are_deleted_at_once(pacc, deployed):
    etl.to_deployment("b").apply()
    assert pacc("deployment", "delete", "--all", "daily")[0] == 2
    assert pacc("deployment", "delete", "--all")[0] == 0
    assert deployments.count(store()) == 0


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_what_is_to_be_paused_must_be_said(pacc, verb):
    assert pacc("deployment", verb)[0] == pacc("deployment", verb, "daily", "--all")[0] == 2


# -- changed -----------------------------------------------------------------------------------------------------------


def test_a_deployment_becomes_what_is_given_and_stays_as_it_is_otherwise(pacc, deployed):
    pool = work_pools.create(store(), WorkPoolCreate(name="gpu"))
    words = ("-d", "For the mornings", "-t", "b", "-t", "c", "--concurrency-limit", "2", "-p", "city=Kiel")
    answer = pacc("deployment", "update", "daily", *words, "--collision-strategy", "cancel_new")
    assert answer == (0, "", 'Changed "etl/daily".\n')
    found = again(deployed)
    assert (found.description, list(found.tags)) == ("For the mornings", ["b", "c"])
    assert (found.concurrency_limit, found.concurrency_options.collision_strategy) == (2, "CANCEL_NEW")
    assert found.parameters == {"city": "Kiel"}
    assert {each.id for each in found.schedules} == {each.id for each in deployed.schedules}

    words = ("--pool", "gpu", "-jv", "env.CITY=Ulm", "-jv", "memory=1", "-p", "days=3", "--no-tags")
    assert pacc("deployment", "update", "daily", *words)[0] == 0
    words = ("-jv", "env.DEPTH=3", "--no-param", "city", "--no-concurrency-limit", "-q", "high")
    assert pacc("deployment", "update", "daily", *words)[0] == 0
    found = again(deployed)
    assert (found.work_pool_name, found.work_queue_name) == (pool.name, "high")
    assert found.job_variables == {"env": {"CITY": "Ulm", "DEPTH": "3"}, "memory": 1}
    assert (found.parameters, found.concurrency_limit) == ({"days": 3}, None)
    assert (found.description, list(found.tags)) == ("For the mornings", [])


def test_in_another_pool_a_deployment_waits_in_the_default_queue(pacc, deployed):
    for name in ("cpu", "gpu"):
        work_pools.create(store(), WorkPoolCreate(name=name))
    assert pacc("deployment", "update", "daily", "--pool", "cpu", "-q", "high")[0] == 0
    assert pacc("deployment", "update", "daily", "--pool", "gpu", "--params", '{"days": 2}')[0] == 0
    found = again(deployed)
    assert (found.work_pool_name, found.work_queue_name) == ("gpu", "default")
    assert found.parameters == {"days": 2}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "there is nothing to change"),
        (("--tag", "a", "--no-tags"), 2, "exclude each other"),
        (("--concurrency-limit", "1", "--no-concurrency-limit"), 2, "exclude each other"),
        (("--no-param", "city"), 2, 'has no argument "city" of its own'),
        (("-p", "cty=Ulm"), 1, 'Did you mean "city"?'),
        (("-p", "days=many"), 1, "is not of type 'integer'"),
        (("--pool", "gpu"), 1, 'no work pool "gpu"'),
    ],
)
def test_what_a_deployment_cannot_become_is_told_and_nothing_changes(pacc, deployed, words, code, said):
    answer = pacc("deployment", "update", "daily", *words)
    assert answer[0] == code
    assert said in answer[2]
    assert again(deployed) == deployed


# -- schedules ---------------------------------------------------------------------------------------------------------


def test_schedules_are_listed_with_their_next_time(pacc, told, deployed):
    assert [each["slug"] for each in told("deployment", "schedule", "ls", "daily")] == ["morning", None]
    _, out, _ = pacc("deployment", "schedule", "ls", "daily")
    assert "every 1 h" in out
    pacc("deployment", "pause", "daily")
    assert "is paused" in pacc("deployment", "schedule", "ls", "daily")[2]


def test_the_next_times_of_all_active_schedules_come_in_order(pacc, told, deployed):
    times = [each["time"] for each in told("deployment", "schedule", "next", "daily", "-n", "26")]
    assert len(times) == 26
    assert times == sorted(times)
    pacc("deployment", "schedule", "pause", "daily", str(deployed.schedules[1].id))
    assert {each["slug"] for each in told("deployment", "schedule", "next", "daily")} == {"morning"}
    pacc("deployment", "schedule", "pause", "--all")
    assert told("deployment", "schedule", "next", "daily") == []
    assert "has no active schedule" in pacc("deployment", "schedule", "next", "daily")[2]
    pacc("deployment", "schedule", "resume", "daily", "--all")
    assert len(told("deployment", "schedule", "next", "daily")) == 10


def test_a_schedule_is_added_and_stays_when_the_code_is_deployed_again(told, deployed):
    made = told(
        "deployment", "schedule", "create", "daily", "--cron", "0 0 13 * FRI", "--no-day_or", "--timezone", "Europe/Berlin",
        "--slug", "unlucky", "--param", "days=2", "--catchup", "latest", "--overlap", "skip", "--no-active",
    )  # fmt: skip
    assert made["schedule"] == {"cron": "0 0 13 * FRI", "timezone": "Europe/Berlin", "day_or": False}
    assert (made["parameters"], made["active"]) == ({"days": 2}, False)
    assert (made["catchup"], made["overlap"]) == ("latest", "skip")
    etl.to_deployment("daily").apply()
    assert [each.slug for each in again(deployed).schedules] == ["unlucky"]


def test_a_schedule_replaces_the_others_where_that_is_said(pacc, deployed):
    answer = pacc(
        "deployment",
        "schedule",
        "create",
        "daily",
        "--interval",
        "60",
        "--anchor-date",
        "2026-01-01T00:00Z",
        "--replace",
    )
    assert (answer[0], "every 1 min" in answer[2]) == (0, True)
    assert len(again(deployed).schedules) == 1
    assert pacc("deployment", "schedule", "create", "daily", "--rrule", "FREQ=DAILY")[0] == 0
    assert pacc("deployment", "schedule", "clear", "daily") == (
        0,
        "",
        'Deleted 2 schedules of "etl/daily".\n',
    )


def test_the_only_schedule_of_a_deployment_needs_no_name(pacc, deployed):
    pacc("deployment", "schedule", "delete", "daily", str(deployed.schedules[1].id))
    assert (
        pacc("deployment", "schedule", "pause", "daily")[2] == 'Paused schedule "morning" of "etl/daily".\n'
    )
    assert not again(deployed).schedules[0].active
    pacc("deployment", "schedule", "resume", "daily")
    assert again(deployed).schedules[0].active
    assert pacc("deployment", "schedule", "delete", "daily")[0] == 0
    code, _, said = pacc("deployment", "schedule", "pause", "daily")
    assert (code, said.splitlines()[0]) == (1, "Error: the deployment has no schedule")


def test_deleting_a_schedule_says_when_it_will_come_back(pacc, deployed):
    code, _, said = pacc("deployment", "schedule", "delete", "daily", "morning")
    assert (code, "comes back when the deployment is made again" in said) == (0, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["create", "daily"], 2, "give --cron, --interval or --rrule"),
        (["create", "daily", "--cron", "@daily", "--interval", "60"], 2, "--cron and --interval exclude"),
        (["create", "daily", "--cron", "@daily", "--anchor-date", "2026-01-01"], 2, "goes with --interval"),
        (["create", "daily", "--cron", "often"], 1, "is no cron schedule"),
        (["create", "daily", "--cron", "@daily", "--timezone", "Mars"], 1, 'no time zone "Mars"'),
        (["create", "daily", "--cron", "@daily", "--slug", "morning"], 1, 'a schedule "morning" already'),
        (["create", "nope", "--cron", "@daily"], 1, 'no deployment "nope"'),
        (["pause", "daily"], 1, 'several schedules; name one of "morning", "'),
        (["delete", "daily"], 1, 'several schedules; name one of "morning", "'),
        (["pause"], 2, "name a deployment, and a schedule"),
        (["resume", "daily", "evening"], 1, 'no schedule "evening"'),
        (["delete", "daily", "evening"], 1, 'no schedule "evening"'),
    ],
)
def test_a_schedule_that_is_wrong_or_not_there_is_answered_in_a_sentence(pacc, deployed, words, code, said):
    answer = pacc("deployment", "schedule", *words)
    assert (answer[0], said in answer[2]) == (code, True), answer
    assert again(deployed).schedules == deployed.schedules

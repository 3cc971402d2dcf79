"""What ran is found again on the command line: real flows run, then real commands ask about them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

WEATHER = """
import sys
from pacc import flow, get_run_logger, tags, task

@task(task_run_name="fetch {city}")
def fetch(city):
    get_run_logger().info("asking for %s", city)
    return 25.9

@flow
def report():
    return "sunny"

@flow(name="weather", flow_run_name="forecast {city}")
def weather(city, fail=False):
    get_run_logger().warning("about to ask")
    fetch(city)
    report()
    if fail:
        raise ValueError("no such city")

with tags("prod"):
    weather("Berlin")
try:
    weather("Atlantis", fail=True)
except ValueError:
    pass
"""


@pytest.fixture(scope="module")
def home_with_weather(tmp_path_factory):
    """A home in which two runs of one flow happened: the older completed, the newer failed."""
    folder = tmp_path_factory.mktemp("weather")
    (folder / "weather.py").write_text(WEATHER)
    subprocess.run(
        [sys.executable, folder / "weather.py"],
        env={**os.environ, "PACC_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    return folder / "home"


@pytest.fixture
def weather(home_with_weather, pacc_home):
    """A copy of that home, made when no process uses it."""
    shutil.copytree(home_with_weather, pacc_home)


@pytest.fixture
def pacc_json(pacc_here):
    """Run a command with `-o json` and return what it wrote."""

    def run(*arguments):
        finished = pacc_here(*arguments, "-o", "json")
        assert finished.code == 0, finished.output
        assert finished.stderr == ""
        return json.loads(finished.stdout)

    return run


def names(runs):
    return [run["name"] for run in runs]


# -- an empty home -----------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["flow", "flow-run", "task-run"])
def test_nothing_to_list_is_no_failure(pacc_process, group):
    people, programs = pacc_process(group, "ls"), pacc_process(group, "ls", "-o", "json")

    assert (people.code, people.stdout) == (0, "")
    assert people.stderr.startswith("no ")
    assert (programs.code, json.loads(programs.stdout), programs.stderr) == (0, [], "")


# -- listings ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("weather")
def test_flows_are_listed_newest_first(pacc_json, pacc_here):
    assert names(pacc_json("flow", "ls")) == ["report", "weather"]
    assert names(pacc_json("flows", "ls", "--limit", "1")) == ["report"]
    assert pacc_here("flow", "ls").stdout.splitlines()[0].split() == ["ID", "NAME", "CREATED"]


@pytest.mark.usefixtures("weather")
def test_flow_runs_are_listed_newest_first(pacc_json):
    listed = [name for name in names(pacc_json("flow-run", "ls")) if name.startswith("forecast")]

    assert listed == ["forecast Atlantis", "forecast Berlin"]


@pytest.mark.usefixtures("weather")
@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--flow-name", "weather"], ["forecast Atlantis", "forecast Berlin"]),
        (["--flow-name", "weather", "--limit", "1"], ["forecast Atlantis"]),
        (["--state", "failed"], ["forecast Atlantis"]),
        (["--state-type", "failed", "--state-type", "CRASHED"], ["forecast Atlantis"]),
        (["--tag", "prod", "--no-subflows"], ["forecast Berlin"]),
        (["--no-subflows", "--sort", "name_asc"], ["forecast Atlantis", "forecast Berlin"]),
        (["--no-subflows", "--sort", "start_time_asc"], ["forecast Berlin", "forecast Atlantis"]),
        (["--no-subflows", "--since", "1h"], ["forecast Atlantis", "forecast Berlin"]),
        (["--since", "in 1 hour"], []),
    ],
)
def test_flow_runs_are_narrowed_down(pacc_json, options, found):
    assert names(pacc_json("flow-runs", "ls", *options)) == found


@pytest.mark.usefixtures("weather")
def test_a_piped_listing_has_a_heading_and_nothing_drawn(pacc_process):
    finished = pacc_process("flow-run", "ls", "--no-subflows")

    heading, failed, completed = finished.stdout.splitlines()
    assert heading.split() == ["ID", "FLOW", "NAME", "STATE", "WHEN", "TOOK", "ERROR"]
    assert "forecast Atlantis  ✗ Failed" in failed
    assert "forecast Berlin    ✓ Completed" in completed


@pytest.mark.usefixtures("weather")
def test_letters_stand_in_where_output_is_ascii(pacc_process):
    finished = pacc_process("flow-run", "ls", "--no-subflows", env={"PYTHONIOENCODING": "ascii"})

    assert "x Failed" in finished.stdout
    assert "v Completed" in finished.stdout


@pytest.mark.usefixtures("weather")
def test_plain_output_is_tabs_without_a_heading(pacc_here):
    finished = pacc_here("flow-run", "ls", "--no-subflows", "-o", "plain")

    assert [line.split("\t")[1:3] for line in finished.stdout.splitlines()] == [
        ["weather", "forecast Atlantis"],
        ["weather", "forecast Berlin"],
    ]


@pytest.mark.usefixtures("weather")
@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--task-run-name", "fetch Berlin"], ["fetch Berlin"]),
        (["--flow-run", "forecast Atlantis", "--sort", "name_asc"], ["fetch Atlantis", "report-0"]),
        (["--state", "Failed"], []),
        (["--state-type", "completed", "--limit", "1"], ["report-0"]),
    ],
)
def test_task_runs_are_narrowed_down(pacc_json, options, found):
    assert names(pacc_json("task-runs", "ls", *options)) == found


# -- one run -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("weather")
def test_a_run_is_found_by_name_id_beginning_and_shortcut(pacc_json):
    run = pacc_json("flow-run", "inspect", "forecast Atlantis")

    for reference in (run["id"], run["id"].upper(), run["id"][:30], "@last", "@failed"):
        assert pacc_json("flow-run", "inspect", reference)["id"] == run["id"], reference


@pytest.mark.usefixtures("weather")
def test_inspect_tells_people_what_happened(pacc_here):
    finished = pacc_here("flow-run", "inspect", "@failed")

    assert finished.code == 0
    assert re.search(r"^Name: +forecast Atlantis$", finished.stdout, re.MULTILINE)
    assert re.search(r"^Flow: +weather$", finished.stdout, re.MULTILINE)
    assert re.search(r"^Message: .*no such city", finished.stdout, re.MULTILINE)
    assert re.search(r'^Parameters: +{"city": "Atlantis", "fail": true}$', finished.stdout, re.MULTILINE)
    assert [line.split()[-1] for line in finished.stdout.splitlines()[-3:]] == [
        "Pending",
        "Running",
        "Failed",
    ]


@pytest.mark.usefixtures("weather")
def test_inspect_gives_programs_the_record(pacc_json):
    run = pacc_json("flow-run", "inspect", "@failed")

    assert run["state"]["type"] == run["state_type"] == "FAILED"
    assert run["parameters"] == {"city": "Atlantis", "fail": True}
    assert run["start_time"].endswith("Z")


@pytest.mark.usefixtures("weather")
def test_a_task_run_is_inspected_likewise(pacc_json, pacc_here):
    run = pacc_json("task-run", "inspect", "fetch Berlin")

    assert run["state_type"] == "COMPLETED"
    shown = pacc_here("task-run", "inspect", run["id"][:30]).stdout
    assert re.search(rf"^Flow run: +{run['flow_run_id']}$", shown, re.MULTILINE)


# -- logs --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("weather")
def test_logs_have_the_consoles_form(pacc_here):
    finished = pacc_here("flow-run", "logs", "forecast Berlin")

    first, second = finished.stdout.splitlines()[:2]
    assert finished.code == 0
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \| WARNING \| Flow run 'forecast Berlin' - about to ask",
        first,
    )
    assert second.endswith("| INFO    | Task run 'fetch Berlin' - asking for Berlin")


@pytest.mark.usefixtures("weather")
def test_logs_are_cut_at_either_end_and_turned_round(pacc_json):
    lines = [log["message"] for log in pacc_json("flow-run", "logs", "forecast Berlin")]

    def shown(*options):
        return [log["message"] for log in pacc_json("flow-run", "logs", "forecast Berlin", *options)]

    assert len(lines) > 2
    assert shown("--head", "-n", "2") == shown("-n", "2") == lines[:2]
    assert shown("--tail", "-n", "2") == lines[-2:]
    assert shown("--reverse") == lines[::-1]
    assert shown("-t", "-n", "2", "-r") == lines[:-3:-1]


@pytest.mark.usefixtures("weather")
def test_logs_of_a_task_run_are_its_own_lines_only(pacc_json):
    lines = pacc_json("task-run", "logs", "fetch Berlin")

    assert {line["task_run_name"] for line in lines} == {"fetch Berlin"}
    assert lines[0]["message"] == "asking for Berlin"


@pytest.mark.usefixtures("weather")
def test_following_a_run_that_has_ended_shows_its_log_and_stops(pacc_here):
    followed = pacc_here("flow-run", "logs", "@last", "-f")

    assert followed.code == 0
    assert followed.stdout == pacc_here("flow-run", "logs", "@last").stdout


@pytest.mark.usefixtures("weather")
def test_followed_logs_as_json_are_one_object_a_line(pacc_here):
    followed = pacc_here("flow-run", "logs", "@last", "--follow", "--tail", "-n", "2", "-o", "json")

    assert [json.loads(line)["level"] for line in followed.stdout.splitlines()] == [40, 40]


SLOW = """
import time
from pacc import flow, get_run_logger

@flow(flow_run_name="slow")
def slow():
    for number in range(6):
        get_run_logger().info("step %s", number)
        time.sleep(0.4)

slow()
"""


def await_a_run(pacc_here):
    for _ in range(50):
        if "slow" in pacc_here("flow-run", "ls", "-o", "plain").stdout:
            return
    pytest.fail("the flow never started")


def test_a_running_flow_is_followed_line_by_line_to_its_end(processes, pacc_here):
    running = processes.start(sys.executable, processes.script(SLOW))
    await_a_run(pacc_here)

    watched = pacc_here("flow-run", "watch", "slow")

    assert processes.finish(running).code == 0
    assert watched.code == 0
    assert [line[-6:] for line in watched.stdout.splitlines()[:6]] == [f"step {n}" for n in range(6)]
    assert watched.stderr.splitlines() == ['► Running  flow run "slow"', '✓ Completed  flow run "slow"']


def test_watching_gives_up_when_told_to(processes, pacc_here):
    running = processes.start(sys.executable, processes.script(SLOW.replace("range(6)", "range(600)")))
    await_a_run(pacc_here)

    watched = pacc_here("flow-run", "watch", "slow", "--timeout", "1")

    running.kill()
    processes.finish(running)
    assert watched.code == 1
    assert 'Error: flow run "slow" had not ended after 1 s; it is Running' in watched.stderr


def test_a_killed_run_is_crashed_at_the_next_command(processes, pacc_here, pacc_json):
    running = processes.start(sys.executable, processes.script(SLOW))
    await_a_run(pacc_here)
    running.kill()
    running.wait()

    (run,) = pacc_json("flow-run", "ls", "--state-type", "crashed")

    assert run["name"] == "slow"
    assert run["state"]["message"]


def test_following_a_run_ends_when_its_process_is_killed(processes, pacc_here):
    running = processes.start(sys.executable, processes.script(SLOW.replace("range(6)", "range(600)")))
    await_a_run(pacc_here)
    following = processes.start(sys.executable, "-m", "pacc", "flow-run", "watch", "slow")
    assert "step 0" in following.stdout.readline()

    running.kill()
    watched = processes.finish(following, timeout=15)

    assert watched.code == 1
    assert 'Error: flow run "slow" ended in state Crashed' in watched.stderr


@pytest.mark.usefixtures("weather")
def test_watching_a_run_that_did_not_complete_fails(pacc_here):
    watched = pacc_here("flow-run", "watch", "@failed")

    assert watched.code == 1
    assert 'Error: flow run "forecast Atlantis" ended in state Failed' in watched.stderr


# -- deleting ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("weather")
def test_a_deleted_run_is_gone_with_its_log(pacc_here, pacc_json, pacc_home):
    run = pacc_json("flow-run", "inspect", "@failed")

    deleted = pacc_here("flow-run", "delete", "forecast Atlantis")

    assert deleted.code == 0
    assert deleted.stderr == f'Deleted flow run "forecast Atlantis" ({run["id"]}).\n'
    assert "forecast Atlantis" not in names(pacc_json("flow-run", "ls"))
    assert not (pacc_home / run["log_file"]).exists()


# -- wrong input: one sentence, no traceback ---------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["flow", "ls", "--limit", "many"], 2, '--limit: "many" is not a whole number'),
        (["flow-run", "ls", "--limit", "0"], 2, "--limit: 0 is less than 1"),
        (["flow-run", "ls", "--state-type", "sleepy"], 2, '--state-type: "sleepy" is none of'),
        (["flow-run", "ls", "--since", "soon"], 2, '--since: "soon" is no time'),
        (["flow-run", "ls", "--sort", "size"], 2, '--sort: "size" is none of'),
        (["flow-run", "ls", "extra"], 2, "got unexpected extra argument"),
        (["flow-run", "inspect"], 2, "RUN is missing"),
        (["flow-run", "inspect", "nobody"], 1, 'no flow run "nobody"'),
        (["flow-run", "inspect", "@last"], 1, "there is no flow run yet"),
        (["flow-run", "logs", "nobody"], 1, 'no flow run "nobody"'),
        (["flow-run", "logs", "@last", "--head", "--tail"], 2, "--head and --tail cannot be used together"),
        (["flow-run", "logs", "@last", "-f", "-r"], 2, "--follow shows lines as they come"),
        (["flow-run", "watch", "nobody"], 1, 'no flow run "nobody"'),
        (["flow-run", "watch", "x", "--timeout", "soon"], 2, '--timeout: "soon" is not a whole number'),
        (["flow-run", "delete", "nobody"], 1, 'no flow run "nobody"'),
        (["flow-run", "halt"], 2, 'no command "halt"'),
        (["task-run", "ls", "--flow-run", "nobody"], 1, 'no flow run "nobody"'),
        (["task-run", "inspect", "nobody"], 1, 'no task run "nobody"'),
        (["task-run", "logs", "nobody"], 1, 'no task run "nobody"'),
        (["version", "-o", "xml"], 2, '--output: "xml" is none of table, json, yaml, plain'),
    ],
)
def test_wrong_input_is_answered_in_a_sentence(pacc_here, arguments, code, sentence):
    finished = pacc_here(*arguments)

    assert finished.code == code
    assert finished.stdout == ""
    assert finished.stderr.startswith("Error: ")
    assert sentence in finished.stderr
    assert "Traceback" not in finished.stderr
    assert finished.stderr.count("\n") <= 2


# -- text from users is text -------------------------------------------------------------------------


def test_names_and_messages_cannot_move_the_cursor(run_python, pacc_here):
    run_python(
        "from pacc import flow, get_run_logger\n"
        "@flow(flow_run_name='[red]\\x1b[2Jwiped')\n"
        "def rude():\n"
        "    get_run_logger().info('\\x1b]0;title\\x07 [bold]loud')\n"
        "rude()\n"
    )

    outputs = [
        pacc_here("flow-run", *arguments, env={"FORCE_COLOR": "1"}).output.replace("\x1b[", "", 0)
        for arguments in (["ls"], ["ls", "-o", "plain"], ["logs", "@last"], ["inspect", "@last"])
    ]

    for output in outputs:
        assert "\x1b[2J" not in output
        assert "\x1b]0" not in output
        assert "\x07" not in output
    assert "[red]\\x1b[2Jwiped" in outputs[0]
    assert "\\x1b]0;title\\x07 [bold]loud" in outputs[2]


# -- what a broken store is answered with ------------------------------------------------------------


def test_a_damaged_store_has_an_exit_code_of_its_own(pacc_here, pacc_home):
    pacc_home.mkdir(mode=0o700)
    (pacc_home / "pacc.db").write_bytes(b"this is no database, whatever its name says" * 100)

    finished = pacc_here("flow-run", "ls", "-o", "json")

    assert finished.code in (13, 14)
    assert json.loads(finished.stderr)["error"]["code"] in ("store_damaged", "store_foreign")


# -- loading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["flow-run", "ls"], ["flow", "ls", "-o", "json"], ["task-run", "ls"]])
def test_listings_load_neither_pydantic_nor_textual_nor_rich_when_piped(run_python, arguments):
    finished = run_python(
        "import sys\n"
        "from pacc.cli.root import main\n"
        f"code = main({arguments!r})\n"
        "heavy = [name for name in ('pydantic', 'textual', 'rich', 'asyncio') if name in sys.modules]\n"
        "sys.exit(code or ' '.join(heavy) or 0)\n"
    )

    assert finished.code == 0, finished.output

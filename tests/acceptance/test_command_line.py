"""The command line as a whole: what it prints where, how it ends, and what it must not load."""

from __future__ import annotations

import json

import pytest


def test_the_version_is_printed_bare(pacc_process):
    for flag in ("--version", "-v"):
        finished = pacc_process(flag)

        assert finished.code == 0
        assert finished.stdout.count(".") == 2
        assert finished.stdout.split() == [finished.stdout.strip()]


def test_no_command_at_all_shows_the_help(pacc_process):
    finished = pacc_process()

    assert finished.code == 0
    assert "Commands:" in finished.stdout
    assert finished.stdout == pacc_process("--help").stdout


def test_there_is_no_short_flag_for_help(pacc_process):
    finished = pacc_process("-h")

    assert finished.code == 2
    assert finished.stderr == "Error: no such option: -h\nSee: pacc --help\n"


@pytest.mark.parametrize(("option", "spelled"), [("--no-prompt", "--no-prompt"), ("-p", "-p NAME")])
def test_an_option_of_pacc_itself_behind_the_command_is_said_to_stand_before_it(
    pacc_process, option, spelled
):
    finished = pacc_process("flow-run", "ls", option)

    assert finished.code == 2
    assert finished.stderr == (
        f"Error: {option} stands before the command\nSee: pacc {spelled} flow-run ls ...\n"
    )


def test_a_mistyped_command_is_answered_with_the_nearest(pacc_process):
    finished = pacc_process("versoin")

    assert finished.code == 2
    assert finished.stdout == ""
    assert finished.stderr == 'Error: no command "versoin". Did you mean "version"?\nSee: pacc --help\n'


def test_errors_speak_json_when_results_would(pacc_process):
    finished = pacc_process("version", "too", "many", "-o", "json")

    assert finished.code == 2
    assert json.loads(finished.stderr) == {
        "error": {
            "code": "usage",
            "message": "got unexpected extra argument(s) (too many)",
            "hint": "pacc version --help",
        }
    }


def test_version_says_what_a_bug_report_needs(pacc_process, pacc_home):
    finished = pacc_process("version")

    assert finished.code == 0
    labels = [line.split(":")[0] for line in finished.stdout.splitlines()]
    assert labels == [
        "Version",
        "Python version",
        "Git commit",
        "Built",
        "OS/Arch",
        "Profile",
        "Store",
        "SQLite version",
    ]
    assert str(pacc_home / "pacc.db") in finished.stdout
    assert not pacc_home.exists(), "asking for the version creates nothing"


@pytest.mark.parametrize(
    ("flags", "env", "traced"),
    [([], {}, False), (["--debug"], {}, True), ([], {"PACC_DEBUG_MODE": "1"}, True)],
)
def test_tracebacks_are_for_those_who_ask(pacc_process, flags, env, traced):
    finished = pacc_process(*flags, "flow-run", "inspect", "nobody", env=env)

    assert finished.code == 1
    assert ("Traceback" in finished.stderr) is traced
    assert finished.stderr.endswith('Error: no flow run "nobody"\nSee: pacc flow-run ls\n')


def test_a_profile_that_does_not_exist_is_named(pacc_process):
    finished = pacc_process("--profile", "nope", "flow-run", "ls")

    assert finished.code == 1
    assert finished.stderr.startswith('Error: there is no profile "nope"')
    assert "Traceback" not in finished.stderr


def test_an_output_format_that_does_not_exist_is_a_usage_error(pacc_process):
    finished = pacc_process("version", "-o", "xml")

    assert finished.code == 2
    assert finished.stderr == (
        'Error: --output: "xml" is none of table, json, yaml, plain\nSee: pacc version --help\n'
    )


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--help"], ["pydantic", "textual", "rich"]),
        (["version"], ["pydantic", "textual", "rich"]),
    ],
)
def test_nothing_heavy_is_loaded_on_the_way(run_python, arguments, absent):
    finished = run_python(
        "import sys\n"
        "from pacc.cli.root import main\n"
        f"code = main({arguments!r})\n"
        f"loaded = [name for name in {absent!r} if name in sys.modules]\n"
        "sys.exit(code or len(loaded))\n"
    )

    assert finished.code == 0, finished.output

"""`pacc cloud`: what Prefect has an account for, on one machine."""

from __future__ import annotations

import json

import pytest

from pacc.cli.root import main
from pacc.settings import choose_profile


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(words)
        choose_profile(None)
        told = capsys.readouterr()
        return int(code), told.out, told.err

    return run


@pytest.fixture
def staging(pacc, pacc_home):
    """A profile with a home of its own."""
    assert pacc("profile", "create", "staging")[0] == 0
    assert pacc("--profile", "staging", "config", "set", f"PACC_HOME={pacc_home}/there")[0] == 0
    return pacc_home / "there"


def test_logging_in_and_out_succeeds_and_says_that_there_is_nothing_to_log_in_to(pacc, pacc_home):
    code, _, err = pacc("cloud", "login", "--key", "pnu_123")
    assert (code, str(pacc_home) in err, "not kept" in err) == (0, True, True)
    assert "pnu_123" not in err
    assert pacc("cloud", "logout")[0] == 0


def test_workspaces_are_profiles_with_the_homes_of_their_stores(pacc, staging, pacc_home):
    homes = {
        each["name"]: each["home"] for each in json.loads(pacc("cloud", "workspaces", "ls", "-o", "json")[1])
    }
    assert homes == {"default": str(pacc_home), "test": str(pacc_home), "staging": str(staging)}
    code, _, err = pacc("cloud", "workspace", "set", "--workspace", "staging")
    assert (code, 'Profile "staging" is now' in err) == (0, True)
    assert "the store is still that" in err, "the environment of a test names its home"


def test_each_profile_keeps_its_own_things_in_its_own_store(pacc, staging):
    assert pacc("--profile", "staging", "variable", "set", "where", "there")[0] == 0
    assert pacc("variable", "get", "where")[0] == 1
    assert pacc("-p", "staging", "variable", "get", "where")[1] == "there\n"


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["workspace", "set", "-w", "stagin"], 1, 'no profile "stagin"'),
        (["workspace", "set"], 2, "--workspace is missing"),
        (["login", "-w", "nowhere"], 1, 'no profile "nowhere"'),
        (["ip-allowlist", "add", "192.168.0.1", "-d", "home"], 1, "no list of addresses"),
        (["ip-allowlists", "ls"], 1, "no list of addresses"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(pacc, words, code, why):
    ended = pacc("cloud", *words)
    assert (ended[0], why in ended[2]) == (code, True), ended


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["work-pool", "storage", "configure", "s3", "pool", "--bucket", "b"], "a work pool stores no code"),
        (["work-pool", "storage", "inspect", "pool"], "a work pool stores no code"),
        (["work-pool", "provision-infra", "pool"], "there is no infrastructure to provision"),
        (["work-pool", "create", "p", "--provision-infra"], "there is no infrastructure to provision"),
        (["deploy", "flows.py:etl", "--sla", "{}"], "nobody watches over agreements"),
        (["flow-run", "inspect", "@last", "--web"], "there are no pages of runs"),
        (["worker", "start", "-p", "p", "-t", "kubernetes"], "which pacc does not do by itself"),
        (
            ["worker", "start", "-p", "p", "-t", "kubernetes", "--install-policy", "never"],
            "no worker of type",
        ),
    ],
)
def test_what_means_nothing_on_one_machine_says_what_to_do_instead(pacc, words, why):
    code, out, err = pacc(*words)
    assert (code, out, why in err) == (1, "", True), err
    assert len(err.splitlines()) <= 2, "one sentence and the next step"

"""Where a pacc comes from is read from its package, else asked of its checkout, else not known."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime

import pytest

from pacc._internal.build import Build, build


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "root" / "pacc"
    folder.mkdir(parents=True)
    return folder


def test_a_built_package_carries_the_answer(package):
    (package / "_build.json").write_text(
        json.dumps({"commit": "3c06654e", "built": "2026-11-21T10:00:00+00:00"})
    )

    assert build(package) == Build(commit="3c06654e", built=datetime(2026, 11, 21, 10, tzinfo=UTC))


@pytest.mark.parametrize("record", ["", "{}", "[]", '{"commit": 1, "built": 2}'])
def test_a_record_that_makes_no_sense_is_as_good_as_none(package, record):
    (package / "_build.json").write_text(record)

    assert build(package) == Build(commit=None, built=None)


def test_a_copy_without_history_does_not_know(package):
    assert build(package) == Build(commit=None, built=None)


def test_a_checkout_names_its_commit_and_whether_files_differ(package):
    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", package.parent, *identity, *arguments], check=True, capture_output=True)

    (package / "flow.py").write_text("one")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")

    clean = build(package)
    (package / "flow.py").write_text("two")

    assert len(clean.commit) == 8
    assert build(package).commit == f"{clean.commit}-dirty"
    assert clean.built.tzinfo is UTC


def test_a_checkout_without_commits_does_not_know(package):
    subprocess.run(["git", "-C", package.parent, "init", "-q"], check=True)

    assert build(package) == Build(commit=None, built=None)

"""What the package says about itself has to be true of the installed package."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_installed_version_is_the_one_in_the_project_file(project):
    assert metadata.version("pacc") == project["version"]


def test_every_dependency_has_a_tested_upper_end(project):
    assert [need for need in project["dependencies"] if "<" not in need] == []


def test_types_are_shipped():
    assert (ROOT / "pacc" / "py.typed").exists()


def test_the_command_is_an_entry_point():
    (command,) = metadata.entry_points(group="console_scripts", name="pacc")
    assert command.value == "pacc.__main__:main"

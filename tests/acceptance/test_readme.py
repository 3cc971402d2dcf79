"""The first screen of the README is what people try first, so it is tried here."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"


@pytest.fixture
def readme():
    return README.read_text()


def block(readme, language, number=0):
    """Return the lines of a fenced block."""
    return re.findall(rf"```{language}\n(.*?)```", readme, flags=re.DOTALL)[number]


def masked(text):
    """Return log lines without what differs from run to run."""
    text = re.sub(r"\d\d:\d\d:\d\d\.\d{3}", "TIME", text)
    return re.sub(r"'[a-z_]+-[\w-]+'", "'NAME'", text)


def test_working_code_is_within_the_first_25_lines(readme):
    assert "".join(README.read_text().splitlines(keepends=True)[:25]).endswith(
        block(readme, "python") + "```\n"
    )


def test_the_code_prints_what_the_readme_shows(readme, run_python):
    ended = run_python(block(readme, "python"))
    assert ended.code == 0, ended.output
    assert masked(ended.stderr) == masked(block(readme, "text"))


def test_both_commands_are_one_line_each(readme):
    run, test = block(readme, "sh").splitlines()
    assert run.endswith(".venv/bin/python examples/weather.py")
    assert test.endswith(".venv/bin/python -m pytest")


def test_every_dependency_has_its_line_in_the_table(readme):
    assert rows(readme, "package") == sorted(map(package, project()["dependencies"]))


def test_every_extra_has_its_line_with_what_it_brings(readme):
    extras = project()["optional-dependencies"]
    assert rows(readme, "extra") == sorted(extras)
    for name, needs in extras.items():
        [row] = [line for line in readme.splitlines() if line.startswith(f"| `{name}` | ")]
        assert all(f"`{package(need)}`" in row for need in needs), row


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def package(need):
    return re.match(r"[\w-]+", need)[0]


def rows(readme, head):
    """The first cells of the table whose first column has this head."""
    table = readme.partition(f"| {head} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `([\w-]+)` \|", table, flags=re.MULTILINE)

"""The documentation cannot drift from the code: generated pages are up to date, links lead somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import product
from pathlib import Path

import pytest
import typer

from pacc.cli.root import root_command
from pacc.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path for path in ROOT.rglob("*.md") if not {".venv", ".ci"} & set(path.parts))
MANUAL = sorted((ROOT / "man").rglob("*.[17]"))


def test_generated_pages_are_up_to_date(run_python):
    ended = run_python(ROOT / "docs" / "generate.py", "--check")
    assert ended.code == 0, f"run `python docs/generate.py`\n{ended.output}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[\w-]*)?\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_every_test_that_a_page_names_exists():
    page = (ROOT / "docs" / "reliability.md").read_text()
    named = re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", page)
    sources = {path: (ROOT / path).read_text() if (ROOT / path).is_file() else "" for path, _ in named}
    assert [name for name in named if f"def {name[1]}" not in sources[name[0]]] == []


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
@pytest.mark.parametrize("page", MANUAL, ids=lambda page: page.name)
def test_a_manual_page_has_nothing_groff_warns_of(page):
    command = ["groff", "-man", "-Tutf8", "-ww", "-z", str(page)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answer.stderr == ""


BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_pacc
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["pacc", "ver"], {"version"}),
        (["pacc", "--no-c"], {"--no-color"}),
        (["pacc", "flow-run", "insp"], {"inspect"}),
        (["pacc", "--profile", "flow-run", "flow-run", "l"], {"ls", "logs"}),
        (["pacc", "version", "-o", ""], {"table", "json", "yaml", "plain"}),
    ],
)
def test_bash_offers_what_may_follow(words, offered):
    script = str(ROOT / "completions" / "bash" / "pacc")
    answer = subprocess.run(
        ["bash", "--norc", "-c", BASH, "bash", script, *words], capture_output=True, text=True, check=True
    )
    assert set(answer.stdout.split()) == offered


@pytest.mark.parametrize(
    ("shell", "script"), [("bash", "bash/pacc"), ("zsh", "zsh/_pacc"), ("fish", "fish/pacc.fish")]
)
def test_a_completion_script_is_good_syntax(shell, script):
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")
    command = [shell, "-n", str(ROOT / "completions" / script)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")


WRITTEN = {
    path.name: path.read_text() for path in PAGES if path.name not in ("command-line.md", "CHANGELOG.md")
}
OF_ANOTHER_NAME = ("cloud asset", "cloud ip-allowlist", "cloud webhook")
"""Groups that are spellings of others: see docs/from-prefect.md."""


def commands(group=None, context=None, path=(("pacc",),)):
    """Every command, by all names of each group on the way to it and of its own."""
    group = group or root_command()
    context = typer.Context(group, parent=context)
    for entry in group.entries:
        command = group.get_command(context, entry.name)
        below = (*path, (entry.name, *entry.aliases))
        if hasattr(command, "entries"):
            yield from commands(command, context, below)
        elif not entry.hidden:
            yield below


def tells_of(page, path):
    """Whether a page names a command whole, or its group and, as code, its own name."""
    *groups, own = ["|".join(map(re.escape, names)) for names in path]
    group = " ".join(f"(?:{names})" for names in groups)
    whole = re.search(rf"\b{group} (?:{own})\b", page)
    return whole or (len(path) > 2 and re.search(rf"\b{group}\b", page) and re.search(rf"`(?:{own})\b", page))


def test_every_command_is_told_of_in_a_page_that_a_person_wrote():
    paths = [path for path in commands() if " ".join(names[0] for names in path[1:3]) not in OF_ANOTHER_NAME]
    assert len(paths) > 150
    untold = [path for path in paths if not any(tells_of(page, path) for page in WRITTEN.values())]
    assert [" ".join(names[0] for names in path) for path in untold] == []


def test_every_setting_is_told_of():
    assert [name for name in SETTINGS if not any(f"`{name}`" in page for page in WRITTEN.values())] == []


def test_the_course_leads_from_each_lesson_to_commands_and_examples_that_are_there():
    page = WRITTEN["course.md"]
    rows = [row.split("|")[1:-1] for row in page.splitlines() if re.match(r"\| 10\d ", row)]
    lessons = {row[0].strip() for row in rows}
    assert lessons == {"101", "102", "103", "104", "105", "106"}
    assert {row[0].strip() for row in rows if "`pacc " in row[2]} == lessons
    assert {row[0].strip() for row in rows if ".py`" in row[3]} == lessons
    missing = [name for name in re.findall(r"`(\w+\.py)`", page) if not (ROOT / "examples" / name).exists()]
    assert missing == []
    known = {
        " ".join(way) for path in commands() for n in range(2, len(path) + 1) for way in product(*path[:n])
    }
    named = re.findall(r"`(pacc [a-z][^`]*)`", page)
    assert [each for each in named if not any(re.match(rf"{way}\b", each) for way in known)] == []


def test_a_folder_of_pages_is_whole():
    linked = set(re.findall(r"\]\((\w[\w-]*\.md)\)", (ROOT / "docs" / "README.md").read_text()))
    assert linked == {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}

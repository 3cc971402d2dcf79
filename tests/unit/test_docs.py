"""The documentation cannot drift from the code: generated pages are up to date, links lead somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

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


def test_a_folder_of_pages_is_whole():
    linked = set(re.findall(r"\]\((\w[\w-]*\.md)\)", (ROOT / "docs" / "README.md").read_text()))
    assert linked == {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}

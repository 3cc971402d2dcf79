"""Settings are read in every process, so they load nothing that is not needed."""

from __future__ import annotations

import textwrap

import pytest

SOURCE = """
    import sys
    from pacc.settings import get_current_settings
    get_current_settings()
    heavy = ["tomllib", "tomlkit", "dotenv", "pydantic", "difflib", "tempfile", "json", "logging"]
    print([name for name in heavy if name in sys.modules])
"""


@pytest.fixture
def loaded(run_python, tmp_path):
    """Return which heavy modules a first look at the settings loads, in a folder with the given files."""

    def look(**files):
        project = tmp_path / "project"
        project.mkdir()
        for name, content in files.items():
            (project / name.replace("_", ".")).write_text(content)
        result = run_python(textwrap.dedent(SOURCE), cwd=project)
        assert result.code == 0, result.stderr
        return result.stdout.strip()

    return look


def test_nothing_heavy_is_loaded_when_there_is_no_file(loaded):
    assert loaded() == "[]"


def test_files_that_say_nothing_about_pacc_are_not_parsed(loaded):
    assert loaded(_env="DEBUG=1\n", pyproject_toml="[project]\nname = 'x'\n") == "[]"


def test_a_settings_file_loads_its_parser_and_no_other(loaded):
    assert loaded(pacc_toml="debug_mode = true\n") == "['tomllib']"

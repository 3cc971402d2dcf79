"""`pacc dashboard` as a command."""

from __future__ import annotations

import pytest


def test_without_a_terminal_it_names_what_to_use_instead(pacc_process):
    finished = pacc_process("dashboard")
    assert finished.code == 2
    assert "Error: the dashboard needs a terminal" in finished.stderr
    assert "pacc flow-run ls" in finished.stderr


def test_a_picture_of_a_screen_needs_no_terminal(pacc_process, tmp_path):
    finished = pacc_process(
        "dashboard", "--screen", "deployments", "--screenshot", "seen.svg", "--size", "80x24"
    )
    assert finished.code == 0, finished.output
    picture = (tmp_path / "seen.svg").read_text()
    assert picture.startswith("<svg")
    assert "deployments" in picture


@pytest.mark.parametrize(
    ("wrong", "said"), [(("--size", "9x9"), "is no size"), (("--screen", "@last"), "no flow run")]
)
def test_a_wrong_size_or_screen_is_explained(pacc_process, wrong, said):
    finished = pacc_process("dashboard", "--screenshot", "seen.svg", *wrong)
    assert finished.code in (1, 2)
    assert said in finished.stderr
    assert "Traceback" not in finished.output


def test_a_picture_is_drawn_as_if_it_were_another_time_and_needs_nothing_from_the_network(
    pacc_process, tmp_path
):
    asked = ("--at", "2026-11-20T09:30:00", "--screenshot", "seen.svg")
    finished = pacc_process("dashboard", "--screen", "pools", *asked)
    assert finished.code == 0, finished.output
    picture = (tmp_path / "seen.svg").read_text()
    assert "09:30:00" in picture
    assert "no&#160;work&#160;pools" in picture
    assert "font-face" not in picture
    assert "give --screenshot as well" in pacc_process("dashboard", *asked[:2]).stderr

"""Plain values are coerced as typer would, without what typer loads for it."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Literal

import pytest
import typer

from pacc.cli._coerce import converter


class Color(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("annotation", "word", "value"),
    [
        (str, "a", "a"),
        (int, "15", 15),
        (float, "1.5", 1.5),
        (bool, "yes", True),
        (bool, "off", False),
        (Path, "a/b", Path("a/b")),
        (Color, "red", Color.RED),
        (Literal["json"], "json", "json"),
        (list[int], "3", 3),
    ],
)
def test_words_become_values(annotation, word, value):
    assert converter(annotation, typer.Option())(word) == value


@pytest.mark.parametrize(
    ("annotation", "word", "sentence"),
    [
        (int, "ten", '"ten" is not a whole number'),
        (float, "ten", '"ten" is not a number'),
        (bool, "maybe", '"maybe" is neither yes nor no'),
        (Color, "blue", '"blue" is none of red'),
    ],
)
def test_a_word_that_fits_no_value_is_named(annotation, word, sentence):
    with pytest.raises(ValueError, match=sentence):
        converter(annotation, typer.Option())(word)


def test_numbers_keep_to_their_bounds():
    convert = converter(int, typer.Option(min=1, max=9))

    assert convert("9") == 9
    with pytest.raises(ValueError, match="0 is less than 1"):
        convert("0")
    with pytest.raises(ValueError, match="10 is more than 9"):
        convert("10")


def test_choices_ignore_case_only_when_asked_to():
    relaxed = converter(Literal["json"], typer.Option(case_sensitive=False))
    strict = converter(Literal["json"], typer.Option())

    assert relaxed("JSON") == "json"
    with pytest.raises(ValueError, match="JSON"):
        strict("JSON")


def test_a_parser_of_the_option_comes_first():
    assert converter(str, typer.Option(parser=len))("four") == 4


@pytest.mark.parametrize("annotation", [dict, tuple[int, str]])
def test_what_is_not_plain_is_left_to_typer(annotation):
    assert converter(annotation, typer.Option()) is None

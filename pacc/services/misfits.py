"""What is wrong with input that pydantic refused, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


def first_problem(error: ValidationError) -> str:
    """Return what is wrong, of the first of the problems that were found, and where."""
    problem = error.errors()[0]
    where = ".".join(str(each) for each in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message

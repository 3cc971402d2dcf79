"""What changes a whole store is not done because nobody could be asked."""

from __future__ import annotations

from pacc.cli._exits import CommandError
from pacc.cli._terminal import terminal


def must_be_sure(question: str, *, yes: bool) -> None:
    """Ask before the store is changed as a whole.

    Args:
        question: what is going to happen, as a question.
        yes: whether `--yes` has answered it.

    Raises:
        CommandError: the answer is no, or there is nobody to answer.
    """
    if yes:
        return
    if not terminal.interactive:
        raise CommandError(
            "nobody can be asked here, so nothing was changed",
            hint="say --yes if it is meant",
            code="declined",
        )
    if not terminal.confirm(question):
        raise CommandError("nothing was changed", code="declined")

"""Values for the fields of a block, from files, options, the environment, and whoever sits at the terminal."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from pacc.cli._exits import CommandError, UsageError
from pacc.cli._terminal import terminal
from pacc.presentation.block_fields import NO_DEFAULT, answer
from pacc.presentation.block_forms import block_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from pacc.presentation.block_fields import Field
    from pacc.store import Store


class Given:
    """What is known of a block's fields so far.

    Args:
        fields: the fields there are.
        store: where the blocks are that may stand inside.
    """

    def __init__(self, fields: list[Field], store: Store) -> None:
        self.fields = {each.name: each for each in fields}
        self.values: dict[str, Any] = {}
        self._store = store

    def take_file(self, file: Path) -> None:
        """Take fields from a JSON or YAML file.

        Raises:
            CommandError: it holds no object of fields.
        """
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
        try:
            held = json.loads(text)
        except ValueError:
            held = _yaml(text, file)
        if not isinstance(held, dict):
            raise CommandError(f'"{file}" holds no fields; it should be an object of names and values')
        for name, value in held.items():
            self.values[self._known(str(name)).name] = value

    def take_words(self, words: Iterable[str]) -> None:
        """Take fields as `NAME=VALUE`.

        Raises:
            UsageError: one is written another way, or names no field, or its value is of another type.
        """
        for word in words:
            field, text = self._pair(word, "NAME=VALUE")
            if field.secret or (field.blocks and text.lstrip().startswith("{")):
                terminal.remark(
                    f'Warning: other users could read "{field.name}" in the list of processes; '
                    "--field-from-env keeps it from them."
                )
            self.values[field.name] = self._answered(field, text)

    def take_environment(self, words: Iterable[str], environ: Mapping[str, str]) -> None:
        """Take fields as `NAME=VARIABLE` from environment variables.

        Raises:
            UsageError: one is written another way, or names no field or no variable.
        """
        for word in words:
            field, variable = self._pair(word, "NAME=VARIABLE")
            if variable not in environ:
                raise UsageError(f'the environment variable "{variable}" is not set')
            self.values[field.name] = self._answered(field, environ[variable])

    def ask_for_the_rest(self) -> None:
        """Ask for each field that has no value yet; an empty answer takes the default, or leaves it out."""
        for field in self.fields.values():
            if field.name in self.values:
                continue
            terminal.remark(f"{field.name} ({field.told.rstrip('.')})")
            value = ask_until(
                f"{field.name}{_shown_default(field)}: ", self._reader(field), secret=field.secret
            )
            if value is not NO_DEFAULT:
                self.values[field.name] = value

    def require_all(self) -> None:
        """Raise if a field that is needed has no value.

        Raises:
            UsageError: the message names them.
        """
        missing = [name for name, field in self.fields.items() if field.required and name not in self.values]
        if missing:
            names = ", ".join(f'"{name}"' for name in missing)
            raise UsageError(
                f"{names} {'is' if len(missing) == 1 else 'are'} needed",
                hint="Give them by --field NAME=VALUE, --field-from-env or --from-file, or answer in a terminal.",
            )

    def _reader(self, field: Field) -> Callable[[str], Any]:
        def read(text: str) -> Any:
            if text == "" and not field.required:
                return NO_DEFAULT
            if text == "":
                raise ValueError("it is needed")
            return self._value(field, text)

        return read

    def _answered(self, field: Field, text: str) -> Any:
        try:
            return self._value(field, text)
        except ValueError as error:
            raise UsageError(f'the field "{field.name}": {error}') from None

    def _value(self, field: Field, text: str) -> Any:
        value = answer(field, text)
        return block_inside(self._store, field, text) if field.blocks and value is not None else value

    def _pair(self, word: str, form: str) -> tuple[Field, str]:
        name, equals, text = word.partition("=")
        if not equals:
            raise UsageError(f'"{word}" is not {form}')
        return self._known(name), text

    def _known(self, name: str) -> Field:
        if name not in self.fields:
            from difflib import get_close_matches  # start-up: only for what was not found

            near = get_close_matches(name, self.fields, n=1)
            guess = f'Did you mean "{near[0]}"?' if near else f"It has {', '.join(self.fields)}."
            raise UsageError(f'no field "{name}". {guess}')
        return self.fields[name]


def ask_until(question: str, read: Callable[[str], Any], *, secret: bool = False) -> Any:
    """Ask until the answer can be used, saying each time what is wrong with it, and return what it means.

    Args:
        question: what to ask.
        read: turns the answer into a value; its ValueError says what is wrong.
        secret: whether the answer is hidden while it is typed.
    """
    while True:
        try:
            return read(terminal.ask(question, secret=secret))
        except ValueError as error:
            terminal.remark(f"  {error}")


def _shown_default(field: Field) -> str:
    if field.secret or field.default is NO_DEFAULT or field.default is None:
        return ""
    return f" [{json.dumps(field.default)}]"


def _yaml(text: str, file: Path) -> Any:
    import yaml  # start-up: only for files that are no JSON

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        where = f" in line {mark.line + 1}" if (mark := getattr(error, "problem_mark", None)) else ""
        raise CommandError(
            f'"{file}" is neither JSON nor YAML{where}: {getattr(error, "problem", None) or error}',
            hint="mend the file, or give the fields by --field",
        ) from None

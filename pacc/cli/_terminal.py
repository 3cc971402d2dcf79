"""The one terminal: results go to standard output, everything said about them to standard error.

No other module of the command line writes anywhere, so colour, width, JSON and escaping are decided once.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Literal, TextIO

from pacc._internal.terminals import is_terminal, wants_color
from pacc._internal.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacc.cli._exits import Outcome
    from pacc.presentation.tables import Cell, Description, Table

OutputFormat = Literal["table", "json", "yaml", "plain"]

_SGR = {
    "bold": "1",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
    "bright_black": "90",
    "bright_red": "91",
}


class Terminal:
    """Where a command writes, and what may be written there.

    Args:
        out: where results go, standard output unless given.
        err: where remarks and errors go, standard error unless given.
        environ: the environment the colour conventions are read from.
    """

    def __init__(
        self,
        out: TextIO | None = None,
        err: TextIO | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._out = out
        self._err = err
        self._environ = os.environ if environ is None else environ
        self.no_color = False  # set by `--no-color`
        self.prompts: bool | None = None  # set by `--prompt` and `--no-prompt`
        self.tracebacks = False  # set by `--debug` and by the settings
        self.yaml = False  # set by `-o yaml`: what is written as JSON is written as YAML
        self.wraps = True  # whether text too long for its column is wrapped, or else cut

    @property
    def out(self) -> TextIO:
        """The stream of results."""
        return self._out or sys.stdout

    @property
    def err(self) -> TextIO:
        """The stream of remarks and errors."""
        return self._err or sys.stderr

    def colored(self, stream: TextIO) -> bool:
        """Return whether colour may be written to a stream.

        `--no-color` wins, then the customs of the shell: see `wants_color`.
        """
        return not self.no_color and wants_color(stream, self._environ)

    @property
    def interactive(self) -> bool:
        """Whether someone can answer: input and remarks are on a terminal and nobody said `--no-prompt`."""
        if self.prompts is not None and not self.prompts:
            return False
        return is_terminal(sys.stdin) and is_terminal(self.err)

    @property
    def draws(self) -> bool:
        """Whether results go to a terminal that a table can be drawn on."""
        return is_terminal(self.out) and self._environ.get("TERM") != "dumb"

    @property
    def glyphs(self) -> bool:
        """Whether results may hold more than ASCII."""
        return (self.out.encoding or "utf-8").lower().startswith("utf")

    @property
    def width(self) -> int:
        """How many cells a line of results may take: those of the terminal, 100 where there is none."""
        return get_terminal_size((100, 24)).columns

    def prepare(self) -> None:
        """Make the process's streams write every text: what their encoding lacks is written as an escape."""
        self.yaml = False
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")

    def line(self, text: str = "") -> None:
        """Write one line of a result that holds nothing but what we composed."""
        self.out.write(f"{text}\n")

    def lines(self, lines: Iterable[str]) -> None:
        """Write several lines of a result."""
        self.out.write("".join(f"{line}\n" for line in lines))

    def cells(self, cells: Iterable[Cell]) -> None:
        """Write one line of a result from cells that are safe to write, in their colours where the stream takes any."""
        color = self.colored(self.out)
        texts = (self.paint(each.text, each.color) if color else each.text for each in cells)
        self.line("".join(texts).rstrip())

    def remark(self, text: str) -> None:
        """Say something about the result: a hint, a warning, what was done."""
        self.out.flush()
        self.err.write(f"{visible(text, lines=True)}\n")
        self.err.flush()

    def json(self, value: object) -> None:
        """Write a result as JSON, or YAML where that was asked for; records become objects with their field names."""
        from pacc.presentation.as_json import json_text, yaml_text  # start-up: tables need none of it

        self.out.write(yaml_text(value) if self.yaml else f"{json_text(value, indent=2)}\n")

    def json_lines(self, values: Iterable[object]) -> None:
        """Write a result as a JSON array with one element a line, as they come, so that it may be a long one."""
        from pacc.presentation.as_json import json_text, yaml_text  # start-up: tables need none of it

        if self.yaml:
            self.out.writelines([yaml_text([value]) for value in values] or ["[]\n"])
            return
        between = "[\n"
        for value in values:
            self.out.write(f"{between}{json_text(value)}")
            between = ",\n"
        self.out.write("[]\n" if between == "[\n" else "\n]\n")

    def json_line(self, value: object) -> None:
        """Write one element of a stream as one line of JSON, or as a YAML document."""
        from pacc.presentation.as_json import json_text, yaml_text  # start-up: tables need none of it

        self.out.write(f"---\n{yaml_text(value)}" if self.yaml else f"{json_text(value)}\n")

    def table(self, table: Table, output: OutputFormat, *, empty: str = "") -> None:
        """Write a listing: drawn on a terminal, aligned when piped, tab-separated as `plain`.

        Args:
            table: what to list.
            output: `table` or `plain`; JSON is made from records, see `json`.
            empty: what to say, on standard error, when there is nothing to list.
        """
        from pacc.presentation.tables import aligned, tabbed  # start-up: help needs no tables

        if output == "plain":
            self.lines(tabbed(table))
        elif not table.rows:
            self.remark(empty or "nothing to show")
        elif self.draws:
            self._draw(table)
        else:
            self.lines(aligned(table))

    def description(self, description: Description, output: OutputFormat) -> None:
        """Write one thing in full, as labelled values, or label, tab, value as `plain`."""
        from pacc.presentation.tables import Cell, labelled  # start-up: help needs no tables

        if output == "plain":
            self.lines(f"{label}\t{cell.text}" for label, cell in description.facts)
            return
        color = self.colored(self.out)
        facts = [
            (label, Cell(self.paint(cell.text, cell.color) if color else cell.text))
            for label, cell in description.facts
        ]
        self.lines(labelled(facts))

    def paint(self, text: str, color: str) -> str:
        """Return text in a colour, whether or not the stream takes colours: ask `colored` first."""
        return f"\x1b[{_SGR[color]}m{text}\x1b[0m" if color in _SGR else text

    def error(self, outcome: Outcome, *, as_json: bool = False) -> None:
        """Say on standard error why a command failed, and the next step."""
        self.out.flush()
        if as_json:
            from pacc.presentation.as_json import json_text  # start-up: only errors of -o json need it

            told = {"code": outcome.code, "message": outcome.message, "hint": outcome.hint}
            self.err.write(f"{json_text({'error': told})}\n")
            return
        label = self.paint("Error:", "red") if self.colored(self.err) else "Error:"
        self.err.write(f"{label} {visible(outcome.message, lines=True)}\n")
        if outcome.hint:
            self.err.write(f"{'See: ' * outcome.hint.startswith('pacc ')}{visible(outcome.hint)}\n")

    def traceback(self) -> None:
        """Write the traceback of the exception that is being handled, for `--debug`."""
        import traceback  # start-up: only for --debug

        self.out.flush()
        self.err.write(visible(traceback.format_exc(), lines=True))

    def safe(self, text: str) -> str:
        """Return text of a user's on one line, control characters made visible."""
        return visible(text)

    def input(self) -> str:
        """Return all of standard input, without the line break at its end."""
        return sys.stdin.read().removesuffix("\n")

    def ask(self, question: str, *, secret: bool = False) -> str:
        """Ask on standard error for one line and return it; that of a secret is not shown as it is typed.

        Raises:
            KeyboardInterrupt: standard input has come to its end.
        """
        if secret:
            from getpass import getpass  # start-up: only for secrets

            return getpass(visible(question), stream=self.err)
        line = self._answer(question)
        if not line:
            raise KeyboardInterrupt
        return line.removesuffix("\n")

    def confirm(self, question: str) -> bool:
        """Ask a yes-or-no question on standard error; anything but yes is no.

        Where nobody can answer the answer is yes, as in Prefect: a script that names what to delete means it.
        """
        if not self.interactive:
            return True
        return self._answer(f"{question} [y/N]: ").strip().lower() in ("y", "yes")

    def _answer(self, question: str) -> str:
        """Return the line somebody answers with; where none is given, what follows begins a line of its own."""
        self.err.write(visible(question))
        self.err.flush()
        line = ""
        try:
            line = sys.stdin.readline()
        finally:
            if not line.endswith("\n"):
                self.err.write("\n")
        return line

    def _draw(self, table: Table) -> None:
        from rich import box  # start-up: only where a table is drawn
        from rich.console import Console  # start-up: as above
        from rich.table import Table as RichTable  # start-up: as above
        from rich.text import Text  # start-up: as above

        from pacc.presentation.tables import boxed_width  # start-up: as above

        color = self.colored(self.out)
        console = Console(
            file=self.out,
            color_system="auto" if color else None,
            highlight=False,
            markup=False,
            emoji=False,
        )
        drawn = RichTable(title=table.title, header_style="bold")
        drawn.box = box.ROUNDED if self.glyphs else box.ASCII
        if boxed_width(table) > console.width:  # the room a box takes is better spent on the text
            drawn.box, drawn.pad_edge, drawn.padding = None, False, (0, 2, 0, 0)
        for column in table.columns:
            drawn.add_column(
                column.name,
                no_wrap=not (column.gives_way and self.wraps),
                overflow="ellipsis",
                min_width=column.at_least or None,
                justify="right" if column.right else "left",
            )
        for row in table.rows:
            drawn.add_row(*(Text(cell.text, style=cell.color if color else "") for cell in row))
        console.print(drawn)


terminal = Terminal()

"""A form over a screen: a line for each field, what is wrong with it below, and the command that does the same."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Static

from pacc._internal.visible import visible
from pacc.presentation.block_fields import answer
from pacc.tui import painting
from pacc.tui.editor import EditorFailed, have_written
from pacc.tui.messages import Done, Refused
from pacc.tui.screens import picking
from pacc.tui.screens.dialogs import markdown, may_act
from pacc.tui.screens.modal import Modal
from pacc.tui.widgets.answers import Picked, Switch
from pacc.tui.widgets.box import GAP, Box, Keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.events import DescendantFocus

    from pacc.presentation.block_fields import Field
    from pacc.tui.app import Dashboard
    from pacc.tui.messages import Reported
    from pacc.tui.screens.asking import Asked


def values_of(fields: tuple[Field, ...], typed: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what was typed as values, and what is wrong with the rest, each by the field's name.

    An empty line leaves a field out, which is wrong only where it is needed.

    Example:
        >>> from pacc.presentation.block_fields import NO_DEFAULT, Field
        >>> port = Field("port", "whole number", "", NO_DEFAULT, True, False)
        >>> values_of((port,), {"port": "x"})
        ({}, {'port': '"x" is not a whole number'})
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in fields:
        text = typed.get(field.name, "")
        if not text:
            if field.required:
                problems[field.name] = "it is needed"
            continue
        try:
            values[field.name] = answer(field, text)
        except ValueError as error:
            problems[field.name] = str(error)
    return values, problems


_LOW = 30
"""Rows below which a form has little room."""
_MOST_SPELLED = 6
"""So many words to choose from are all named; `ctrl+o` lists any number."""


def label_of(field: Field) -> str:
    """Return what stands beside a field's name: what it is, unless that is any text, and what it is for.

    Example:
        >>> from pacc.presentation.block_fields import Field
        >>> label_of(Field("port", "whole number", "Where it listens.", 80, False, False))
        'whole number. Where it listens.'
    """
    named = {"text": "", "value": "", "moment": "time"}.get(field.kind, field.kind)
    spelled = ", ".join(map(str, field.choices)) if len(field.choices) <= _MOST_SPELLED else "one of many"
    kind = spelled or named
    kind = f"{kind}, {field.bounds}" if field.bounds else kind
    kind = f"{kind} with {', '.join(each.name for each in field.inside)}" if field.inside else kind
    if field.blocks:
        kind = f"{kind} ({', '.join(field.blocks)})"
    what = ", ".join(filter(None, (kind, "secret" if field.secret else "")))
    return " ".join([*([f"{what}."] if what else []), *field.description.split()])


class _Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The fields, as many as there is room for; keys move between them and do not scroll."""


class _Around(Vertical):
    """A field with what stands over and under it; it stays in sight when it grows because something is wrong."""

    def on_resize(self) -> None:
        """Show all of it, where somebody types there."""
        if self.has_pseudo_class("focus-within") and isinstance(self.parent, _Fields):
            self.parent.scroll_to_widget(self, animate=False, force=True, immediate=True)


class Form(Modal[str | None]):
    """Fields to fill in; it stays until what it asks for is done or it is left.

    Args:
        asked: what is asked, and what is done with the answers.
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave it", show=False),
        Binding("ctrl+s", "submit", "Do it", show=False),
        Binding("up", "app.focus_previous", "The field before", show=False),
        Binding("down", "app.focus_next", "The next field", show=False),
        Binding("ctrl+y", "copy", "Copy the command", show=False),
        Binding("ctrl+r", "again", "The values of the last time", show=False),
        Binding("pageup", "step(-1)", "The step before", show=False),
        Binding("pagedown", "step(1)", "The next step", show=False),
        Binding("ctrl+t", "try", "What it would have done", show=False),
        Binding("ctrl+o", "pick", "Choose or write the value of a field", show=False),
        Binding("ctrl+e", "edit", "All of it as YAML", show=False, priority=True),
    ]

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self._asked = asked
        self._busy = False
        self._touched: set[str] = set()
        """The fields somebody has typed in."""
        self._answers: list[Input | Picked] = []
        self._step = 0
        """The number of the page that is seen, of a form that has several."""

    def compose(self) -> ComposeResult:
        """Make the box."""
        asked = self._asked
        with Box(classes="dialog form"):
            yield Static(Text(visible(asked.question), style="bold"), classes="title", markup=False)
            if asked.steps:
                yield Static("", markup=False, id="steps")
            with _Fields(classes="gives"):
                if asked.lines:
                    yield Static(
                        Text(visible("\n".join(asked.lines), lines=True)), markup=False, classes="lines"
                    )
                if asked.markdown:
                    glyphs = cast("Dashboard", self.app).glyphs
                    yield Static(markdown(asked.markdown, glyphs=glyphs), markup=False, classes="lines")
                for number, field in enumerate(asked.fields):
                    with _Around(classes="field"):
                        yield Static(self._label(field), markup=False)
                        self._answers.append(self._answer(number, field))
                        yield self._answers[-1]
                        yield Static("", classes="problem", markup=False, id=f"problem-{number}")
            yield Static("", classes="problem", markup=False, id="problem")
            yield Static("", classes="problem", markup=False, id="trial")
            yield Static("", classes="next", markup=False, id="same")
            yield Keys(GAP.join(self._keys()), dark=self._dark)

    def _keys(self) -> list[str]:
        asked = self._asked
        return [
            f"enter {asked.yes}",
            *(["pgdn pgup steps"] if asked.steps else []),
            "esc leaves it",
            *(["ctrl+y copies the command"] if asked.command else []),
            *(["ctrl+r as the last time"] if asked.again is not None else []),
            *(["ctrl+t tries it"] if asked.trial is not None else []),
            *(["ctrl+o picks"] if any(map(picking.can_be_picked, asked.fields)) else []),
            *(["ctrl+e as YAML"] if len(asked.fields) > 1 else []),
        ]

    def on_mount(self) -> None:
        """Show the command for what stands there already, and begin in the first field: what is typed at once goes there."""
        if self.children:  # it may have been left before it was there
            self._show_command()
            self._show_step(0)
            for first in self._answers[:1]:
                self.set_focus(first, scroll_visible=False)

    def on_resize(self) -> None:
        """Show less of a long command where there are few rows, so that there is room for fields."""
        self.set_class(self.size.height < _LOW, "low")

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show a field with what stands over and under it."""
        around, scroll = event.widget.parent, self.query_one(_Fields)
        if isinstance(around, Vertical):
            reveal = partial(scroll.scroll_to_widget, around, animate=False, force=True, immediate=True)
            # Textual puts the line in the middle after the next refresh, and this comes after that
            self.call_after_refresh(self.call_after_refresh, reveal)

    def _answer(self, number: int, field: Field) -> Input | Picked:
        shown, name = self._asked.values.get(field.name, ""), f"field-{number}"
        may_be_left = not field.required
        if field.kind == "yes or no" and not field.optional and not field.choices:
            return Switch(shown, may_be_left=may_be_left, id=name)
        if field.choices and not field.optional:
            words = (*map(str, field.choices), *([""] if may_be_left else []))
            return Picked(words, shown, id=name, glyphs=cast("Dashboard", self.app).glyphs)
        return Input(shown, password=field.secret, id=name)

    def _label(self, field: Field) -> Text:
        gray = painting.style("bright_black", dark=self._dark)
        name = f"{field.name} *" if field.required else field.name
        return Text.assemble((name, "bold" if field.required else ""), (f"  {label_of(field)}", gray))

    @property
    def _dark(self) -> bool:
        return self.app.current_theme.dark

    def _typed(self) -> dict[str, str]:
        return {field.name: line.value for field, line in zip(self._asked.fields, self._answers, strict=True)}

    def _show_command(self) -> None:
        command = self._asked.command_for(self._typed())
        line = self.query_one("#same", Static)
        first, *more = command.split("\n")
        if more:  # the same for many things
            first = f"{first}\n... and {len(more)} more"
        line.update(Text(f"$ {visible(first, lines=True)}", style=painting.style("green", dark=self._dark)))
        line.display = bool(command)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the command for what is typed now, and what is wrong with it where that is said at once."""
        self._changed(event.input)

    def on_picked_changed(self, event: Picked.Changed) -> None:
        """Show the same for what is chosen."""
        self._changed(event.picked)

    def _changed(self, answer: Input | Picked) -> None:
        self._show_command()
        if self._asked.live:
            self._touched.add(str(answer.id))
            self._say_of_touched()

    def _say_of_touched(self) -> None:
        """Say what is wrong with the fields somebody has typed in, and let the cursor stay where it is."""
        values, problems = values_of(self._asked.fields, self._typed())
        if self._asked.wrong is not None:
            problems = {**self._asked.wrong(values), **problems}
        red = painting.style("red", dark=self._dark)
        for number, field in enumerate(self._asked.fields):
            line = self.query_one(f"#problem-{number}", Static)
            is_wrong = field.name in problems and f"field-{number}" in self._touched
            line.update(Text(visible(problems[field.name]) if is_wrong else "", style=red))
            line.set_class(is_wrong, "shown")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next field, or do it behind the last one."""
        self._go_on(event.input)

    def on_picked_submitted(self, event: Picked.Submitted) -> None:
        """Do likewise."""
        self._go_on(event.picked)

    def _go_on(self, answer: Input | Picked) -> None:
        place = self._answers.index(answer)
        if place + 1 < len(self._answers):
            self._go_to(place + 1)
        else:
            self.action_submit()

    # ----------------------------------------------------------------------------------------- steps

    def action_step(self, by: int) -> None:
        """Go to another page, with its first field."""
        step = self._step + by
        if 0 <= step < len(self._asked.steps):
            first = self._asked.steps[step][1][0]
            self._go_to(next(place for place, field in enumerate(self._asked.fields) if field.name == first))

    def _go_to(self, place: int) -> None:
        """Go to a field, on whichever page it is."""
        name = self._asked.fields[place].name
        for number, (_, names) in enumerate(self._asked.steps):
            if name in names and number != self._step:
                self._show_step(number)
        self._answers[place].focus()

    def _show_step(self, number: int) -> None:
        """Show the fields of one page, and which page of which that is."""
        steps = self._asked.steps
        if not steps:
            return
        self._step = number
        for field, line in zip(self._asked.fields, self._answers, strict=True):
            around = line.parent
            assert isinstance(around, Vertical)  # noqa: S101 - each stands in one
            around.display = field.name in steps[number][1]
        between = " › " if cast("Dashboard", self.app).glyphs else " > "
        gray, here = (painting.style(each, dark=self._dark) for each in ("bright_black", painting.FOCUSED))
        words = [
            Text(f"{place} {title}", style=here if place == number + 1 else gray)
            for place, (title, _) in enumerate(steps, start=1)
        ]
        self.query_one("#steps", Static).update(Text(between, style=gray).join(words))

    def _checked(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the values of the form, and what is wrong with them: with each by itself, or else with all of them."""
        values, problems = values_of(self._asked.fields, self._typed())
        if not problems and self._asked.wrong is not None:
            problems = self._asked.wrong(values)
        return values, problems

    def action_submit(self) -> None:
        """Have it done, or say what is wrong."""
        values, problems = self._checked()
        self._say(problems)
        if problems or self._busy or not may_act(self):
            return
        self._busy = True
        act = self._asked.act
        cast("Dashboard", self.app).following.do(self, "form", lambda store: act(store, values))

    def _say(self, problems: dict[str, str], whole: str = "") -> None:
        red = painting.style("red", dark=self._dark)
        for number, field in enumerate(self._asked.fields):
            line = self.query_one(f"#problem-{number}", Static)
            line.update(Text(visible(problems.get(field.name, "")), style=red))
            line.set_class(field.name in problems, "shown")
        below = self.query_one("#problem", Static)
        below.update(Text(visible(whole), style=red))
        below.set_class(bool(whole), "shown")
        wrong = [number for number, field in enumerate(self._asked.fields) if field.name in problems]
        if wrong:
            self._go_to(wrong[0])

    def on_reported(self, message: Reported) -> None:
        """Go away when it is done; say why where it could not be."""
        self._busy = False
        report = message.report
        if isinstance(report, Done) and report.name == "again":
            self._fill(report.value)
        elif isinstance(report, Done) and report.name == "try":
            lines = Text("\n".join(report.value), style=painting.style("yellow", dark=self._dark))
            self.query_one("#trial", Static).update(lines)
            self.query_one("#trial").set_class(bool(report.value), "shown")
        elif isinstance(report, Done) and report.name == "pick":
            self._show_picker(report.value)
        elif isinstance(report, Done):
            self.dismiss(str(report.value))
        elif isinstance(report, Refused):
            self._say({}, report.sentence)

    def _fill(self, values: Mapping[str, str]) -> None:
        for field, line in zip(self._asked.fields, self._answers, strict=True):
            if field.name in values:
                line.value = values[field.name]

    def action_pick(self) -> None:
        """Open what is there to choose or to write the value of the field with."""
        here = next((place for place, line in enumerate(self._answers) if line.has_focus), None)
        if here is None or not picking.can_be_picked(field := self._asked.fields[here]):
            return
        shown, now = self._answers[here].value, cast("Dashboard", self.app).now()
        cast("Dashboard", self.app).following.do(
            self, "pick", lambda store: picking.picker(store, field, shown, now)
        )

    def _show_picker(self, picker: picking.Picker) -> None:
        def picked(value: Any) -> None:
            if value is None:
                return
            if value in picker.then:
                self._show_picker(picker.then[value])
            else:
                self._fill({picker.field: picker.text(value)})

        self.app.push_screen(picker.screen(), picked)

    def action_edit(self) -> None:
        """Have the whole form edited as YAML."""
        from pacc.tui import written_forms  # start-up: only to edit one

        fields, title = self._asked.fields, self._asked.question
        try:
            have_written(
                cast("Dashboard", self.app),
                title,
                written_forms.as_yaml(title, fields, self._typed()),
                lambda text: written_forms.problem(text, fields),
                lambda text: self._fill(written_forms.from_yaml(text, fields)),
            )
        except EditorFailed as error:
            self._say({}, str(error))

    def action_try(self) -> None:
        """Say what it would have done, where that can be said."""
        trial, needed = self._asked.trial, self._asked.tried
        values, problems = values_of(self._asked.fields, self._typed()) if needed else self._checked()
        problems = {name: told for name, told in problems.items() if not needed or name in needed}
        self._say(problems)
        if trial is not None and not problems:
            now = cast("Dashboard", self.app).now()
            cast("Dashboard", self.app).following.do(self, "try", lambda store: trial(store, values, now))

    def action_again(self) -> None:
        """Fill in what was filled in the last time."""
        if self._asked.again is not None:
            cast("Dashboard", self.app).following.do(self, "again", self._asked.again)

    def action_copy(self) -> None:
        """Copy the command that does the same."""
        command = self._asked.command_for(self._typed())
        self.app.copy_to_clipboard(command)
        self.notify(f"Copied: {visible(command, lines=True)}", timeout=2, markup=False)
